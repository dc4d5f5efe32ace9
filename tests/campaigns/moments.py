"""The moments at which a kill comes, seen from outside: files that change, and the time a pass must take.

`prepare`: before the intent is durable. `intent`: it is durable, and not a byte of the drive has changed. `probe`:
addresses are marked. `write`, `verify`: what they say. `closing`: the proof is there, the statement is not.
`statement`: it is durable, and the hub does not have it. `sync`: the hub has it, its receipt is not kept. `after`: all
of it is over. A kill is aimed at one of them and counted where it really hit.
"""

import random
from dataclasses import dataclass

from tests.campaigns.drives import Drive
from tests.campaigns.records import COPY, STORE, Ledger, Run, Stick

PHASES = ("prepare", "intent", "probe", "write", "verify", "closing", "statement", "sync")
WORKER_PHASES = ("prepare", "intent", "probe", "write", "verify")  # a worker is gone before the closing
LOG = f"{STORE}-wal"
HUB_LOG = "hub.db-wal"
NEARLY = 0.7  # part of the verification after which each change of the records is looked at
EARLY = 8  # changes of the records up to the intents of three drives
EARLY_S, INTENT_S, PROBE_S, CLOSING_S, COPY_S, SYNC_S, RECEIPT_S = 0.003, 0.02, 0.02, 0.006, 0.002, 0.04, 0.003
LAST_SIGNS = {  # the file whose change tells that it is near, and how many seconds it may last from then on
    ("closing", True): (LOG, CLOSING_S),
    ("closing", False): (LOG, CLOSING_S),
    ("statement", True): (LOG, COPY_S),
    ("statement", False): (COPY, COPY_S),
    ("sync", True): (HUB_LOG, RECEIPT_S),
    ("sync", False): (COPY, SYNC_S),
}
NEVER = float("inf")


class Sight:
    """What was seen of one drive in this session: when it was touched, when the write pass was over."""

    def __init__(self, drive: Drive, runs: list[Run]) -> None:
        self.drive = drive
        self.touched = self.written = NEVER
        self._was_written = any(run.count("WRITTEN") for run in runs)
        self._done_before = drive.finished(drive.end_sector())

    def saw(self, name: str, now: float) -> None:
        """Take note of a file that changed."""
        if name != self.drive.image.name:
            return
        self.touched = min(self.touched, now)
        if self.written == NEVER and (self._done_before or self.drive.finished(self.drive.end_sector())):
            self.written = now

    def verified(self, prepared: float) -> float:
        """When the verification began, as far as one can see; `prepared` where only that was left to do."""
        return prepared if self._was_written else self.written


@dataclass(slots=True)
class Aim:
    """One planned kill: of `whom`, in this phase of this drive. `exact`: right at the change, not somewhat later."""

    whom: str
    phase: str
    sight: Sight
    chance: random.Random
    prepare_s: float
    exact: bool = False
    at: float = NEVER
    _changes: int = 0

    def begin(self, began: float) -> None:
        """Plan what needs no sign: a kill while nothing was written down yet."""
        if self.phase == "prepare" and not self.exact:
            self.at = began + self.chance.uniform(0, self.prepare_s)
        self._changes = self.chance.randint(1, EARLY)

    def see(self, name: str, now: float, began: float) -> None:
        """Take note of a file that changed: the moment may have come, or be known now."""
        if self.at == NEVER:
            self.at = self._planned(name, now, began + self.prepare_s)

    def _planned(self, name: str, now: float, prepared: float) -> float:
        since, longest = self._opened(name, now, self.sight.verified(prepared))
        return since + self.chance.uniform(0, longest)

    def _opened(self, name: str, now: float, verified: float) -> tuple[float, float]:
        """Say since when a kill would do, and how many seconds after that it would still do; NEVER for not yet."""
        sight, pass_s = self.sight, self.sight.drive.pass_s
        since, longest = NEVER, 0.0
        match self.phase:
            case "intent" if self.exact and sight.touched == now:
                since = now
            case "prepare" | "intent" if name == LOG and self._countdown():
                since, longest = now, EARLY_S if self.phase == "prepare" else INTENT_S
            case "probe" if sight.touched < NEVER:
                since, longest = sight.touched, PROBE_S
            case "write" if sight.touched < NEVER and (name == LOG or not sight.drive.zeros):
                since, longest = now, pass_s
            case "verify" if verified <= now:
                since, longest = verified, pass_s
            case "closing" | "statement" | "sync" if now > verified + NEARLY * pass_s:
                file, longest = LAST_SIGNS[self.phase, self.exact]
                since = now if name == file else NEVER
        return since, longest

    def _countdown(self) -> bool:
        """Count a change of the records; say whether it was the one that was waited for."""
        self._changes -= 1
        return self._changes == 0 and not (self.phase == "intent" and self.exact)


def phase_hit(stick: Stick, ledger: Ledger, drive: Drive, before: Stick | None) -> str:
    """Say from what was durable in which phase of `drive` a kill came; `before` is the stick when the session began."""
    run = next(iter(stick.runs_of(drive.serial)), None)
    if run is None:
        return "prepare"
    if run.state == "closed":
        return _on_its_way(stick, ledger, run)
    earlier = [old for old in before.runs_of(drive.serial) if old.id == run.id] if before else []
    return "prepare" if len(run.entries) == sum(len(old.entries) for old in earlier) else _at_work(run, drive)


def _on_its_way(stick: Stick, ledger: Ledger, run: Run) -> str:
    stated = next(s for s in stick.statements if s.run_id == run.id)
    if stated.outbox == "confirmed":
        return "after"
    return "sync" if stated.id in ledger.kept else "statement"


def _at_work(run: Run, drive: Drive) -> str:
    if run.last("VERIFIED") > max(run.last("RESUMED"), run.last("WRITTEN")):
        return "closing"
    if run.count("WRITTEN"):
        return "verify"
    if not run.count("RESUMED") and drive.content() == drive.old:
        return "intent"
    return "probe" if drive.zeros and not run.count("CHECKPOINT") else "write"
