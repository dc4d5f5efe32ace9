"""Which serials identify a drive."""

import pytest

from erasure.identity import same_serial, serial_fault, swapped, visible


@pytest.mark.parametrize(
    ("serial", "fault"),
    [
        ("", "blank"),
        ("   ", "blank"),
        ("----", "blank"),
        ("0", "too short"),
        ("A7", "too short"),
        ("0000", "all zeros"),
        ("000000000000", "all zeros"),
        ("0000-0000", "all zeros"),
        ("1111111111", "repeated"),
        ("ABABABABAB", "repeated"),
        ("123123123123", "repeated"),
        ("12341234123412", "repeated"),
        ("0123456789", "counts"),
        ("1234567890", "counts"),
        ("123456789012", "counts"),
        ("0123456789ABCDEF", "counts"),
        ("ABCDEFGH", "counts"),
        ("9876543210", "counts"),
        ("To be filled by O.E.M.", "placeholder"),
        ("none", "placeholder"),
    ],
)
def test_a_serial_that_identifies_nothing_is_refused_with_its_fault(serial: str, fault: str) -> None:
    assert fault in serial_fault(serial)


@pytest.mark.parametrize(
    "serial",
    [
        "WD-WCC4N0000001",
        "DEMO-0001",
        "S3Z8NB0K123456A",
        "LOOP-0123456789ab",
        "0x2f6a1c3d",
        "4C530001230101117394",
        "Z1D0",
    ],
)
def test_an_ordinary_serial_passes(serial: str) -> None:
    assert serial_fault(serial) == ""


def test_unprintable_bytes_of_a_drive_are_shown_and_blanks_around_it_go() -> None:
    assert visible(b"  AB\x00\xffC\x7f  \n\x00") == "AB\\x00\\xffC\\x7f"


@pytest.mark.parametrize("around", [b"", b"WD-1", b"\xc3\xa9"], ids=["alone", "in ASCII", "beside other bytes"])
def test_every_byte_of_a_drive_is_printable_or_shown_wherever_it_stands(around: bytes) -> None:
    for byte in range(256):
        shown = chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}"
        beside = visible(around)
        assert visible(b"a" + around + bytes([byte]) + around + b"z") == f"a{beside}{shown}{beside}z"


@pytest.mark.parametrize(("text", "other"), [("ABCD", "BADC"), ("ABC", "BA C"), ("", "")])
def test_swapping_exchanges_the_bytes_of_each_pair(text: str, other: str) -> None:
    assert swapped(text) == other


def test_serials_are_compared_without_case_and_with_swapped_bytes() -> None:
    assert same_serial("wd-1234", "WD-1234")
    assert same_serial("WD1234", "DW2143")
    assert not same_serial("WD-1234", "WD-1235")
