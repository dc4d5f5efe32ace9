// The root file: which keys speak for a workshop, and how one version follows another (certificates/root.py).
//
// Everything that is wrong here is wrong in the trust file that carries it: refused as "trust".

function trustHolds(holds, where) {
  if (!holds) {
    throw new Refused("trust", where);
  }
}

function distinct(values) {
  return new Set(values).size === values.length;
}

/** Read a decoded root file and judge the rules of its profile; its signatures are judged by `verifyLine`. */
async function readRoot(document) {
  encodeCanonical(document, LIMITS.root);
  checkShape(ROOT_1, document, "root");
  const { signed, signatures } = document;
  for (const entry of [...signed.roots, ...signed.hub_keys, ...signed.registry.keys, ...signed.log_keys]) {
    await publicKey(entry.public, entry.kid);
  }
  const witnesses = [];
  for (const { name, vkey } of signed.witnesses) {
    witnesses.push({ name, key: await noteKey(vkey) });
  }
  const kids = signatures.map((one) => one.kid);
  trustHolds(distinct(kids) && kids.join() === [...kids].sort().join(), "root.signatures");
  const coded = new Map(signatures.map(({ kid, sig }) => [kid, fromBase64(sig, "trust")]));
  trustHolds([...coded.values()].every((sig) => sig.length === 64), "root.signatures");
  const root = { ...signed, witnesses, signatures: coded, message: pae(RULES.rootType, encodeCanonical(signed)) };
  checkRootRoles(root);
  (root.profile === "atelier" ? checkAtelier : checkNetwork)(root);
  return root;
}

function kidsOf(keys) {
  return keys.map((one) => one.kid);
}

function namesOf(keys) {
  return keys.map((one) => one.name);
}

function checkRootRoles(root) {
  const witnesses = root.witnesses.map((one) => one.key.kid);
  const apart = [...kidsOf(root.roots), ...kidsOf(root.hub_keys), ...kidsOf(root.log_keys), ...witnesses];
  const people = kidsOf(root.registry.keys);
  const hub = kidsOf(root.hub_keys);
  trustHolds(distinct(apart) && distinct(people) && distinct(namesOf(root.roots)), "root: a key twice");
  trustHolds(!people.some((kid) => apart.includes(kid) && !hub.includes(kid)), "root.registry");
  trustHolds(root.threshold <= root.roots.length, "root.threshold");
  trustHolds(root.registry.threshold <= people.length, "root.registry.threshold");
  trustHolds(root.quorum <= witnesses.length, "root.quorum");
  trustHolds(hub.length > 0, "root.hub_keys");
  trustHolds(root.witnesses.every((one) => one.key.kind === COSIGNATURE), "root.witnesses");
}

function checkAtelier(root) {
  trustHolds(root.threshold === 1 && root.roots.length === 1, "root.roots");
  trustHolds(root.registry.threshold === 1 && root.quorum === 0, "root.profile");
}

function checkNetwork(root) {
  const hub = kidsOf(root.hub_keys);
  trustHolds(root.threshold >= 2 && root.roots.length > root.threshold, "root.threshold");
  trustHolds(root.registry.threshold === 2 && distinct(namesOf(root.registry.keys)), "root.registry");
  trustHolds(!kidsOf(root.registry.keys).some((kid) => hub.includes(kid)), "root.registry");
  trustHolds(root.quorum >= 2 && root.witnesses.length >= 3, "root.quorum");
}

/** Refuse unless the threshold of distinct root keys of `by` signed `root`, and none of them wrongly. */
async function demandSigned(by, root) {
  let found = 0;
  for (const { kid, public: coded } of by.roots) {
    const signature = root.signatures.get(kid);
    if (signature) {
      await requireSignature({ raw: fromBase64(coded, "trust"), kid }, signature, root.message, "trust");
      found += 1;
    }
  }
  trustHolds(found >= by.threshold, `root.signatures: ${found} of ${by.threshold}`);
}

/** Check versions in ascending order: the first by its own keys, each next one by those of the one before as well. */
async function verifyLine(roots) {
  await demandSigned(roots[0], roots[0]);
  for (let place = 1; place < roots.length; place += 1) {
    trustHolds(roots[place].version === roots[place - 1].version + 1, "root.version");
    await demandSigned(roots[place - 1], roots[place]);
    await demandSigned(roots[place], roots[place]);
  }
}

/** Origin of a shard of the log of a hub at this address. */
function logName(url, shard) {
  const host = /^(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/([^/?#]*)/.exec(url.replace(/^[\u0000-\u0020]+/, ""))?.[1] ?? "";
  if (host.includes("[") !== host.includes("]")) {
    return ""; // brackets that close nothing: of no host
  }
  return `${host.slice(host.lastIndexOf("@") + 1).toLowerCase()}${RULES.logPath}${shard}`;
}
