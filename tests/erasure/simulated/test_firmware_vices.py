"""Each vice of ATA and SCSI firmware, once: what is said, and what is left on the medium (drives, 5 and 6.3)."""

import errno
from pathlib import Path
from typing import Any

import pytest

from erasure.simulated.firmware import Vice
from tests.erasure.simulated.drives import (
    ALL_SANITIZE,
    BLOCK,
    CRYPTO,
    IDENTIFY,
    PREPARE,
    READ_10,
    SANITIZE_STATUS,
    SIZE,
    Table,
    block,
    security,
)

SCSI_BLOCK = "48 82 00 00 00 00 00 00 00 00"
TEST_UNIT_READY = "00 00 00 00 00 00"
SET_PASSWORD, ERASE_UNIT = security(0xF1), security(0xF4)
ENABLED = 2
COMPLETED, RUNNING, IDLE = 0x8000, 0x4000, 0


def ata(folder: Path, *vices: Vice, **features: Any) -> Table:
    return Table(folder, "ata", {**ALL_SANITIZE, "seconds": 100, "erase_seconds": 100, **features}, vices)


def scsi(folder: Path, *vices: Vice, **features: Any) -> Table:
    return Table(folder, "scsi", {"seconds": 100, **features}, vices)


def erase_unit(table: Table, timeout_ms: int = 200_000) -> Any:
    table.send(SET_PASSWORD, out=block())
    table.send(PREPARE)
    return table.send(ERASE_UNIT, out=block(), timeout_ms=timeout_ms)


def sanitized(table: Table, command: str = BLOCK) -> int:
    """Count field of the status after the erase."""
    table.send(command)
    table.pass_seconds(101)
    return table.registers(SANITIZE_STATUS)["count"]


@pytest.mark.parametrize(("vice", "left"), [(None, 0), (Vice.LIES, SIZE), (Vice.HALF, SIZE // 2)])
def test_a_good_status_is_no_proof(tmp_path: Path, vice: Vice | None, left: int) -> None:
    vices = [vice] if vice else []
    folders = [tmp_path / name for name in ("sanitize", "security", "scsi")]
    for folder in folders:
        folder.mkdir()
    first, second, third = ata(folders[0], *vices), ata(folders[1], *vices), scsi(folders[2], *vices)
    assert sanitized(first) == COMPLETED
    assert erase_unit(second).status == 0
    assert second.words()[128] & ENABLED == 0
    third.send(SCSI_BLOCK)
    third.pass_seconds(101)
    assert third.send(TEST_UNIT_READY).status == 0
    assert [table.old_bytes() for table in (first, second, third)] == [left, left, left]


def test_stuck_stays_at_655_for_ever(tmp_path: Path) -> None:
    table = ata(tmp_path, Vice.STUCK)
    table.send(BLOCK)
    table.pass_seconds(1_000_000)
    told = table.registers(SANITIZE_STATUS)
    assert (told["count"], told["lba"]) == (RUNNING, 655)
    assert table.aborts(BLOCK)


def test_a_stuck_scsi_disk_says_655_too(tmp_path: Path) -> None:
    table = scsi(tmp_path, Vice.STUCK)
    table.send(SCSI_BLOCK)
    table.pass_seconds(1_000_000)
    assert table.send("03 00 00 00 fc 00", data_in=252).data[16:18] == (655).to_bytes(2, "big")


def test_a_failing_erase_unit_aborts_half_done_and_keeps_the_password(tmp_path: Path) -> None:
    table = ata(tmp_path, Vice.FAILS)
    assert erase_unit(table).sense[3] == 0x04
    assert table.old_bytes() == SIZE // 2
    assert table.words()[128] & ENABLED


def test_an_announced_erase_is_refused(tmp_path: Path) -> None:
    table = ata(tmp_path, Vice.ABORTS)
    assert all(table.aborts(command) for command in (BLOCK, CRYPTO))
    assert erase_unit(table).sense[3] == 0x04
    assert table.words()[59] & 0xF000 == 0xF000
    (tmp_path / "scsi").mkdir()
    sense = scsi(tmp_path / "scsi", Vice.ABORTS).send(SCSI_BLOCK).sense
    assert (sense[2], sense[12]) == (5, 0x24)


@pytest.mark.parametrize("vice", [Vice.VANISHES, Vice.POWER_LOSS])
def test_a_drive_that_drops_out_half_way_goes_on_after_the_power_came_back(tmp_path: Path, vice: Vice) -> None:
    table = ata(tmp_path, vice)
    table.send(BLOCK)
    table.pass_seconds(60)
    for cdb in (SANITIZE_STATUS, IDENTIFY):
        with pytest.raises(OSError, match="No such device") as caught:
            table.send(cdb, data_in=512)
        assert caught.value.errno == errno.ENODEV
    assert table.old_bytes() == SIZE // 2
    table.pass_seconds(1000)
    table.replug(power=0 if vice is Vice.POWER_LOSS else 1)
    assert table.registers(SANITIZE_STATUS)["count"] == RUNNING
    table.pass_seconds(51)
    assert table.registers(SANITIZE_STATUS)["count"] == COMPLETED
    assert table.old_bytes() == 0


def test_a_drive_that_vanished_stays_away_without_a_power_cycle(tmp_path: Path) -> None:
    table = ata(tmp_path, Vice.VANISHES)
    table.send(BLOCK)
    table.pass_seconds(60)
    with pytest.raises(OSError, match="No such device"):
        table.send(SANITIZE_STATUS)
    table.replug()
    with pytest.raises(OSError, match="No such device"):
        table.send(IDENTIFY, data_in=512)


def test_a_drive_that_loses_power_in_a_security_erase_comes_back_locked(tmp_path: Path) -> None:
    table = ata(tmp_path, Vice.POWER_LOSS)
    with pytest.raises(OSError, match="No such device"):
        erase_unit(table)
    table.replug()
    assert table.words()[128] & 6 == 6
    assert table.old_bytes() == SIZE // 2


def test_a_reset_ends_the_erase_with_a_unit_attention_and_nothing_says_how(tmp_path: Path) -> None:
    table = ata(tmp_path, Vice.RESETS)
    table.send(BLOCK)
    table.pass_seconds(60)
    sense = table.send(SANITIZE_STATUS).sense
    assert (sense[0], sense[2], sense[12], sense[13]) == (0x70, 6, 0x29, 0)
    assert table.registers(SANITIZE_STATUS)["count"] == IDLE
    assert table.old_bytes() == SIZE // 2


def test_a_reset_ends_a_security_erase_too(tmp_path: Path) -> None:
    table = ata(tmp_path, Vice.RESETS)
    sense = erase_unit(table).sense
    assert (sense[2], sense[12]) == (6, 0x29)
    assert table.words()[128] & ENABLED


def test_another_serial_number_answers_after_the_erase(tmp_path: Path) -> None:
    table = ata(tmp_path, Vice.RENAMES)
    assert table.drive.serial() == "DEMO-0001"
    assert sanitized(table) == COMPLETED
    assert table.drive.serial() == "DEMO-0001-OTHER"
    assert table.send("12 01 80 00 fc 00", data_in=252).data[4:] == b"DEMO-0001-OTHER".ljust(20)


def test_a_log_of_zeros_says_nothing(tmp_path: Path) -> None:
    table = ata(tmp_path, Vice.ZERO_LOG)
    table.send(BLOCK)
    table.pass_seconds(50)
    assert table.registers(SANITIZE_STATUS) == {"count": 0, "lba": 0, "status": 0x50, "device": 0x40}


def test_idle_may_claim_success(tmp_path: Path) -> None:
    assert ata(tmp_path, Vice.IDLE_SUCCESS).registers(SANITIZE_STATUS)["count"] == COMPLETED


def test_success_may_be_forgotten_at_once(tmp_path: Path) -> None:
    table = ata(tmp_path, Vice.FORGETS)
    assert sanitized(table) == IDLE
    assert table.old_bytes() == 0


def test_reads_may_fail_until_a_write(tmp_path: Path) -> None:
    table = ata(tmp_path, Vice.NEEDS_WRITE)
    assert sanitized(table) == COMPLETED
    sense = table.send(READ_10, data_in=512).sense
    assert (sense[2], sense[12]) == (3, 0x11)
    table.replug(power=1)
    table.send("2a 00 00 00 00 00 00 00 01 00", out=bytes(512))
    assert table.send(READ_10, data_in=512).status == 0


@pytest.mark.parametrize(("command", "zeros"), [(BLOCK, False), (CRYPTO, True)])
def test_another_action_may_be_done(tmp_path: Path, *, command: str, zeros: bool) -> None:
    table = ata(tmp_path, Vice.WRONG_ACTION)
    assert sanitized(table, command) == COMPLETED
    assert (table.content() == bytes(SIZE)) is zeros
    assert table.old_bytes() == 0


@pytest.mark.parametrize("running", [False, True])
def test_no_answer_until_the_timeout_and_then_eintr(tmp_path: Path, *, running: bool) -> None:
    table = ata(tmp_path, Vice.HANGS, hangs_running=running)
    before = table.clock.ns
    with pytest.raises(InterruptedError):
        table.send(BLOCK, timeout_ms=30_000)
    assert (table.clock.ns - before) / 1e9 == pytest.approx(30, abs=1)
    assert table.registers(SANITIZE_STATUS)["count"] == (RUNNING if running else IDLE)


def test_a_security_erase_may_hang_as_well(tmp_path: Path) -> None:
    table = ata(tmp_path, Vice.HANGS)
    with pytest.raises(InterruptedError):
        erase_unit(table)
    assert table.words()[128] & ENABLED
    assert table.old_bytes() == SIZE


def test_frozen_and_locked_vices_hold_from_the_first_moment(tmp_path: Path) -> None:
    for vice, command, out in (
        (Vice.FROZEN, SET_PASSWORD, block()),
        (Vice.LOCKED, SET_PASSWORD, block()),
        (Vice.COUNT_EXPIRED, security(0xF2), block()),
        (Vice.SANITIZE_FROZEN, BLOCK, b""),
    ):
        folder = tmp_path / str(vice)
        folder.mkdir()
        assert ata(folder, vice).aborts(command, out=out, reason=3 if vice is Vice.SANITIZE_FROZEN else 0)
