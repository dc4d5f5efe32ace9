// The bundle: the signed statements behind one certificate, with or without a proof, and how they name one another.

/** Envelopes of a bundle of the first form, in bytes. */
function envelopesIn(bytes) {
  const document = decodeCanonical(bytes, LIMITS.bundle);
  if (!hasMembers(document, "envelopes,schema") || document.schema !== RULES.bundle1) {
    throw new Refused("bundle", "schema");
  }
  const { envelopes } = document;
  if (!Array.isArray(envelopes) || envelopes.length < 3 || envelopes.length > 4) {
    throw new Refused("bundle", "envelopes");
  }
  return envelopes.map((envelope) => encodeCanonical(envelope, LIMITS.envelope));
}

/** A bundle with its proof, as a bundle of the first form in bytes, and the proof. */
function parted(bytes) {
  const document = decodeCanonical(bytes, LIMITS.bundle + LIMITS.proof);
  if (!hasMembers(document, "envelopes,proof,schema") || document.schema !== RULES.bundle2) {
    throw new Refused("bundle", "schema");
  }
  const plain = encodeCanonical({ schema: RULES.bundle1, envelopes: document.envelopes }, LIMITS.bundle);
  return { plain, proof: readProof(document.proof) };
}

function hasMembers(document, names) {
  return isRecord(document) && Object.keys(document).sort().join() === names;
}

/** Verify every statement and how they belong together; an unknown key is told only when nothing is wrong. */
async function verifyBundle(bytes, trust) {
  const unknown = [];
  const statements = await inTurn(envelopesIn(bytes), (envelope) =>
    verifyEnvelope(envelope, trust).catch((error) => {
      if (error.code !== "unknown-key") {
        throw error;
      }
      unknown.push(error);
    }));
  if (unknown.length) {
    throw unknown[0];
  }
  requireLinked(statements);
  return statements;
}

/** Refuse statements that do not belong together: certificate, validation, erasure (, diagnostics). */
function requireLinked([certificate, validation, erasure, diagnostics]) {
  const linked = (holds, where) => {
    if (!holds) {
      throw new Refused("bundle", where);
    }
  };
  linked(certificate.kind === "certificate", "certificate");
  linked(erasure.kind === "erasure" && RULES.certifiable.includes(erasure.payload.result.verdict), "erasure");
  linked(validation.kind === "validation" && validation.payload.decision === "APPROVED", "validation");
  linked(validation.payload.statement === erasure.id, "validation.statement");
  linked(validation.payload.simulated === erasure.payload.simulated, "simulated");
  if (diagnostics) {
    linked(diagnostics.kind === "diagnostics", "diagnostics");
    linked(diagnostics.payload.simulated === erasure.payload.simulated, "simulated");
  }
  linked(certificate.payload.erasure === erasure.id, "certificate.erasure");
  linked(certificate.payload.validation === validation.id, "certificate.validation");
  linked(certificate.payload.diagnostics === (diagnostics?.id ?? null), "certificate.diagnostics");
  linked(certificate.payload.simulated === erasure.payload.simulated, "simulated");
}
