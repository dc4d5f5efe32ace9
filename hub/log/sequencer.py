"""Bringing the log up to the ledger: leaves into tiles, tiles looked at again, then a checkpoint, signed and stored.

What costs time is done outside every lock, on one view of the database; each writing transaction is short and looks
first whether another process was faster. Nothing is added to the storing of statements. Where two computations differ
the shard is frozen, and ingest goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from certificates.errors import ProofError
from certificates.note import Checkpoint, sign_checkpoint, verify_note
from certificates.tree import check_consistency
from hub.context import Hub
from hub.ledger.append import lock_ledger
from hub.log import shards
from hub.log.entries import differing_leaf, end_of_ledger, leaves_by_bytes, leaves_by_columns
from hub.log.errors import LogAhead, LogBehind, LogFrozen, Mismatch
from hub.log.geometry import Nodes, consistency_path, extended, grown, peaks_of, root_of
from hub.log.key import NoteSigner
from hub.log.seen import bound_by, keep_newer, keep_seen, opened_note, require_continued, seen_note
from hub.log.shards import OPEN, lock_log, newest_checkpoint, newest_shard
from hub.log.tiles import store, stored_leaves, tile_reader
from hub.log.years import require_justified, year_of
from hub.logged import LogCheckpoint, LogShard

STEP: Final = 4096  # entries of one look: about ten megabytes of envelopes
_GATE: Final = Lock()
_TURNS: Final[dict[str, Lock]] = {}  # one of this process at a time, by database: two would do the same work


@dataclass(frozen=True, slots=True)
class State:
    """The open shard, what was signed last in it, how many entries the ledger has for it, and what binds its signer."""

    shard: LogShard
    last: LogCheckpoint | None
    entries: int
    bound: Checkpoint | None

    @property
    def signed(self) -> int:
        """Size of the last checkpoint; -1 before the first."""
        return -1 if self.last is None else self.last.size

    @property
    def short(self) -> bool:
        """Whether the tiles have to grow before anything can be signed."""
        least = max(max(self.signed, 0) + 1, self.bound.size if self.bound else 0)
        return self.shard.size < min(least, self.entries)


class Log:
    """The log of one hub, for one process. Several processes may each have one."""

    def __init__(self, hub: Hub, rest: Callable[[float], None] = lambda _: None) -> None:
        """`rest` is called with the seconds that each step took: who is in no hurry lets others work."""
        self._hub, self._rest = hub, rest
        with _GATE:
            self._turn = _TURNS.setdefault(hub.settings.database_url, Lock())

    def bring_up(self, position: int | None = None) -> LogCheckpoint:
        """Sign what the ledger holds up to this position, None: all of it; gives the newest checkpoint.

        At once where it is signed already. Raises LogStopped where nothing may be signed.
        """
        try:
            while True:
                begin = monotonic()
                with self._turn:
                    found = self._next(position)
                if found is not None:
                    return found
                self._rest(monotonic() - begin)
        except Mismatch as fault:
            self._freeze(fault.message)
            raise LogFrozen(f"the log is frozen: {fault.message}") from fault
        except LogBehind as behind:
            with self._hub.sessions().begin() as session:
                shards.alarm(session, behind.message, self._hub.clock())
            raise

    def show(self, note: str) -> None:
        """Be bound by a checkpoint that somebody shows: nothing is signed that does not continue it.

        Raises LogBehind: this hub did not sign it, or its database is older; LogFrozen: the log here is another one.
        """
        with self._view() as session:
            shard, shown = opened_note(session, note)
            nodes = Nodes(tile_reader(session, shard.name))
            other = shown.size <= shard.size and nodes.over(0, shown.size) != shown.root
        if other:
            reason = f"somebody holds another tree of {shown.size} entries of {shard.name}"
            with self._hub.sessions().begin() as session:
                shards.alarm(session, reason, self._hub.clock())
            if shard.state == OPEN:
                self._freeze(reason)
            raise LogFrozen(f"the log is frozen: {reason}")
        with self._view() as session:
            keep_newer(session, self._hub.settings.data_dir, note, (shard.number, shown.size))

    def _next(self, position: int | None) -> LogCheckpoint | None:
        """One step; what was asked for, once it is there."""
        state = self._look()
        if state is None:
            self._begin()
            return None
        wanted = state.entries if position is None else min(position - state.shard.first + 1, state.entries)
        if state.last is not None and state.signed >= wanted:
            if not self._is_over(state.shard):
                return state.last
            if state.entries - state.signed <= STEP:
                self._roll()
                return None
        self._step(state)
        return None

    def _is_over(self, shard: LogShard) -> bool:
        """Whether the year of a shard is over. A clock far ahead is told, and the shard goes on."""
        now = self._hub.clock()
        if now.year <= year_of(shard.name):
            return False
        try:
            with self._hub.readers()() as session:
                require_justified(session, shard, now)
        except LogAhead as ahead:
            with self._hub.sessions().begin() as session:
                shards.alarm(session, ahead.message, now)
            return False
        return True

    def _look(self) -> State | None:
        note = seen_note(self._hub.settings.data_dir)  # first: what it speaks of is in the database by now
        with self._hub.readers()() as session:
            return _state(session, note)

    def _begin(self) -> None:
        with self._hub.sessions().begin() as session:
            lock_ledger(session)
            lock_log(session)
            if newest_shard(session) is None:
                shards.open_first(session, self._hub.clock())

    def _step(self, state: State) -> None:
        """Take in the next entries and sign, or leave it to whoever was faster."""
        if state.short:
            end = min(state.shard.size + STEP, state.entries)
            with self._view() as session:
                tiles = self._planned(session, state.shard, end)
            with self._hub.sessions().begin() as session:
                if not self._taken_in(session, state.shard, end, tiles):
                    return
            state.shard.size = end
            if state.short:
                return
        with self._view() as session:
            size, root = self._rebuilt(session, state)
        with self._hub.sessions().begin() as session:
            self._sign(session, state, size, root)

    def _planned(self, session: Session, shard: LogShard, end: int) -> dict[tuple[int, int], bytes]:
        leaves = leaves_by_columns(session, shard.first + shard.size, shard.first + end - 1)
        return grown(tile_reader(session, shard.name), shard.size, leaves)

    @staticmethod
    def _taken_in(session: Session, shard: LogShard, end: int, tiles: dict[tuple[int, int], bytes]) -> bool:
        lock_log(session)
        mine = update(LogShard).where(LogShard.name == shard.name, LogShard.size == shard.size, LogShard.state == OPEN)
        done = session.execute(mine.values(size=end).execution_options(synchronize_session=False))
        if not done.rowcount:  # type: ignore[attr-defined]
            return False
        store(session, shard.name, tiles)
        return True

    def _rebuilt(self, session: Session, state: State) -> tuple[int, bytes]:
        """The size and root to sign, from tiles and envelopes as they are read again. Raises Mismatch, LogBehind."""
        shard, old, size = state.shard, max(state.signed, 0), state.shard.size
        nodes = Nodes(tile_reader(session, shard.name))
        peaks = peaks_of(nodes, old)
        if state.last is not None and root_of(peaks).hex() != state.last.root:
            raise Mismatch(f"the tiles do not give the root that was signed for {old} entries")
        for begin in range(old, size, STEP):
            end = min(begin + STEP, size)
            leaves = leaves_by_bytes(session, shard.first + begin, shard.first + end - 1)
            wrong = differing_leaf(leaves, stored_leaves(session, shard.name, begin, end))
            if wrong is not None:
                raise Mismatch(f"leaf {begin + wrong} is not what its envelope gives")
            peaks = extended(peaks, leaves)
        root = nodes.over(0, size)
        if root != root_of(peaks):
            raise Mismatch(f"tiles and envelopes give two roots of {size} entries")
        _require_consistent(nodes, state.last, size, root)
        require_continued(nodes, size, state.bound)
        return size, root

    def _sign(self, session: Session, state: State, size: int, root: bytes) -> None:
        """Sign and store; the file first, so that nothing is published that it does not know."""
        lock_log(session)
        now_open, last = newest_shard(session), newest_checkpoint(session, state.shard.name)
        if now_open is None or (now_open.name, now_open.state) != (state.shard.name, OPEN):
            return
        if (last.number if last else 0) != (state.last.number if state.last else 0):
            return
        signer = shards.signer_of(self._hub, now_open)
        key, checkpoint = signer.named(now_open.origin), Checkpoint(now_open.origin, size, root)
        note = checkpoint.body + "\n" + sign_checkpoint(checkpoint, key, signer.sign)
        try:
            if verify_note(note, shards.key_of(now_open), (), 0).checkpoint != checkpoint:
                raise Mismatch("the checkpoint reads otherwise than it was signed")
        except ProofError as error:
            raise Mismatch(f"the new signature does not verify: {error}") from error
        number = 1 + (last.number if last else 0)
        keep_seen(self._hub.settings.data_dir, note)
        told = {"shard": now_open.name, "number": number, "size": size, "root": root.hex(), "note": note}
        session.add(LogCheckpoint(**told, signed=self._hub.clock()))
        session.flush()

    def change_key(self, signer: NoteSigner) -> None:
        """Close the open shard by the key in use and open the next under another. Raises LogStopped."""
        self.bring_up()
        self._roll(signer)

    def _roll(self, signer: NoteSigner | None = None) -> None:
        """Close a shard and open the next, in one transaction that holds up intake.

        Without another key only where the year of the shard is over.
        """
        now = self._hub.clock()
        with self._hub.sessions().begin() as session:
            lock_ledger(session)
            lock_log(session)
            shard = newest_shard(session)
            due = shard is not None and (signer is not None or now.year > year_of(shard.name))
            if shard is None or shard.state != OPEN or not due:
                return
            state = _state(session, seen_note(self._hub.settings.data_dir))
            assert state is not None
            self._finish(session, state)
            shard.state = shards.CLOSED
            session.flush()
            shards.open_next(session, shard, None, now, signer)

    def _finish(self, session: Session, state: State) -> None:
        """Sign in this transaction what came since the last checkpoint."""
        shard = state.shard
        if shard.size < state.entries:
            tiles = self._planned(session, shard, state.entries)
            self._taken_in(session, shard, state.entries, tiles)
            session.refresh(shard)
        if state.signed < shard.size:
            self._sign(session, state, *self._rebuilt(session, state))

    def _freeze(self, reason: str) -> None:
        with self._hub.sessions().begin() as session:
            lock_log(session)
            shard = newest_shard(session)
            if shard is not None and shard.state == OPEN:
                shards.freeze(session, shard, reason, self._hub.clock())

    def _view(self) -> Session:
        """A session that sees one state of the database from its first query to its end."""
        session = self._hub.readers()()
        if session.get_bind().dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return session


def _state(session: Session, note: str | None) -> State | None:
    shard = newest_shard(session)
    if shard is None:
        return None
    if shard.state != OPEN:
        raise LogFrozen(f"the log is frozen: {shard.reason}")
    last, entries = newest_checkpoint(session, shard.name), end_of_ledger(session) - shard.first + 1
    bound = bound_by(session, note, shard, last)
    if bound is not None and bound.size > entries:
        raise LogBehind(f"a checkpoint of {bound.size} entries was signed, and this database has {entries}")
    return State(shard, last, entries, bound)


def _require_consistent(nodes: Nodes, last: LogCheckpoint | None, size: int, root: bytes) -> None:
    if last is None or last.size == 0:
        return
    proof = consistency_path(nodes, last.size, size)
    try:
        check_consistency(last.size, size, proof, bytes.fromhex(last.root), root)
    except ProofError as error:
        raise Mismatch(f"the new tree does not continue the signed one: {error}") from error
