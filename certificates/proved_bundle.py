"""A bundle with its proof in one document (`etabli.bundle/2`): what is enough to verify with no network.

{"envelopes": [as in etabli.bundle/1], "proof": {etabli.proof/1}, "schema": "etabli.bundle/2"}, canonical. The envelopes
are those of the first form, which stays valid for ever: `parted` gives that form back.
"""

from typing import Any, Final

from certificates import canonical
from certificates.bundle import MAX_BUNDLE_BYTES
from certificates.bundle import SCHEMA as PLAIN_SCHEMA
from certificates.errors import BundleError
from certificates.proof import MAX_PROOF_BYTES, Proof, proof_from

SCHEMA: Final = "etabli.bundle/2"
MAX_PROVED_BYTES: Final = MAX_BUNDLE_BYTES + MAX_PROOF_BYTES


def with_proof(bundle: bytes, proof: Proof) -> bytes:
    """Write a bundle of the first form and its proof as one document; NotCanonical or BundleError for no bundle."""
    document = canonical.decode(bundle, max_bytes=MAX_BUNDLE_BYTES)
    if not isinstance(document, dict) or document.get("schema") != PLAIN_SCHEMA:
        raise BundleError(f"not a document of the schema {PLAIN_SCHEMA}")
    both = {**document, "schema": SCHEMA, "proof": proof.to_document()}
    return canonical.encode(both, max_bytes=MAX_PROVED_BYTES)


def parted(data: bytes) -> tuple[bytes, Proof]:
    """Give the bundle in its first form, and the proof; NotCanonical, BundleError or ProofError when it is neither."""
    document = canonical.decode(data, max_bytes=MAX_PROVED_BYTES)
    if not isinstance(document, dict) or set(document) != {"schema", "envelopes", "proof"}:
        raise BundleError(f"not a document of the schema {SCHEMA}")
    if document["schema"] != SCHEMA:
        raise BundleError(f"not a document of the schema {SCHEMA}")
    plain: dict[str, Any] = {"schema": PLAIN_SCHEMA, "envelopes": document["envelopes"]}
    return canonical.encode(plain, max_bytes=MAX_BUNDLE_BYTES), proof_from(document["proof"])
