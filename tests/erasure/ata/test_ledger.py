"""The ledger of hidden areas: sizes side by side. What does not add up is unknown, never "none"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.ata.identify import Identify, parse
from erasure.ata.ledger import NativeSize, ledger, native_size, restorable, short_native_size
from erasure.ata.overlay import real_sectors
from erasure.ata.sense import decode
from erasure.ata.taskfile import READ_NATIVE_MAX, READ_NATIVE_MAX_EXT
from erasure.hidden import AreaState, HiddenAreas
from tests.erasure.ata.scripted import SECTORS, aborted, block_of, check, fixed, good, words_of

NONE, PRESENT, UNKNOWN = AreaState.NONE, AreaState.PRESENT, AreaState.UNKNOWN
NO_HPA, NO_DCO, AMAC = {"w82": 0x0002}, {"w83": 0x4400}, {"w86": 0x8400, "w119": 0x4100}


def drive(**changes: int) -> Identify:
    found = parse(block_of(words_of(**changes)))
    assert found is not None
    return found


def states(hidden: HiddenAreas) -> tuple[AreaState, AreaState, AreaState]:
    return hidden.hpa, hidden.dco, hidden.ama


def dco_block(last: int, **changes: int) -> bytes:
    words = {0: 1, **{3 + at: last >> 16 * at & 0xFFFF for at in range(4)}}
    return block_of({**words, **{int(name[1:]): value for name, value in changes.items()}})


def test_read_native_max_gives_the_last_address_and_identify_a_count() -> None:
    reply = decode(good(0, SECTORS - 1), READ_NATIVE_MAX_EXT)
    hidden = ledger(drive(), native_size(reply), NativeSize(), NativeSize(SECTORS))
    assert states(hidden) == (NONE, NONE, NONE)
    assert (hidden.native_bytes, hidden.current_bytes, hidden.dco_bytes) == (SECTORS * 512,) * 3


def test_one_sector_more_is_an_area() -> None:
    reply = decode(good(0, SECTORS), READ_NATIVE_MAX_EXT)
    assert ledger(drive(), native_size(reply), NativeSize(), NativeSize(SECTORS + 1)).hpa is PRESENT


def test_the_28_bit_answer_has_four_bits_in_the_device_register() -> None:
    assert short_native_size(decode(good(0, 0xFFFFFF, device=0x45), READ_NATIVE_MAX)).sectors == 0x6000000


def test_fixed_format_tells_no_native_size() -> None:
    assert native_size(decode(check(fixed(lba=0xFFFFFF)), READ_NATIVE_MAX_EXT)).sectors is None


@pytest.mark.parametrize(
    ("changes", "native", "reachable", "overlay", "expected"),
    [
        ({}, SECTORS + 9, None, SECTORS + 9, (PRESENT, NONE, NONE)),
        ({}, SECTORS + 9, None, SECTORS + 99, (PRESENT, PRESENT, NONE)),
        ({}, SECTORS, None, SECTORS + 9, (NONE, PRESENT, NONE)),
        ({}, SECTORS, None, None, (NONE, UNKNOWN, NONE)),
        ({}, None, None, SECTORS, (UNKNOWN, NONE, NONE)),
        ({}, SECTORS - 1, None, SECTORS, (UNKNOWN, NONE, NONE)),
        ({}, SECTORS, None, SECTORS - 1, (NONE, UNKNOWN, NONE)),
        ({}, SECTORS + 9, None, SECTORS, (PRESENT, UNKNOWN, NONE)),
        ({}, 1, None, SECTORS, (UNKNOWN, NONE, NONE)),
        ({}, 1 << 48, None, SECTORS, (UNKNOWN, NONE, NONE)),
        ({}, SECTORS, None, 36028789204926801, (NONE, UNKNOWN, NONE)),
        (NO_HPA, None, None, SECTORS, (NONE, NONE, NONE)),
        (NO_HPA, SECTORS + 9, None, SECTORS + 9, (PRESENT, NONE, NONE)),
        (NO_DCO, SECTORS, None, None, (NONE, NONE, NONE)),
        ({"w83": 0x0C00, "w60": 9, "w61": 0}, None, None, None, (UNKNOWN, UNKNOWN, NONE)),
        (AMAC, SECTORS, None, SECTORS, (NONE, NONE, UNKNOWN)),
        (AMAC, SECTORS, SECTORS, SECTORS, (NONE, NONE, NONE)),
        (AMAC, SECTORS, SECTORS + 9, SECTORS + 9, (NONE, NONE, PRESENT)),
        (AMAC, SECTORS, SECTORS - 9, SECTORS, (NONE, NONE, UNKNOWN)),
    ],
)
def test_each_area_is_judged_by_what_was_told(
    changes: dict[str, int],
    native: int | None,
    reachable: int | None,
    overlay: int | None,
    expected: tuple[AreaState, AreaState, AreaState],
) -> None:
    hidden = ledger(drive(**changes), NativeSize(native), NativeSize(reachable), NativeSize(overlay))
    assert states(hidden) == expected
    assert (hidden.native_bytes is None) is (UNKNOWN in expected)


def test_sizes_count_in_logical_sectors() -> None:
    found = drive(w106=0x5000, w117=2048)
    hidden = ledger(found, NativeSize(SECTORS + 1), NativeSize(), NativeSize(SECTORS + 1))
    assert (hidden.native_bytes, hidden.current_bytes) == ((SECTORS + 1) * 4096, SECTORS * 4096)


def test_a_drive_that_refuses_and_one_that_cannot_be_read_are_told_apart() -> None:
    refused = native_size(decode(aborted(), READ_NATIVE_MAX_EXT))
    assert ledger(drive(), refused, NativeSize(), NativeSize()).detail == (
        "HPA: the drive refused to tell; DCO: the answer could not be read"
    )


@pytest.mark.parametrize(
    ("changes", "native", "overlay", "can"),
    [
        ({}, SECTORS, SECTORS, False),
        ({}, SECTORS + 9, SECTORS + 9, True),
        ({}, SECTORS, SECTORS + 9, True),
        ({"w86": 0x0500}, SECTORS + 9, SECTORS + 9, False),
        ({"w86": 0x0500}, SECTORS, SECTORS + 9, True),
        ({"w128": 7}, SECTORS + 9, SECTORS + 9, False),
        ({}, None, None, False),
    ],
)
def test_a_clip_can_go_when_nothing_is_known_to_keep_it(
    changes: dict[str, int],
    native: int | None,
    overlay: int | None,
    can: bool,  # noqa: FBT001
) -> None:
    found = drive(**changes)
    assert restorable(found, ledger(found, NativeSize(native), NativeSize(), NativeSize(overlay))) is can


def test_the_overlay_holds_the_last_address() -> None:
    assert real_sectors(dco_block(SECTORS - 1)) == SECTORS


@pytest.mark.parametrize(
    "block",
    [
        b"",
        bytes(512),
        b"\xff" * 512,
        dco_block(9)[:511],
        dco_block(9, w0=7),
        bytes((*dco_block(9)[:511], dco_block(9)[511] ^ 1)),
        bytes((*dco_block(9)[:510], 0, 0)),
    ],
)
def test_an_overlay_that_does_not_add_up_is_not_believed(block: bytes) -> None:
    assert real_sectors(block) is None


sizes = st.none() | st.integers(0, 1 << 49)


@given(native=sizes, reachable=sizes, overlay=sizes)
def test_a_closed_ledger_never_hides_a_sector(native: int | None, reachable: int | None, overlay: int | None) -> None:
    found = drive(**AMAC)
    hidden = ledger(found, NativeSize(native), NativeSize(reachable), NativeSize(overlay))
    if hidden.closed:
        assert hidden.native_bytes == hidden.current_bytes == SECTORS * 512
        assert {native, reachable, overlay} == {SECTORS}
