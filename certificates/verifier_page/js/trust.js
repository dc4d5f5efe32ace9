// Which keys count: the trust file. A document is verified against it, never against a key found in the document.

/** The trust of nobody: every key is unknown. */
const NO_TRUST = {
  schema: "", hub: { name: "", url: "" }, keys: new Map(), quorum: 0, logs: [], witnesses: [], superseded: new Map(),
  position: null, profile: "", root: null,
};

/** Read a trust file; Refused with the code "trust" when it is malformed or holds a key that must not be trusted. */
async function readTrust(bytes) {
  try {
    if (bytes.length > LIMITS.trust) {
      throw new Refused("trust", "size");
    }
    const document = readJson(bytes);
    return await (document?.schema === RULES.trust2 ? secondForm(document) : firstForm(document));
  } catch (error) {
    if (error instanceof Refused && error.code !== "trust") {
      throw new Refused("trust", error.where || error.code);
    }
    throw error;
  }
}

async function firstForm(document) {
  checkShape(TRUST_1, document, "");
  const keys = await keysOf(document.keys.map((entry) => ({ ...entry, until: null })));
  return { ...NO_TRUST, schema: document.schema, hub: document.hub, keys, quorum: document.witness.quorum };
}

/** The second form: with logs, witnesses, bounds of keys and what was replaced (certificates/trust2.py). */
async function secondForm(document) {
  checkShape(TRUST_2, document, "");
  const { hub, position, profile, quorum, schema } = document;
  const named = async ({ name, vkey, ...rest }) => ({ ...rest, name, key: await noteKey(vkey) });
  const superseded = new Map(document.superseded.map(({ by, certificate }) => [certificate, by]));
  trustHolds(superseded.size === document.superseded.length, "superseded");
  const trust = {
    schema, hub, position, profile, quorum, superseded,
    keys: await keysOf(document.keys),
    logs: await inTurn(document.logs, named),
    witnesses: await inTurn(document.witnesses, named),
    root: document.root === null ? null : await readRoot(document.root),
    olderRoots: await inTurn(document.older_roots, readRoot),
  };
  checkUses(trust);
  if (trust.root) {
    await checkAgainstRoot(trust, [...trust.olderRoots, trust.root]);
  }
  await checkTrustSignature(document, trust);
  return trust;
}

async function inTurn(items, make) {
  const made = [];
  for (const item of items) {
    made.push(await make(item));
  }
  return made;
}

/** No key has two uses, and no quorum is out of reach. */
function checkUses({ keys, logs, quorum, superseded, witnesses }) {
  const logKids = new Set(logs.map((log) => log.key.kid));
  const witnessKids = witnesses.map((one) => one.key.kid);
  trustHolds(logs.every((log) => log.key.kind === LOG_SIGNATURE), "logs");
  trustHolds(witnesses.every((one) => one.key.kind === COSIGNATURE), "witnesses");
  trustHolds(distinct(namesOf(logs)) && distinct(logs.map((log) => log.key.name)), "logs");
  trustHolds(logs.every((log) => log.key.name.endsWith(`${RULES.logPath}${log.name}`)), "logs");
  trustHolds(logs.every((log) => (log.state === "open") === (log.end === null)), "logs: end");
  trustHolds(distinct(witnessKids), "witnesses");
  trustHolds(!witnessKids.some((kid) => logKids.has(kid)), "witnesses");
  trustHolds(![...witnessKids, ...logKids].some((kid) => keys.has(kid)), "keys");
  trustHolds(quorum <= witnessKids.length, "quorum");
  trustHolds([...keys.values()].every((key) => key.until === null || key.status !== "active"), "keys: until");
  trustHolds([...superseded].every(([old, by]) => old !== by), "superseded");
}

/** The root file is signed as it must be, and the trust file says nothing else than it does. */
async function checkAgainstRoot(trust, line) {
  const { keys, logs, root } = trust;
  await verifyLine(line);
  trustHolds(trust.profile === root.profile && trust.quorum === root.quorum, "root");
  const listed = (witnesses) => [...new Set(witnesses.map((one) => `${one.key.vkey} ${one.name}`))].sort().join("\n");
  trustHolds(listed(trust.witnesses) === listed(root.witnesses), "root: witnesses");
  for (const { key, name } of logs) {
    trustHolds(kidsOf(root.log_keys).includes(key.kid), "root: log_keys");
    trustHolds(line.some((one) => logName(one.hub.url, name) === key.name), "root: logs");
  }
  checkNamed("hub", keys, line.map((one) => kidsOf(one.hub_keys)));
  checkNamed("registry", keys, line.map((one) => kidsOf(one.registry.keys)));
  trustHolds([...kidsOf(root.hub_keys), ...kidsOf(root.registry.keys)].every((kid) => keys.has(kid)), "root: keys");
}

/** A key of this role stands in the newest root file; one that no longer counts may stand in an older one. */
function checkNamed(role, keys, versions) {
  for (const key of [...keys.values()].filter((one) => one.role === role)) {
    const known = key.status === "active" ? versions[versions.length - 1] : versions.flat();
    trustHolds(known.includes(key.kid), `root: ${key.kid}`);
  }
}

async function checkTrustSignature(document, trust) {
  const { signature: found, ...unsigned } = document;
  if (found === null) {
    trustHolds(trust.root === null, "signature");
    return;
  }
  const key = trust.keys.get(found.kid);
  const named = trust.root ? kidsOf(trust.root.hub_keys) : [...trust.keys.keys()];
  trustHolds(key?.role === "hub" && key.status === "active" && named.includes(key.kid), "signature");
  const message = pae(RULES.trustType, encodeCanonical(unsigned, LIMITS.trust));
  await requireSignature(key, fromBase64(found.sig, "trust"), message, "trust");
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
