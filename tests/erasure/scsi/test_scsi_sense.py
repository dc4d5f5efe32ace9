"""A reply is good, a legible sense, or unreadable; and nothing hostile is ever good."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.scsi.sense import AnswerKind, decode_sense, read_answer
from erasure.transport.ports import ScsiReply
from tests.erasure.scsi.scripted_drive import INVALID_OPCODE, POWER_ON, SANITIZE_FAILED, SANITIZING, check, good

DESCRIPTOR = bytes.fromhex("7202041b0000001002060000804000000302000000000000")


def test_a_good_reply_is_good() -> None:
    assert read_answer(good(b"\1\2")).kind is AnswerKind.GOOD


@pytest.mark.parametrize(
    "field", ["status", "host_status", "driver_status", "info", "resid", "sense"], ids=lambda field: f"by its {field}"
)
def test_every_field_can_spoil_a_good_reply(field: str) -> None:
    wrong = {"status": 8, "host_status": 7, "driver_status": 8, "info": 1, "resid": -1, "sense": SANITIZING}
    answer = read_answer(replace(good(), **{field: wrong[field]}))
    assert answer.kind is AnswerKind.UNREADABLE
    assert "status" in answer.words


def test_a_transport_error_with_a_good_status_is_unreadable() -> None:
    assert "host 07h" in read_answer(good(host_status=7)).words


@pytest.mark.parametrize("sense", [b"", bytes(18), b"\xff" * 18, SANITIZING[:13], b"\x72\x05\x20", b"\x7f" * 32])
def test_a_check_condition_without_legible_sense_is_unreadable(sense: bytes) -> None:
    assert read_answer(check(sense)).kind is AnswerKind.UNREADABLE


def test_a_check_condition_that_says_all_is_well_is_unreadable() -> None:
    assert read_answer(check(INVALID_OPCODE, info=0)).kind is AnswerKind.UNREADABLE


@pytest.mark.parametrize("driver", [0, 8])
def test_a_refusal_is_legible_on_old_and_new_kernels(driver: int) -> None:
    answer = read_answer(check(INVALID_OPCODE, driver_status=driver))
    assert answer.sense is not None
    assert (answer.kind, answer.words, answer.sense.refusal) == (AnswerKind.SENSE, "sense 5/20/00", True)


@pytest.mark.parametrize("sense", [POWER_ON, SANITIZE_FAILED, SANITIZING])
def test_what_is_no_illegal_request_is_no_refusal(sense: bytes) -> None:
    answer = read_answer(check(sense))
    assert answer.sense is not None
    assert not answer.sense.refusal


@pytest.mark.parametrize("raw", [SANITIZING, DESCRIPTOR], ids=["fixed", "descriptor"])
def test_both_formats_tell_the_same_progress(raw: bytes) -> None:
    sense = decode_sense(raw)
    assert sense is not None
    assert (sense.key, sense.code, sense.progress, sense.deferred) == (2, (4, 0x1B), 0x4000, False)


def test_the_valid_bit_says_nothing_about_the_format() -> None:
    assert decode_sense(b"\xf0" + SANITIZING[1:]) == decode_sense(SANITIZING)


def test_a_field_pointer_is_no_progress() -> None:
    sense = decode_sense(bytes.fromhex("700005000000000a000000002400 00 c0 0002".replace(" ", "")))
    assert sense is not None
    assert sense.progress is None


def test_progress_beyond_the_announced_length_is_not_read() -> None:
    sense = decode_sense(SANITIZING[:7] + b"\x06" + SANITIZING[8:])
    assert sense is not None
    assert sense.progress is None


def test_a_deferred_error_is_told_as_such() -> None:
    sense = decode_sense(b"\x71" + INVALID_OPCODE[1:])
    assert sense is not None
    assert (sense.deferred, sense.refusal, sense.words) == (True, False, "deferred sense 5/20/00")


@given(st.binary(max_size=300))
def test_random_sense_never_raises(raw: bytes) -> None:
    sense = decode_sense(raw)
    assert sense is None or raw[0] & 0x7F in (0x70, 0x71, 0x72, 0x73)


@given(
    st.builds(
        ScsiReply,
        *[st.integers(-2, 255) for _ in range(5)],
        duration_ms=st.just(0),
        sense=st.binary(max_size=40),
        data=st.binary(max_size=40),
    )
)
def test_a_random_reply_is_good_only_when_every_field_says_so(reply: Any) -> None:
    if read_answer(reply).kind is AnswerKind.GOOD:
        assert (reply.status, reply.host_status, reply.driver_status, reply.info & 1) == (0, 0, 0, 0)
        assert not any(reply.sense)


@pytest.mark.world
@pytest.mark.parametrize("raw", [SANITIZING, DESCRIPTOR, SANITIZE_FAILED, INVALID_OPCODE, POWER_ON])
def test_sg_decode_sense_reads_the_same(raw: bytes, sg3: Any) -> None:
    told = sg3("sg_decode_sense", *(f"{byte:02x}" for byte in raw))
    sense = decode_sense(raw)
    assert sense is not None
    keys = {2: "Not Ready", 3: "Medium Error", 5: "Illegal Request", 6: "Unit Attention"}
    words = {
        (0x04, 0x1B): "sanitize in progress",
        (0x31, 0x03): "anitize command failed",
        (0x20, 0x00): "Invalid command operation code",
        (0x29, 0x00): "Power on, reset, or bus device reset",
    }
    assert keys[sense.key] in told
    assert words[sense.code] in told
    assert ("25.00%" in told) is (sense.progress == 0x4000)
