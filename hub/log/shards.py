"""Shards: which one is open, and the opening of the next, which the hub signs into the log itself.

A shard is named after the year in which it opened and rolls forward only; after a freeze it is `2026-2`, `2026-3`. The
first begins at position 1; each later one is opened by a registry statement that carries the last checkpoint of the one
before and a snapshot of the keys. That statement is its entry 0, but after a freeze, where what the frozen shard proves
no more is logged again before it.
"""

from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from certificates.errors import KeyFileError
from certificates.note import LOG_SIGNATURE, NoteKey
from certificates.statement import REGISTRY_KEYS
from certificates.verify import VerifiedStatement
from hub.context import Hub, hub_of
from hub.ledger.append import append
from hub.log.errors import LogStopped
from hub.log.key import LOG_KEY_FILE, NoteSigner
from hub.log.years import require_justified, year_of
from hub.logged import LogCheckpoint, LogShard
from hub.models import Alarm
from hub.stations.trust import trust_of
from hub.validation.statements import own_statement

LOG_LOCK: Final = 0x4C4F47  # key of the advisory lock on PostgreSQL
OPEN, CLOSED, FROZEN = "open", "closed", "frozen"
ALARM: Final = "log"


def lock_log(session: Session) -> None:
    """One signer at a time until the end of the transaction; SQLite has this already by BEGIN IMMEDIATE.

    Whoever needs the lock of the ledger too takes that one first.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOG_LOCK})


def newest_shard(session: Session) -> LogShard | None:
    """The shard that was opened last, as the database has it now."""
    query = select(LogShard).order_by(LogShard.number.desc()).limit(1)
    return session.scalar(query.execution_options(populate_existing=True))


def all_shards(session: Session) -> list[LogShard]:
    """Every shard in the order in which they were opened."""
    return list(session.scalars(select(LogShard).order_by(LogShard.number)))


def shard_named(session: Session, name: str) -> LogShard | None:
    """The shard of this name."""
    return session.scalar(select(LogShard).where(LogShard.name == name))


def newest_checkpoint(session: Session, shard: str) -> LogCheckpoint | None:
    """What was signed last in a shard."""
    query = select(LogCheckpoint).where(LogCheckpoint.shard == shard)
    return session.scalar(query.order_by(LogCheckpoint.number.desc()).limit(1))


def name_after(older: LogShard | None, now: datetime) -> str:
    """Name of the next shard: the year of the clock where it is a later one, else a number behind the year.

    `now` is justified (`hub.log.years`), or of the year of the older shard.
    """
    if older is None or now.year > year_of(older.name):
        return str(now.year)
    year, _, count = older.name.partition("-")
    return f"{year}-{int(count or 1) + 1}"


def signer_of(hub: Hub, shard: LogShard | None) -> NoteSigner:
    """The key of the log; made where there is none and no shard needs it. Raises LogStopped: it is another one."""
    place: Path = hub.settings.data_dir / LOG_KEY_FILE
    if shard is None and not place.exists():
        NoteSigner.generate(LOG_SIGNATURE).save(place)
    try:
        signer = NoteSigner.load(place, LOG_SIGNATURE)
    except KeyFileError as error:
        raise LogStopped(f"the key of the log cannot be read: {error}", "log.key") from error
    if shard is not None and signer.named(shard.origin).vkey != shard.vkey:
        raise LogStopped("the key of the log is not the one of the open shard", "log.key")
    return signer


def key_of(shard: LogShard) -> NoteKey:
    """The key that verifies checkpoints of a shard. Raises ProofError."""
    return NoteKey.from_vkey(shard.vkey)


def open_first(session: Session, now: datetime) -> LogShard:
    """Open the first shard, which begins at position 1 whatever is in the ledger already. Call under both locks.

    Raises LogAhead.
    """
    require_justified(session, None, now)
    return _opened(session, None, 1, now)


def open_next(
    session: Session, older: LogShard, first: int | None, now: datetime, signer: NoteSigner | None = None
) -> LogShard:
    """Sign the opening of the next shard into the ledger. Call under both locks; the older one is no longer open.

    `first` is where it begins, None: with its opening. What stands before the opening was not proven by the older one.
    `signer` is the key of the next one, None: the key in use. Raises LogAhead.
    """
    assert older.state != OPEN
    require_justified(session, older, now)
    name, last = name_after(older, now), newest_checkpoint(session, older.name)
    note = last.note if last is not None else ""
    receipt = append(session, _opening(session, name, note, now), now)
    return _opened(session, older, first or receipt.position, now, name=name, signer=signer)


def freeze(session: Session, shard: LogShard, reason: str, now: datetime) -> None:
    """End a shard for good: nothing more is signed in it. Raises an alarm for a person."""
    frozen = update(LogShard).where(LogShard.name == shard.name, LogShard.state == OPEN)
    if session.execute(frozen.values(state=FROZEN, reason=reason)).rowcount:  # type: ignore[attr-defined]
        alarm(session, f"{shard.name}: {reason}", now)


def alarm(session: Session, detail: str, now: datetime) -> None:
    """Tell people, once for each thing that is told."""
    told = detail[:4000]
    known = select(Alarm.id).where(Alarm.kind == ALARM, Alarm.detail == told, Alarm.closed.is_(None)).limit(1)
    if session.scalar(known) is None:
        session.add(Alarm(kind=ALARM, station_id=None, detail=told, created=now))
        session.flush()


def origin_of(public_url: str, name: str) -> str:
    """Name of a log: host and port of the public address, and the name of its shard."""
    parts = urlsplit(public_url)
    return f"{parts.netloc.rpartition('@')[2].lower()}/erasure-log/{name}"


def _opened(
    session: Session,
    older: LogShard | None,
    first: int,
    now: datetime,
    *,
    name: str = "",
    signer: NoteSigner | None = None,
) -> LogShard:
    hub = hub_of(session)
    if signer is None:  # a lost key ends with a freeze
        signer = signer_of(hub, None if older is None or older.state == FROZEN else older)
    name = name or name_after(older, now)
    origin = origin_of(hub.settings.public_url, name)
    number = 1 + (session.scalar(select(func.max(LogShard.number))) or 0)
    vkey = signer.named(origin).vkey
    shard = LogShard(
        name=name, number=number, origin=origin, vkey=vkey, first=first, size=0, state=OPEN, reason="", opened=now
    )
    session.add(shard)
    session.flush()
    return shard


def _opening(session: Session, name: str, note: str, now: datetime) -> VerifiedStatement:
    keys = [{"kid": key.kid, "role": key.role, "status": key.status} for key in trust_of(session).keys.values()]
    keys.sort(key=lambda one: (one["status"] != "active", one["role"] != "hub"))
    return own_statement(
        session,
        now,
        "registry",
        change="opening",
        key=None,
        replaces="",
        last_good_seq=None,
        last_good_index=None,
        shard=name,
        approves="",
        by="",
        note=note,
        keys=keys[:REGISTRY_KEYS],
    )
