// What the members of one statement say about each other, as certificates/consistency.py has it.
//
// Sums and products of members are taken as BigInt: those of 2^53 and more must not be rounded.

function checkConsistency(kind, payload) {
  if (kind === "erasure") {
    checkErasure(payload);
  }
  if (kind === "attestation") {
    checkAttestation(payload);
  }
  if (kind === "registry") {
    checkRegistry(payload);
  }
  if (kind === "supersede") {
    require(payload.by !== payload.certificate, "by");
    require(RULES.replaced.includes(payload.why) === (payload.by !== ""), "by");
  }
  if (kind === "diagnostics" && payload.subject.drive === null && payload.subject.machine === null) {
    throw new Refused("schema", "subject");
  }
}

function require(holds, where) {
  if (!holds) {
    throw new Refused("inconsistent", where);
  }
}

function checkErasure(payload) {
  const { bad, method, subject, verify } = payload;
  const verdict = payload.result.verdict;
  checkLists(bad);
  require(!RULES.recovery.includes(method.achieved), "method.achieved");
  require(subject.drive !== null, "subject.drive");
  if (RULES.certifiable.includes(verdict)) {
    checkCompleted(payload);
    checkExceptions(payload, verdict);
  } else {
    checkNotCompleted(payload, verdict);
  }
  checkCounts(verify, subject.drive);
}

function checkCompleted(payload) {
  const { bad, method, result, subject, verify } = payload;
  require(["CLEAR", "PURGE"].includes(method.level), "method.level");
  require(method.achieved !== "", "method.achieved");
  require(method.level !== "PURGE" || RULES.purge.includes(method.achieved), "method.level");
  require(result.reasons.length === 0, "result.reasons");
  checkVerified(payload);
  require(verify.nonmatching === 0, "verify.nonmatching");
  require(verify.unreadable === 0, "verify.unreadable");
  require(bad.write_total === 0 && bad.read_total === 0 && bad.mismatch_total === 0, "bad");
  checkExtent(verify, subject.drive);
}

function checkVerified({ exceptions, method, verify }) {
  require(!method.achieved.startsWith("overwrite.") || RULES.readBack.includes(verify.mode), "verify.mode");
  if (verify.mode === "none") {
    require(exceptions.some((item) => item.code === "NO_CANARIES"), "exceptions");
    require(verify.sectors === 0, "verify.sectors");
    return;
  }
  require(verify.sectors > 0, "verify.sectors");
}

function checkExtent(verify, drive) {
  require(drive.size_bytes > 0 && drive.logical_sector > 0, "subject.drive.size_bytes");
  if (!RULES.readBack.includes(verify.mode)) {
    return;
  }
  const compared = BigInt(verify.sectors) * BigInt(drive.logical_sector);
  require(compared <= BigInt(drive.size_bytes), "verify.sectors");
  require(verify.mode !== "full" || compared === BigInt(drive.size_bytes), "verify.sectors");
}

function checkExceptions({ exceptions, hidden, subject }, verdict) {
  if (verdict === "ERASED_WITH_EXCEPTIONS") {
    require(exceptions.length > 0, "exceptions");
    return;
  }
  require(exceptions.length === 0, "exceptions");
  require([null, subject.drive.size_bytes].includes(subject.drive.native_bytes), "subject.drive.native_bytes");
  require(Object.keys(hidden).every((name) => ["none", "removed"].includes(hidden[name])), "hidden");
}

function checkNotCompleted({ method, phases, result }, verdict) {
  require(result.reasons.length > 0, "result.reasons");
  require(method.level === "NONE", "method.level");
  if (verdict === "NOT_ERASED") {
    require(method.achieved === "", "method.achieved");
    require(phases.every((phase) => phase.op === "verify" || phase.bytes === 0), "phases");
  }
}

function checkLists(bad) {
  for (const name of ["write", "read", "mismatch"]) {
    const listed = bad[name].reduce((sum, range) => sum + BigInt(range[1]), 0n);
    const total = BigInt(bad[`${name}_total`]);
    require(listed <= total && (bad.truncated || listed === total), `bad.${name}`);
  }
}

function checkCounts(verify, drive) {
  const [sectors, differ, lost] = [verify.sectors, verify.nonmatching, verify.unreadable].map(BigInt);
  if (!RULES.readBack.includes(verify.mode)) {
    require(differ + lost <= sectors, "verify");
    return;
  }
  require(differ <= sectors, "verify.nonmatching");
  if (drive.logical_sector > 0) {
    require(sectors + lost <= BigInt(drive.size_bytes) / BigInt(drive.logical_sector), "verify.sectors");
  }
}

function checkAttestation(payload) {
  require(payload.method !== "", "method");
  const destroyed = ["day", "operator", "witness"];
  if (payload.what === "absent") {
    require(destroyed.every((name) => payload[name] === ""), "what");
    return;
  }
  require(destroyed.every((name) => payload[name] !== ""), "what");
  require(plainName(payload.operator) !== plainName(payload.witness), "witness");
  const { drive } = payload;
  require(drive.unreadable === (drive.read === ""), "drive.read");
  require(!drive.unreadable || payload.note !== "", "note");
}

/** A change of a key, an approval, or the opening of a shard: each names what it is about, and nothing else. */
function checkRegistry(payload) {
  const { approves, change, key, keys, note, replaces, shard } = payload;
  const bounds = [payload.last_good_seq !== null, payload.last_good_index !== null];
  if (change === "opening") {
    require(shard !== "", "shard");
    require(key === null && replaces === "" && approves === "" && !bounds.includes(true), "change");
    return;
  }
  require(note === "" && keys.length === 0, "note");
  require((change === "approve") === (approves !== "") && (change === "approve") === (key === null), "approves");
  require((change === "rotate") === (replaces !== "") && (key === null || replaces !== key.kid), "replaces");
  require([...bounds, shard !== ""].every((named) => named === (change === "compromise")), "shard");
}

/** A name as the Python side compares it: its words, by what Python calls white space. */
function plainName(name) {
  return name.split(/[\t-\r\u001c- \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/).filter(Boolean).join(" ");
}
