"""NVMe sanitize: what is sent, which answer means what, and that only the log says how it ended."""

import errno
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.drive import OpalFacts
from erasure.methods.nvme_sanitize import NVME_SANITIZE, NvmeSanitize
from erasure.methods.protocol import Finished, MethodKind, Ticket, Working
from erasure.nvme.facts import NvmeFacts
from erasure.nvme.reading import read_nvme
from erasure.outcome import Level, ReasonCode
from erasure.passes import NOTHING_WRITTEN, Completion
from tests.erasure.nvme.scripted import (
    UNHURRIED,
    Answer,
    Desk,
    ScriptedPort,
    damaged,
    noise,
    one_namespace,
    sanitize_log,
)

BLOCK, CRYPTO, OVERWRITE = NVME_SANITIZE
NEVER = sanitize_log(0)
RUNNING = sanitize_log(2, sprog=655)
TAKEN = Ticket(BLOCK.id, NOTHING_WRITTEN, notes={"preq": True})


def nvme_facts(log: Answer = NEVER, **words: int) -> NvmeFacts:
    found = read_nvme(ScriptedPort({**one_namespace(**words), ("log", 0x81): log}))
    assert found is not None
    return found


def desk(sanitize: Answer = 0, log: Answer = RUNNING) -> Desk:
    return Desk(ScriptedPort({("sanitize",): sanitize, ("log", 0x81): log}))


def polled(log: Answer, ticket: Ticket = TAKEN, method: NvmeSanitize = BLOCK) -> Any:
    return method.poll(desk(log=log).ports, ticket)


def ended(log: Answer, ticket: Ticket = TAKEN, method: NvmeSanitize = BLOCK) -> tuple[list[ReasonCode], Completion]:
    state = polled(log, ticket, method)
    assert isinstance(state, Finished)
    assert state.written.completion is not None
    return [reason.code for reason in state.written.failures], state.written.completion


def start(at: Desk, facts: Any, method: NvmeSanitize = BLOCK) -> Ticket:
    return method.start(at.ports, facts(nvme=nvme_facts()))


def test_the_rows_are_purges_by_firmware() -> None:
    assert [(one.id, one.level, one.kind) for one in NVME_SANITIZE] == [
        (f"nvme.sanitize.{name}", Level.PURGE, MethodKind.FIRMWARE) for name in ("block", "crypto", "overwrite")
    ]


def test_the_purge_request_goes_first_to_the_whole_subsystem(facts: Any) -> None:
    at = desk()
    ticket = start(at, facts)
    assert [(one.nsid, one.cdw10) for one in at.port.opcodes(0x84)] == [(0, 0x802)]
    assert at.port.timeouts == [30_000]
    assert [entry["cdw10"] for entry in at.announced] == ["00000802h"]
    assert (ticket.accepted, ticket.seen_running, ticket.written) == (True, False, NOTHING_WRITTEN)
    assert ticket.notes == {"action": "block", "preq": True, "preq_outcome": "NVMe status 0000h, success"}
    assert at.accepted[0]["notes"] == ticket.notes


@pytest.mark.parametrize(("method", "word"), [(CRYPTO, 0x804), (OVERWRITE, 0x813)])
def test_each_action_sends_its_own_word(facts: Any, method: NvmeSanitize, word: int) -> None:
    at = desk()
    start(at, facts, method)
    assert at.port.opcodes(0x84)[0].cdw10 == word


def test_a_refused_purge_request_is_announced_and_sent_again_without(facts: Any) -> None:
    at = desk([0x4002, 0])
    ticket = start(at, facts)
    assert [one.cdw10 for one in at.port.opcodes(0x84)] == [0x802, 0x002]
    assert [entry["preq"] for entry in at.announced] == [True, False]
    assert ticket.accepted
    assert ticket.notes["preq"] is False
    assert ticket.notes["preq_outcome"] == "NVMe status 4002h, invalid field, do not retry"


def test_an_invalid_field_without_the_request_is_a_refusal(facts: Any) -> None:
    at = desk([0x4002, 0x4002, 0])
    ticket = start(at, facts)
    assert len(at.port.opcodes(0x84)) == 2
    assert [reason.code for reason in ticket.written.failures] == [ReasonCode.ABORTED]
    assert at.accepted == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (0x2001, ReasonCode.ABORTED),
        (0x001C, ReasonCode.ABORTED),
        (0x0015, ReasonCode.ABORTED),
        (0x0006, ReasonCode.ABORTED),
        (0x4123, ReasonCode.ABORTED),
        (0x0280, ReasonCode.ABORTED),
        (0x0281, ReasonCode.ABORTED),
        (0x4286, ReasonCode.LOCKED),
    ],
)
def test_a_refusal_is_shown_and_never_tried_again(facts: Any, status: int, code: ReasonCode) -> None:
    at = desk([status])
    ticket = start(at, facts)
    assert len(at.port.opcodes(0x84)) == 1
    assert (ticket.accepted, [reason.code for reason in ticket.written.failures]) == (False, [code])
    assert f"{status:04x}h" in ticket.written.failures[0].detail


@pytest.mark.parametrize(
    "answer", [0x401D, 0x0007, 0x07C0, 0x0371, OSError(errno.EINTR, "cut"), OSError(errno.EIO, "x")]
)
def test_a_sanitize_that_runs_though_nobody_saw_it_taken_is_followed(facts: Any, answer: Answer) -> None:
    at = desk([answer])
    ticket = start(at, facts)
    assert len(at.port.opcodes(0x84)) == 1
    assert (ticket.accepted, ticket.seen_running, ticket.written) == (False, True, NOTHING_WRITTEN)
    assert "SPROG 028Fh" in ticket.notes["adopted"]
    assert at.accepted == []


@pytest.mark.parametrize("answer", [0x401D, 0x07C0, OSError(errno.EINTR, "cut")])
@pytest.mark.parametrize(
    "log", [sanitize_log(1), sanitize_log(0), sanitize_log(3), b"\xff" * 512, OSError(errno.EIO, "x")]
)
def test_a_command_of_unknown_fate_is_not_sent_again(facts: Any, answer: Answer, log: Answer) -> None:
    at = desk([answer], log)
    with pytest.raises(OSError, match=r"cut|NVMe status"):
        start(at, facts)
    assert len(at.port.opcodes(0x84)) == 1


def test_a_fate_that_is_unknown_the_second_time_is_unknown(facts: Any) -> None:
    at = desk([0x4002, OSError(errno.EINTR, "cut")], sanitize_log(1))
    with pytest.raises(OSError, match="cut"):
        start(at, facts)


def test_a_drive_without_a_way_for_commands_is_an_error(facts: Any) -> None:
    at = desk()
    with pytest.raises(OSError, match="no NVMe command"):
        BLOCK.start(replace(at.ports, commands=replace(at.ports.commands, nvme=None)), facts(nvme=nvme_facts()))


@pytest.mark.parametrize(
    ("sstat", "attested"), [(0x001, False), (0x101, False), (0x901, True), (0x004, False), (0x804, True)]
)
def test_a_success_that_was_taken_is_one(*, sstat: int, attested: bool) -> None:
    codes, completion = ended(sanitize_log(sstat))
    assert codes == []
    assert (completion.accepted, completion.succeeded, completion.action_matches) == (True, True, True)
    assert completion.attested_purge is attested
    assert completion.raw["words"] == f"SSTAT {sstat:04X}h SPROG FFFFh SCDW10 00000802h SSI 00h"
    assert (completion.raw["prgd"], completion.raw["gde"]) == (str(bool(sstat & 0x800)), str(bool(sstat & 0x100)))


def test_a_success_that_was_seen_running_is_one() -> None:
    ticket = replace(TAKEN, accepted=False, seen_running=True)
    codes, completion = ended(sanitize_log(1), ticket)
    assert (codes, completion.accepted, completion.seen_running) == ([], False, True)


def test_a_success_that_nobody_saw_begin_is_none() -> None:
    codes, completion = ended(sanitize_log(1), replace(TAKEN, accepted=False))
    assert codes == [ReasonCode.STATUS_UNREADABLE]
    assert completion.accepted is False


@pytest.mark.parametrize("scdw10", [0x804, 0x813, 0x001, 0x005, 0x000])
def test_the_success_of_another_action_is_a_failure(scdw10: int) -> None:
    codes, completion = ended(sanitize_log(1, scdw10=scdw10))
    assert (codes, completion.action_matches) == ([ReasonCode.WRONG_ACTION], False)


def test_an_empty_log_after_acceptance_is_no_success() -> None:
    codes, completion = ended(bytes(512))
    assert (codes, completion.succeeded) == ([ReasonCode.STATUS_UNREADABLE], False)


def test_a_finished_progress_beside_a_failure_is_a_failure() -> None:
    codes, completion = ended(sanitize_log(3, sprog=0xFFFF))
    assert (codes, completion.succeeded) == ([ReasonCode.ABORTED], False)


def test_half_way_is_not_the_end() -> None:
    assert polled(sanitize_log(2, sprog=0x8000)) == Working(0x8000, "SSTAT 0002h SPROG 8000h SCDW10 00000802h SSI 00h")


def test_a_progress_that_is_not_told_is_none() -> None:
    assert polled(sanitize_log(2)).done is None


@pytest.mark.parametrize(
    "log",
    [b"\xff" * 512, sanitize_log(5), sanitize_log(1, ssi=3), b"", bytes(8), 0x4109, OSError(errno.ENODEV, "gone")],
)
def test_a_log_that_cannot_be_read_is_an_error_and_no_end(log: Answer) -> None:
    with pytest.raises(OSError, match=r"sanitize log|gone"):
        polled(log)


@UNHURRIED
@given(
    log=noise(512) | damaged(sanitize_log(1)) | damaged(sanitize_log(3)) | st.binary(max_size=40),
    taken=st.booleans(),
    seen=st.booleans(),
)
def test_random_logs_never_become_a_success_that_they_do_not_say(*, log: bytes, taken: bool, seen: bool) -> None:
    ticket = Ticket(BLOCK.id, NOTHING_WRITTEN, accepted=taken, seen_running=seen)
    try:
        state = polled(log, ticket)
    except OSError:
        return
    if isinstance(state, Finished) and not state.written.failures:
        assert log[2] & 7 in (1, 4)
        assert log[4] & 7 == 2
        assert taken or seen


@pytest.mark.parametrize(("method", "sanicap"), [(BLOCK, 0b101), (CRYPTO, 0b110), (OVERWRITE, 0b011)])
def test_an_action_that_is_not_announced_does_not_apply(facts: Any, method: NvmeSanitize, sanicap: int) -> None:
    answer: Any = method.applies(facts(nvme=nvme_facts(sanicap=sanicap)))
    assert answer.reason.code is ReasonCode.UNSUPPORTED
    assert answer.reason.detail.startswith("the drive announces no sanitize by")
    applicable: Any = method.applies(facts(nvme=nvme_facts(sanicap=0b111)))
    assert applicable.level is Level.PURGE


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"nvme": None}, ReasonCode.UNSUPPORTED),
        ({"nvme": None, "identity_": {"bus": "nvme"}}, ReasonCode.STATUS_UNREADABLE),
        ({"identity_": {"bus": "usb"}}, ReasonCode.BRIDGE),
        ({"opal": OpalFacts(supported=True, locking_enabled=True, locked=True, flags=15)}, ReasonCode.LOCKED),
        ({"nvme": nvme_facts(b"\xff" * 512)}, ReasonCode.STATUS_UNREADABLE),
        ({"nvme": nvme_facts(sanitize_log(2, scdw10=4))}, ReasonCode.IN_USE),
        ({"nvme": nvme_facts(sanitize_log(2, scdw10=0))}, ReasonCode.IN_USE),
    ],
)
def test_every_no_has_its_reason(facts: Any, given_: dict[str, Any], code: ReasonCode) -> None:
    answer: Any = BLOCK.applies(facts(**{"nvme": nvme_facts(), **given_}))
    assert answer.reason.code is code


@pytest.mark.parametrize("log", [RUNNING, sanitize_log(3), sanitize_log(1), sanitize_log(0)])
def test_the_same_action_can_be_followed_and_repeated(facts: Any, log: bytes) -> None:
    answer: Any = BLOCK.applies(facts(nvme=nvme_facts(log)))
    assert answer.method == "nvme.sanitize.block"


def test_the_estimate_is_that_of_the_action(facts: Any) -> None:
    drive = facts(nvme=nvme_facts(sanitize_log(0, estimate=160)))
    assert [method.expected_seconds(drive) for method in NVME_SANITIZE] == [None, 0, 10]


def test_boot_partitions_and_rpmb_are_never_reached(facts: Any) -> None:
    told = replace(nvme_facts(rpmbs=1, tnvmcap=9, unvmcap=5), boot_partitions=True)
    details = [reason.detail for reason in BLOCK.uncovered(facts(nvme=told))]
    assert details == ["RPMB is a separate area of the drive", "boot partition is a separate area of the drive"]


def test_a_sanitize_that_might_have_ended_unrestricted_is_no_purge() -> None:
    codes, completion = ended(sanitize_log(1, scdw10=0x00A), replace(TAKEN, accepted=False, seen_running=True))
    assert (codes, completion.action_matches) == ([ReasonCode.WRONG_ACTION], False)
    assert ended(sanitize_log(1, scdw10=0x002))[0] == []
