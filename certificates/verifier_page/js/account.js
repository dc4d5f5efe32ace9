// What verified statements say, as labels and values in one language. `say(key, facts)` gives the words.

/** The drive that an erasure speaks of: what counts most first, in large letters, then the rest. */
function driveAccount(erasure, say, lang) {
  const { bad, hidden, method, result, subject, verify, ...rest } = erasure.payload;
  const { drive, machine } = subject;
  const verdict = result.verdict;
  const table = { sample: "sampled", canaries: "canaries", none: "unread" }[verify.mode];
  return {
    title: `${say(`verdict:${verdict}`)} — ${say(`level-word:${method.level}`)}`,
    sentence: say.first(`${table}:${verdict}`, `sentence:${verdict}`),
    completed: RULES.certifiable.includes(verdict),
    warnings: [...rest.exceptions, ...result.reasons].map((item) => codedWords(item, say)),
    large: [
      ["model", textOr(drive.model, say)],
      ["serial", textOr(drive.serial, say)],
      ["capacity", capacity(drive.size_bytes, lang)],
    ],
    rows: [
      ["capacity", size(drive.size_bytes, lang)],
      ["wwn", textOr(drive.wwn, say)],
      ["machine", machine ? textOr(`${machine.maker} ${machine.model}`.trim(), say) : say("outside")],
      ["technique", method.achieved ? say.first(`method:${method.achieved}`, method.achieved) : say("missing")],
      ["level", say(`level:${method.level}`)],
      ["verification", verificationWords(verify, drive, say, lang)],
      ["period", RULES.timeless.includes(rest.wall_src) ? say("clock-unset") : period(rest.started, rest.ended, lang)],
      ["duration", duration(rest.duration_ms)],
      ["operator", `${textOr(rest.operator, say)}, ${textOr(rest.station, say)}`],
    ],
  };
}

function codedWords({ code, detail }, say) {
  const text = say(`reason:${code}`);
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return detail ? `${sentence} ${say("said", { detail: visible(detail) })}` : sentence;
}

function verificationWords(verify, drive, say, lang) {
  const [sectors, wrong, lost] = [verify.sectors, verify.nonmatching, verify.unreadable].map((one) => number(one, lang));
  if (verify.mode === "canaries") {
    const gone = verify.nonmatching === 0 && verify.unreadable === 0;
    return say(gone ? "verify.gone" : "verify.canaries", { looked: sectors, found: wrong, lost });
  }
  const total = drive.logical_sector ? BigInt(drive.size_bytes) / BigInt(drive.logical_sector) : 0n;
  const share = percent(verify.sectors, total, lang);
  return say(`verify.${verify.mode}`, { read: sectors, total: number(total, lang), share, wrong, lost });
}

/** Who gave, who decided, who issued. */
function peopleRows(certificate, validation, say, lang) {
  const { donor, issuer, lot, device, number: printed, wall } = certificate.payload;
  const decided = validation.payload;
  const role = decided.role ? ` (${say.first(`role:${decided.role}`, visible(decided.role))})` : "";
  return [
    ["donor", textOr(donor.name, say)],
    ["lot", textOr([lot.code, lot.label].filter(Boolean).join(" · "), say)],
    ["asset", textOr(device.asset, say)],
    ["validation", say("approved", {
      name: `${visible(decided.validator_name)}${role}`, date: moment(decided.wall, lang) })],
    ["certificate", say("issued", { number: visible(printed), date: date(wall, lang) })],
    ["issuer", textOr(issuer.name, say)],
  ];
}

/** A drive that was destroyed or never there: what an attestation says, the drive first. */
function attestationAccount({ payload }, say, lang) {
  const { device, drive, donor, lot } = payload;
  return {
    large: [["model", textOr(drive.model, say)], ["serial", textOr(drive.read || drive.serial, say)]],
    rows: [
      ["machine", textOr([device.maker, device.model, device.serial].filter(Boolean).join(" "), say)],
      ["asset", textOr(device.asset, say)],
      ["donor", textOr(donor.name, say)],
      ["lot", textOr([lot.code, lot.label].filter(Boolean).join(" · "), say)],
      ["day", textOr(payload.day, say)],
      ["done-by", textOr(payload.operator, say)],
      ["witness", textOr(payload.witness, say)],
      ["certificate", say("issued", { number: visible(payload.number), date: date(payload.wall, lang) })],
      ["validation", say("recorded", { name: visible(payload.recorded_by), date: moment(payload.recorded, lang) })],
    ],
  };
}

function textOr(text, say) {
  return text.trim() ? visible(text) : say("missing");
}
