"""Judges a proof: every statement lies in the hub's log, under a checkpoint that a log key of the trust file signed.

The leaf of each entry is computed again from the verified statement; only index, time of receipt and path come from the
proof. Cosignatures count by distinct public keys. Pure. Specification: RFC 6962, C2SP tlog-checkpoint and
tlog-cosignature; times are claims of the log, and of witnesses where they cosigned.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from certificates.envelope import SignedEnvelope
from certificates.errors import ProofError, UnknownKey, UnknownLog
from certificates.note import VerifiedCheckpoint, read_checkpoint, verify_note
from certificates.position import Place
from certificates.proof import Proof, ProofEntry
from certificates.tree import check_inclusion, leaf_hash, log_entry
from certificates.trust import Trust, TrustedLog
from certificates.verify import VerifiedStatement, verify_envelope

REGISTRY_KIND = "registry"
_Given = TypeVar("_Given")
_Held = TypeVar("_Held")


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness that cosigned: its name in the trust file, key id, and when (Unix seconds, by its own clock)."""

    name: str
    kid: str
    time: int


@dataclass(frozen=True, slots=True)
class ProvedCheckpoint:
    """A checkpoint that holds: its shard, what it says, who cosigned it, and the digest of the whole note."""

    log: TrustedLog
    found: VerifiedCheckpoint
    note_sha256: str
    cosigners: tuple[Cosigner, ...]


@dataclass(frozen=True, slots=True)
class ProvedEntry:
    """Where one statement stands in the log, and the checkpoint that includes it. `received` is the hub's claim."""

    id: str
    place: Place
    received: int
    checkpoint: ProvedCheckpoint


@dataclass(frozen=True, slots=True)
class Proved:
    """Everything that a proof proves: entries of the statements by their ids, and the key statements beside them."""

    entries: Mapping[str, ProvedEntry]
    checkpoints: tuple[ProvedCheckpoint, ...]
    registry: tuple[VerifiedStatement, ...]

    @property
    def witnesses(self) -> int:
        """Distinct witness keys under the checkpoint of the statement that has the fewest."""
        return min(len(entry.checkpoint.found.witnesses) for entry in self.entries.values())


def verify_proof(proof: Proof, statements: Sequence[VerifiedStatement], trust: Trust) -> Proved:
    """Check a proof of these statements, whole.

    ProofError, or another subclass of Refused for a key statement, when anything of it does not hold; only then
    UnknownLog or UnknownKey, when a checkpoint or a key statement cannot be judged with this trust file.
    """
    unknown = _Unknown()
    registry = [unknown.caught(_key_statement, data, trust) for data in proof.registry]
    match_entries(proof, statements)
    checkpoints = [unknown.caught(_checkpoint, note, trust) for note in proof.checkpoints]
    entries = [
        _included(proof, entry, statement, checkpoints)
        for entry, statement in zip(proof.entries, (*statements, *registry), strict=True)
        if statement is not None
    ]
    unknown.told()
    held = tuple(one for one in checkpoints if one is not None)
    _require_one_log(held)
    shown = [entry for entry in entries[: len(statements)] if entry is not None]
    return Proved({entry.id: entry for entry in shown}, held, tuple(one for one in registry if one is not None))


def match_entries(proof: Proof, statements: Sequence[VerifiedStatement]) -> None:
    """Raise ProofError unless the entries name these statements and its registry, in order, and its checkpoints."""
    ids = [statement.id for statement in statements] + [SignedEnvelope(data).id for data in proof.registry]
    if [entry.id for entry in proof.entries] != ids:
        raise ProofError("the proof is about other statements")
    if any(entry.checkpoint >= len(proof.checkpoints) for entry in proof.entries):
        raise ProofError("an entry names a checkpoint that is not there")


class _Unknown:
    """Keeps the first thing that this trust file does not know, until everything else was checked."""

    def __init__(self) -> None:
        self._error: UnknownKey | UnknownLog | None = None

    def caught(self, judge: Callable[[_Given, Trust], _Held], given: _Given, trust: Trust) -> _Held | None:
        try:
            return judge(given, trust)
        except (UnknownKey, UnknownLog) as error:
            self._error = self._error or error
            return None

    def told(self) -> None:
        if self._error is not None:
            raise self._error


def _key_statement(data: bytes, trust: Trust) -> VerifiedStatement:
    statement = verify_envelope(data, trust)
    if statement.kind != REGISTRY_KIND:
        raise ProofError("only key statements stand in the registry of a proof")
    return statement


def _checkpoint(note: str, trust: Trust) -> ProvedCheckpoint:
    origin = read_checkpoint(note).origin
    log = trust.log_of(origin)
    if log is None:
        raise UnknownLog(origin)
    found = verify_note(note, log.key, [one.key for one in trust.witnesses], 0)
    cosigners = tuple(
        Cosigner(one.name, one.key.public.kid, found.witnesses[one.key.public.kid])
        for one in trust.witnesses
        if one.key.public.kid in found.witnesses
    )
    return ProvedCheckpoint(log, found, hashlib.sha256(note.encode("utf-8")).hexdigest(), cosigners)


def _included(
    proof: Proof, entry: ProofEntry, statement: VerifiedStatement, checkpoints: Sequence[ProvedCheckpoint | None]
) -> ProvedEntry | None:
    """Follow the path of one entry, also to the root of a checkpoint that nobody here can judge."""
    link = statement.link
    leaf = leaf_hash(log_entry(statement.id, link.kid, link.seq, entry.received, statement.kind))
    said = read_checkpoint(proof.checkpoints[entry.checkpoint])
    check_inclusion(leaf, entry.index, said.size, entry.path, said.root)
    under = checkpoints[entry.checkpoint]
    if under is None:
        return None
    return ProvedEntry(statement.id, Place(under.log.name, entry.index), entry.received, under)


def _require_one_log(checkpoints: Sequence[ProvedCheckpoint]) -> None:
    """Two roots of one size under one key are two histories: neither proves anything."""
    roots: dict[tuple[str, int], bytes] = {}
    for one in checkpoints:
        said = one.found.checkpoint
        if roots.setdefault((said.origin, said.size), said.root) != said.root:
            raise ProofError("two checkpoints of one log contradict one another")
