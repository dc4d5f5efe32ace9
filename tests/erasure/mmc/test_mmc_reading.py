"""The extended CSD, and what a card that has none is."""

import errno
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.announcement import harmless_only
from erasure.mmc import commands
from erasure.mmc.reading import decode_ext_csd, read_mmc
from tests.erasure.mmc.scripted_card import SECTORS, ScriptedCard, ext_csd


def read(card: ScriptedCard, kind: str = "") -> Any:
    port = harmless_only(card.ports).mmc
    assert port is not None
    return read_mmc(port, kind=kind)


def test_a_card_is_read_whole() -> None:
    found = read(ScriptedCard(ext_csd(b143=2, b149=1)))
    assert (found.kind, found.revision, found.sectors) == ("MMC", 8, SECTORS)
    assert (found.sanitize, found.secure_erase, found.secure_trim) == (True, True, True)
    assert (found.boot_bytes, found.rpmb_bytes) == (4 << 20, 4 << 20)
    assert found.general_purpose_bytes == (16 << 20, 8 << 20)
    assert (found.erase_group_bytes, found.erase_multiplier, found.trim_multiplier) == (512 << 10, 1, 2)


@pytest.mark.parametrize(("features", "able"), [(0x40, "sanitize"), (0x01, "secure_erase"), (0x10, "secure_trim")])
def test_each_feature_has_its_bit(features: int, able: str) -> None:
    found = read(ScriptedCard(ext_csd(b231=features)))
    assert [name for name in ("sanitize", "secure_erase", "secure_trim") if getattr(found, name)] == [able]


@pytest.mark.parametrize("raw", [b"", bytes(512), b"\xff" * 512, ext_csd()[:511], ext_csd(b192=99)])
def test_what_no_card_says_is_illegible(raw: bytes) -> None:
    assert decode_ext_csd(raw) is None


def test_an_sd_card_is_not_asked() -> None:
    card = ScriptedCard()
    found = read(card, kind="SD")
    assert (found.kind, found.revision, found.sanitize, card.sent) == ("SD", None, False, [])


def test_a_card_that_does_not_answer_has_no_facts_and_one_that_left_is_an_error() -> None:
    assert read(ScriptedCard(answers={8: OSError(errno.ETIMEDOUT, "timed out")})) is None
    with pytest.raises(OSError, match="gone"):
        read(ScriptedCard(answers={8: OSError(errno.ENODEV, "gone")}))


@given(st.binary(min_size=512, max_size=512))
def test_random_bytes_never_raise(raw: bytes) -> None:
    found = decode_ext_csd(raw)
    assert found is None or found.revision == raw[192]


def test_sanitize_is_the_switch_of_the_standard() -> None:
    found = commands.sanitize()
    assert (found.opcode, found.argument, found.flags, found.write) == (6, 0x03A50101, 0x49D, True)


@pytest.mark.parametrize(
    ("size", "last"), [(1 << 30, (1 << 30) - 512), (2 << 30, (2 << 30) - 512), (4 << 30, 0x7FFFFF)]
)
def test_small_cards_count_addresses_in_bytes_and_large_ones_in_sectors(size: int, last: int) -> None:
    start, end = commands.erase_range(size)
    assert ((start.opcode, start.argument), (end.opcode, end.argument)) == ((35, 0), (36, last))


@pytest.mark.parametrize(
    ("word", "state"),
    [
        (0x900, "at rest"),
        (0xE00, "at work"),
        (0x80000900, "failed"),
        (0x980, "failed"),
        (0, ""),
        (0xFFFFFFFF, "failed"),
    ],
)
def test_a_card_status_is_at_rest_only_without_any_error(word: int, state: str) -> None:
    status = commands.CardStatus(word)
    assert status.at_rest is (state == "at rest")
    assert status.at_work is (state == "at work")
    assert status.failed is (state == "failed")
