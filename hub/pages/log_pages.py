"""The log of this hub for anybody: its shards, the newest checkpoint of each, its key, its witnesses, where to read.

The log names no drive, no donor and no person: its entries are hashes (trust-and-reliability, 2).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.keys.root_files import unnamed_log
from hub.log.proofs import note_of
from hub.log.shards import CLOSED, FROZEN, OPEN, all_shards, newest_checkpoint
from hub.logged import LogCheckpoint, LogCosignature, LogShard
from hub.pages.language import mark
from hub.pages.visit import Anybody

router = APIRouter(include_in_schema=False)
MOST = 40  # shards of one page: one a year, and one more for each freeze
STATES = {OPEN: ("ok", "check"), CLOSED: ("none", "lock"), FROZEN: ("bad", "alert")}
STATE_WORDS = {OPEN: mark("Growing"), CLOSED: mark("Closed"), FROZEN: mark("Frozen")}
STATE_SENTENCES = {
    OPEN: mark("It grows: each new statement becomes its next entry."),
    CLOSED: mark("Its year is over: nothing is added to it any more, and it can be read for ever."),
    FROZEN: mark("It was stopped because stored bytes did not fit what had been signed. It is never mended in place."),
}


@dataclass(frozen=True, slots=True)
class Badge:
    """How a shard stands, as a badge shows it."""

    tone: str
    icon: str
    word: str


@dataclass(frozen=True, slots=True)
class Witness:
    """Who signed a checkpoint too, and when by its own clock."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShardShown:
    """One shard: `size` entries under the newest checkpoint; `note` is that checkpoint, all signatures included."""

    name: str
    badge: Badge
    sentence: str
    first: int
    size: int
    opened: datetime
    vkey: str
    signed: datetime | None = None
    root: str = ""
    note: str = ""
    witnesses: tuple[Witness, ...] = ()


@router.get("/log")
def show(visit: Anybody) -> Response:
    """The page of the log."""
    shards = all_shards(visit.session)[-MOST:][::-1]
    shown = [_shown(visit.session, one, visit.say) for one in shards]
    return visit.page("log.html", shards=shown, unnamed=unnamed_log(visit.session))


def _shown(session: Session, shard: LogShard, say: object) -> ShardShown:
    assert callable(say)
    tone, icon = STATES[shard.state]
    badge = Badge(tone, icon, say(STATE_WORDS[shard.state]))
    newest = newest_checkpoint(session, shard.name)
    told = (shard.name, badge, say(STATE_SENTENCES[shard.state]), shard.first)
    if newest is None:
        return ShardShown(*told, 0, shard.opened, shard.vkey)
    under = (newest.signed, newest.root, note_of(session, newest), _witnesses(session, newest))
    return ShardShown(*told, newest.size, shard.opened, shard.vkey, *under)


def _witnesses(session: Session, checkpoint: LogCheckpoint) -> tuple[Witness, ...]:
    query = select(LogCosignature.name, LogCosignature.time).where(LogCosignature.checkpoint_id == checkpoint.id)
    return tuple(Witness(row.name, datetime.fromtimestamp(row.time, UTC)) for row in session.execute(query))
