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

// A form that was sent is not sent twice by a double click.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
