// Envelopes and statements: the order of checks is that of certificates/verify.py.

const KEY_ID = /^[0-9a-f]{64}$/;
const PAYLOAD_TYPE = /^[a-z0-9][a-z0-9.+/_-]{0,126}$/;

/** DSSE pre-authentication encoding: the bytes that are signed. */
function pae(type, body) {
  const name = utf8(type);
  return joined(utf8(`DSSEv1 ${name.length} `), name, utf8(` ${body.length} `), body);
}

async function requireSignature(key, signature, message, code = "signature") {
  if (!(await signatureHolds(key.raw, signature, message))) {
    throw new Refused(code, key.name || key.kid);
  }
}

function exactly(value, names) {
  if (!isRecord(value) || Object.keys(value).sort().join() !== names.join()) {
    throw new Refused("envelope", names.join(", "));
  }
  return value;
}

/** What an envelope of the right form says; nothing of it is verified yet. */
function envelopeParts(bytes) {
  const outer = exactly(decodeCanonical(bytes, LIMITS.envelope), ["payload", "payloadType", "signatures"]);
  if (!Array.isArray(outer.signatures) || outer.signatures.length !== 1) {
    throw new Refused("envelope", "signatures");
  }
  const inner = exactly(outer.signatures[0], ["keyid", "sig"]);
  if (typeof inner.keyid !== "string" || !KEY_ID.test(inner.keyid)) {
    throw new Refused("envelope", "keyid");
  }
  if (typeof outer.payloadType !== "string" || !PAYLOAD_TYPE.test(outer.payloadType)) {
    throw new Refused("envelope", "payloadType");
  }
  const signature = fromBase64(inner.sig);
  if (signature.length !== 64) {
    throw new Refused("envelope", "sig");
  }
  return { type: outer.payloadType, keyid: inner.keyid, signature, body: fromBase64(outer.payload) };
}

/** Check form, type, key and signature of an envelope, and decode its payload. */
async function authenticate(bytes, find, accepted) {
  const parts = envelopeParts(bytes);
  if (!accepted.includes(parts.type)) {
    throw new Refused("envelope", "payloadType");
  }
  const signer = find(parts.keyid);
  if (!signer) {
    throw new Refused("unknown-key", parts.keyid);
  }
  await requireSignature(signer, parts.signature, pae(parts.type, parts.body));
  const payload = decodeCanonical(parts.body);
  if (!isRecord(payload)) {
    throw new Refused("schema", "");
  }
  if (payload.kid !== parts.keyid) {
    throw new Refused("key-mismatch", "kid");
  }
  return { parts, signer, payload };
}

function payloadType(kind) {
  return `application/vnd.etabli.${kind}.v1+json`;
}

function validateStatement(payload) {
  const { kind } = payload;
  if (typeof kind !== "string" || !Object.hasOwn(KINDS, kind)) {
    throw new Refused("schema", "kind");
  }
  checkShape(KINDS[kind], payload, "");
  checkConsistency(kind, payload);
  return kind;
}

/** A statement whose form, signature, schema and consistency were checked against the keys of a trust file. */
async function verifyEnvelope(bytes, trust) {
  const accepted = Object.keys(KINDS).map(payloadType);
  const { parts, signer, payload } = await authenticate(bytes, (kid) => trust.keys.get(kid), accepted);
  const kind = validateStatement(payload);
  if (parts.type !== payloadType(kind)) {
    throw new Refused("key-mismatch", "payloadType");
  }
  if (!ROLES[kind].includes(signer.role)) {
    throw new Refused("key-mismatch", "role");
  }
  if (payload.simulated !== signer.demo) {
    throw new Refused("key-mismatch", "simulated");
  }
  return { id: hex(await sha256(bytes)), kind, signer, payload };
}
