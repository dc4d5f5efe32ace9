"""What happens to the drives of an erase, one JSON object a line (`etabli.events/1`): for programs that follow along.

A line is told when something is so, never that it will be; the proof is the signed statement, which `ended` names.
Whoever reads may leave: the erase goes on (`station_agent.language.print_to`).
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from erasure.drive import BlockDevice
from erasure.outcome import Reason
from erasure.plan import ErasurePlan
from station_agent.board import Board, Line, LineState
from station_agent.clock import Clock, wall_text
from station_agent.exit_status import of_line
from station_agent.planning import Surveyed

SCHEMA: Final = "etabli.events/1"
EVERY_S: Final = 1.0  # seconds between two `progress` of one drive, at least


@dataclass(slots=True)
class _Told:
    """What was said of one drive: `phases` counts those that were told, `done` and `at` are of the last progress."""

    started: bool = False
    phases: int = 0
    done: int = -1
    at: float = 0.0
    notice: str = ""
    ended: bool = False


@dataclass(slots=True)
class EventLines:
    """A display that writes events; `monotonic` gives seconds, `say` takes a line."""

    say: Callable[[str], None]
    clock: Clock
    monotonic: Callable[[], float]
    board: Board = field(default_factory=Board)
    _told: dict[str, _Told] = field(default_factory=dict)

    def planned(self, drives: Sequence[Surveyed]) -> None:
        """Tell of every drive how it will be erased, or why not."""
        for drive in drives:
            self._event("planned", drive.device, **_plan(drive))

    def refresh(self) -> None:
        """Tell what is new on the board."""
        for line in self.board.lines.values():
            told = self._told.setdefault(line.run_id, _Told())
            if told.ended:
                continue
            self._tell_course(line, told)
            if line.over:
                told.ended = True
                self._event("ended", line.device, **_end(line))

    def _tell_course(self, line: Line, told: _Told) -> None:
        if line.phases and not told.started:
            told.started = True
            self._event("started", line.device, run_id=line.run_id, resumed=line.resumed)
        for phase in line.phases[told.phases :]:
            self._event("phase", line.device, run_id=line.run_id, phase=phase)
            told.done = -1
        told.phases = len(line.phases)
        if line.notice and line.notice != told.notice:
            told.notice = line.notice
            self._event("notice", line.device, run_id=line.run_id, code=line.notice, detail=line.detail)
        now = self.monotonic()
        moved = line.done != told.done or line.elapsed_s is not None
        if line.state is LineState.RUNNING and moved and (not told.at or now - told.at >= EVERY_S):
            told.done, told.at = line.done, now
            self._event("progress", line.device, **_course(line))

    def _event(self, event: str, device: BlockDevice, **members: Any) -> None:
        named = {"path": device.path, "serial": device.identity.serial}
        told = {"schema": SCHEMA, "event": event, "wall": wall_text(self.clock.now()), **named, **members}
        self.say(json.dumps(told, ensure_ascii=False))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.refresh()


def _plan(drive: Surveyed) -> dict[str, Any]:
    outcome = drive.outcome
    if drive.together:
        return {"together": drive.together}
    if not isinstance(outcome, ErasurePlan):
        return {"method": None, "reasons": _documents(outcome.reasons)}
    return {
        "method": outcome.method,
        "before": list(outcome.before),
        "level": str(outcome.level),
        "policy": outcome.policy.name,
        "verification": outcome.verification,
        "adopt": outcome.adopt,
        "exceptions": _documents(outcome.exceptions),
    }


def _course(line: Line) -> dict[str, Any]:
    return {
        "run_id": line.run_id,
        "phase": line.phase,
        "done_bytes": line.done,
        "total_bytes": line.total,
        "bytes_per_second": line.rate,
        "left_s": line.eta_s,
        "bad_sectors": line.bad,
        "elapsed_s": line.elapsed_s,
        "expected_s": line.expected_s,
        "silent": line.silent,
    }


def _end(line: Line) -> dict[str, Any]:
    return {
        "run_id": line.run_id,
        "state": str(line.state),
        "verdict": line.verdict or None,
        "level": line.level or None,
        "method": line.method or None,
        "statement": line.statement_id or None,
        "reasons": [{"code": code, "detail": detail} for code, detail in line.reasons],
        "exceptions": [{"code": code, "detail": detail} for code, detail in line.exceptions],
        "exit_status": int(of_line(line)),
        "detail": line.detail,
    }


def _documents(reasons: Sequence[Reason]) -> list[dict[str, str]]:
    return [{"code": str(reason.code), "detail": reason.detail} for reason in reasons]
