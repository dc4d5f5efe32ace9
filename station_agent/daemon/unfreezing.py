"""Thawing frozen drives by a suspension of the machine, ordered over the API: only S3, and only while nothing runs.

The machine sleeps in a thread of its own; until it is awake the foreman begins nothing.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from erasure.drive import DriveFacts
from erasure.errors import ErasureError
from station_agent.control.view import Told
from station_agent.daemon.foreman import Foreman
from station_agent.daemon.phrases import phrase
from station_agent.errors import OrderRefused, StationError
from station_agent.language import mark, visible
from station_agent.suspension import CannotSuspend, Change, Runner, Woken, require_sleep, suspend
from station_agent.system import run as run_program

THAWED: Final = mark(
    "{thawed} of {n} frozen drives take security commands again. The others: pull and plug them again."
)


@dataclass(slots=True)
class Unfreezing:
    """Suspends the machine for one order. `root` is where the kernel shows itself."""

    foreman: Foreman
    root: Path = Path("/")
    run: Runner = run_program
    wait: Callable[[float], None] = time.sleep

    def order(self, key: str) -> "Future[Told]":
        """Begin to suspend, for the drive `key` and every other frozen one. Raises `StationError`: then it does not."""
        foreman = self.foreman
        require_sleep(foreman.means.bench, self.root)
        if foreman.asleep or foreman.runs.under_way or foreman.open_runs():
            raise CannotSuspend(mark("A run is open on this bench: let it end, or give it up, before a suspension."))
        if any(seen.erases_itself for seen in foreman.drives.by_key.values()):
            raise CannotSuspend(mark("A drive erases itself now: wait for its end."))
        frozen = self._frozen()
        if key not in frozen:
            raise OrderRefused("not-frozen", mark("This drive is not frozen: nothing was suspended."))
        foreman.asleep = True
        answer: Future[Told] = Future()
        facts = tuple(frozen.values())
        threading.Thread(target=self._sleep, args=(facts, answer), name="unfreeze", daemon=True).start()
        return answer

    def _frozen(self) -> dict[str, DriveFacts]:
        looks = ((seen.key, seen.look) for seen in self.foreman.drives.by_key.values())
        read = ((key, look.surveyed.outcome.facts) for key, look in looks if look is not None)
        return {key: facts for key, facts in read if facts is not None and facts.ata and facts.ata.security.frozen}

    def _sleep(self, frozen: tuple[DriveFacts, ...], answer: "Future[Told]") -> None:
        store, bench = self.foreman.means.station.store, self.foreman.means.bench
        try:
            woken = suspend(store, bench, frozen, root=self.root, run=self.run, wait=self.wait)
        except StationError as error:
            failed = error
            self.foreman.post(lambda: self._awake(answer, failed))
        except (ErasureError, OSError, ValueError) as error:  # else nothing could ever begin again
            failed = CannotSuspend(mark("The suspension has failed: {detail}."), detail=visible(str(error)))
            self.foreman.post(lambda: self._awake(answer, failed))
        else:
            self.foreman.post(lambda: self._awake(answer, woken))

    def _awake(self, answer: "Future[Told]", ended: tuple[Woken, ...] | StationError) -> None:
        self.foreman.asleep = False
        for seen in self.foreman.drives.by_key.values():
            self.foreman.read(seen)
        if isinstance(ended, StationError):
            answer.set_exception(ended)
            return
        thawed = sum(one.change is Change.THAWED for one in ended)
        answer.set_result(Told(what=phrase(THAWED, thawed=thawed, n=len(ended))))
