// Which keys count: the trust file. A document is verified against it, never against a key found in the document.

/** The trust of nobody: every key is unknown. */
const NO_TRUST = { schema: "", hub: { name: "", url: "" }, keys: new Map(), quorum: 0, bytes: new Uint8Array() };

/** Read a trust file; Refused with the code "trust" when it is malformed or holds a key that must not be trusted. */
async function readTrust(bytes) {
  try {
    if (bytes.length > LIMITS.trust) {
      throw new Refused("trust", "size");
    }
    return await trustOfDocument(readJson(bytes), bytes);
  } catch (error) {
    if (error instanceof Refused && error.code !== "trust") {
      throw new Refused("trust", error.where || error.code);
    }
    throw error;
  }
}

async function trustOfDocument(document, bytes) {
  checkShape(TRUST_1, document, "");
  const keys = await keysOf(document.keys);
  return { schema: document.schema, hub: document.hub, keys, quorum: document.witness.quorum, bytes };
}

async function keysOf(entries) {
  const keys = new Map();
  for (const entry of entries) {
    const raw = await publicKey(entry.public, entry.kid);
    if (keys.has(entry.kid)) {
      throw new Refused("trust", entry.kid);
    }
    keys.set(entry.kid, { ...entry, raw });
  }
  return keys;
}

/** The 32 bytes of a public key whose id is `kid`, of prime order. */
async function publicKey(text, kid) {
  const raw = fromBase64(text, "trust");
  const flaw = flawOfKey(raw);
  if (flaw || hex(await sha256(raw)) !== kid) {
    throw new Refused("trust", `${kid} ${flaw}`);
  }
  return raw;
}
