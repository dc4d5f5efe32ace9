"""Proofs for verifiers, benches and witnesses, made from tiles and from checkpoints that were signed.

`place_of` and `proof_for` are for whoever hands out documents; `consistency` for whoever holds an older checkpoint.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.errors import ProofError
from certificates.tree import check_consistency, check_inclusion, leaf_hash, log_entry
from hub.context import Hub, hub_of
from hub.database import amid_writing
from hub.errors import NotFound
from hub.log.entries import seconds
from hub.log.errors import LogFrozen, LogSmaller, LogStopped, Mismatch
from hub.log.geometry import Nodes, consistency_path, inclusion_path
from hub.log.sequencer import Log
from hub.log.shards import FROZEN, OPEN, all_shards, newest_checkpoint, newest_shard, shard_named
from hub.log.tiles import tile_reader
from hub.logged import LogCheckpoint, LogCosignature, LogShard
from hub.models import LedgerEntry

MOST_LOOKED_AT = 60  # checkpoints, from either end
MOST_CHECKPOINTS = 8  # of one proof (etabli.proof/1)


STATEMENT_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)
SHARD_NAME = re.compile(r"[0-9]{4}(?:-[0-9]{1,4})?", re.ASCII)


class NotLogged(NotFound):
    """No proof can be made: it is not in the ledger, or stands where a frozen shard proves nothing more."""

    code = "log.not-logged"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement stands in the log; `received` in Unix seconds."""

    shard: str
    index: int
    received: int
    kind: str


@dataclass(frozen=True, slots=True)
class ProofParts:
    """`checkpoints` and `entries` of a document etabli.proof/1; the entries in the order in which they were asked."""

    checkpoints: tuple[str, ...]
    entries: tuple[dict[str, Any], ...]


def place_of(session: Session, statement_id: str) -> Place | None:
    """The place of a statement; None when it is not in the ledger, or in no shard that can prove it."""
    return _places(session, [statement_id]).get(statement_id)


def proof_for(session: Session, statement_ids: Sequence[str], quorum: int = 0) -> ProofParts:
    """Prove that statements are logged, under checkpoints that are signed for it where that is needed.

    Of the checkpoints that include what is asked of a shard, the earliest with the cosignatures of at least `quorum`
    witnesses (at least one) is taken, else the one with most of them, the newest first. Call it after the commit of
    what is to be proven, and not amid a transaction that writes: signing would wait for its end, for ever.
    Raises NotLogged, LogStopped.
    """
    if amid_writing(session):
        raise RuntimeError("a proof is asked for amid a transaction that writes")
    hub = hub_of(session)
    _bring_up(hub, session, statement_ids)
    with hub.readers()() as fresh:
        places = _places(fresh, statement_ids)
        if missing := [one for one in statement_ids if one not in places]:
            raise NotLogged(f"the log has no statement {missing[0]}")
        needed: dict[str, int] = {}
        for place in places.values():
            needed[place.shard] = max(needed.get(place.shard, 0), place.index + 1)
        shards = [shard for shard in all_shards(fresh) if shard.name in needed]
        ends = _ends(fresh, all_shards(fresh))
        chosen = {one.name: _chosen(fresh, one.name, needed[one.name], _most(one, ends), quorum) for one in shards}
        return _parts(fresh, [(one, places[one]) for one in statement_ids], chosen)


def note_of(session: Session, checkpoint: LogCheckpoint) -> str:
    """A signed note with its cosignatures so far."""
    lines = select(LogCosignature.line).where(LogCosignature.checkpoint_id == checkpoint.id).order_by(LogCosignature.id)
    return checkpoint.note + "".join(session.scalars(lines))


def consistency(session: Session, name: str, old: int) -> tuple[str, list[bytes]]:
    """The newest note of a shard, and the proof from the tree of `old` entries to it; no hashes for 0 and the same.

    A frozen shard proves what was signed in it for as long as its stored bytes do. Raises NotFound, LogSmaller,
    LogFrozen: these bytes prove nothing any more.
    """
    shard = _shard(session, name)
    newest = newest_checkpoint(session, name)
    if shard.state == FROZEN and newest is None:
        raise LogFrozen(f"the log is frozen: {shard.reason}")
    if newest is None or old > newest.size:
        raise LogSmaller(f"the log has {newest.size if newest else 0} entries, and {old} are asked")
    nodes = Nodes(tile_reader(session, name))
    if old in {0, newest.size}:
        return note_of(session, newest), []
    if shard.state == FROZEN:
        return note_of(session, newest), _still_proven(nodes, shard, old, newest)
    return note_of(session, newest), consistency_path(nodes, old, newest.size)


def _still_proven(nodes: Nodes, shard: LogShard, old: int, newest: LogCheckpoint) -> list[bytes]:
    """The proof within a frozen shard, checked: its tiles may be what it was frozen for. Raises LogFrozen."""
    try:
        proof = consistency_path(nodes, old, newest.size)
        check_consistency(old, newest.size, proof, nodes.over(0, old), bytes.fromhex(newest.root))
    except (Mismatch, ProofError) as fault:
        raise LogFrozen(f"the log is frozen, and what is stored proves nothing of it: {shard.reason}") from fault
    return proof


def shards_document(session: Session) -> dict[str, Any]:
    """What `GET /api/v1/log` says: every shard, the size of its newest checkpoint."""
    told = []
    for shard in all_shards(session):
        newest = newest_checkpoint(session, shard.name)
        size = newest.size if newest is not None else 0
        facts = {"name": shard.name, "origin": shard.origin, "first": shard.first, "size": size}
        told.append({**facts, "state": shard.state, "vkey": shard.vkey})
    return {"shards": told}


def begun(hub: Hub) -> None:
    """Sign the first checkpoint where there is none; what stops the signer is told by who asks for more."""
    with hub.readers()() as session:
        shard = newest_shard(session)
        if shard is not None and (shard.state != OPEN or newest_checkpoint(session, shard.name) is not None):
            return
    with suppress(LogStopped):
        Log(hub).bring_up()


def _bring_up(hub: Hub, session: Session, statement_ids: Sequence[str]) -> None:
    places = _places(session, statement_ids)
    for name in {place.shard for place in places.values()}:
        shard, newest = _shard(session, name), newest_checkpoint(session, name)
        last = max(place.index for place in places.values() if place.shard == name)
        if shard.state == OPEN and (newest is None or newest.size <= last):
            Log(hub).bring_up(shard.first + last)
    if not all_shards(session):
        Log(hub).bring_up()


def _places(session: Session, statement_ids: Sequence[str]) -> dict[str, Place]:
    wanted = {one for one in statement_ids if STATEMENT_ID.fullmatch(one)}
    columns = (LedgerEntry.id, LedgerEntry.position, LedgerEntry.received, LedgerEntry.kind)
    rows = session.execute(select(*columns).where(LedgerEntry.id.in_(wanted))).all()
    shards, found = all_shards(session), dict[str, Place]()
    ends = _ends(session, shards)
    for row in rows:
        shard = next((one for one in reversed(shards) if one.first <= row.position), None)
        if shard is not None and (ends[shard.name] is None or row.position < (ends[shard.name] or 0)):
            found[row.id] = Place(shard.name, row.position - shard.first, seconds(row.received), row.kind)
    return found


def _ends(session: Session, shards: Sequence[LogShard]) -> dict[str, int | None]:
    """The position behind what each shard proves; None while it grows."""
    ends: dict[str, int | None] = {}
    for shard, following in zip(shards, [*shards[1:], None], strict=False):
        if shard.state == OPEN:
            ends[shard.name] = None
            continue
        newest = newest_checkpoint(session, shard.name)
        end = shard.first + (newest.size if newest is not None else 0)
        ends[shard.name] = end if following is None else min(end, following.first)
    return ends


def _chosen(session: Session, shard: str, least: int, most: int | None, quorum: int) -> LogCheckpoint:
    fits = select(LogCheckpoint.id, LogCheckpoint.size)
    fits = fits.where(LogCheckpoint.shard == shard, LogCheckpoint.size >= least)
    if most is not None:
        fits = fits.where(LogCheckpoint.size <= most)
    early = session.execute(fits.order_by(LogCheckpoint.size).limit(MOST_LOOKED_AT)).all()
    late = session.execute(fits.order_by(LogCheckpoint.size.desc()).limit(MOST_LOOKED_AT)).all()
    if not late:
        raise NotLogged(f"no checkpoint of the shard {shard} has {least} entries")
    counts = _cosigned(session, [one.id for one in (*early, *late)])
    enough = [one for one in early if counts.get(one.id, 0) >= max(quorum, 1)]
    best = enough[0] if enough else max(late, key=lambda one: (counts.get(one.id, 0), one.size))
    return session.get_one(LogCheckpoint, best.id)


def _cosigned(session: Session, ids: Sequence[int]) -> dict[int, int]:
    counted = select(LogCosignature.checkpoint_id, func.count()).where(LogCosignature.checkpoint_id.in_(ids))
    return {row[0]: row[1] for row in session.execute(counted.group_by(LogCosignature.checkpoint_id))}


def _parts(session: Session, places: Sequence[tuple[str, Place]], chosen: dict[str, LogCheckpoint]) -> ProofParts:
    if len(chosen) > MOST_CHECKPOINTS:
        raise NotLogged(f"these statements stand in more than {MOST_CHECKPOINTS} shards")
    order = {name: number for number, name in enumerate(chosen)}
    nodes = {name: Nodes(tile_reader(session, name)) for name in chosen}
    entries = []
    for statement_id, place in places:
        path = _path(session, nodes[place.shard], statement_id, place, chosen[place.shard])
        facts = {"id": statement_id, "checkpoint": order[place.shard], "index": place.index}
        entries.append({**facts, "received": place.received, "path": [one.hex() for one in path]})
    return ProofParts(tuple(note_of(session, one) for one in chosen.values()), tuple(entries))


def _path(session: Session, nodes: Nodes, statement_id: str, place: Place, under: LogCheckpoint) -> list[bytes]:
    """The audit path, checked: nobody is handed a proof that proves nothing. Raises NotLogged."""
    path = inclusion_path(nodes, place.index, under.size)
    row = session.execute(select(LedgerEntry.kid, LedgerEntry.seq).where(LedgerEntry.id == statement_id)).one()
    leaf = leaf_hash(log_entry(statement_id, row.kid, row.seq, place.received, place.kind))
    try:
        check_inclusion(leaf, place.index, under.size, path, bytes.fromhex(under.root))
    except ProofError as error:
        raise NotLogged(f"the log cannot prove the statement {statement_id}: {error}") from error
    return path


def _most(shard: LogShard, ends: dict[str, int | None]) -> int | None:
    end = ends[shard.name]
    return None if end is None else end - shard.first


def _shard(session: Session, name: str) -> LogShard:
    found = shard_named(session, name) if SHARD_NAME.fullmatch(name) else None
    if found is None:
        raise NotFound(f"there is no shard {name[:40]}")
    return found
