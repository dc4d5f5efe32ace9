"""An erase method as the firmware of a drive would carry it out, scripted: for the tests of the engine around it."""

import errno
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from erasure.applicability import Applicable, Inapplicable
from erasure.canaries import look
from erasure.methods import METHODS, Finished, MethodKind, Stuck, Ticket, Working
from erasure.outcome import Level, Reason
from erasure.passes import NOTHING_WRITTEN, Completion, Evidence, Ports, Written
from erasure.simulated import Contents, Fault
from tests.erasure.simulated_bench import Bench

NAME = "test.sanitize.block"
GOOD = Completion(accepted=True, seen_running=True, succeeded=True, action_matches=True)
FATE_UNKNOWN = OSError(errno.EINTR, "interrupted")


def finished(*failures: Reason, completion: Completion | None = GOOD) -> Finished:
    return Finished(Written((), (), 0, failures, completion))


@dataclass
class Drive:
    """What the scripted firmware does: `wipe` on each command, then one answer for each question, the last for ever."""

    backing: Path
    id: str = NAME
    version: int = 1
    level: Level = Level.PURGE
    kind: MethodKind = MethodKind.FIRMWARE
    wipes: tuple[float, float] = (0.0, 1.0)  # which part of the medium a command erases
    fill: bytes = b"\0"
    answers: list[Any] = field(default_factory=lambda: [Working(100), Working(40_000), finished()])
    refuses: tuple[Reason, ...] = ()
    fate: OSError | None = None  # raised once, after the command went out
    announces: bool = True
    obstacle: Reason | None = None
    commands: int = 0
    asked: int = 0
    tickets: list[Ticket] = field(default_factory=list)
    on_command: Callable[[Ports], None] = lambda ports: None

    def applies(self, facts: Any) -> Any:
        return Inapplicable(self.id, self.obstacle) if self.obstacle else Applicable(self.id, self.level)

    def uncovered(self, facts: Any) -> tuple[Reason, ...]:
        return ()

    def expected_seconds(self, facts: Any) -> int | None:
        return 10

    def start(self, ports: Ports, facts: Any) -> Ticket:
        if self.announces:
            ports.announce({"method": self.id, "command": "84 00"})
        self.commands += 1
        self.on_command(ports)
        if self.refuses:
            return Ticket(self.id, replace(NOTHING_WRITTEN, failures=self.refuses))
        self.wipe()
        if self.fate is not None:
            fate, self.fate = self.fate, None
            raise fate
        ports.accepted({"method": self.id, "reply": "00", "notes": {"tries": 1}})
        return Ticket(self.id, NOTHING_WRITTEN, notes={"tries": 1})

    def wipe(self) -> None:
        content = bytearray(self.backing.read_bytes())
        first, end = (int(len(content) * part) // 512 * 512 for part in self.wipes)
        content[first:end] = (self.fill * (end - first))[: end - first]
        self.backing.write_bytes(content)

    def poll(self, ports: Ports, ticket: Ticket) -> Working | Finished | Stuck:
        self.asked += 1
        self.tickets.append(ticket)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        given: Working | Finished | Stuck = answer
        return given

    def confirm(self, ports: Ports, facts: Any) -> Evidence:
        return look(ports, facts)


@dataclass
class FirmwareBench:
    """A bench whose drive erases itself as the script says."""

    bench: Bench
    drive: Drive
    monkeypatch: pytest.MonkeyPatch

    def __post_init__(self) -> None:
        self.bench = replace(self.bench, method=self.drive.id)
        self.know(self.drive)

    def know(self, *drives: Drive) -> None:
        self.monkeypatch.setattr("erasure.methods.METHODS", (*METHODS, *drives))

    def erase(self, **given: Any) -> Any:
        return self.bench.erase(**given)

    def again(self, **given: Any) -> Any:
        return self.bench.erase(resume=self.bench.resume_point(), **given)

    def kinds(self) -> list[str]:
        return self.bench.journal.kinds()


@pytest.fixture
def firmware(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> FirmwareBench:
    """A drive of 300 KiB with files on it, whose firmware erases all of it and says so."""
    return FirmwareBench(bench, Drive(bench.backing), monkeypatch)


def full_of_files(firmware: FirmwareBench, *faults: Fault) -> None:
    """Give the drive content in every sector, and faults."""
    firmware.bench.backing.unlink()
    firmware.bench.drive = replace(firmware.bench.drive, contents=Contents.PATTERN, faults=faults)
    assert b"old sector" in firmware.bench.content()
