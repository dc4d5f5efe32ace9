"""Submits the newest checkpoint to each witness, in one thread of the process; nothing ever waits for it.

A witness that is silent is asked again later and later; what it has cosigned is verified before it is kept. A witness
that knows another or a larger log than this hub has is an alarm: then history was lost here, or shown twice.
"""

import base64
import re
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from certificates.errors import ProofError
from certificates.note import NoteKey, verify_note
from hub.context import Hub
from hub.errors import HubError
from hub.log import shards
from hub.log.geometry import Nodes, consistency_path
from hub.log.shards import FROZEN, all_shards, newest_checkpoint
from hub.log.tiles import tile_reader
from hub.logged import LogCheckpoint, LogCosignature
from hub.witnessed import LogWitness
from hub.witnesses.wire import Post, Told, Unreachable, sender

LOOK_S: Final = 5.0
HELD: Final = timedelta(minutes=2)  # longer than two requests take
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)
OK, CONFLICT, UNPROVED = 200, 409, 422
SIZE_TYPE: Final = "text/x.tlog.size"
MOST_LINES: Final = 16
LAST_SECOND: Final = 253_402_300_799  # 9999-12-31: what a page can show, and a database keep
log = structlog.get_logger()
_SIZE: Final = re.compile(r"(0|[1-9][0-9]{0,17})\n", re.ASCII)


class Contradicted(Exception):
    """A witness has seen another history of this log."""


@dataclass(frozen=True, slots=True)
class Work:
    """One checkpoint for one witness; `old` is what it cosigned last of this shard, as far as is known here."""

    checkpoint: LogCheckpoint
    log: NoteKey
    old: int


def pause_after(tries: int) -> timedelta:
    """How long to wait after that many tries in vain: 30 s, 1, 2, 4 ... minutes, one hour at most."""
    return min(FIRST_PAUSE * (1 << min(max(tries - 1, 0), 16)), LONGEST_PAUSE)


class Submitter:
    """Asks the witnesses of one hub. `post` is the way to them."""

    def __init__(self, hub: Hub, post: Post | None = None) -> None:
        self._hub, self._post = hub, post or sender()
        self._end = threading.Event()

    def start(self) -> None:
        """Work from now on, in a thread that ends with the process."""
        threading.Thread(target=self._work, name="witnesses", daemon=True).start()

    def end(self) -> None:
        """Ask nobody more."""
        self._end.set()

    def _work(self) -> None:
        while not self._end.wait(LOOK_S):
            try:
                self.submit()
            except Exception as error:
                log.exception("a round to the witnesses failed", kind=type(error).__name__)

    def submit(self) -> int:
        """Ask every witness that is due; gives how many cosignatures came. The database may refuse: later."""
        came = 0
        try:
            with self._hub.readers()() as session:
                now = self._hub.clock()
                due = select(LogWitness.kid).where(LogWitness.ended.is_(None), LogWitness.due <= now)
                kids = list(session.scalars(due))
            for kid in kids:
                came += self._ask(kid) if not self._end.is_set() else 0
        except SQLAlchemyError:
            return came
        return came

    def _ask(self, kid: str) -> int:
        with self._hub.readers()() as session:
            if not self._works(session, kid):
                return 0
        witness = self._held(kid)
        if witness is None:
            return 0
        came = 0
        try:
            with self._hub.readers()() as session:
                for work in self._works(session, kid):
                    came += self._one(session, witness, work)
        except (Unreachable, Contradicted) as trouble:
            self._silent(witness, trouble)
            return came
        except HubError as trouble:  # tiles that do not give a proof: the log itself is frozen for that
            self._silent(witness, Unreachable(f"no proof could be made here ({trouble.code})"))
            return came
        self._note(kid, answered=self._hub.clock(), silent_since=None, problem="", tries=0, held_until=None)
        return came

    def _works(self, session: Session, kid: str) -> list[Work]:
        """What this witness has not cosigned yet: the newest checkpoint of each shard that is not frozen."""
        found = []
        for shard in all_shards(session):
            newest = newest_checkpoint(session, shard.name) if shard.state != FROZEN else None
            if newest is None or newest.size == 0:
                continue
            sizes = select(LogCheckpoint.size).join(LogCosignature, LogCosignature.checkpoint_id == LogCheckpoint.id)
            mine = sizes.where(LogCheckpoint.shard == shard.name, LogCosignature.kid == kid)
            old = session.scalar(mine.order_by(LogCheckpoint.size.desc()).limit(1)) or 0
            if old < newest.size:
                found.append(Work(newest, NoteKey.from_vkey(shard.vkey), old))
        return found

    def _one(self, session: Session, witness: LogWitness, work: Work) -> int:
        """Submit one checkpoint, a second time from the size that the witness says it knows; gives what came."""
        told, known = self._submitted(session, witness, work, work.old), work.old
        if told.status == CONFLICT:
            known = _known_size(told)
            self._require_had(work, known)
            told = self._submitted(session, witness, work, known)
        if told.status == OK:
            return self._keep(witness, work, told)
        same_size = told.status == CONFLICT and known == work.checkpoint.size == _known_size(told)
        if known and (told.status == UNPROVED or same_size):  # from nothing there is no other history
            raise Contradicted(f"it has seen another history than this hub shows (HTTP {told.status})")
        raise Unreachable(f"HTTP {told.status}")

    def _require_had(self, work: Work, known: int) -> None:
        """Raise Contradicted where a witness knows more entries than this hub has signed, also now."""
        if known <= work.checkpoint.size:
            return
        with self._hub.readers()() as fresh:
            newest = newest_checkpoint(fresh, work.checkpoint.shard)
        if newest is None or newest.size < known:
            raise Contradicted(f"it knows {known} entries, and this hub has signed {work.checkpoint.size}")
        raise Unreachable("it was asked by another process meanwhile")

    def _submitted(self, session: Session, witness: LogWitness, work: Work, old: int) -> Told:
        nodes = Nodes(tile_reader(session, work.checkpoint.shard))
        proof = consistency_path(nodes, old, work.checkpoint.size) if old else []
        lines = "".join(base64.b64encode(node).decode("ascii") + "\n" for node in proof)
        return self._post(witness.url, f"old {old}\n{lines}\n{work.checkpoint.note}".encode(), witness.private)

    def _keep(self, witness: LogWitness, work: Work, told: Told) -> int:
        """Keep the first line of the witness’s own key that holds; whatever else came is not looked at."""
        key = NoteKey.from_vkey(witness.vkey)
        for line in told.text.split("\n")[:MOST_LINES]:
            try:
                seen = verify_note(f"{work.checkpoint.note}{line}\n", work.log, (key,), 1).witnesses
            except ProofError:
                continue
            if seen[witness.kid] > LAST_SECOND:
                raise Unreachable("its clock shows no time that there is")
            facts = {"kid": witness.kid, "name": key.name, "time": seen[witness.kid], "line": f"{line}\n"}
            row = LogCosignature(checkpoint_id=work.checkpoint.id, received=self._hub.clock(), **facts)
            try:
                with self._hub.sessions().begin() as session:
                    session.add(row)
            except IntegrityError:
                return 0  # another process had it at this moment
            return 1
        raise Unreachable("its answer holds no signature by its key")

    def _held(self, kid: str) -> LogWitness | None:
        """Take a witness for this process for some minutes; None when another has it."""
        now = self._hub.clock()
        free = or_(LogWitness.held_until.is_(None), LogWitness.held_until < now)
        with self._hub.sessions().begin() as session:
            mine = update(LogWitness).where(LogWitness.kid == kid, LogWitness.ended.is_(None), free)
            values = {"held_until": now + HELD, "tries": LogWitness.tries + 1}
            took = mine.values(values).returning(LogWitness.kid).execution_options(synchronize_session=False)
            return None if session.execute(took).first() is None else session.get_one(LogWitness, kid)

    def _silent(self, witness: LogWitness, trouble: Exception) -> None:
        now, words = self._hub.clock(), str(trouble)[:200]
        since = witness.silent_since or now
        later = {"silent_since": since, "problem": words, "due": now + pause_after(witness.tries), "held_until": None}
        self._note(witness.kid, **later)
        if isinstance(trouble, Contradicted):
            with self._hub.sessions().begin() as session:
                shards.alarm(session, f"witness {witness.name}: {words}", now)

    def _note(self, kid: str, **facts: object) -> None:
        with self._hub.sessions().begin() as session:
            told = update(LogWitness).where(LogWitness.kid == kid).values(**facts)
            session.execute(told.execution_options(synchronize_session=False))


def _known_size(told: Told) -> int:
    found = _SIZE.fullmatch(told.text)
    if found is None or told.content_type.partition(";")[0].strip() != SIZE_TYPE:
        raise Unreachable("it answers 409 without the size that it knows")
    return int(found[1])
