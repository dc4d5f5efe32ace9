"""What a reply proves. Whatever is not on the list of the reference (section 4) is unknown."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.ata.sanitize_status import read
from erasure.ata.sense import Fate, decode
from erasure.ata.taskfile import (
    BLOCK_ERASE,
    IDENTIFY_DEVICE,
    READ_NATIVE_MAX,
    SANITIZE_STATUS,
    SECURITY_ERASE_UNIT,
)
from erasure.sanitizing import SanitizeState
from erasure.transport.ports import ScsiReply
from tests.erasure.ata.scripted import DONE, RESET, aborted, check, descriptor, fixed, good, plain

OLD_ABORT = bytes.fromhex("70000b000000000a0441400100000000 0000".replace(" ", ""))


def test_descriptor_sense_carries_every_register() -> None:
    reply = decode(good(0x8001, 0x665544332211), SANITIZE_STATUS)
    assert reply.fate is Fate.GOOD
    assert reply.whole is not None
    assert (reply.whole.count, reply.whole.lba, reply.whole.status, reply.whole.device) == (
        0x8001,
        0x665544332211,
        0x50,
        0x40,
    )


def test_the_valid_bit_of_byte_0_is_masked() -> None:
    sense = bytes((0xF2, *descriptor(count=DONE)[1:]))
    assert decode(check(sense), SANITIZE_STATUS).whole is not None


def test_the_descriptor_is_found_behind_another_one() -> None:
    sense = descriptor(count=DONE)
    longer = sense[:7] + bytes((14 + 12,)) + bytes((0, 10, *bytes(10))) + sense[8:]
    assert decode(check(longer), SANITIZE_STATUS).whole is not None


@pytest.mark.parametrize(
    ("name", "sense"),
    [
        ("none", b""),
        ("one byte", b"\x72"),
        ("header only", descriptor()[:8]),
        ("cut by a byte", descriptor(count=DONE)[:-1]),
        ("shorter than it says", descriptor(count=DONE)[:7] + b"\x0d" + descriptor(count=DONE)[8:]),
        ("two of them", descriptor()[:7] + b"\x1c" + descriptor(count=DONE)[8:] * 2),
        ("another length", descriptor()[:9] + b"\x0b" + descriptor()[10:]),
        ("deferred", b"\x73" + descriptor(count=DONE)[1:]),
        ("deferred, fixed", b"\xf1" + fixed()[1:]),
        ("no ATA information announced", descriptor(count=DONE)[:3] + b"\x00" + descriptor(count=DONE)[4:]),
        ("no sense", descriptor(count=DONE, key=0)),
        ("hardware error", descriptor(count=DONE, key=4)),
        ("busy", descriptor(count=DONE, status=0xD0)),
        ("device fault", descriptor(count=DONE, status=0x70)),
        ("data request", descriptor(count=DONE, status=0x58)),
        ("not ready", descriptor(count=DONE, status=0x10)),
        ("error without abort", descriptor(count=DONE, status=0x51, error=0x10, key=0xB)),
        ("abort without a sense key for it", descriptor(status=0x51, error=4, key=1)),
        ("all zero", bytes(18)),
        ("all FF", b"\xff" * 18),
        ("fixed, cut", fixed()[:17]),
        ("fixed, neither SAT nor old libata", b"\x70" + fixed(error=4, status=0x51, key=0xB)[1:]),
    ],
)
def test_what_cannot_be_read_is_unknown(name: str, sense: bytes) -> None:
    reply = decode(check(sense), SANITIZE_STATUS)
    assert reply.fate is Fate.UNKNOWN
    assert read(reply).report.state is SanitizeState.UNKNOWN


@pytest.mark.parametrize(
    "change",
    [
        {"host_status": 7},
        {"host_status": 3},
        {"driver_status": 6},
        {"driver_status": 0x18},
        {"status": 0},
        {"status": 8},
        {"status": 0x18},
    ],
)
def test_good_registers_prove_nothing_beside_a_transport_error(change: dict[str, int]) -> None:
    reply = decode(replace(good(DONE), **change), SANITIZE_STATUS)
    assert (reply.fate, reply.whole) == (Fate.UNKNOWN, None)


@pytest.mark.parametrize("driver", [0, 8])
def test_a_check_condition_is_read_whether_or_not_the_kernel_flags_it(driver: int) -> None:
    for info in (0, 1):
        assert decode(check(descriptor(), driver_status=driver, info=info), SANITIZE_STATUS).fate is Fate.GOOD


@pytest.mark.parametrize(
    "change", [{"host_status": 7}, {"driver_status": 8}, {"info": 1}, {"resid": 1}, {"sense": b"\x70"}]
)
def test_a_plain_good_status_has_to_be_clean(change: dict[str, object]) -> None:
    for sent, data in ((IDENTIFY_DEVICE, bytes(512)), (SECURITY_ERASE_UNIT, b"")):
        assert decode(plain(data), sent).fate is Fate.GOOD
        assert decode(replace(plain(data), **change), sent).fate is Fate.UNKNOWN


def test_a_short_answer_to_identify_is_none() -> None:
    assert decode(plain(bytes(511)), IDENTIFY_DEVICE).fate is Fate.UNKNOWN


def test_a_good_status_without_the_registers_that_were_asked_for_is_unknown() -> None:
    assert decode(plain(), SANITIZE_STATUS).fate is Fate.UNKNOWN
    assert decode(plain(), BLOCK_ERASE).fate is Fate.UNKNOWN


def test_old_libata_proves_an_abort_in_fixed_format() -> None:
    reply = decode(check(OLD_ABORT), BLOCK_ERASE)
    assert reply.fate is Fate.ABORTED
    assert reply.registers is not None
    assert (reply.registers.error, reply.registers.status, reply.registers.count) == (0x04, 0x41, 1)


def test_old_libata_puts_the_reason_of_an_abort_in_byte_17() -> None:
    reply = decode(aborted(reason=3), SANITIZE_STATUS)
    assert read(reply).report.state is SanitizeState.FROZEN


def test_sat_fixed_format_proves_an_abort() -> None:
    reply = decode(check(fixed(error=4, status=0x51, lba=2, key=0xB)), BLOCK_ERASE)
    assert reply.fate is Fate.ABORTED
    assert reply.registers is not None
    assert reply.registers.lba & 0xFF == 2


@pytest.mark.parametrize("at", [3, 4, 5, 6])
def test_a_layout_that_could_be_either_is_none(at: int) -> None:
    sense = bytearray(OLD_ABORT)
    sense[at] = 1
    assert decode(check(bytes(sense)), BLOCK_ERASE).fate is Fate.UNKNOWN


@pytest.mark.parametrize("flags", [0x00, 0x40, 0x80, 0xC0, 0xE0])
def test_fixed_format_never_proves_a_completed_sanitize(flags: int) -> None:
    reply = decode(check(fixed(count=0x80, flags=flags)), SANITIZE_STATUS)
    assert (reply.fate, reply.whole) == (Fate.GOOD, None)
    assert read(reply).report.state is SanitizeState.UNKNOWN


def test_a_bridge_that_returns_no_upper_halves_cannot_be_followed() -> None:
    reply = decode(good(DONE, extend=0), SANITIZE_STATUS)
    assert reply.whole is None
    assert read(reply).report.state is SanitizeState.UNKNOWN


def test_a_command_of_28_bits_needs_no_upper_halves() -> None:
    assert decode(good(0, 5, extend=0), READ_NATIVE_MAX).whole is not None


def test_an_abort_in_descriptor_format_is_an_abort() -> None:
    for key in (5, 0xB):
        assert decode(check(descriptor(error=4, status=0x51, key=key)), BLOCK_ERASE).fate is Fate.ABORTED


def test_a_reset_is_recognised_in_both_formats() -> None:
    assert decode(RESET, SECURITY_ERASE_UNIT).was_reset is True
    assert decode(check(bytes((0x72, 6, 0x29, 0, 0, 0, 0, 0))), SECURITY_ERASE_UNIT).was_reset is True
    assert decode(check(bytes((0x72, 6, 0x2A, 0, 0, 0, 0, 0))), SECURITY_ERASE_UNIT).was_reset is False


replies = st.builds(
    ScsiReply,
    status=st.sampled_from([0, 2, 8, 24, 40]) | st.integers(0, 255),
    host_status=st.integers(0, 2),
    driver_status=st.sampled_from([0, 8]) | st.integers(0, 255),
    info=st.integers(0, 3),
    resid=st.integers(-1, 512),
    duration_ms=st.just(1),
    sense=st.binary(max_size=40)
    | st.sampled_from([b"\x70", b"\x72", b"\xf0"]).flatmap(
        lambda head: st.binary(max_size=40).map(lambda rest: head + rest)
    ),
    data=st.binary(max_size=8) | st.just(bytes(512)),
)


@given(reply=replies)
def test_random_bytes_never_become_a_success(reply: ScsiReply) -> None:
    for sent in (SANITIZE_STATUS, BLOCK_ERASE, READ_NATIVE_MAX):
        found = decode(reply, sent)
        announced = reply.sense[1:4] == b"\x01\x00\x1d" or reply.sense[12:14] == b"\x00\x1d"
        assert found.fate is not Fate.GOOD or (announced and reply.status == 2)
        assert read(found).report.state is not SanitizeState.SUCCEEDED or announced
    assert decode(reply, SECURITY_ERASE_UNIT).fate is not Fate.GOOD or not (
        reply.status or reply.host_status or reply.driver_status or reply.info & 1 or reply.resid or any(reply.sense)
    )


@given(at=st.sampled_from([1, 2, 3, 8, 9]), change=st.integers(1, 15))
def test_one_changed_byte_in_front_of_the_registers_is_noticed(at: int, change: int) -> None:
    wire = bytearray(descriptor(count=DONE))
    assert read(decode(check(bytes(wire)), SANITIZE_STATUS)).report.state is SanitizeState.SUCCEEDED
    wire[at] ^= change
    assert read(decode(check(bytes(wire)), SANITIZE_STATUS)).report.state is SanitizeState.UNKNOWN
