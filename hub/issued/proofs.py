"""Proofs that signed statements stand in the log, with the key statements behind each; none where it proves nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from certificates.bundle import envelopes_in
from certificates.envelope import SignedEnvelope
from certificates.proof import MAX_REGISTRY, Proof, ProofEntry, build_proof, entry_from
from hub.keys.line import current_root
from hub.keys.statements import key_statements
from hub.log.errors import LogStopped
from hub.log.proofs import NotLogged, proof_for


@dataclass(frozen=True, slots=True)
class Parts:
    """What proves several statements: notes, places by statement, and the key statements behind each."""

    checkpoints: tuple[str, ...]
    entries: Mapping[str, ProofEntry]
    registry: Mapping[str, Sequence[SignedEnvelope]]

    def proof(self, ids: Sequence[str]) -> Proof:
        """The proof of some of them, in this order."""
        said = {one.id: one for asked in ids for one in self.registry.get(asked, ())}
        few = list(said.values())[:MAX_REGISTRY]
        entries = [self.entries[one] for one in (*ids, *(one.id for one in few))]
        return build_proof(self.checkpoints, entries, few)


def made_proof(session: Session, ids: Sequence[str]) -> Proof | None:
    """The proof of these statements, signed for where that is needed; not amid a transaction that writes."""
    parts = parts_of(session, ids)
    return parts.proof(ids) if parts is not None else None


def parts_of(session: Session, ids: Sequence[str]) -> Parts | None:
    """What proves these statements. Key statements that a frozen shard proves no more are left out."""
    if not ids:
        return None
    registry = key_statements(session, ids)
    return _found(session, ids, registry) or (_found(session, ids, {}) if any(registry.values()) else None)


def statements_in(bundle: bytes) -> list[str]:
    """Statement ids of a bundle, in its order."""
    return [SignedEnvelope(data).id for data in envelopes_in(bundle)]


def _found(session: Session, ids: Sequence[str], registry: Mapping[str, Sequence[SignedEnvelope]]) -> Parts | None:
    root, spoken = current_root(session), {one.id for every in registry.values() for one in every}
    try:
        found = proof_for(session, [*ids, *sorted(spoken - {*ids})], root.quorum if root else 0)
    except (LogStopped, NotLogged):
        return None
    return Parts(found.checkpoints, {one["id"]: entry_from(one) for one in found.entries}, registry)
