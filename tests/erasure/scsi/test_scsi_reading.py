"""What is read of a SCSI device, with harmless commands only."""

import errno
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.announcement import harmless_only
from erasure.hidden import AreaState
from erasure.sanitizing import SanitizeState
from erasure.scsi.reading import read_scsi
from erasure.scsi.state import look_at
from tests.erasure.scsi.scripted_drive import (
    BECOMING_READY,
    NO_SENSE,
    POWER_ON,
    SANITIZE_FAILED,
    SANITIZING,
    ScriptedDrive,
    block_characteristics,
    capacity_16,
    check,
    good,
    inquiry,
    page,
    sas_drive,
)


def read(drive: ScriptedDrive, bus: str = "scsi") -> Any:
    port = harmless_only(drive.ports).scsi
    assert port is not None
    return read_scsi(port, bus=bus)


def test_a_sas_drive_is_read_whole() -> None:
    found = read(sas_drive(x1201b1=good(block_characteristics(0x80, 10_500))))
    assert (found.vendor, found.product, found.serial, found.wwn) == (
        "DEMOVEND",
        "DEMO DISK 0001",
        "DEMO-0001",
        "5000c50012345678",
    )
    assert (found.sectors, found.logical_sector, found.protection, found.rotation) == (1 << 20, 512, 0, 10_500)
    assert (found.sanitize_crypto, found.sanitize_block, found.sanitize_overwrite) == (False, True, True)
    assert (found.write_needed_after_block, found.write_needed_after_crypto) == (True, False)
    assert (found.translates_ata, found.bridge, found.sanitize.state) == (False, False, SanitizeState.IDLE)
    assert found.raw["vpd-80"].endswith(b"DEMO-0001".hex())


def test_sectors_of_520_bytes_and_protection_are_told() -> None:
    found = read(sas_drive(x9e10=good(capacity_16(1 << 20, 520, 0x01))))
    assert (found.logical_sector, found.protection) == (520, 1)
    assert (found.write_needed_after_block, found.write_needed_after_crypto) == (True, True)


def test_a_drive_that_would_not_be_asked_leaves_its_sanitize_unknown() -> None:
    drive = sas_drive()
    drive.answers = {cdb: answer for cdb, answer in drive.answers.items() if not cdb.startswith("a3")}
    found = read(drive)
    assert (found.sanitize_crypto, found.sanitize_block, found.sanitize_overwrite) == (None, None, None)
    assert found.sanitize.state is SanitizeState.UNSUPPORTED


@pytest.mark.parametrize(
    "how",
    [
        {"x12000000": good(inquiry("ATA", "DEMO SATA DISK"))},
        {"x120100": good(page(0, b"\x00\x80\x89")), "x120189": good(page(0x89, bytes(568)))},
    ],
    ids=["by its vendor", "by its page 89h"],
)
def test_an_ata_drive_behind_a_translation_leaves_all_to_its_ata_facts(how: dict[str, Any]) -> None:
    drive = sas_drive(**how)
    found = read(drive)
    assert found.translates_ata
    assert found.sanitize.state is SanitizeState.UNSUPPORTED
    assert (found.hidden.hpa, found.hidden.dco, found.hidden.ama) == (AreaState.UNKNOWN,) * 3
    assert not any(cdb[0] in (0xA3, 0x5A) for cdb in drive.sent)


def test_a_bridge_is_asked_only_what_every_stick_survives() -> None:
    drive = sas_drive(x25=good(bytes.fromhex("000fffff00000200")))
    found = read(drive, bus="usb")
    assert found.bridge
    assert (found.sectors, found.sanitize_block, found.hidden.hpa) == (1 << 20, None, AreaState.UNKNOWN)
    assert {cdb[0] for cdb in drive.sent} == {0x12, 0x25}
    assert not any(cdb[0] == 0x12 and cdb[1] for cdb in drive.sent)


def test_a_large_stick_is_asked_the_longer_way() -> None:
    found = read(sas_drive(x25=good(bytes.fromhex("ffffffff00000200")), x9e10=good(capacity_16(1 << 33))), bus="usb")
    assert found.sectors == 1 << 33


def test_a_power_on_attention_is_heard_and_the_question_put_again() -> None:
    drive = sas_drive(x9e10=[check(POWER_ON), good(capacity_16())], x00=[check(POWER_ON), good()])
    found = read(drive)
    assert found.sectors == 1 << 20
    assert (found.sanitize.state, "6/29/00" in found.sanitize.detail) == (SanitizeState.IDLE, True)


def test_a_device_that_answers_nothing_legible_has_no_facts() -> None:
    assert read(ScriptedDrive({"12": good(bytes(96))})) is None
    assert read(ScriptedDrive({"12": good(inquiry(), host_status=7)})) is None


def test_a_drive_that_left_is_an_error() -> None:
    with pytest.raises(OSError, match="gone"):
        read(ScriptedDrive({"12": OSError(errno.ENODEV, "gone")}))


@pytest.mark.parametrize(
    ("told", "ready", "state", "progress"),
    [
        (good(NO_SENSE), good(), SanitizeState.IDLE, None),
        (good(SANITIZING), check(SANITIZING), SanitizeState.RUNNING, 0x4000),
        (good(NO_SENSE), check(SANITIZING), SanitizeState.RUNNING, 0x4000),
        (check(NO_SENSE), check(SANITIZING), SanitizeState.RUNNING, 0x4000),
        (good(SANITIZE_FAILED), good(), SanitizeState.FAILED, None),
        (good(NO_SENSE), check(SANITIZE_FAILED), SanitizeState.FAILED, None),
        (good(SANITIZING), check(SANITIZE_FAILED), SanitizeState.UNKNOWN, None),
        (good(bytes(18)), good(), SanitizeState.UNKNOWN, None),
        (good(b""), good(), SanitizeState.UNKNOWN, None),
        (good(b"\xff" * 18), good(), SanitizeState.UNKNOWN, None),
        (good(NO_SENSE), check(b""), SanitizeState.UNKNOWN, None),
        (good(NO_SENSE), good(host_status=7), SanitizeState.UNKNOWN, None),
        (good(BECOMING_READY), check(BECOMING_READY), SanitizeState.UNKNOWN, None),
        (good(POWER_ON), good(), SanitizeState.UNKNOWN, None),
    ],
)
def test_only_two_legible_answers_make_a_drive_ready(
    told: Any, ready: Any, state: SanitizeState, progress: Any
) -> None:
    seen = look_at(ScriptedDrive({"03": told, "00": ready}))
    assert (seen.report.state, seen.report.progress) == (state, progress)
    assert seen.report.detail.startswith("REQUEST SENSE ")


@given(st.binary(max_size=60), st.binary(max_size=600))
def test_random_answers_never_raise_and_never_look_sanitized(sense: bytes, data: bytes) -> None:
    seen = look_at(ScriptedDrive({"03": good(data), "00": check(sense)}))
    assert seen.report.state in (SanitizeState.UNKNOWN, SanitizeState.RUNNING, SanitizeState.FAILED)
    found = read(ScriptedDrive({"": good(data)}))
    assert found is None or (found.sanitize_crypto, found.sanitize_block, found.sanitize_overwrite) == (None,) * 3
