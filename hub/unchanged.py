"""What was worked out of the database, kept for as long as nothing in it has changed. Never by time.

The state of the database has a name; every commit, of any process, makes another one. A reading session learns the name
before it reads anything, so what is kept is never older than its name says. A session that writes keeps nothing, and is
told nothing that another one kept.

SQLite names it for a connection that does nothing else (`PRAGMA data_version` changes when another connection has
committed); PostgreSQL by what a new statement would see (`pg_current_snapshot`). A database in memory has no name.
"""

import sqlite3
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction, sessionmaker

KEPT: Final = "hub.unchanged"  # in `Session.info`: the store of its hub
STATE: Final = "hub.unchanged.state"  # in `Session.info`: the name of what it reads, None: it keeps nothing
FEW: Final = 256  # answers that are kept at once; of lots, which are large:
LARGE: Final = 6
Answer = TypeVar("Answer")


class Kept:
    """What was worked out of one state of one database, the longest unused given up first."""

    def __init__(self, engine: Engine) -> None:
        self._name = NAMES[engine.dialect.name](engine)
        self._lock = Lock()
        self._state: Hashable = None
        self._answers: dict[bool, OrderedDict[Hashable, Any]] = {False: OrderedDict(), True: OrderedDict()}

    def listen(self, readers: sessionmaker[Session]) -> None:
        """Let these sessions learn the name of the state before they read it, and forget it where they write."""
        event.listen(readers, "after_begin", self._begun)
        event.listen(readers, "after_flush", _flushed)
        event.listen(readers, "do_orm_execute", _executed)

    def answer(self, state: Hashable, key: Hashable, make: Callable[[], Answer], *, large: bool) -> Answer:
        """What is kept under this key of this state, else what is made now."""
        with self._lock:
            if self._state == state and key in (answers := self._answers[large]):
                answers.move_to_end(key)
                kept: Answer = answers[key]
                return kept
        made = make()
        with self._lock:
            if self._state != state:
                self._state = state
                for answers in self._answers.values():
                    answers.clear()
            answers = self._answers[large]
            answers[key] = made
            if len(answers) > (LARGE if large else FEW):
                answers.popitem(last=False)
        return made

    def _begun(self, session: Session, transaction: SessionTransaction, connection: Connection) -> None:
        if transaction.nested:  # a savepoint of one that has read, or written, under another name
            return
        session.info[KEPT], session.info[STATE] = self, self._name(connection)


def unchanged(session: Session, key: Hashable, make: Callable[[], Answer], *, large: bool = False) -> Answer:
    """What `make` gives, or gave another reader of the same state under this key. Whoever reads is part of the key.

    It must hold no object of the session, and nobody may change it. `large`: of these only few are kept.
    """
    if not is_reading(session):
        return make()
    kept: Kept = session.info[KEPT]
    return kept.answer(session.info[STATE], key, make, large=large)


def is_reading(session: Session) -> bool:
    """Whether a session learned the name of what it reads, and has written nothing since."""
    session.connection()  # from here on it knows the name
    return session.info.get(STATE) is not None and not (session.new or session.dirty or session.deleted)


def _flushed(session: Session, _work: UOWTransaction) -> None:
    session.info[STATE] = None


def _executed(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.connection()  # begun, or the name would be learned after this
        state.session.info[STATE] = None


def _of_sqlite(engine: Engine) -> Callable[[Connection], Hashable]:
    """What names the state of a file: a connection of its own, made when it is asked for first."""
    if engine.url.database in {None, "", ":memory:"}:
        return lambda _connection: None
    lock, made = Lock(), list[sqlite3.Connection]()

    def name(connection: Connection) -> Hashable:
        with lock:
            if not made:
                file: str = connection.exec_driver_sql("PRAGMA database_list").all()[0][2]  # "main": what it has open
                made.append(sqlite3.connect(file, isolation_level=None, check_same_thread=False))
                weakref.finalize(engine, made[0].close)
            version: int = made[0].execute("PRAGMA data_version").fetchone()[0]
            return version

    return name


def _of_postgresql(_engine: Engine) -> Callable[[Connection], Hashable]:
    """What names the state by the transactions that a statement would see: those in progress, and the next to begin."""

    def name(connection: Connection) -> Hashable:
        snapshot: str = connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one()
        return snapshot

    return name


NAMES: Final = {"sqlite": _of_sqlite, "postgresql": _of_postgresql}
