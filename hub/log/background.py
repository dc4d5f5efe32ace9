"""The rounds of the log: every few seconds what is new in the ledger is signed. One thread, in no hurry."""

import threading
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub.context import Hub
from hub.log.errors import LogStopped
from hub.log.sequencer import Log
from hub.logged import LogCheckpoint

Signed = Callable[[LogCheckpoint], None]
SHARE: Final = 2.0  # times as long as a step took, before the next one: benches are answered first
LONGEST_REST_S: Final = 5.0
log = structlog.get_logger()


class Rounds:
    """Signs what is new, and tells those who listen of each new checkpoint."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._log = Log(hub, self._rest)
        self._end = threading.Event()
        self._listeners: list[Signed] = []
        self._told: tuple[str, int] | None = None

    def listen(self, told: Signed) -> None:
        """Call this with each new checkpoint that a round finds, in the thread of the rounds."""
        self._listeners.append(told)

    def start(self) -> None:
        """Work from now on, in a thread that ends with the process."""
        threading.Thread(target=self._work, name="log", daemon=True).start()

    def end(self) -> None:
        """Begin no other round."""
        self._end.set()

    def go_round(self) -> LogCheckpoint | None:
        """One round; None where nothing may be signed or the database refuses: the next round tries again."""
        try:
            newest = self._log.bring_up()
        except LogStopped as stopped:
            log.warning("the log is not signed", code=stopped.code, why=stopped.message)
            return None
        except (SQLAlchemyError, OSError) as error:
            log.warning("the log could not be signed now", kind=type(error).__name__)
            return None
        if self._told != (newest.shard, newest.number):
            self._told = (newest.shard, newest.number)
            for told in self._listeners:
                told(newest)
        return newest

    def _work(self) -> None:
        while not self._end.is_set():
            try:
                self.go_round()
            except Exception as error:
                log.exception("a round of the log failed", kind=type(error).__name__)
            self._end.wait(self._hub.settings.log_seconds)

    def _rest(self, took_s: float) -> None:
        self._end.wait(min(SHARE * took_s, LONGEST_REST_S))
