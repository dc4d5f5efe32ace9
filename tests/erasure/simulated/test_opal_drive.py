"""A simulated Opal drive: flags, the PSID, and what a revert leaves."""

import errno
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from erasure.simulated.firmware import Firmware, Memory, Vice
from erasure.simulated.opal_drive import OpalDrive, opal_table
from tests.erasure.simulated.tapes import StoppedClock, Tape

SIZE = 1 << 20
PSID = "DEMO0000PSID0000DEMO0000PSID0000"


@dataclass
class Rig:
    folder: Path
    tapes: list[Tape] = field(default_factory=lambda: [Tape.of(SIZE), Tape.of(SIZE)])
    clock: StoppedClock = field(default_factory=StoppedClock)

    def build(self, *vices: Vice, **table: Any) -> OpalDrive:
        firmware = Firmware("opal", vices=frozenset(vices))
        told = opal_table({"psid": PSID, "locking_enabled": True, "locked": True, **table})
        drive = OpalDrive(firmware, told, self.tapes, Memory.of(self.folder / "memory.json"), self.clock)
        drive.prepare(1)
        return drive

    def old_bytes(self) -> int:
        return sum(tape.old_bytes() for tape in self.tapes)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


@pytest.mark.parametrize(
    ("table", "flags"),
    [
        ({}, 0x0F),
        ({"locked": False}, 0x07),
        ({"locked": False, "locking_enabled": False}, 0x03),
        ({"mbr_enabled": True, "mbr_done": True}, 0x3F),
    ],
)
def test_the_flags_are_those_of_the_kernel(rig: Rig, table: dict[str, bool], flags: int) -> None:
    assert rig.build(**table).status() == flags


def test_a_revert_opens_the_drive_and_destroys_the_key(rig: Rig) -> None:
    drive = rig.build()
    assert drive.closed
    assert drive.psid_revert(PSID.encode()) == 0
    assert (drive.status(), drive.closed, rig.old_bytes()) == (0x03, False, 0)


@pytest.mark.parametrize("wrong", [b"", b"0" * 32, PSID[:-1].encode(), (PSID + "0").encode()])
def test_a_wrong_psid_is_not_authorized_and_changes_nothing(rig: Rig, wrong: bytes) -> None:
    drive = rig.build()
    assert drive.psid_revert(wrong) == 1
    assert (drive.status(), drive.closed, rig.old_bytes()) == (0x0F, True, 2 * SIZE)


def test_a_drive_without_psid_takes_none(rig: Rig) -> None:
    assert rig.build(psid="").psid_revert(b"") == 1


def test_a_drive_that_was_never_activated_keeps_its_data(rig: Rig) -> None:
    drive = rig.build(keeps_key=True, locked=False, locking_enabled=False)
    assert (drive.psid_revert(PSID.encode()), rig.old_bytes()) == (0, 2 * SIZE)


def test_some_drives_stay_closed_until_the_power_was_off(rig: Rig) -> None:
    drive = rig.build(needs_power_cycle=True)
    drive.psid_revert(PSID.encode())
    assert drive.closed
    drive.power_cycle()
    assert not drive.closed


@pytest.mark.parametrize(("vice", "status"), [(Vice.COUNT_EXPIRED, 0x12), (Vice.ABORTS, 0x3F), (Vice.LIES, 0)])
def test_a_revert_may_be_refused_or_only_pretended(rig: Rig, vice: Vice, status: int) -> None:
    drive = rig.build(vice)
    assert drive.psid_revert(PSID.encode()) == status
    assert (drive.status(), rig.old_bytes()) == (0x0F, 2 * SIZE)


def test_no_answer_may_come(rig: Rig) -> None:
    with pytest.raises(InterruptedError):
        rig.build(Vice.HANGS).psid_revert(PSID.encode())
    with pytest.raises(OSError, match=r"\w") as error:
        rig.build(Vice.NO_PASSTHROUGH).status()
    assert error.value.errno == errno.EOPNOTSUPP


def test_a_table_that_says_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="opal"):
        opal_table({"colour": 1})
