// Whether a statement still counts although its key was retired or compromised: by its place in the log and its number.
// Clocks play no part (certificates/dispute.py).

/** Year and number of a shard, in the order in which they open. */
function shardOrder(name) {
  const [year, number] = name.split("-").map(Number);
  return year * 10000 + (number || 1);
}

function isAfter(place, bound) {
  const [one, other] = [shardOrder(place.shard), shardOrder(bound.shard)];
  return one > other || (one === other && place.index > bound.index);
}

/** Code of why a statement is disputed by the state of its key, or ""; `place` is where the log shows it. */
function disputeOf({ payload, signer }, place) {
  const { status, until } = signer;
  if (status === "active" || (status === "retired" && until === null)) {
    return "";
  }
  if (until === null) {
    return "compromised";
  }
  if (payload.seq > until.seq || (place && isAfter(place, until))) {
    return status === "compromised" ? "beyond-bound" : "retired";
  }
  return !place && status === "compromised" ? "no-place" : "";
}

/** Code of the first dispute among statements, and the names of the keys it is about; null when there is none. */
function disputesOf(statements, proved) {
  const found = new Map();
  for (const statement of statements) {
    const code = disputeOf(statement, placeOf(statement, proved)) || (sawOtherHistory(statement, proved) ? "split-view" : "");
    const name = statement.signer.name || statement.signer.kid;
    if (code && !found.has(name)) {
      found.set(name, code);
    }
  }
  return found.size ? { code: [...found.values()][0], where: [...found.keys()].join(", ") } : null;
}

/** No log says when a page was sealed: what a compromised key sealed may be of whoever had it. Null for other keys. */
function sealDisputeOf({ kid, name, status }) {
  return status === "compromised" ? { code: "compromised", where: name || kid } : null;
}

/** The place that counts: a shard that has ended lends none under a checkpoint that it signed afterwards. */
function placeOf({ id }, proved) {
  const entry = proved?.entries.get(id);
  if (!entry || (entry.under.end !== null && entry.under.size > BigInt(entry.under.end))) {
    return null;
  }
  return { shard: entry.under.shard, index: entry.index };
}

/** Whether a station signed that it saw another root of a log than the one that is shown here for that size. */
function sawOtherHistory({ payload }, proved) {
  const held = payload.last_cp ?? null;
  return held !== null && (proved?.checkpoints ?? []).some((note) =>
    note.origin === held.origin && note.size === BigInt(held.size) && hex(note.root) !== held.root);
}

/** Between which times a statement was made, as far as witnesses vouch for it (BigInt Unix seconds, or null). */
function bracketOf({ id, payload }, proved, quorum) {
  const needed = Math.max(quorum, 1);
  const held = payload.last_cp ?? null;
  const note = held && proved.checkpoints.find((one) => one.noteSha256 === held.note_sha256);
  const ordered = (times) => [...times.values()].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
  const after = ordered(proved.entries.get(id).under.times);
  const before = note ? ordered(note.times).reverse() : [];
  return { notBefore: before[needed - 1] ?? null, notAfter: after[needed - 1] ?? null };
}
