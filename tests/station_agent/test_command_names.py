"""Raw commands and replies are named as the standards name them, and nothing that a drive wrote breaks the report."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.ata import taskfile
from erasure.ata.passthrough import cdb
from erasure.nvme.commands import Action, sanitize
from station_agent.command_names import command_name, reply_words

GOOD = {"status": 0, "host_status": 0, "driver_status": 0, "info": 0, "resid": 0, "sense": "", "data": ""}
LOG = {"port": "nvme", "opcode": 2, "cdw10": 0x7F0081}
CHECKED = {**GOOD, "status": 2, "driver_status": 8, "info": 1}


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (taskfile.IDENTIFY_DEVICE, "ATA IDENTIFY DEVICE"),
        (taskfile.SANITIZE_STATUS, "ATA SANITIZE STATUS EXT"),
        (taskfile.BLOCK_ERASE, "ATA SANITIZE BLOCK ERASE EXT"),
        (taskfile.CRYPTO_SCRAMBLE, "ATA SANITIZE CRYPTO SCRAMBLE EXT"),
        (taskfile.OVERWRITE, "ATA SANITIZE OVERWRITE EXT"),
        (taskfile.SECURITY_ERASE_UNIT, "ATA SECURITY ERASE UNIT"),
        (taskfile.DCO_RESTORE, "ATA DEVICE CONFIGURATION RESTORE"),
        (taskfile.set_accessible_max(99), "ATA SET ACCESSIBLE MAX ADDRESS EXT"),
        (taskfile.READ_NATIVE_MAX_EXT, "ATA READ NATIVE MAX ADDRESS EXT"),
    ],
)
def test_an_ata_command_is_named_from_its_cdb(command: taskfile.Taskfile, name: str) -> None:
    assert command_name({"port": "scsi", "cdb": cdb(command).hex(" ")}) == name
    assert command_name({"method": "ata", "port": "scsi", "command": cdb(command).hex(" ")}) == name


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"port": "scsi", "cdb": "48 82 00 00 00 00 00 00 00 00"}, "SCSI SANITIZE BLOCK ERASE"),
        ({"port": "scsi", "cdb": "9e 10 00"}, "SCSI READ CAPACITY(16)"),
        ({"port": "scsi", "cdb": "ee 00"}, "SCSI command EEh"),
        ({"command": "NVMe admin 84h", "cdw10": "00000804h"}, "NVMe Sanitize, crypto erase, PREQ"),
        ({"command": "NVMe admin 80h", "cdw10": "00000400h"}, "NVMe Format NVM, cryptographic erase"),
        ({"port": "nvme", "opcode": 0x80, "cdw10": 0}, "NVMe Format NVM, no secure erase"),
        (LOG, "NVMe Get Log Page, sanitize status"),
        ({"port": "mmc", "opcode": 38, "argument": 0x80000000}, "MMC CMD38 ERASE, secure"),
        ({"command": "CMD6 03a50101h"}, "MMC CMD6 SWITCH, SANITIZE_START"),
        ({"port": "opal", "command": "psid-revert"}, "Opal PSID revert"),
        ({"command": "something of a later version"}, ""),
    ],
)
def test_every_family_is_named(asked: dict[str, Any], name: str) -> None:
    assert command_name(asked) == name


def test_a_sanitize_that_is_sent_is_named_with_its_action_and_flags() -> None:
    order = sanitize(Action.BLOCK, purge=True)
    asked = {"port": "nvme", "opcode": order.opcode, "cdw10": order.cdw10}
    assert command_name(asked) == "NVMe Sanitize, block erase, PREQ"


@pytest.mark.parametrize(
    ("asked", "answered", "words"),
    [
        ({"port": "nvme", "opcode": 0x84, "cdw10": 0x802}, {"status": 0x4002}, "NVMe status 4002h, invalid field"),
        (LOG, {"status": 0, "data": "ffff0108" + "02080000" + "00" * 25}, "SSTAT 0801h"),
        (LOG, {"status": 0, "data": "8f020200" + "02000000" + "00" * 25}, ": running"),
        ({"cdb": "00 00 00 00 00 00"}, GOOD, "good"),
        ({"cdb": "00 00"}, {**CHECKED, "sense": "700002000000000a00000000041b00801b73"}, "sense 2/04/1b"),
        ({"cdb": "00 00"}, {**GOOD, "host_status": 7}, "transport error"),
        ({"cdb": "03 00"}, {**GOOD, "data": "700002000000000a00000000041b0080102b"}, "sense 2/04/1b"),
        (
            {"cdb": "85 07 20 00 00 00 00 00 00 00 00 00 00 40 b4 00"},
            {**CHECKED, "sense": "7201001d0000000e090c0100800000ff00ff00004050"},
            "COUNT 8000h LBA 00000000ffffh: succeeded",
        ),
        ({"port": "nvme", "opcode": 6, "cdw10": 1}, {"errno": 5}, "errno 5"),
    ],
)
def test_a_reply_is_said_in_words(asked: dict[str, Any], answered: dict[str, Any], words: str) -> None:
    assert words in reply_words(asked, answered)


@given(
    st.dictionaries(
        st.sampled_from(["port", "cdb", "command", "opcode", "cdw10", "argument", "status", "sense", "data"]),
        st.one_of(
            st.text("0123456789abcdefh .CMD-", max_size=40),
            st.integers(),
            st.none(),
            st.binary(max_size=20).map(bytes.hex),
        ),
    )
)
def test_whatever_was_written_down_is_named_or_left_alone(found: dict[str, Any]) -> None:
    assert isinstance(command_name(found), str)
    assert isinstance(reply_words(found, found), str)
