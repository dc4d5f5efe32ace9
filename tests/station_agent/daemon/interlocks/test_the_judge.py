"""The judge of the interlock orders can find somebody guilty, and acquits whoever did what was cleared."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from erasure.outcome import VerdictWord
from erasure.report import ErasureReport
from tests.station_agent.daemon.interlocks.hall import SIZE, Disk, Hall
from tests.station_agent.daemon.interlocks.judge import Judge, Permit, Wrong
from tests.station_agent.daemon.interlocks.scenario import plain
from tests.station_agent.daemon.interlocks.troubles import mount

RUN = "a" * 32


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """A judge over T and N, with a person who had T planned and typed the serial of its label."""
    hall = Hall(tmp_path / "hall")
    plain(hall)
    found = Judge(hall)
    found.begin()
    target = hall.disks["T"]
    found.permits[RUN] = Permit(target, target.presence, target.label, target.sector)
    return found


def write(judge: Judge, key: str) -> None:
    """Let the worker of the run ask about a disk and change its last byte."""
    disk: Disk = judge.hall.disks[key]
    with judge.working(RUN):
        judge.asked(disk)
        content = bytearray(disk.medium.content())
        content[-1] ^= 1
        disk.medium.path.write_bytes(content)


def test_what_was_cleared_may_change(judge: Judge) -> None:
    write(judge, "T")
    assert judge.changed == {"T"}


def replug(judge: Judge) -> None:
    target = judge.hall.disks["T"]
    judge.hall.unplug(target)
    judge.hall.plug(target, "sdb")


def mounted(judge: Judge) -> None:
    judge.hall.trouble(judge.hall.disks["T"], "mounted", mount("/mnt"))


def twin(judge: Judge) -> None:
    judge.hall.plug(judge.hall.disks["W"], "sdc")


def listed(judge: Judge) -> None:
    judge.hall.protected = frozenset({judge.hall.disks["T"].label})


def sectors(judge: Judge) -> None:
    judge.hall.disks["T"].sector = 4096


def cancelled(judge: Judge) -> None:
    del judge.permits[RUN]


CRIMES = {
    replug: "pulled and plugged in again",
    mounted: "mounted",
    twin: "W shows the same serial",
    listed: "list of protected drives",
    sectors: "sectors have another size",
    cancelled: "nobody ordered this run",
}


@pytest.mark.parametrize(("what", "why"), CRIMES.items(), ids=[what.__name__ for what in CRIMES])
def test_what_is_not_cleared_any_more_must_not_change(judge: Judge, what: Callable[[Judge], None], why: str) -> None:
    what(judge)
    with pytest.raises(Wrong, match=f"byte {SIZE - 1} of T changed although .*{why}"):
        write(judge, "T")


def test_another_drive_than_the_planned_one_must_not_change(judge: Judge) -> None:
    with pytest.raises(Wrong, match="of N changed although T was planned"):
        write(judge, "N")


def test_nothing_changes_while_no_worker_has_it(judge: Judge) -> None:
    judge.hall.disks["N"].medium.path.write_bytes(bytes(SIZE))
    with pytest.raises(Wrong, match="after a look: byte 0 of N changed although no worker had it"):
        judge.look("a look")


def test_a_drive_that_still_holds_old_sectors_is_not_called_erased(
    judge: Judge, make_report: Callable[..., ErasureReport]
) -> None:
    words: dict[str, Any] = {"verdict": VerdictWord.ERASED}
    with pytest.raises(Wrong, match=f"ERASED, and {SIZE // 512} old sectors are on it"):
        judge.heard(make_report(RUN, **words))
