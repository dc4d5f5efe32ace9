// The bundle: the signed statements behind one certificate, and how they name one another.

function bundleMembers(bytes, schema, names, mostBytes, mostDepth) {
  const document = decodeCanonical(bytes, mostBytes, mostDepth);
  if (!isRecord(document) || Object.keys(document).sort().join() !== names.join() || document.schema !== schema) {
    throw new Refused("bundle", "schema");
  }
  const { envelopes } = document;
  if (!Array.isArray(envelopes) || envelopes.length < 3 || envelopes.length > 4) {
    throw new Refused("bundle", "envelopes");
  }
  return document;
}

async function verifyEnvelopes(envelopes, trust) {
  const coded = envelopes.map((envelope) => encodeCanonical(envelope, LIMITS.envelope));
  const statements = [];
  for (const bytes of coded) {
    statements.push(await verifyEnvelope(bytes, trust));
  }
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
