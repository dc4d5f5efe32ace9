// The proof: every statement lies in the hub's log, under a checkpoint that a log key of the trust file signed.

/** Read a decoded proof; refused as "proof" when it is malformed. Nothing of it is verified yet. */
function readProof(document) {
  try {
    checkShape(PROOF_1, document, "proof");
    const registry = document.registry.map((one) => encodeCanonical(one, LIMITS.envelope));
    encodeCanonical(document, LIMITS.proof);
    if (document.checkpoints.length && document.entries.length > registry.length) {
      return { ...document, registry };
    }
  } catch (error) {
    throw error instanceof Refused ? new Refused("proof", error.where) : error;
  }
  throw new Refused("proof", "entries");
}

/** Check a proof of these statements, whole; only then say what the trust file does not know. */
async function verifyProof(proof, statements, trust) {
  const unknown = [];
  const caught = (judged) => judged.catch((error) => {
    if (!(error instanceof Refused) || !UNKNOWN.includes(error.code)) {
      throw error;
    }
    unknown.push(error);
    return null;
  });
  const registry = await inTurn(proof.registry, (bytes) => caught(keyStatement(bytes, trust)));
  await matchEntries(proof, statements);
  const checkpoints = await inTurn(proof.checkpoints, (note) => caught(knownCheckpoint(note, trust)));
  const entries = new Map();
  const all = [...statements, ...registry];
  for (const [place, entry] of proof.entries.entries()) {
    if (all[place]) {
      await included(proof, entry, all[place]);
      if (place < statements.length) { // a key statement beside them lends no place and no witness
        entries.set(entry.id, { ...entry, under: checkpoints[entry.checkpoint] });
      }
    }
  }
  if (unknown.length) {
    throw unknown[0];
  }
  requireOneHistory(checkpoints);
  return { entries, checkpoints };
}

const UNKNOWN = ["unknown-key", "unknown-log"];

async function keyStatement(bytes, trust) {
  const statement = await verifyEnvelope(bytes, trust);
  if (statement.kind !== "registry") {
    throw new Refused("proof", "registry");
  }
  return statement;
}

async function matchEntries(proof, statements) {
  const ids = [...statements.map((one) => one.id)];
  for (const bytes of proof.registry) {
    ids.push(hex(await sha256(bytes)));
  }
  if (proof.entries.map((entry) => entry.id).join() !== ids.join()) {
    throw new Refused("proof", "entries");
  }
  if (proof.entries.some((entry) => entry.checkpoint >= proof.checkpoints.length)) {
    throw new Refused("proof", "checkpoint");
  }
}

async function knownCheckpoint(text, trust) {
  const { origin } = readCheckpoint(text);
  const log = trust.logs.find((one) => one.key.name === origin);
  if (!log) {
    throw new Refused("unknown-log", origin);
  }
  const note = await verifyNote(text, log.key, trust.witnesses.map((one) => one.key));
  return { ...note, shard: log.name, end: log.end, noteSha256: hex(await sha256(utf8(text))) };
}

/** Follow the path of one entry: its leaf is made of the verified statement, not of what the proof says. */
async function included(proof, entry, { id, kind, payload }) {
  const leaf = await leafHash(encodeCanonical({ h: id, k: payload.kid, q: payload.seq, t: entry.received, y: kind }));
  const note = readCheckpoint(proof.checkpoints[entry.checkpoint]);
  await checkInclusion(leaf, entry.index, note.size, entry.path.map(unhex), note.root);
}

/** Two roots of one size under one key are two histories: neither proves anything. */
function requireOneHistory(checkpoints) {
  const roots = new Map();
  for (const { origin, root, size } of checkpoints) {
    const place = `${origin} ${size}`;
    if (roots.has(place) && roots.get(place) !== hex(root)) {
      throw new Refused("proof", "two histories");
    }
    roots.set(place, hex(root));
  }
}
