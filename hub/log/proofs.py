"""Proofs for verifiers, benches and witnesses, made from tiles and from checkpoints that were signed.

`place_of` and `proof_for` are for whoever hands out documents; `consistency` for whoever holds an older checkpoint.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from certificates.errors import ProofError
from certificates.tree import check_consistency, check_inclusion, leaf_hash, log_entry
from hub.context import Hub, hub_of
from hub.database import amid_writing, plain_rows
from hub.errors import NotFound
from hub.log.entries import seconds
from hub.log.errors import LogFrozen, LogSmaller, LogStopped, Mismatch
from hub.log.geometry import Nodes, consistency_path, inclusion_path, path_tiles
from hub.log.sequencer import Log
from hub.log.shards import FROZEN, OPEN, all_shards, newest_checkpoint, newest_shard, shard_named
from hub.log.tiles import tile_reader
from hub.logged import LogCheckpoint, LogCosignature, LogShard
from hub.models import LedgerEntry

MOST_LOOKED_AT = 60  # checkpoints, from either end
MOST_TILES = 400  # that are read in one question
MOST_CHECKPOINTS = 8  # of one proof (etabli.proof/1)
LONGEST: Final = (1 << 63) - 1  # entries of a log


STATEMENT_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)
SHARD_NAME = re.compile(r"[0-9]{4}(?:-[0-9]{1,4})?", re.ASCII)


class NotLogged(NotFound):
    """No proof can be made: it is not in the ledger, or stands where a frozen shard proves nothing more."""

    code = "log.not-logged"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement stands in the log; `received` in Unix seconds. `kid`, `seq`: its key, its number there."""

    shard: str
    index: int
    received: int
    kind: str
    kid: str
    seq: int


class _Checkpoint(NamedTuple):
    """What a proof asks of a checkpoint."""

    id: int
    size: int
    root: str
    note: str


@dataclass(frozen=True, slots=True)
class ProofParts:
    """`checkpoints` and `entries` of a document etabli.proof/1; the entries in the order in which they were asked."""

    checkpoints: tuple[str, ...]
    entries: tuple[dict[str, Any], ...]


def place_of(session: Session, statement_id: str) -> Place | None:
    """The place of a statement; None when it is not in the ledger, or in no shard that can prove it."""
    return _found(session, [statement_id]).places.get(statement_id)


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
    with hub.readers()() as fresh:
        found = _found(fresh, statement_ids)
        behind = _behind(fresh, found)
        if not behind:
            return _proof(fresh, found, statement_ids, quorum)
    for position in behind:
        Log(hub).bring_up(position)
    with hub.readers()() as fresh:
        return _proof(fresh, _found(fresh, statement_ids), statement_ids, quorum)


def note_of(session: Session, checkpoint: LogCheckpoint | _Checkpoint) -> str:
    """A signed note with its cosignatures so far."""
    return checkpoint.note + "".join(row.line for row in plain_rows(session, _LINES, id=checkpoint.id))


_LINES: Final = (
    select(LogCosignature.line).where(LogCosignature.checkpoint_id == bindparam("id")).order_by(LogCosignature.id)
)


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


class _Shard(NamedTuple):
    """What a proof asks of a shard."""

    name: str
    first: int
    state: str


@dataclass(frozen=True, slots=True)
class _Found:
    """The shards, the position behind what each proves (None while it grows), and where statements stand."""

    shards: Sequence[_Shard]
    ends: Mapping[str, int | None]
    places: Mapping[str, Place]

    @property
    def needed(self) -> dict[str, int]:
        """How many entries a checkpoint of each shard has at least that includes all of them."""
        needed: dict[str, int] = {}
        for place in self.places.values():
            needed[place.shard] = max(needed.get(place.shard, 0), place.index + 1)
        return needed


def _found(session: Session, statement_ids: Sequence[str]) -> _Found:
    wanted = {one for one in statement_ids if STATEMENT_ID.fullmatch(one)}
    rows = plain_rows(session, _ENTRIES, ids=list(wanted)) if wanted else ()
    shards, places = [_Shard(*row) for row in plain_rows(session, _SHARDS)], dict[str, Place]()
    ends = _ends(session, shards)
    for row in rows:
        shard = next((one for one in reversed(shards) if one.first <= row.position), None)
        if shard is not None and (ends[shard.name] is None or row.position < (ends[shard.name] or 0)):
            index = row.position - shard.first
            places[row.id] = Place(shard.name, index, seconds(row.received), row.kind, row.kid, row.seq)
    return _Found(shards, ends, places)


def _behind(session: Session, found: _Found) -> list[int | None]:
    """The positions up to which a growing shard has to be signed first; None: whatever there is, in the first shard."""
    needed, behind = found.needed, list[int | None]()
    for shard in found.shards:
        if shard.state == OPEN and shard.name in needed:
            newest: int | None = plain_rows(session, _NEWEST, shard=shard.name)[0][0]
            if newest is None or newest < needed[shard.name]:
                behind.append(shard.first + needed[shard.name] - 1)
    return behind if found.shards else [None]


def _proof(session: Session, found: _Found, statement_ids: Sequence[str], quorum: int) -> ProofParts:
    if missing := [one for one in statement_ids if one not in found.places]:
        raise NotLogged(f"the log has no statement {missing[0]}")
    needed = found.needed
    shards = [shard for shard in found.shards if shard.name in needed]
    most = {one.name: _most(one, found.ends) for one in shards}
    chosen = {one.name: _chosen(session, one.name, needed[one.name], most[one.name], quorum) for one in shards}
    return _parts(session, [(one, found.places[one]) for one in statement_ids], chosen)


def _ends(session: Session, shards: Sequence[_Shard]) -> dict[str, int | None]:
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


def _chosen(session: Session, shard: str, least: int, most: int | None, quorum: int) -> _Checkpoint:
    asked = {"shard": shard, "least": least, "most": LONGEST if most is None else most}
    early = plain_rows(session, _EARLY, **asked)
    late = plain_rows(session, _LATE, **asked) if len(early) == MOST_LOOKED_AT else early[::-1]
    if not late:
        raise NotLogged(f"no checkpoint of the shard {shard} has {least} entries")
    enough = [one for one in early if one.cosigned >= max(quorum, 1)]
    best = enough[0] if enough else max(late, key=lambda one: (one.cosigned, one.size))
    return _Checkpoint(*plain_rows(session, _CHECKPOINT, id=best.id)[0])


_SHARDS: Final = select(LogShard.name, LogShard.first, LogShard.state).order_by(LogShard.number)
_NEWEST: Final = select(func.max(LogCheckpoint.size)).where(LogCheckpoint.shard == bindparam("shard"))
_ENTRIES: Final = select(
    LedgerEntry.id, LedgerEntry.position, LedgerEntry.received, LedgerEntry.kind, LedgerEntry.kid, LedgerEntry.seq
).where(LedgerEntry.id.in_(bindparam("ids", expanding=True)))
_COSIGNED: Final = (
    select(func.count(LogCosignature.id)).where(LogCosignature.checkpoint_id == LogCheckpoint.id).scalar_subquery()
)
_FITTING: Final = (
    select(LogCheckpoint.id, LogCheckpoint.size, _COSIGNED.label("cosigned"))
    .where(LogCheckpoint.shard == bindparam("shard"))
    .where(LogCheckpoint.size >= bindparam("least"), LogCheckpoint.size <= bindparam("most"))
    .limit(MOST_LOOKED_AT)
)
_EARLY: Final = _FITTING.order_by(LogCheckpoint.size)
_LATE: Final = _FITTING.order_by(LogCheckpoint.size.desc())
_CHECKPOINT: Final = select(LogCheckpoint.id, LogCheckpoint.size, LogCheckpoint.root, LogCheckpoint.note).where(
    LogCheckpoint.id == bindparam("id")
)


def _parts(session: Session, places: Sequence[tuple[str, Place]], chosen: dict[str, _Checkpoint]) -> ProofParts:
    if len(chosen) > MOST_CHECKPOINTS:
        raise NotLogged(f"these statements stand in more than {MOST_CHECKPOINTS} shards")
    order = {name: number for number, name in enumerate(chosen)}
    nodes = {name: _nodes(session, name, places, under.size) for name, under in chosen.items()}
    entries = []
    for statement_id, place in places:
        path = _path(nodes[place.shard], statement_id, place, chosen[place.shard])
        facts = {"id": statement_id, "checkpoint": order[place.shard], "index": place.index}
        entries.append({**facts, "received": place.received, "path": [one.hex() for one in path]})
    return ProofParts(tuple(note_of(session, one) for one in chosen.values()), tuple(entries))


def _nodes(session: Session, shard: str, places: Sequence[tuple[str, Place]], size: int) -> Nodes:
    """The hashes of a shard, the tiles of these places in it read together."""
    tiles = {tile for _, place in places if place.shard == shard for tile in path_tiles(place.index, size)}
    return Nodes(tile_reader(session, shard, sorted(tiles)[:MOST_TILES]))


def _path(nodes: Nodes, statement_id: str, place: Place, under: _Checkpoint) -> list[bytes]:
    """The audit path, checked: nobody is handed a proof that proves nothing. Raises NotLogged."""
    path = inclusion_path(nodes, place.index, under.size)
    leaf = leaf_hash(log_entry(statement_id, place.kid, place.seq, place.received, place.kind))
    try:
        check_inclusion(leaf, place.index, under.size, path, bytes.fromhex(under.root))
    except ProofError as error:
        raise NotLogged(f"the log cannot prove the statement {statement_id}: {error}") from error
    return path


def _most(shard: _Shard, ends: Mapping[str, int | None]) -> int | None:
    end = ends[shard.name]
    return None if end is None else end - shard.first


def _shard(session: Session, name: str) -> LogShard:
    found = shard_named(session, name) if SHARD_NAME.fullmatch(name) else None
    if found is None:
        raise NotFound(f"there is no shard {name[:40]}")
    return found
