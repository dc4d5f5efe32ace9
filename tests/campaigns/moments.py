"""The moments at which a kill comes, seen from outside: files that change, and the time a pass must take.

`prepare`: before the intent is durable. `probe`: addresses are marked. `write`, `verify`: what they say. `closing`: the
proof is there, the statement is not. `sync`: the statement is there, its receipt is not. `after`: all of it is over.
A kill is aimed at one of them and counted where it really hit.
"""

import random
import time
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path

from tests.campaigns.drives import Drive
from tests.campaigns.records import Ledger, Stick

PHASES = ("prepare", "probe", "write", "verify", "closing", "sync")
WORKER_PHASES = ("prepare", "probe", "write", "verify")  # a worker is gone before the closing
NEARLY = 0.93  # part of the verification after which each commit is looked at
INTENT_S, PROBE_S, CLOSING_S, SYNC_S = 0.03, 0.06, 0.012, 0.04
NEVER = float("inf")
COMMITS = {"closing": 1, "sync": 2}  # the proof; the statement


class Sight:
    """What was seen of one drive in this session: when a worker took it, began, and finished to write."""

    def __init__(self, drive: Drive) -> None:
        self.drive = drive
        self.held = self.touched = self.written = NEVER
        self._first = drive.first_sector()
        self._fresh = self._first == drive.old[: drive.sector]
        self._done_before = drive.finished(drive.end_sector())

    def look(self, now: float, held: Container[str]) -> None:
        """Look once; `held` are the files that workers have open."""
        if self.held == NEVER:
            self.held = now if str(self.drive.image) in held else NEVER
            return
        if self.touched == NEVER and (not self._fresh or self.drive.first_sector() != self._first):
            self.touched = now
        if self.touched < now and self.written == NEVER:
            done = self._done_before or self.drive.finished(self.drive.end_sector())
            self.written = now if done else NEVER


@dataclass(slots=True)
class Aim:
    """One planned kill: of `whom`, in this phase of this drive."""

    whom: str
    phase: str
    sight: Sight
    chance: random.Random
    prepare_s: float
    at_intent: bool = False  # `prepare` around the intent, not from the very start on
    _at: float | None = None
    _commits: int = 0
    _seen: object = None

    def come(self, now: float, began: float, log: Path) -> bool:
        """Say whether the moment has come; called again and again until it has."""
        if self._at is None:
            self._at = self._planned(now, began, log)
        return self._at is not None and now >= self._at

    @property
    def close(self) -> bool:
        """Whether it is time to look every millisecond."""
        return self._seen is not None or (self.phase == "prepare" and self.at_intent)

    def _planned(self, now: float, began: float, log: Path) -> float | None:
        sight, uniform = self.sight, self.chance.uniform
        match self.phase:
            case "prepare" if not self.at_intent or sight.held < now:
                return now + uniform(0, INTENT_S) if self.at_intent else began + uniform(0, self.prepare_s)
            case "probe" if sight.touched < now:
                return sight.touched + uniform(0, PROBE_S)
            case "write" if sight.touched < now:
                return sight.touched + uniform(0, sight.drive.pass_s)
            case "verify" if sight.written < now:
                return sight.written + uniform(0, sight.drive.pass_s)
            case "closing" | "sync" if now > sight.written + NEARLY * sight.drive.pass_s:
                return self._after_commits(now, log)
        return None

    def _after_commits(self, now: float, log: Path) -> float | None:
        """Count how often the log of the stick's database changes: each time, something became durable."""
        told = log.stat() if log.exists() else None
        mark = (told.st_size, told.st_mtime_ns) if told else ()
        self._commits += self._seen is not None and mark != self._seen
        self._seen = mark
        if self._commits < COMMITS[self.phase]:
            return None
        return now + self.chance.uniform(0, CLOSING_S if self.phase == "closing" else SYNC_S)


def phase_hit(stick: Stick, ledger: Ledger, drive: Drive, before: Stick | None) -> str:
    """Say from what was durable in which phase of `drive` a kill came; `before` is the stick when the session began."""
    run = next(iter(stick.runs_of(drive.serial)), None)
    if run is None:
        return "prepare"
    if run.state == "closed":
        stated = next(s for s in stick.statements if s.run_id == run.id)
        return "after" if stated.outbox == "confirmed" else "sync"
    earlier = [old for old in before.runs_of(drive.serial) if old.id == run.id] if before else []
    if len(run.entries) == sum(len(old.entries) for old in earlier):
        return "prepare"
    if run.last("VERIFIED") > max(run.last("RESUMED"), run.last("WRITTEN")):
        return "closing"
    if run.count("WRITTEN"):
        return "verify"
    return "probe" if drive.zeros and not run.count("CHECKPOINT") else "write"


def wait_until(condition: Callable[[], bool], seconds: float, step: float = 0.01) -> bool:
    """Ask again and again; say whether it came true in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(step)
    return True
