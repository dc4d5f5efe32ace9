// The answers as elements. Text goes in by textContent alone: nothing that a file says becomes markup.

const LOOK = { VALID: ["good", "✓"], INVALID: ["bad", "✗"] };

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

function rowList(rows, say, name = "rows") {
  return element("dl", { class: name }, ...rows.map(([label, value]) =>
    element("div", { class: label }, element("dt", {}, say(label)), element("dd", {}, value))));
}

function sentences(title, name, texts) {
  const list = element("ul", { class: name }, ...texts.map((text) => element("li", {}, text)));
  return texts.length ? element("div", {}, title ? element("h3", {}, title) : null, list) : null;
}

/** One file judged, or why it was not. `answer` has a name, and a judgement or the code of a problem. */
function answerView(answer, place, say, lang) {
  const { judgement, name } = answer;
  const id = `answer-${place}`;
  const head = judgement ? verdictHead(answer, id, say) : problemHead(answer, id, say);
  const body = judgement?.statements.length ? [bodyView(judgement, say, lang)] : [];
  const forget = element("button", { type: "button", "data-forget": place }, say("forget", { file: visible(name) }));
  return element("article", { class: "answer", "aria-labelledby": id }, head, ...body,
    element("div", { class: "body" }, judgement ? identifiers(judgement, say) : null,
      element("p", { class: "actions" }, forget)));
}

function headView(look, sign, word, id, name, lines) {
  const title = element("h2", { id, class: "word", tabindex: "-1" }, element("span", { "aria-hidden": "true" }, `${sign} `),
    word);
  return element("div", { class: `verdict ${look}` }, title, element("p", { class: "file" }, visible(name)),
    ...lines.filter(Boolean).map((line, place) => element("p", place === 0 ? { class: "lead" } : {}, line)));
}

/** The verdict in capitals; what was taken back has none in its place, and is not called replaced. */
function wordOf({ code, verdict }, say) {
  return say.first(`word:${code}`, `word:${verdict}`);
}

function problemHead({ name, problem }, id, say) {
  return headView("wait", "?", say("not-judged"), id, name, [say(problem)]);
}

function verdictHead({ judgement, name }, id, say) {
  const { code, trust, verdict, where } = judgement;
  const [look, sign] = LOOK[verdict] ?? ["wait", "!"];
  return headView(look, sign, wordOf(judgement, say), id, name, [
    say.first(`judgement:${code}`, `judgement:${verdict}`),
    code === "unknown-key" && trust.schema === "" ? say("needs-trust") : "",
    code ? say.first(`cause:${code}`, "") : "",
    verdict === "INVALID" && where ? say("place", { place: visible(where) }) : "",
    verdict === "DISPUTED" ? say("keys", { names: visible(where) }) : "",
    ...witnessWords(judgement, say),
  ]);
}

function witnessWords({ proved, trust, verdict }, say) {
  const unproved = proved ? "" : say("no-proof");
  if (verdict === "VALID" && trust.quorum === 0) {
    return [say("no-witness"), unproved];
  }
  const few = () => say("few-witnesses", { found: witnessCount(proved), needed: trust.quorum });
  return verdict === "VALID-UNWITNESSED" ? [unproved || few()] : [];
}

/** Where the log shows the statement that matters, who cosigned, and between which times it was made. */
function proofRows({ code, proved, statements, trust, where }, say, lang) {
  const statement = statements.find((one) => one.kind === "erasure") ?? statements[0];
  const rows = code === "superseded" ? [["replaced-by", element("code", {}, where)]] : [];
  const entry = proved?.entries.get(statement.id);
  if (!entry) {
    return rows;
  }
  const { shard, size: entries, times } = entry.under;
  const names = trust.witnesses.filter((one) => times.has(one.key.kid)).map((one) => visible(one.name));
  const place = { shard, index: number(entry.index, lang), size: number(entries, lang), date: momentOf(entry.received, lang) };
  return [...rows, ["log", say("log-place", place)],
    ["time", bracketWords(bracketOf(statement, proved, trust.quorum), say, lang)],
    ["witnesses", names.join(", ") || say("none")]];
}

function bracketWords({ notAfter, notBefore }, say, lang) {
  if (notAfter === null) {
    return say("no-bracket");
  }
  const facts = { before: momentOf(notAfter, lang), after: notBefore === null ? "" : momentOf(notBefore, lang) };
  return say(notBefore === null ? "at-latest" : "between", facts);
}

function bodyView(judgement, say, lang) {
  const { statements } = judgement;
  const found = (kind) => statements.find((one) => one.kind === kind);
  const [certificate, validation, erasure] = [found("certificate"), found("validation"), found("erasure")];
  const simulated = statements[0].payload.simulated;
  return element("div", { class: "body" },
    simulated ? element("p", { class: "simulated" }, say("simulation")) : null,
    erasure && !certificate ? element("p", { class: "notice" }, say("not-approved")) : null,
    erasure ? driveView(driveAccount(erasure, say, lang), say) : null,
    certificate ? rowList(peopleRows(certificate, validation, say, lang), say) : null,
    erasure ? null : otherView(statements[0], say, lang),
    rowList(proofRows(judgement, say, lang), say),
    element("div", { class: "columns" },
      sentences(say("checked"), "yes", checkedCodes(judgement).map((code) => say(`check:${code}`))),
      sentences(say("not-checked"), "no", uncheckedCodes(judgement).map((code) => say(`check:${code}`)))),
    signersView(statements, say));
}

function driveView(account, say) {
  return element("div", {},
    element("section", { class: "drive" },
      element("h3", {}, account.title), element("p", {}, account.sentence),
      sentences("", "warned", account.warnings), rowList(account.large, say, "large")),
    rowList(account.rows, say));
}

function otherView(statement, say, lang) {
  if (statement.kind !== "attestation") {
    return rowList([["kind", statement.kind]], say);
  }
  const account = attestationAccount(statement, say, lang);
  return element("div", {},
    element("section", { class: "drive" }, element("h3", {}, say(`attested.${statement.payload.what}`)),
      rowList(account.large, say, "large")),
    rowList(account.rows, say));
}

function signersView(statements, say) {
  const signers = new Map(statements.map(({ signer }) => [signer.kid, signer]));
  return element("div", { class: "signers" }, element("h3", {}, say("signed-by")),
    element("ul", {}, ...Array.from(signers.values(), (key) => element("li", {},
      `${visible(key.name)} (${say(`role.${key.role}`)}, ${say(`status.${key.status}`)})`,
      element("span", { class: "print-of-key" }, fingerprint(key.kid))))));
}

function identifiers({ sha256: digest, statements }, say) {
  const rows = [["digest", element("code", {}, digest)],
    ...statements.map(({ id, kind }) => ["statement", element("span", {}, `${kind} `, element("code", {}, id))])];
  return element("details", {}, element("summary", {}, say("technical")), rowList(rows, say));
}

/** What the page knows: whose keys, since when, and the fingerprints to compare. */
function trustView({ asOf, changed, name, problem, trust }, say, lang) {
  const notes = [];
  if (problem) {
    notes.push(element("p", { class: "bad", role: "alert" },
      say("trust-refused", { file: visible(problem.name), place: visible(problem.place) })));
  }
  if (changed) {
    notes.push(element("p", { class: "bad", role: "alert" }, say("other-keys", { file: visible(name) })));
  }
  return [...notes, trust.schema === "" ? element("p", { class: "wait" }, say("known-none")) : knownView()];

  function knownView() {
    const hub = visible(trust.hub.name || trust.hub.url);
    const prints = hubKeys(trust).map((kid) => element("span", { class: "print-of-key" }, fingerprint(kid)));
    const facts = { hub, file: visible(name), date: asOf ? moment(asOf, lang) : "" };
    return element("div", {}, element("p", {}, say(name ? "known-dropped" : "known", facts)),
      element("p", {}, say(prints.length ? "compare" : "no-hub-key"), ...prints),
      trust.position ? element("p", {}, say("position", {
        shard: trust.position.shard, size: number(trust.position.size, lang) })) : null,
      trust.schema === RULES.trust2 ? null : element("p", {}, say("older-trust")));
  }
}

function hubKeys(trust) {
  return Array.from(trust.keys.values()).filter((key) => key.role === "hub").map((key) => key.kid).sort();
}
