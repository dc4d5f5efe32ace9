"""A small log of its own for tests: a shard, its key, witnesses, and the proofs and trust files that go with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.keys import PublicKey
from certificates.note import COSIGNATURE, LOG_SIGNATURE, Checkpoint, NoteKey, cosign, sign_checkpoint
from certificates.position import Position
from certificates.proof import Proof, ProofEntry, build_proof
from certificates.root import NamedWitness
from certificates.tree import inclusion_proof, leaf_hash, log_entry, root_hash
from certificates.trust import Trust, TrustedLog
from certificates.verify import VerifiedStatement
from tests.certificates.conftest import changed, validation_payload

HOST = "atelier.example"
RECEIVED = 1_795_000_000
COSIGNED = RECEIVED + 60


def private(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def note_key(name: str, kind: int, seed: int) -> NoteKey:
    return NoteKey(name, kind, PublicKey(private(seed).public_key().public_bytes_raw()))


WITNESS_SEEDS = (0x71, 0x72, 0x73)
WITNESSES = tuple(
    NamedWitness(f"Témoin {place}", note_key(f"witness-{place}.example/w", COSIGNATURE, seed))
    for place, seed in enumerate(WITNESS_SEEDS, 1)
)


@dataclass
class Ledger:
    """One shard. Statements are added among entries of others; `note` cosigns by the first `witnesses` of them."""

    shard: str = "2026"
    seed: int = 0x61
    leaves: list[bytes] = field(default_factory=list)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def key(self) -> NoteKey:
        return note_key(f"{HOST}/erasure-log/{self.shard}", LOG_SIGNATURE, self.seed)

    def fill(self, count: int) -> "Ledger":
        for _ in range(count):
            number = len(self.leaves)
            entry = log_entry(f"{number:064x}", "cd" * 32, number + 1, RECEIVED + number, "erasure")
            self.leaves.append(leaf_hash(entry))
        return self

    def add(self, *statements: VerifiedStatement) -> "Ledger":
        for one in statements:
            number = len(self.leaves)
            entry = log_entry(one.id, one.link.kid, one.link.seq, RECEIVED + number, one.kind)
            self.leaves.append(leaf_hash(entry))
            self.places[one.id] = (number, RECEIVED + number)
        return self

    def note(self, witnesses: int = 0, size: int | None = None, at: int = COSIGNED) -> str:
        size = len(self.leaves) if size is None else size
        checkpoint = Checkpoint(self.key.name, size, root_hash(self.leaves[:size]))
        lines = sign_checkpoint(checkpoint, self.key, private(self.seed).sign)
        for place, seed in enumerate(WITNESS_SEEDS[:witnesses]):
            lines += cosign(checkpoint, WITNESSES[place].key, at + place, private(seed).sign)
        return f"{checkpoint.body}\n{lines}"

    def entry(self, statement: VerifiedStatement, checkpoint: int = 0, size: int | None = None) -> ProofEntry:
        index, received = self.places[statement.id]
        leaves = self.leaves[: len(self.leaves) if size is None else size]
        return ProofEntry(statement.id, checkpoint, index, received, tuple(inclusion_proof(leaves, index)))

    def proof(
        self,
        statements: Sequence[VerifiedStatement],
        registry: Sequence[VerifiedStatement] = (),
        *,
        witnesses: int = 0,
        more: Sequence[str] = (),
    ) -> Proof:
        entries = [self.entry(one) for one in (*statements, *registry)]
        return build_proof([self.note(witnesses), *more], entries, [one.envelope for one in registry])

    def trust(self, trust: Trust, quorum: int = 0, **changes: Any) -> Trust:
        """The trust file of this log: `trust` with the log, the witnesses and the position."""
        members: dict[str, Any] = {
            "quorum": quorum,
            "logs": (TrustedLog(self.shard, self.key),),
            "witnesses": WITNESSES,
            "profile": "reseau" if quorum else "atelier",
            "position": Position(self.shard, len(self.leaves)),
        }
        return replace(trust, **{**members, **changes})


def logged(statements: Sequence[VerifiedStatement], before: int = 5, after: int = 6) -> Ledger:
    """A log in which the statements lie among those of others."""
    return Ledger().fill(before).add(*statements).fill(after)


def supersede_payload(**changes: Any) -> dict[str, Any]:
    common = ("v", "kid", "seq", "prev", "nonce", "wall", "wall_src", "simulated")
    payload = {
        **{name: value for name, value in validation_payload().items() if name in common},
        "kind": "supersede",
        "certificate": "ab" * 32,
        "by": "cd" * 32,
        "why": "corrected",
    }
    return changed(payload, changes)
