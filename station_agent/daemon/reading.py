"""Reads drives beside the foreman, a thread for each question: a drive that hangs holds up its own threads only.

Nothing is written, and nothing is decided: who asked gets a `Look` when there is one, by `answer`, in the thread that
read. A drive that never answers gets no more than a few threads.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from diagnostics.health import HealthVerdict, assess_document
from erasure.drive import BlockDevice
from erasure.errors import ErasureError
from erasure.outcome import Reason, ReasonCode
from erasure.plan import Refusal, is_running
from erasure.policy import Policy
from station_agent.asked import Asked
from station_agent.bench import Bench
from station_agent.control.view import Earlier
from station_agent.daemon.earlier import remembered, with_content
from station_agent.errors import StationError
from station_agent.language import visible
from station_agent.links import Link
from station_agent.planning import Surveyed, survey
from station_agent.records import Rows

AT_ONCE: Final = 3  # threads of one drive


@dataclass(frozen=True, slots=True)
class Look:
    """What was read of one drive. `hours` and `celsius` are None where unknown."""

    surveyed: Surveyed
    policy: str
    health: HealthVerdict
    hours: int | None
    celsius: int | None
    earlier: Earlier | None
    links: tuple[Link, ...] = ()  # the way to the drive, as far as it is known


@dataclass(frozen=True, slots=True)
class Question:
    """One drive under one policy."""

    key: str
    device: BlockDevice
    policy: Policy
    asked: Asked


def look(bench: Bench, store: Rows, question: Question) -> Look:
    """Read identity, health, plan and what this bench remembers of one drive."""
    device, heard = question.device, list[dict[str, Any] | None]()

    def smart(asked: BlockDevice) -> dict[str, Any] | None:
        heard.append(bench.smart(asked))
        return heard[-1]

    try:
        (surveyed,) = survey(replace(bench, smart=smart), (device,), question.policy, question.asked)
    except (ErasureError, StationError, OSError, ValueError) as error:
        reason = Reason(ReasonCode.TRANSPORT, visible(str(error)))
        surveyed = Surveyed(device, None, Refusal(None, (reason,)))
    facts = surveyed.outcome.facts
    at_it = facts is not None and is_running(facts)
    document = None if at_it else next((one for one in reversed(heard) if one is not None), None)
    report = None if document is None else assess_document(document)
    known = None if at_it or surveyed.open_run is not None else remembered(store, surveyed.device.identity)
    return Look(
        surveyed,
        question.policy.name,
        HealthVerdict.UNKNOWN if report is None else report.verdict,
        None if report is None else report.hours,
        None if report is None else report.temperature,
        None if known is None else with_content(bench, device, store, known),
        bench.links(device),
    )


@dataclass(slots=True)
class Readings:
    """Starts the threads, and keeps those of one drive in a row."""

    read: Callable[[Question], Look]
    _turns: dict[str, threading.Lock] = field(default_factory=dict)
    _asking: dict[str, int] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, question: Question, answer: Callable[[Question, Look | StationError], None]) -> bool:
        """Begin to read; False when this drive has not answered what it was asked before."""
        with self._guard:
            waiting = self._asking.get(question.key, 0)
            if waiting >= AT_ONCE:
                return False
            self._asking[question.key] = waiting + 1
            turn = self._turns.setdefault(question.key, threading.Lock())
        name = f"read-{question.device.name}"
        threading.Thread(target=self._ask, args=(question, turn, answer), name=name, daemon=True).start()
        return True

    def forget(self, key: str) -> None:
        """Forget a drive that left."""
        with self._guard:
            self._turns.pop(key, None)

    def _ask(
        self, question: Question, turn: threading.Lock, answer: Callable[[Question, Look | StationError], None]
    ) -> None:
        try:
            with turn:
                found: Look | StationError = self.read(question)
        except StationError as error:
            found = error
        finally:
            with self._guard:
                self._asking[question.key] -= 1
                if not self._asking[question.key]:
                    del self._asking[question.key]
        answer(question, found)
