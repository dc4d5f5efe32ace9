"""Every CDB, byte by byte, against the table of the reference (section 3.3)."""

import errno

import pytest

from erasure.ata import taskfile as commands
from erasure.ata.passthrough import ask_patiently, ask_whatever_comes, cdb
from erasure.ata.sense import Fate
from erasure.ata.taskfile import Protocol, Taskfile
from erasure.harmless import harmless_scsi
from tests.erasure.ata.scripted import IDENTIFY, RESET, Script, identify

TABLE = [
    (commands.IDENTIFY_DEVICE, "85 08 0e 00 00 00 01 00 00 00 00 00 00 40 ec 00"),
    (commands.SECURITY_SET_PASSWORD, "85 0a 06 00 00 00 01 00 00 00 00 00 00 40 f1 00"),
    (commands.SECURITY_UNLOCK, "85 0a 06 00 00 00 01 00 00 00 00 00 00 40 f2 00"),
    (commands.SECURITY_ERASE_UNIT, "85 0a 06 00 00 00 01 00 00 00 00 00 00 40 f4 00"),
    (commands.SECURITY_DISABLE_PASSWORD, "85 0a 06 00 00 00 01 00 00 00 00 00 00 40 f6 00"),
    (commands.SECURITY_ERASE_PREPARE, "85 06 20 00 00 00 00 00 00 00 00 00 00 40 f3 00"),
    (commands.SANITIZE_STATUS, "85 07 20 00 00 00 00 00 00 00 00 00 00 40 b4 00"),
    (commands.CRYPTO_SCRAMBLE, "85 07 20 00 11 00 00 43 70 00 79 00 72 40 b4 00"),
    (commands.BLOCK_ERASE, "85 07 20 00 12 00 00 42 72 00 45 00 6b 40 b4 00"),
    (commands.OVERWRITE, "85 07 20 00 14 00 41 00 00 57 00 4f 00 40 b4 00"),
    (commands.PLAIN_OVERWRITE, "85 07 20 00 14 00 01 00 00 57 00 4f 00 40 b4 00"),
    (commands.READ_NATIVE_MAX_EXT, "85 07 20 00 00 00 00 00 00 00 00 00 00 40 27 00"),
    (commands.READ_NATIVE_MAX, "85 06 20 00 00 00 00 00 00 00 00 00 00 40 f8 00"),
    (commands.set_max_ext(0x665544332211), "85 07 20 00 00 00 01 44 11 55 22 66 33 40 37 00"),
    (commands.set_max(0xA332211), "85 06 20 00 00 00 01 00 11 00 22 00 33 4a f9 00"),
    (commands.ACCESSIBLE_NATIVE_MAX, "85 07 20 00 00 00 00 00 00 00 00 00 00 40 78 00"),
    (commands.set_accessible_max(0x665544332211), "85 07 20 00 01 00 00 44 11 55 22 66 33 40 78 00"),
    (commands.DCO_IDENTIFY, "85 08 0e 00 c2 00 01 00 00 00 00 00 00 40 b1 00"),
    (commands.DCO_RESTORE, "85 06 20 00 c0 00 00 00 00 00 00 00 00 40 b1 00"),
    (commands.SECURITY_CAPABILITIES, "85 09 0e 00 00 00 01 00 30 00 06 00 00 40 2f 00"),
]
HARMLESS = {
    commands.IDENTIFY_DEVICE,
    commands.SECURITY_ERASE_PREPARE,
    commands.SANITIZE_STATUS,
    commands.READ_NATIVE_MAX,
    commands.READ_NATIVE_MAX_EXT,
    commands.ACCESSIBLE_NATIVE_MAX,
    commands.DCO_IDENTIFY,
    commands.SECURITY_CAPABILITIES,
}


@pytest.mark.parametrize(("sent", "wire"), TABLE, ids=[wire for _sent, wire in TABLE])
def test_a_command_goes_out_byte_for_byte_as_the_reference_says(sent: Taskfile, wire: str) -> None:
    assert cdb(sent).hex(" ") == wire


@pytest.mark.parametrize(("sent", "wire"), TABLE, ids=[wire for _sent, wire in TABLE])
def test_the_guard_lets_only_what_reads_pass_without_an_announcement(sent: Taskfile, wire: str) -> None:
    assert harmless_scsi(cdb(sent)) is (sent in HARMLESS)


@pytest.mark.parametrize(
    "sent",
    [
        Taskfile(0xEC, Protocol.NON_DATA, feature=0x100),
        Taskfile(0xEC, Protocol.NON_DATA, count=0x100),
        Taskfile(0xEC, Protocol.NON_DATA, lba=1 << 24),
        Taskfile(0x27, Protocol.NON_DATA, extended=True, lba=1 << 48),
    ],
)
def test_a_value_that_a_register_cannot_hold_is_not_cut(sent: Taskfile) -> None:
    with pytest.raises(ValueError, match="too large"):
        cdb(sent)


def test_an_overwrite_never_asks_for_zero_passes() -> None:
    assert {sent.count & 0xF for sent in (commands.OVERWRITE, commands.PLAIN_OVERWRITE)} == {1}


def test_no_sanitize_allows_leaving_a_failure() -> None:
    sanitizes = (commands.CRYPTO_SCRAMBLE, commands.BLOCK_ERASE, commands.OVERWRITE, commands.PLAIN_OVERWRITE)
    assert [sent.count >> 4 & 1 for sent in sanitizes] == [0, 0, 0, 0]


def test_a_reader_passes_over_one_unit_attention() -> None:
    script = Script([(IDENTIFY, RESET), (IDENTIFY, identify())])
    assert ask_patiently(script, commands.IDENTIFY_DEVICE).fate is Fate.GOOD


def test_a_reader_does_not_ask_for_ever() -> None:
    script = Script([(IDENTIFY, RESET), (IDENTIFY, RESET)])
    assert ask_patiently(script, commands.IDENTIFY_DEVICE).fate is Fate.UNKNOWN


def test_a_drive_that_left_is_an_error() -> None:
    for number in (errno.ENODEV, errno.ENXIO):
        with pytest.raises(OSError, match="left"):
            ask_whatever_comes(Script([(IDENTIFY, OSError(number, "left"))]), commands.IDENTIFY_DEVICE)


def test_a_command_that_the_kernel_refuses_is_unknown() -> None:
    reply = ask_whatever_comes(Script([(IDENTIFY, OSError(errno.EIO, "no"))]), commands.IDENTIFY_DEVICE)
    assert (reply.fate, reply.words) == (Fate.UNKNOWN, "errno EIO")
