// Small comforts; every page works without this file.
"use strict";

// j and k walk through a list of links marked data-walk, as in a mail reader; never while somebody types.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || !["j", "k"].includes(event.key)) return;
  const links = [...document.querySelectorAll("[data-walk]")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
  links[Math.min(Math.max(at, 0), links.length - 1)].focus();
});

// The key / goes to the box for codes, from everywhere but a field.
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("find"), typing = event.target.closest("input, textarea, select");
  if (event.key !== "/" || typing || !box || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// A menu closes when somebody looks elsewhere, or says so with Escape; then its word has the focus again.
const menus = () => [...document.querySelectorAll("details.menu[open]")];
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("focusin", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});

// A table that is wider than its box can be scrolled with the keyboard too, in browsers that do not see to it themselves.
const boxes = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    const wide = target.scrollWidth > target.clientWidth;
    const name = target.querySelector("caption");
    target.toggleAttribute("tabindex", wide);
    if (wide) target.tabIndex = 0;
    if (wide && name) {
      target.setAttribute("role", "region");
      target.setAttribute("aria-label", name.textContent.trim());
    } else target.removeAttribute("role");
  }
});
for (const box of document.querySelectorAll(".table-holder, pre")) boxes.observe(box);

// A form that was sent is not sent twice by a double click.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// The page of a file that is being made: how far it is, and the whole page again when that is over.
const binder = document.querySelector("[data-binder]");
if (binder) {
  const look = async () => {
    try {
      const answer = await fetch(binder.dataset.binder, { headers: { Accept: "application/json" } });
      if (!answer.ok) return location.reload();
      const { state, done, total } = await answer.json();
      if (!["waiting", "running"].includes(state)) return location.reload();
      binder.querySelector("progress").value = done;
      binder.querySelector("progress").max = total;
      binder.querySelector("[data-done]").textContent = done;
    } catch {} // the network is gone: the next look tells
    setTimeout(look, 1000);
  };
  setTimeout(look, 300);
}

// The live page: what changed at the benches comes over one line and is put in its place. The line comes back by itself;
// while it is cut the page says so, because what it shows is old. Nothing is kept but the cards that are shown.
const board = document.querySelector("[data-live]");
if (board && window.EventSource) {
  const SILENCE = 30000; // without a word from the hub: three times as long as it ever keeps quiet
  const PAUSE = 30000; // before the next try, where the browser has given up
  const lost = document.getElementById("live-lost");
  let line = null, edition = null, heard = Date.now(), retry = null;

  const told = () => {
    heard = Date.now();
    lost.hidden = true;
    board.classList.remove("old");
  };
  const look = () => {
    if (Date.now() - heard < SILENCE) return;
    lost.hidden = false;
    board.classList.add("old");
  };
  const find = (key) => [...board.children].find((card) => card.dataset.key === key);
  const show = ({ cards, order }) => {
    for (const [key, html] of Object.entries(cards)) {
      const holder = document.createElement("template");
      holder.innerHTML = html;
      const fresh = holder.content.firstElementChild, old = find(key);
      if (old) old.replaceWith(fresh);
      else board.append(fresh);
    }
    for (const card of [...board.children]) if (!order.includes(card.dataset.key)) card.remove();
    order.forEach((key, at) => {
      const card = find(key);
      if (card && board.children[at] !== card) board.insertBefore(card, board.children[at]);
    });
  };
  const close = () => {
    if (line) line.close();
    line = null;
  };
  const open = () => {
    close();
    clearTimeout(retry);
    line = new EventSource(board.dataset.live);
    line.addEventListener("hello", (event) => {
      const found = JSON.parse(event.data).edition;
      if (edition && found !== edition) location.reload(); // the hub was upgraded: so is this page
      edition = found;
    });
    line.addEventListener("board", (event) => {
      told();
      show(JSON.parse(event.data));
    });
    line.addEventListener("alive", told);
    line.addEventListener("end", (event) => {
      close();
      if (JSON.parse(event.data).why === "signed-out") location.reload();
      else retry = setTimeout(open, PAUSE);
    });
    line.addEventListener("error", () => {
      if (!line || line.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      close();
      retry = setTimeout(open, PAUSE);
    });
  };
  setInterval(look, 5000);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", () => line || open());
}
