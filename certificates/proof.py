"""The proof that statements lie in a log (`etabli.proof/1`): its form, strictly read. `certificates.proved` judges.

{"schema": "etabli.proof/1", "checkpoints": [signed notes with all cosignature lines, 1 to 8], "entries": [{"id",
"checkpoint" (which of them), "index", "received" (Unix seconds), "path": [hashes in hex]}, ...], "registry": [envelopes
of key statements, at most 200]}

`entries` follow the statements that are proved in their order, then the registry. Canonical JSON. A proof may gain
cosignatures later, so it is never an identity and never hashed as one. A checkpoint that no entry names may be there:
the one that a station held when it signed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from certificates import canonical
from certificates.envelope import MAX_ENVELOPE_BYTES, SignedEnvelope
from certificates.errors import NotCanonical, ProofError, SchemaError
from certificates.shape import Anything, Items, Pattern, Record, Text, Whole, Word

SCHEMA: Final = "etabli.proof/1"
FILE_NAME: Final = "proof.etabli.json"
MAX_PROOF_BYTES: Final = 1_000_000
MAX_CHECKPOINTS: Final = 8
MAX_REGISTRY: Final = 200
MAX_PATH: Final = 63
_MAX_NOTE: Final = 50_000
_MAX_STATEMENTS: Final = 100

_HEX_64 = Pattern(re.compile(r"[0-9a-f]{64}", re.ASCII))
_SHAPE = Record(
    {
        "schema": Word((SCHEMA,)),
        "checkpoints": Items(Text(_MAX_NOTE, 1, lines=True), MAX_CHECKPOINTS),
        "entries": Items(
            Record(
                {
                    "id": _HEX_64,
                    "checkpoint": Whole(0, MAX_CHECKPOINTS - 1),
                    "index": Whole(),
                    "received": Whole(),
                    "path": Items(_HEX_64, MAX_PATH),
                }
            ),
            _MAX_STATEMENTS + MAX_REGISTRY,
        ),
        "registry": Items(Anything(), MAX_REGISTRY),
    }
)


@dataclass(frozen=True, slots=True)
class ProofEntry:
    """Where one statement stands: its id, which checkpoint includes it, its index, receipt (Unix s), audit path."""

    id: str
    checkpoint: int
    index: int
    received: int
    path: tuple[bytes, ...]

    def to_document(self) -> dict[str, Any]:
        """The entry as plain JSON types."""
        return {
            "id": self.id,
            "checkpoint": self.checkpoint,
            "index": self.index,
            "received": self.received,
            "path": [node.hex() for node in self.path],
        }


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof of the right form; nothing of it is verified yet. `registry` holds envelope bytes."""

    checkpoints: tuple[str, ...]
    entries: tuple[ProofEntry, ...]
    registry: tuple[bytes, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """The proof as plain JSON types."""
        return {
            "schema": SCHEMA,
            "checkpoints": list(self.checkpoints),
            "entries": [entry.to_document() for entry in self.entries],
            "registry": [canonical.decode(data, max_bytes=MAX_ENVELOPE_BYTES) for data in self.registry],
        }

    def to_json(self) -> bytes:
        """The proof in its one form in bytes; ProofError when it would not be read again."""
        document = self.to_document()
        proof_from(document)
        return _encoded(document)


def build_proof(
    checkpoints: Sequence[str], entries: Sequence[ProofEntry], registry: Sequence[SignedEnvelope] = ()
) -> Proof:
    """Put a proof together; ProofError when it is beyond the limits."""
    proof = Proof(tuple(checkpoints), tuple(entries), tuple(envelope.data for envelope in registry))
    proof_from(proof.to_document())
    return proof


def parse_proof(data: bytes) -> Proof:
    """Read a proof file (1,000,000 bytes at most); NotCanonical or ProofError when it is none."""
    return proof_from(canonical.decode(data, max_bytes=MAX_PROOF_BYTES))


def proof_from(document: Any) -> Proof:
    """Read a decoded proof, as it lies in a bundle; ProofError when it is malformed."""
    try:
        _SHAPE.check(document, "")
        registry = tuple(canonical.encode(one, max_bytes=MAX_ENVELOPE_BYTES) for one in document["registry"])
    except (SchemaError, NotCanonical) as error:
        raise ProofError(f"not a proof: {error}") from error
    if not document["checkpoints"]:
        raise ProofError("a proof holds at least one checkpoint")
    if len(document["entries"]) <= len(registry):
        raise ProofError("a proof has an entry for each statement, and one for each of its registry")
    _encoded(document)
    return Proof(tuple(document["checkpoints"]), tuple(entry_from(one) for one in document["entries"]), registry)


def entry_from(entry: dict[str, Any]) -> ProofEntry:
    """An entry of a document whose form was checked."""
    path = tuple(bytes.fromhex(node) for node in entry["path"])
    return ProofEntry(entry["id"], entry["checkpoint"], entry["index"], entry["received"], path)


def _encoded(document: Any) -> bytes:
    try:
        return canonical.encode(document, max_bytes=MAX_PROOF_BYTES)
    except NotCanonical as error:
        raise ProofError(f"not a proof: {error}") from error
