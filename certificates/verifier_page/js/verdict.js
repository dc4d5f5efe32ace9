// The verdict about one file. First match wins; the order is that of certificates/verdicts.py.

const CHECKS = {
  statement: ["form", "signature", "schema"],
  bundle: ["form", "signature", "schema", "links"],
  pdf: ["seal", "form", "signature", "schema", "links"],
  "pdf of a statement": ["seal", "form", "signature", "schema"],
};

/** What a file is meant to be, from its first bytes and its members. */
function kindOfDocument(bytes) {
  if (latin(bytes.subarray(0, 4)) === "%PDF") {
    return "pdf";
  }
  const end = latin(bytes.subarray(-200));
  if ([RULES.bundle1, RULES.bundle2].some((schema) => end.includes(`"schema":"${schema}"`))) {
    return "bundle";
  }
  return end.endsWith(`"schema":"${RULES.proof1}"}`) ? "proof" : "statement";
}

/** Judge a sealed PDF, a bundle or an envelope, and the proof beside it (bytes or null), against a trust file.
 *
 * NotJudged where this page cannot tell. Of a proof inside and one beside it both must hold; the one beside counts.
 */
async function judge(bytes, trust, beside = null) {
  const document = kindOfDocument(bytes);
  const told = { document, sha256: hex(await sha256(bytes)), trust, code: "", where: "", statements: [], proved: null };
  try {
    const { proofs, statements } = await opened(document, bytes, trust);
    const shown = beside === null ? proofs : [...proofs, readProof(decodeCanonical(beside, LIMITS.proof))];
    const proved = await proofsHold(shown, statements, trust);
    const unread = shown.length > 0 && proved === null;
    return { ...told, statements, proved, unread, ...verdictOf(document, statements, proved, trust) };
  } catch (error) {
    if (!(error instanceof Refused)) {
      throw error;
    }
    const verdict = UNKNOWN.includes(error.code) ? "UNKNOWN-KEY" : "INVALID";
    return { ...told, verdict, code: error.code, where: error.where };
  }
}

function verdictOf(document, statements, proved, trust) {
  const disputed = disputesOf(statements, proved) || (document === "pdf" ? sealDisputeOf(statements[0].signer) : null);
  if (disputed) {
    return { verdict: "DISPUTED", ...disputed };
  }
  const by = trust.superseded.get(statements[0].id);
  if (by !== undefined) {
    return { verdict: "SUPERSEDED", code: by ? "superseded" : "taken-back", where: by };
  }
  return { verdict: isWitnessed(proved, trust) ? "VALID" : "VALID-UNWITNESSED" };
}

/** Distinct witness keys under the checkpoint of the statement that has the fewest. */
function witnessCount(proved) {
  return proved ? Math.min(...Array.from(proved.entries.values(), (entry) => entry.under.times.size)) : 0;
}

function isWitnessed(proved, trust) {
  return trust.quorum === 0 || (proved !== null && witnessCount(proved) >= trust.quorum);
}

/** Check every proof that was shown. A trust file of the first form names no log: then only what it is about. */
async function proofsHold(shown, statements, trust) {
  let proved = null;
  for (const proof of shown) {
    if (trust.schema === RULES.trust2) {
      proved = await verifyProof(proof, statements, trust);
    } else {
      await matchEntries(proof, statements);
    }
  }
  return proved;
}

async function opened(document, bytes, trust) {
  if (document === "proof") {
    throw new Refused("proof-alone");
  }
  if (document === "statement") {
    return { statements: [await verifyEnvelope(bytes, trust)], proofs: [] };
  }
  if (document === "pdf") {
    return openPdf(bytes, trust);
  }
  if (latin(bytes.subarray(-200)).includes(`"schema":"${RULES.bundle1}"`)) {
    return { statements: await verifyBundle(bytes, trust), proofs: [] };
  }
  const { plain, proof } = parted(bytes);
  return { statements: await verifyBundle(plain, trust), proofs: [proof] };
}

async function openPdf(bytes, trust) {
  const { pdf, sealer } = await openSeal(bytes, trust);
  const { inside, carried } = await attachmentsOf(pdf);
  const proofs = carried === null ? [] : [readProof(decodeCanonical(carried, LIMITS.proof))];
  const attested = kindOfDocument(inside) === "statement";
  const statements = attested ? [await verifyEnvelope(inside, trust)] : await verifyBundle(inside, trust);
  if ((attested && statements[0].kind !== "attestation") || sealer.kid !== statements[0].signer.kid) {
    throw new Refused("seal", "kid");
  }
  return { statements, proofs };
}

/** Codes of the checks that held, and of what was not checked. */
function checkedCodes({ document: kind, proved, statements, trust }) {
  const attested = kind === "pdf" && statements[0].kind === "attestation";
  return [
    ...CHECKS[attested ? "pdf of a statement" : kind],
    ...(proved ? ["logged"] : []),
    ...(trust.quorum && isWitnessed(proved, trust) ? ["witnessed"] : []),
    ...(trust.schema === RULES.trust2 && !trust.superseded.has(statements[0].id) ? ["current"] : []),
  ];
}

function uncheckedCodes({ document: kind, proved, trust, unread }) {
  return [
    ...(isWitnessed(proved, trust) ? [] : ["witness"]),
    ...(kind === "pdf" ? [] : ["page"]),
    ...(proved ? [] : [unread ? "unread-proof" : "log"]),
    ...RULES.neverChecked,
  ];
}
