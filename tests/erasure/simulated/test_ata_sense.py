"""How ATA registers come back: descriptor, SAT fixed, old libata fixed, nothing; byte for byte (drives, 4)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erasure.simulated.firmware import Vice
from erasure.simulated.sense import Registers, SenseForm, ata_sense
from tests.erasure.simulated.drives import ALL_SANITIZE, BLOCK, SANITIZE_STATUS, Table, block, security

GOOD = Registers(0x50, 0, 0x4002, 0x0A0B0C010203, 0x40, extended=True)
BAD = Registers(0x51, 0x04, 0x01, 0x02, 0x40, extended=True)
GOOD_DESCRIPTOR = "72 01 00 1d 00 00 00 0e 09 0c 01 00 40 02 0c 03 0b 02 0a 01 40 50"
BAD_DESCRIPTOR = "72 0b 00 00 00 00 00 0e 09 0c 01 04 00 01 00 02 00 00 00 00 40 51"
GOOD_FIXED = "f0 00 01 00 50 40 02 0a e0 03 02 01 00 1d 00 00 00 00"
BAD_FIXED = "f0 00 0b 04 51 40 01 0a 80 02 00 00 00 00 00 00 00 00"
GOOD_OLD = "70 00 01 00 00 00 00 0a 00 50 40 02 00 1d 00 00 e0 03"
BAD_OLD = "70 00 0b 00 00 00 00 0a 04 51 40 01 00 00 00 00 80 02"


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        (SenseForm.LIBATA, GOOD_DESCRIPTOR, BAD_FIXED),
        (SenseForm.LIBATA_OLD, GOOD_DESCRIPTOR, BAD_OLD),
        (SenseForm.DESCRIPTOR, GOOD_DESCRIPTOR, BAD_DESCRIPTOR),
        (SenseForm.FIXED, GOOD_FIXED, BAD_FIXED),
        (SenseForm.OLD_FIXED, GOOD_OLD, BAD_OLD),
        (SenseForm.NONE, "", ""),
    ],
)
def test_registers_lie_where_each_form_has_them(form: SenseForm, good: str, bad: str) -> None:
    assert ata_sense(GOOD, form).hex(" ") == good
    assert ata_sense(BAD, form).hex(" ") == bad


@pytest.mark.parametrize(
    ("vice", "sense"),
    [
        (Vice.FIXED_SENSE, "f0 00 01 00 50 40 00 0a c0 "),
        (Vice.OLD_FIXED_SENSE, "70 00 01 00 00 00 00 0a 00 50 40 00 00 1d 00 00 c0"),
        (Vice.NO_SENSE, ""),
    ],
)
def test_a_vice_takes_the_status_words_away(tmp_path: Path, vice: Vice, sense: str) -> None:
    table = Table(tmp_path, features={**ALL_SANITIZE, "seconds": 100}, vices=(vice,))
    table.send(BLOCK)
    table.pass_seconds(50)
    reply = table.send(SANITIZE_STATUS)
    assert (reply.status, reply.host_status, reply.driver_status, reply.info) == (2, 0, 8, 1)
    assert reply.sense.hex(" ").startswith(sense)
    assert bool(reply.sense) is bool(sense)


def test_without_ck_cond_a_good_command_has_no_sense_and_an_aborted_one_has(tmp_path: Path) -> None:
    table = Table(tmp_path)
    silent = security(0xF1)
    assert table.send(silent, out=block()).status == 0
    assert table.send("85 06 00 00 00 00 00 00 00 00 00 00 00 40 e5 00").status == 0
    assert table.send("85 06 00 00 00 00 00 00 00 00 00 00 00 40 99 00").sense[:5].hex(" ") == "f0 00 0b 04 51"


def test_an_unknown_protocol_is_an_invalid_field(tmp_path: Path) -> None:
    sense = Table(tmp_path).send("85 1e 20 00 00 00 00 00 00 00 00 00 00 40 ec 00").sense
    assert (sense[2], sense[12], sense[13]) == (5, 0x24, 0)


def test_pass_through_12_is_the_same_with_other_places(tmp_path: Path) -> None:
    table = Table(tmp_path)
    short = table.send("a1 08 0e 00 01 00 00 00 40 ec 00 00", data_in=512)
    assert short.data[54:60] == b"EDOMD "


@settings(max_examples=120, deadline=None)
@given(cdb=st.binary(min_size=1, max_size=16), out=st.binary(max_size=600), kind=st.sampled_from(["ata", "scsi"]))
def test_no_cdb_brings_the_drive_down(
    tmp_path_factory: pytest.TempPathFactory, cdb: bytes, out: bytes, kind: str
) -> None:
    table = Table(tmp_path_factory.mktemp("drive"), kind, features={"seconds": 0, "crypto": True})
    reply = table.drive.command(cdb, timeout_ms=1000, data_out=out, data_in=64)
    table.drive.close()
    assert reply.status in (0, 2)
    assert len(reply.data) + reply.resid == 64
    assert (reply.status == 2) is bool(reply.sense)


@settings(max_examples=120, deadline=None)
@given(registers=st.binary(min_size=14, max_size=14), out=st.binary(max_size=520))
def test_no_ata_command_brings_the_drive_down(
    tmp_path_factory: pytest.TempPathFactory, registers: bytes, out: bytes
) -> None:
    features = {**ALL_SANITIZE, "seconds": 0, "dco": True, "erase_seconds": 0, "enhanced_erase_seconds": 0}
    table = Table(tmp_path_factory.mktemp("drive"), features=features)
    reply = table.drive.command(b"\x85\x07" + registers, timeout_ms=1000, data_out=out, data_in=512)
    table.drive.close()
    assert reply.status in (0, 2)
    assert (reply.status == 2) is bool(reply.sense)
