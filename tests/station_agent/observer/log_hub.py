"""A hub with a real log, for the tests of benches: RFC 6962 trees, signed checkpoints, the routes of the contract.

It can be told to misbehave: rewrite its history, forget entries, sign by another key, freeze, open another shard.
"""

import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates import tree
from certificates.keys import PublicKey
from certificates.note import LOG_SIGNATURE, Checkpoint, NoteKey, sign_checkpoint
from certificates.root import Root
from tests.station_agent.conftest import FakeHub

HOST = "hub.example.org"


@dataclass
class LogShard:
    """One log: its leaves, its key, how it stands."""

    name: str
    first: int
    signer: Ed25519PrivateKey
    leaves: list[bytes] = field(default_factory=list)
    state: str = "open"
    signed_by: Ed25519PrivateKey | None = None  # instead of the key that it shows
    damaged: bool = False  # what is stored proves nothing any more

    @property
    def origin(self) -> str:
        return f"{HOST}/erasure-log/{self.name}"

    @property
    def key(self) -> NoteKey:
        return NoteKey(self.origin, LOG_SIGNATURE, PublicKey(self.signer.public_key().public_bytes_raw()))

    def row(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "origin": self.origin,
            "first": self.first,
            "size": len(self.leaves),
            "state": self.state,
            "vkey": self.key.vkey,
        }

    def note(self) -> str:
        checkpoint = Checkpoint(self.origin, len(self.leaves), tree.root_hash(self.leaves))
        signer = self.signed_by or self.signer
        return checkpoint.body + "\n" + sign_checkpoint(checkpoint, self.key, signer.sign)

    def consistency(self, old: int) -> tuple[int, dict[str, Any]]:
        if self.state == "frozen" and self.damaged:
            return 423, {"error": {"code": "log.frozen", "message": "x"}}
        if old > len(self.leaves):
            return 409, {"error": {"code": "log.smaller", "message": "x"}}
        proof = tree.consistency_proof(self.leaves, old) if 0 < old < len(self.leaves) else []
        return 200, {"checkpoint": self.note(), "proof": [node.hex() for node in proof]}


@dataclass
class LogHub(FakeHub):
    """A hub that logs what it takes. `looks` counts how often somebody asked for a proof."""

    shards: list[LogShard] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)  # instead of the true one, to the next proofs asked
    roots: list[Root] | None = None  # None: a hub from before there were root files
    shown_roots: dict[str, Any] | None = None  # instead of them, to whoever asks what follows
    trust: dict[str, Any] | None = None  # signed, with a root file

    def __post_init__(self) -> None:
        self.shards = self.shards or [LogShard("2026", 1, Ed25519PrivateKey.generate())]

    @property
    def log(self) -> LogShard:
        return self.shards[-1]

    def fork(self) -> "LogHub":
        """Give another hub by the same keys that goes on from here by itself: a split view."""
        other = copy.copy(self)
        other.stored, other.order = dict(self.stored), list(self.order)
        other.shards = [copy.copy(shard) for shard in self.shards]
        for shard in other.shards:
            shard.leaves = list(shard.leaves)
        return other

    def roll(self, name: str, state: str = "closed", signer: Ed25519PrivateKey | None = None) -> LogShard:
        """Close or freeze the newest log, and open the next."""
        last = self.log
        last.state = state
        self.shards.append(LogShard(name, last.first + len(last.leaves), signer or last.signer, [leaf(f"open {name}")]))
        return self.log

    def grow(self, number: int, of: str = "here") -> None:
        """Log statements of other benches."""
        self.log.leaves += [leaf(f"{of} {self.log.name} {len(self.log.leaves) + n}") for n in range(number)]

    def take(self, envelope: bytes) -> dict[str, Any]:
        """Take a statement, and log it once."""
        before = len(self.order)
        told = super().take(envelope)
        if len(self.order) > before:
            self.log.leaves.append(leaf(told["id"]))
        return told

    def root_told(self) -> dict[str, Any]:
        """What the list of logs says of the root file in force."""
        if self.roots is None:
            return {}
        if not self.roots:
            return {"root": None}
        newest = self.roots[-1]
        return {"root": {"version": newest.version, "sha256": hashlib.sha256(newest.message).hexdigest()}}

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer about trust too."""
        if request.url.path == "/api/v1/assignments":
            return httpx.Response(404, json={})
        if request.url.path.startswith("/api/v1/trust"):
            return httpx.Response(200 if self.trust else 409, json=self.trust or {})
        return super().answer(request)

    def log_answer(self, path: str, request: httpx.Request) -> httpx.Response:
        """Answer as the contract says."""
        self.looks.append(path)
        if path == "/api/v1/log":
            return httpx.Response(200, json={"shards": [shard.row() for shard in self.shards], **self.root_told()})
        if path == "/api/v1/log/roots":
            after = int(request.url.params["after"])
            newer = [one.to_document() for one in self.roots or [] if one.version > after]
            return httpx.Response(200, json={"roots": newer} if self.shown_roots is None else self.shown_roots)
        if self.answers:
            status, document = self.answers.pop(0)
            return httpx.Response(status, content=json.dumps(document))
        shard = next(one for one in self.shards if one.name == path.split("/")[4])
        status, document = shard.consistency(int(request.url.params["old"]))
        return httpx.Response(status, json=document)


def leaf(text: str) -> bytes:
    """Give the hash of an entry."""
    return tree.leaf_hash(text.encode())
