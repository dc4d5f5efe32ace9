"""IDENTIFY DEVICE: each word that something rests on, and blocks that are not believed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.ata.identify import Identify, parse
from tests.erasure.ata.scripted import SECTORS, block_of, words_of


def decoded(**changes: int) -> Identify:
    found = parse(block_of(words_of(**changes)))
    assert found is not None
    return found


def test_strings_are_byte_swapped() -> None:
    found = decoded()
    assert (found.model, found.serial, found.firmware, found.wwn) == (
        "Demo Disk",
        "DEMO-0001",
        "FW01",
        "5000c50000000001",
    )


def test_bytes_that_cannot_be_printed_stay_visible() -> None:
    assert decoded(w10=0x0744).serial == "\\x07DMO-0001"


@pytest.mark.parametrize("at", range(0, 512, 7))
def test_a_wrong_checksum_is_not_believed(at: int) -> None:
    block = bytearray(block_of(words_of()))
    block[at] ^= 0x08
    assert parse(bytes(block)) is None


def test_a_block_without_the_signature_has_no_checksum() -> None:
    assert parse(block_of(words_of(), checksum=False)) == decoded()


@pytest.mark.parametrize(
    "block",
    [
        b"",
        block_of(words_of())[:511],
        block_of(words_of()) + b"\0",
        bytes(512),
        b"\xff" * 512,
        block_of(words_of(w0=0x8580)),
        block_of(words_of(w0=0x0044)),
        block_of({**words_of(), **dict.fromkeys(range(10, 20), 0x2020)}),
        block_of({**words_of(), **dict.fromkeys(range(27, 47), 0)}),
        block_of(words_of(w100=0, w101=0, w102=0, w103=0, w60=0, w61=0)),
        block_of(words_of(w106=0x5000, w117=0)),
        block_of(words_of(w106=0x5000, w117=260)),
    ],
    ids=[
        "empty", "short", "long", "zeros", "ones", "ATAPI", "incomplete", "no serial", "no model", "no sectors",
        "no sector size", "odd sector size",
    ],
)  # fmt: skip
def test_a_block_that_is_no_disk_is_not_believed(block: bytes) -> None:
    assert parse(block) is None


@given(block=st.binary(min_size=512, max_size=512) | st.binary(max_size=600))
def test_random_bytes_never_raise(block: bytes) -> None:
    found = parse(block)
    assert found is None or (found.sectors > 0 and found.serial)


@pytest.mark.parametrize(
    ("changes", "sectors"),
    [
        ({}, SECTORS),
        ({"w83": 0x4800}, 0x0FFF_FFFF),
        ({"w83": 0x0C00}, 0x0FFF_FFFF),
        ({"w69": 8, "w230": 5, "w233": 1}, (1 << 48) + 5),
        ({"w69": 8}, SECTORS),
        ({"w53": 0, "w69": 8, "w230": 5}, SECTORS),
    ],
)
def test_the_widest_announced_size_counts(changes: dict[str, int], sectors: int) -> None:
    assert decoded(**changes).sectors == sectors


@pytest.mark.parametrize(
    ("changes", "sizes"),
    [
        ({"w106": 0x4000}, (512, 512)),
        ({"w106": 0x6003}, (512, 4096)),
        ({"w106": 0x5000, "w117": 2048}, (4096, 4096)),
        ({"w106": 0x7001, "w117": 2048}, (4096, 8192)),
        ({"w106": 0x3003, "w117": 2048}, (512, 512)),
        ({"w106": 0xF003, "w117": 2048}, (512, 512)),
    ],
)
def test_sector_sizes_are_those_of_word_106(changes: dict[str, int], sizes: tuple[int, int]) -> None:
    found = decoded(**changes)
    assert (found.logical_sector, found.physical_sector) == sizes


@pytest.mark.parametrize(
    ("word", "rotation"), [(0, None), (1, 1), (0x0400, None), (0x0401, 1025), (7200, 7200), (0xFFFF, None)]
)
def test_word_217_tells_the_rotation(word: int, rotation: int | None) -> None:
    assert decoded(w217=word).rotation == rotation


@pytest.mark.parametrize(
    ("word", "announced"),
    [
        (0x0000, set()),
        (0xE400, set()),
        (0x1000, {"sanitize"}),
        (0x3000, {"sanitize", "sanitize_crypto"}),
        (0x5000, {"sanitize", "sanitize_overwrite"}),
        (0x9000, {"sanitize", "sanitize_block"}),
        (0x1400, {"sanitize", "sanitize_antifreeze"}),
    ],
)
def test_word_59_announces_the_sanitize_actions(word: int, announced: set[str]) -> None:
    found = decoded(w59=word)
    names = ("sanitize", "sanitize_crypto", "sanitize_block", "sanitize_overwrite", "sanitize_antifreeze")
    assert {name for name in names if getattr(found, name)} == announced


@pytest.mark.parametrize(
    ("word", "minutes"),
    [
        (0, None),
        (1, 2),
        (254, 508),
        (255, None),
        (0x0101, 2),
        (0x8000, None),
        (0x8001, 2),
        (0xFFFE, 65532),
        (0xFFFF, None),
    ],
)
def test_erase_times_come_in_two_formats(word: int, minutes: int | None) -> None:
    found = decoded(w89=word, w90=word)
    assert (found.security.normal_minutes, found.security.enhanced_minutes) == (minutes, minutes)


@pytest.mark.parametrize(
    ("bit", "name"),
    [(2, "locked"), (3, "frozen"), (4, "count_expired"), (5, "enhanced"), (8, "maximum"), (1, "enabled")],
)
def test_each_security_bit_of_word_128_is_read_alone(bit: int, name: str) -> None:
    without, found = decoded(w128=1).security, decoded(w128=1 | 1 << bit).security
    assert found == replace(without, **{name: True})
    assert found != without


def test_a_password_that_only_word_85_shows_is_a_password() -> None:
    assert decoded(w85=2, w128=1).security.enabled is True


def test_security_needs_both_words() -> None:
    assert decoded(w128=0).security.supported is False
    assert decoded(w82=0x0400).security.supported is False


@pytest.mark.parametrize(
    ("name", "changes", "value"),
    [
        ("protected_area", {"w82": 0x0402}, True),
        ("protected_area", {"w82": 0x0002}, False),
        ("protected_area", {"w83": 0x0C00}, None),
        ("protected_area_password", {"w86": 0x0100}, True),
        ("protected_area_password", {"w86": 0x0100, "w87": 0}, None),
        ("overlay", {"w83": 0x4C00}, True),
        ("overlay", {"w83": 0x4400}, False),
        ("overlay", {"w83": 0xCC00}, None),
        ("accessible_max", {"w86": 0x8000, "w119": 0x4100}, True),
        ("accessible_max", {"w86": 0x0000, "w119": 0x4100}, False),
        ("accessible_max", {"w86": 0x8000, "w119": 0x0100}, False),
        ("encrypts_all", {"w53": 2, "w69": 0x10}, True),
        ("encrypts_all", {"w53": 2, "w69": 0}, False),
        ("encrypts_all", {"w53": 0, "w69": 0x10}, None),
        ("trusted_computing", {"w48": 0x4001}, True),
        ("trusted_computing", {"w48": 0x4000}, False),
        ("trusted_computing", {"w48": 0x0001}, None),
        ("logs", {"w84": 0x4020}, True),
        ("logs", {"w84": 0x4000}, False),
        ("wwn", {"w84": 0x4000}, ""),
        ("wwn", {"w108": 0, "w109": 0, "w110": 0, "w111": 0}, ""),
    ],
)
def test_a_feature_is_read_where_its_word_is_valid(name: str, changes: dict[str, int], value: object) -> None:
    assert getattr(decoded(**changes), name) == value
