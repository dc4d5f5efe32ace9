// The verdict about one file. First match wins; the order is that of certificates/verdicts.py.

const CHECKED = {
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
  return latin(bytes.subarray(-200)).includes(`"schema":"${RULES.bundle1}"`) ? "bundle" : "statement";
}

/** Judge a sealed PDF, a bundle or an envelope against a trust file. NotJudged where this page cannot tell. */
async function judge(bytes, trust) {
  const document = kindOfDocument(bytes);
  const told = { document, sha256: hex(await sha256(bytes)), trust, code: "", where: "", statements: [] };
  try {
    const { statements, signers } = await opened(document, bytes, trust);
    return { ...told, statements, ...verdictOf(signers, trust) };
  } catch (error) {
    if (!(error instanceof Refused)) {
      throw error;
    }
    const verdict = error.code === "unknown-key" ? "UNKNOWN-KEY" : "INVALID";
    return { ...told, verdict, code: error.code, where: error.where };
  }
}

function verdictOf(signers, trust) {
  const disputed = signers.filter((key) => key.status === "compromised").map((key) => key.name || key.kid);
  if (disputed.length) {
    return { verdict: "DISPUTED", code: "compromised", where: disputed.join(", ") };
  }
  return { verdict: trust.quorum === 0 ? "VALID" : "VALID-UNWITNESSED" };
}

async function opened(document, bytes, trust) {
  if (document === "statement") {
    const statement = await verifyEnvelope(bytes, trust);
    return { statements: [statement], signers: [statement.signer] };
  }
  if (document === "bundle") {
    const statements = await openBundle(bytes, trust);
    return { statements, signers: statements.map((one) => one.signer) };
  }
  const { pdf, sealer } = await openSeal(bytes, trust);
  const inner = await attachmentOf(pdf);
  const attested = kindOfDocument(inner) === "statement";
  const statements = attested ? [await verifyEnvelope(inner, trust)] : await openBundle(inner, trust);
  if ((attested && statements[0].kind !== "attestation") || sealer.kid !== statements[0].signer.kid) {
    throw new Refused("seal", "kid");
  }
  return { statements, signers: [sealer, ...statements.map((one) => one.signer)] };
}

async function openBundle(bytes, trust) {
  const document = bundleMembers(bytes, RULES.bundle1, ["envelopes", "schema"], LIMITS.bundle);
  const statements = await verifyEnvelopes(document.envelopes, trust);
  requireLinked(statements);
  return statements;
}
