"""A log of other people for the tests of a witness: leaves, a key, notes and submissions."""

import base64
from dataclasses import dataclass, field

from certificates import tree
from certificates.note import LOG_SIGNATURE, Checkpoint, NoteKey, sign_checkpoint
from hub.log.key import NoteSigner


@dataclass
class OtherLog:
    """A log that a witness looks at."""

    origin: str = "atelier.example/erasure-log/2026"
    signer: NoteSigner = field(default_factory=lambda: NoteSigner.generate(LOG_SIGNATURE))
    leaves: list[bytes] = field(default_factory=list)

    @property
    def key(self) -> NoteKey:
        return self.signer.named(self.origin)

    def grow(self, number: int, of: str = "here") -> "OtherLog":
        self.leaves += [tree.leaf_hash(f"{of} {len(self.leaves) + n}".encode()) for n in range(number)]
        return self

    def fork(self) -> "OtherLog":
        return OtherLog(self.origin, self.signer, list(self.leaves))

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        leaves = self.leaves[: len(self.leaves) if size is None else size]
        return Checkpoint(self.origin, len(leaves), tree.root_hash(leaves))

    def note(self, size: int | None = None) -> str:
        told = self.checkpoint(size)
        return told.body + "\n" + sign_checkpoint(told, self.key, self.signer.sign)

    def submission(self, old: int, size: int | None = None) -> bytes:
        leaves = self.leaves[: len(self.leaves) if size is None else size]
        proof = tree.consistency_proof(leaves, old) if 0 < old < len(leaves) else []
        lines = "".join(base64.b64encode(node).decode() + "\n" for node in proof)
        return f"old {old}\n{lines}\n{self.note(size)}".encode()
