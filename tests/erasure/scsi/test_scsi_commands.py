"""Every CDB, byte by byte, against the standard; and none of the questions may change a drive."""

import pytest

from erasure.harmless import harmless_scsi
from erasure.scsi import commands
from erasure.scsi.commands import SanitizeAction


@pytest.mark.parametrize(
    ("action", "cdb", "listed"),
    [
        (SanitizeAction.OVERWRITE, "48 81 00 00 00 00 00 00 08 00", "01 00 00 04 00 00 00 00"),
        (SanitizeAction.BLOCK, "48 82 00 00 00 00 00 00 00 00", ""),
        (SanitizeAction.CRYPTO, "48 83 00 00 00 00 00 00 00 00", ""),
    ],
)
def test_sanitize_is_immediate_restricted_and_writes_one_pass_of_zeros(
    action: SanitizeAction, cdb: str, listed: str
) -> None:
    assert commands.sanitize(action) == (bytes.fromhex(cdb), bytes.fromhex(listed))


@pytest.mark.parametrize(
    ("built", "cdb"),
    [
        (commands.test_unit_ready(), "00 00 00 00 00 00"),
        (commands.request_sense(), "03 00 00 00 fc 00"),
        (commands.inquiry(), "12 00 00 00 60 00"),
        (commands.vital_product_data(0x83), "12 01 83 00 fc 00"),
        (commands.vital_product_data(0x89), "12 01 89 02 3c 00"),
        (commands.read_capacity_10(), "25 00 00 00 00 00 00 00 00 00"),
        (commands.read_capacity_16(), "9e 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00"),
        (commands.report_supported(0x48, 2), "a3 0c 02 48 00 02 00 00 00 14 00 00"),
        (commands.mode_sense_10(0x3F), "5a 10 3f 00 00 00 00 00 fc 00"),
    ],
)
def test_questions_have_their_bytes_and_are_harmless(built: bytes, cdb: str) -> None:
    assert built == bytes.fromhex(cdb)
    assert harmless_scsi(built)


@pytest.mark.parametrize("action", list(SanitizeAction))
def test_no_sanitize_passes_for_harmless(action: SanitizeAction) -> None:
    assert not harmless_scsi(commands.sanitize(action)[0])
