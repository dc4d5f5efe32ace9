"""Plans of tampering: each spoils a copy of a hub in one way, and says what a search has to name."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hub.context import Hub
from hub.log.seen import SEEN_FILE, keep_seen
from hub.log.sequencer import Log
from hub.logged import LogCheckpoint, LogShard, LogTile
from hub.models import LedgerEntry
from tests.hub.log.filled import BACKUP, SIZES, Filled, add, rewritten, row_of

LAST = SIZES[-1]


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What was done; the facts that a finding of fsck has to have (None: fsck cannot know), notes of other views."""

    what: str
    named: dict[str, Any] | None = None
    shown: dict[str, str] = field(default_factory=dict)


Plan = Callable[[Filled, Hub, Random], Spoilt]


def row_edited(made: Filled, hub: Hub, random: Random) -> Spoilt:
    position = random.randint(1, LAST)
    column, value = random.choice(
        [
            *(("kind", "diagnostics"), ("kid", "f" * 64), ("seq", 10_000 + random.randint(0, 99)), ("prev", "e" * 64)),
            *(("id", f"{random.getrandbits(256):064x}"), ("envelope", b"{}"), ("envelope", b"\xff")),
        ]
    )
    with hub.sessions().begin() as session:
        session.execute(update(LedgerEntry).where(LedgerEntry.position == position).values({column: value}))
    return Spoilt(f"{column} of row {position}", {"position": position})


def envelope_bit(made: Filled, hub: Hub, random: Random) -> Spoilt:
    position = random.randint(1, LAST)
    with hub.sessions().begin() as session:
        row = session.get_one(LedgerEntry, position)
        data = bytearray(row.envelope)
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        row.envelope = bytes(data)
    return Spoilt(f"a bit of the envelope of row {position}", {"position": position})


def row_exchanged(made: Filled, hub: Hub, random: Random) -> Spoilt:
    """Another statement, rightly signed by the same bench, in the place of one that is logged."""
    position = random.randint(1, LAST)
    with hub.sessions().begin() as session:
        old = session.get_one(LedgerEntry, position)
        payload = made.bench.erasure_payload(serial="FORGED") | {"seq": old.seq, "prev": old.prev}
        new = row_of(made.bench.key.sign_statement(payload), position)
        session.execute(update(LedgerEntry).where(LedgerEntry.position == position).values(new))
    return Spoilt(f"another statement at {position}", {"position": position})


def row_deleted(made: Filled, hub: Hub, random: Random) -> Spoilt:
    position = random.randint(1, LAST)
    with hub.sessions().begin() as session:
        session.execute(delete(LedgerEntry).where(LedgerEntry.position == position))
    return Spoilt(f"row {position} deleted", {"position": position})


def rows_swapped(made: Filled, hub: Hub, random: Random) -> Spoilt:
    one, other = sorted(random.sample(range(1, LAST + 1), 2))
    with hub.sessions().begin() as session:
        for here, there in ((one, 10_000), (other, one), (10_000, other)):
            session.execute(update(LedgerEntry).where(LedgerEntry.position == here).values(position=there))
    return Spoilt(f"rows {one} and {other} swapped", {"position": one})


def back_dated(made: Filled, hub: Hub, random: Random) -> Spoilt:
    position = random.randint(1, LAST)
    with hub.sessions().begin() as session:
        row = session.get_one(LedgerEntry, position)
        row.received -= timedelta(seconds=random.randint(1, 10 ** random.randint(1, 7)))
    return Spoilt(f"row {position} back-dated", {"position": position})


def tile_spoilt(made: Filled, hub: Hub, random: Random) -> Spoilt:
    with hub.sessions().begin() as session:
        tile = random.choice(list(session.scalars(select(LogTile).order_by(LogTile.level, LogTile.number))))
        data, way = bytearray(tile.hashes), random.choice(["bit", "cut", "gone", "longer", "swapped"])
        if way == "swapped" and len(data) < 64:
            way = "bit"
        if way == "bit":
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        elif way == "cut":
            del data[random.randrange(len(data)) :]
        elif way == "longer":
            data += random.randbytes(32)
        elif way == "swapped":
            one, other = (32 * place for place in random.sample(range(len(data) // 32), 2))
            data[one : one + 32], data[other : other + 32] = data[other : other + 32], data[one : one + 32]
        if way == "gone":
            session.delete(tile)
        else:
            tile.hashes = bytes(data)
        return Spoilt(f"tile {tile.level}/{tile.number}: {way}", {"level": tile.level, "number": tile.number})


def tile_too_many(made: Filled, hub: Hub, random: Random) -> Spoilt:
    level, number = random.choice([(0, 2), (0, 9), (1, 1), (2, 0), (5, 3)])
    with hub.sessions().begin() as session:
        session.add(LogTile(shard="2026", level=level, number=number, hashes=random.randbytes(32)))
    return Spoilt(f"tile {level}/{number} too many", {"level": level, "number": number})


def checkpoint_edited(made: Filled, hub: Hub, random: Random) -> Spoilt:
    number = random.randint(1, len(SIZES))
    where = (LogCheckpoint.number == number,)
    with hub.sessions().begin() as session:
        row = session.scalars(select(LogCheckpoint).where(*where)).one()
        place = random.randrange(len(row.note))
        spoilt = row.note[:place] + chr(ord(row.note[place]) ^ 1) + row.note[place + 1 :]
        column, value = random.choice(
            [("size", row.size + 1000), ("root", "0" * 64), ("note", spoilt), ("note", made.notes[SIZES[number - 2]])]
        )
        session.execute(update(LogCheckpoint).where(*where).values({column: value}))
    return Spoilt(f"{column} of checkpoint {number}", {"number": number})


def checkpoint_removed(made: Filled, hub: Hub, random: Random) -> Spoilt:
    number = random.randint(1, len(SIZES))
    with hub.sessions().begin() as session:
        session.execute(delete(LogCheckpoint).where(LogCheckpoint.number == number))
    named = {"number": number} if number < len(SIZES) else {"file": SEEN_FILE, "size": LAST}
    return Spoilt(f"checkpoint {number} removed", named)


def shard_edited(made: Filled, hub: Hub, random: Random) -> Spoilt:
    column, value = random.choice([("first", 2), ("size", LAST + 5), ("size", 100), ("vkey", "x"), ("number", 2)])
    with hub.sessions().begin() as session:
        session.execute(update(LogShard).values({column: value}))
    return Spoilt(f"{column} of the shard", {})


def cut_short(session: Session, size: int) -> None:
    """Take rows, tiles and checkpoints beyond a size away, without a trace."""
    session.execute(delete(LedgerEntry).where(LedgerEntry.position > size))
    session.execute(delete(LogCheckpoint).where(LogCheckpoint.size > size))
    session.execute(update(LogShard).values(size=size))
    for tile in list(session.scalars(select(LogTile))):
        held = max(0, (size >> 8 * tile.level) - tile.number * 256)
        tile.hashes = tile.hashes[: held * 32]
        if not tile.hashes:
            session.delete(tile)


def truncated(made: Filled, hub: Hub, random: Random) -> Spoilt:
    size = random.choice(SIZES[:-1])
    with hub.sessions().begin() as session:
        cut_short(session, size)
    if random.random() < 0.5:
        return Spoilt(f"cut to {size}", {"file": SEEN_FILE, "size": LAST})
    keep_seen(hub.settings.data_dir, made.notes[size])
    return Spoilt(f"cut to {size}, and the file too")


def rewritten_whole(made: Filled, hub: Hub, random: Random) -> Spoilt:
    """A row is spoilt, then the log is made anew and signed with its own key: no search at home can see that."""
    spoil = random.choice([back_dated, row_exchanged])
    told = spoil(made, hub, random)
    rewritten(hub)
    return Spoilt(f"{told.what}, log made anew")


def rewritten_shorter(made: Filled, hub: Hub, random: Random) -> Spoilt:
    """The last rows go and others come in their place; the log is made anew."""
    size, more = random.randint(1, LAST - 1), random.randint(0, 20)
    with hub.sessions().begin() as session:
        session.execute(delete(LedgerEntry).where(LedgerEntry.position > size))
        seq, prev = session.execute(select(LedgerEntry.seq, LedgerEntry.id).where(LedgerEntry.position == size)).one()
        add(session, chained(made, seq, prev, more))
    rewritten(hub)
    return Spoilt(f"{LAST - size} rows taken away, {more} put in, log made anew")


def chained(made: Filled, seq: int, prev: str, count: int) -> list[Any]:
    found = []
    for number in range(1, count + 1):
        payload = made.bench.erasure_payload(serial=f"NEW-{number}") | {"seq": seq + number, "prev": prev}
        found.append(made.bench.key.sign_statement(payload))
        prev = found[-1].id
    return found


def two_views(made: Filled, hub: Hub, random: Random) -> Spoilt:
    """One hub shows two continuations; each is right in itself. Whoever holds one of them looks at the other."""
    count, place = random.randint(1, 30), hub.settings.data_dir.with_name(f"{hub.settings.data_dir.name}-other")
    with made.copy(place) as other:
        with other.sessions().begin() as session:
            add(session, chained(made, made.bench.seq, made.bench.prev, random.randint(1, count)))
        note = Log(other).bring_up().note
    with hub.sessions().begin() as session:
        add(session, chained(made, made.bench.seq, made.bench.prev, count), later=7)
    Log(hub).bring_up()
    return Spoilt(f"two views of {count} entries", None, {"bench of the other view": note})


def backup_put_back(made: Filled, hub: Hub, random: Random) -> Spoilt:
    hub.engine.dispose()
    for tail in ("-wal", "-shm"):
        (hub.settings.data_dir / f"hub.db{tail}").unlink(missing_ok=True)
    shutil.copyfile(made.backup, hub.settings.data_dir / "hub.db")
    way = random.choice(["file stays", "file of then", "sent again"])
    if way == "file stays":
        return Spoilt("backup put back", {"file": SEEN_FILE, "size": LAST})
    keep_seen(hub.settings.data_dir, made.notes[BACKUP])
    if way == "file of then":
        return Spoilt("backup put back with its file")
    with hub.sessions().begin() as session:
        seq, prev = session.execute(select(LedgerEntry.seq, LedgerEntry.id).where(LedgerEntry.position == BACKUP)).one()
        add(session, chained(made, seq, prev, random.randint(1, 90)), later=3600)
    Log(hub).bring_up()
    return Spoilt("backup put back with its file, others sent since")


PLANS: tuple[Plan, ...] = (
    *(row_edited, envelope_bit, row_exchanged, row_deleted, rows_swapped, back_dated, tile_spoilt, tile_too_many),
    *(checkpoint_edited, checkpoint_removed, shard_edited, truncated, rewritten_whole, rewritten_shorter, two_views),
    backup_put_back,
)
