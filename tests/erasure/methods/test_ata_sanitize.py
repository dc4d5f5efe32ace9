"""SANITIZE DEVICE: sent once, judged by everything that came back, followed to an end that can be read."""

import errno
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.applicability import Applicable, Inapplicable
from erasure.ata.facts import AtaFacts
from erasure.errors import JournalError
from erasure.methods.ata_sanitize import ATA_SANITIZE, AtaSanitize
from erasure.methods.protocol import Finished, Ticket, Working
from erasure.outcome import Level, ReasonCode
from erasure.passes import NOTHING_WRITTEN
from erasure.sanitizing import SanitizeReport, SanitizeState
from erasure.transport.ports import ScsiReply
from tests.erasure.ata.scripted import (
    DONE,
    FROZEN,
    GONE,
    IDENTIFY,
    IDLE,
    LOST,
    RUNNING,
    STATUS,
    TIMED_OUT,
    Desk,
    aborted,
    ata_facts,
    check,
    descriptor,
    desk,
    facts,
    fixed,
    good,
    identify,
    plain,
)

BLOCK, OVERWRITE, CRYPTO = ATA_SANITIZE
ACCEPTED = Ticket("ata.sanitize.block", NOTHING_WRITTEN)
STRANGE = replace(ACCEPTED, accepted=False)
FAILED = check(descriptor(error=4, status=0x51, lba=1, key=0xB))


def state(name: SanitizeState, **changes: Any) -> AtaFacts:
    return replace(ata_facts(), sanitize=SanitizeReport(name), **changes)


def started(method: AtaSanitize, *steps: tuple[int, ScsiReply | OSError]) -> tuple[Ticket, Desk]:
    bench = desk((IDENTIFY, identify()), (STATUS, good(IDLE, 0xFFFF)), *steps)
    return method.start(bench.ports, facts()), bench


def test_the_rows_keep_their_names() -> None:
    assert [(row.id, row.level) for row in ATA_SANITIZE] == [
        ("ata.sanitize.block", Level.PURGE),
        ("ata.sanitize.overwrite", Level.PURGE),
        ("ata.sanitize.crypto", Level.PURGE),
    ]


@pytest.mark.parametrize("method", ATA_SANITIZE, ids=lambda row: row.id)
def test_a_drive_that_announces_it_and_can_be_followed_can_be_sanitized(method: AtaSanitize) -> None:
    assert method.applies(facts()) == Applicable(method.id, Level.PURGE)


@pytest.mark.parametrize("name", [SanitizeState.IDLE, SanitizeState.SUCCEEDED, SanitizeState.FAILED])
def test_a_sanitize_may_follow_another(name: SanitizeState) -> None:
    assert isinstance(BLOCK.applies(facts(state(name))), Applicable)


@pytest.mark.parametrize("method", ATA_SANITIZE, ids=lambda row: row.id)
@pytest.mark.parametrize(
    ("ata", "code"),
    [
        (ata_facts(w59=0x1000), ReasonCode.UNSUPPORTED),
        (ata_facts(w59=0xE000), ReasonCode.UNSUPPORTED),
        (replace(ata_facts(), registers_readable=False), ReasonCode.STATUS_UNREADABLE),
        (state(SanitizeState.UNKNOWN), ReasonCode.STATUS_UNREADABLE),
        (state(SanitizeState.RUNNING), ReasonCode.IN_USE),
        (state(SanitizeState.FROZEN), ReasonCode.FROZEN),
        (state(SanitizeState.SUCCEEDED, sanitize_frozen=True), ReasonCode.FROZEN),
        (ata_facts(w128=7), ReasonCode.LOCKED),
        (replace(ata_facts(w128=7), sanitize_overrides_lock=False), ReasonCode.LOCKED),
    ],
)
def test_every_no_has_its_reason(method: AtaSanitize, ata: AtaFacts, code: ReasonCode) -> None:
    answer = method.applies(facts(ata))
    assert isinstance(answer, Inapplicable)
    assert (answer.method, answer.reason.code) == (method.id, code)


def test_a_locked_drive_that_lets_a_sanitize_override_its_lock_can_be_sanitized() -> None:
    assert isinstance(BLOCK.applies(facts(replace(ata_facts(w128=7), sanitize_overrides_lock=True))), Applicable)


def test_security_freeze_does_not_stop_a_sanitize() -> None:
    assert isinstance(BLOCK.applies(facts(ata_facts(w128=9))), Applicable)


def test_over_usb_the_status_has_to_read_back() -> None:
    assert isinstance(BLOCK.applies(facts(bus="usb", bridge="JMS578")), Applicable)
    for ata in (replace(ata_facts(), registers_readable=False), state(SanitizeState.UNKNOWN)):
        answer = BLOCK.applies(facts(ata, bus="usb", bridge="JMS578"))
        assert isinstance(answer, Inapplicable)
        assert answer.reason.code is ReasonCode.BRIDGE


@pytest.mark.parametrize("bus", ["scsi", "virtio", ""])
def test_behind_a_controller_it_never_applies(bus: str) -> None:
    answer = BLOCK.applies(facts(bus=bus))
    assert isinstance(answer, Inapplicable)
    assert answer.reason.code is ReasonCode.RAID_VOLUME


def test_without_an_ata_drive_it_never_applies() -> None:
    for change in ({"ata": None}, {"commands": ()}):
        answer = BLOCK.applies(replace(facts(), **change))
        assert isinstance(answer, Inapplicable)
        assert answer.reason.code is ReasonCode.UNSUPPORTED


@pytest.mark.parametrize(
    ("method", "wire"),
    [
        (BLOCK, "85 07 20 00 12 00 00 42 72 00 45 00 6b 40 b4 00"),
        (CRYPTO, "85 07 20 00 11 00 00 43 70 00 79 00 72 40 b4 00"),
        (OVERWRITE, "85 07 20 00 14 00 41 00 00 57 00 4f 00 40 b4 00"),
    ],
)
def test_it_is_announced_sent_once_and_accepted(method: AtaSanitize, wire: str) -> None:
    ticket, bench = started(method, (STATUS, good(RUNNING)))
    assert bench.announced == [{"method": method.id, "port": "scsi", "command": wire}]
    assert bench.script.sent[-1] == (bytes.fromhex(wire), b"", 30_000)
    assert [document["method"] for document in bench.accepted] == [method.id]
    assert (ticket.accepted, ticket.written.failures, ticket.notes["command"]) == (True, (), wire)
    assert bench.accepted[0]["notes"] == ticket.notes


def test_without_a_journal_nothing_is_sent() -> None:
    bench = desk((IDENTIFY, identify()), (STATUS, good(IDLE)))

    def full(_document: object) -> None:
        raise JournalError("full")

    with pytest.raises(JournalError):
        BLOCK.start(replace(bench.ports, announce=full), facts())
    assert bench.script.opcodes == [IDENTIFY, STATUS]


@pytest.mark.parametrize("reason", [1, 3, 4, 9])
def test_a_refusal_is_final(reason: int) -> None:
    for method in ATA_SANITIZE:
        ticket, bench = started(method, (STATUS, aborted(reason)), (STATUS, good(IDLE)))
        assert [failure.code for failure in ticket.written.failures] == [ReasonCode.ABORTED]
        assert ticket.accepted is False
        assert (len(bench.announced), bench.accepted) == (1, [])


@pytest.mark.parametrize("reason", [0, 2])
def test_an_overwrite_is_tried_without_the_ending_pattern_where_that_may_be_the_reason(reason: int) -> None:
    ticket, bench = started(OVERWRITE, (STATUS, aborted(reason)), (STATUS, good(RUNNING)))
    assert [document["command"] for document in bench.announced] == [
        "85 07 20 00 14 00 41 00 00 57 00 4f 00 40 b4 00",
        "85 07 20 00 14 00 01 00 00 57 00 4f 00 40 b4 00",
    ]
    assert (ticket.accepted, ticket.notes["command"]) == (True, bench.announced[1]["command"])


def test_both_forms_refused_are_both_told() -> None:
    ticket, _bench = started(OVERWRITE, (STATUS, aborted(2)), (STATUS, aborted(2)), (STATUS, good(IDLE)))
    assert len(ticket.written.failures) == 2


def test_an_unsupported_block_erase_is_not_tried_in_another_form() -> None:
    _ticket, bench = started(BLOCK, (STATUS, aborted(2)), (STATUS, good(IDLE)))
    assert len(bench.announced) == 1


DOUBTS = [LOST, TIMED_OUT, plain(), check(b""), check(descriptor(status=0xD0)), OSError(errno.EIO, "no")]


@pytest.mark.parametrize("doubt", DOUBTS, ids=repr)
def test_when_the_answer_is_lost_the_drive_is_looked_at(doubt: ScsiReply | OSError) -> None:
    ticket, bench = started(BLOCK, (STATUS, doubt), (STATUS, good(RUNNING, 5)))
    assert (ticket.accepted, ticket.seen_running, ticket.written.failures) == (False, True, ())
    assert (len(bench.announced), bench.accepted) == (1, [])


@pytest.mark.parametrize("doubt", DOUBTS, ids=repr)
@pytest.mark.parametrize("then", [good(IDLE), good(DONE), aborted(1), TIMED_OUT, LOST], ids=repr)
def test_when_nothing_shows_it_nobody_can_say(doubt: ScsiReply | OSError, then: ScsiReply | OSError) -> None:
    with pytest.raises(OSError):  # noqa: PT011
        started(BLOCK, (STATUS, doubt), (STATUS, then))


def test_a_drive_that_refuses_and_runs_all_the_same_is_followed() -> None:
    ticket, _bench = started(BLOCK, (STATUS, aborted()), (STATUS, good(RUNNING)))
    assert (ticket.accepted, ticket.seen_running, ticket.written.failures) == (False, True, ())


@pytest.mark.parametrize(
    ("answer", "code"), [(good(RUNNING), ReasonCode.IN_USE), (TIMED_OUT, ReasonCode.STATUS_UNREADABLE)]
)
def test_nothing_is_sent_to_a_drive_whose_state_forbids_it(answer: ScsiReply, code: ReasonCode) -> None:
    bench = desk((IDENTIFY, identify()), (STATUS, answer))
    ticket = BLOCK.start(bench.ports, facts())
    assert [failure.code for failure in ticket.written.failures] == [code]
    assert bench.announced == []


def test_nothing_is_sent_to_another_drive() -> None:
    for other in (identify(w10=0x5858), TIMED_OUT):
        bench = desk((IDENTIFY, other))
        ticket = BLOCK.start(bench.ports, facts())
        assert [failure.code for failure in ticket.written.failures] == [ReasonCode.IDENTITY]
        assert bench.announced == []


def polled(ticket: Ticket, answer: ScsiReply | OSError) -> Any:
    bench = desk((STATUS, answer))
    found = BLOCK.poll(bench.ports, ticket)
    assert bench.announced == []
    return found


def test_while_it_runs_it_says_how_far_it_is() -> None:
    found = polled(ACCEPTED, good(RUNNING, 0x8000))
    assert isinstance(found, Working)
    assert found.done == 0x8000


@pytest.mark.parametrize("ticket", [ACCEPTED, replace(STRANGE, seen_running=True)])
def test_success_counts_after_it_was_accepted_or_seen_running(ticket: Ticket) -> None:
    found = polled(ticket, good(DONE, 0xFFFF))
    assert isinstance(found, Finished)
    assert found.written.failures == ()
    assert found.written.completion is not None
    assert (found.written.completion.succeeded, found.written.completion.action_matches) == (True, True)
    assert found.written.completion.raw["sanitize-status"]


@pytest.mark.parametrize(
    ("ticket", "answer", "code"),
    [
        (STRANGE, good(DONE), ReasonCode.STATUS_UNREADABLE),
        (STRANGE, good(IDLE), ReasonCode.STATUS_UNREADABLE),
        (ACCEPTED, good(IDLE, 0xFFFF), ReasonCode.STATUS_UNREADABLE),
        (ACCEPTED, good(FROZEN), ReasonCode.STATUS_UNREADABLE),
        (ACCEPTED, FAILED, ReasonCode.ABORTED),
        (ACCEPTED, aborted(1), ReasonCode.ABORTED),
    ],
)
def test_every_other_end_is_no_success(ticket: Ticket, answer: ScsiReply, code: ReasonCode) -> None:
    found = polled(ticket, answer)
    assert isinstance(found, Finished)
    assert [failure.code for failure in found.written.failures] == [code]
    assert found.written.completion is not None
    assert found.written.completion.succeeded is False


@pytest.mark.parametrize(
    "answer",
    [
        aborted(0),
        aborted(2),
        TIMED_OUT,
        LOST,
        GONE,
        plain(),
        check(b""),
        check(fixed(count=0x80)),
        good(DONE, extend=0),
        good(DONE, status=0xD0),
    ],
    ids=repr,
)
def test_a_status_that_cannot_be_read_is_an_error(answer: ScsiReply | OSError) -> None:
    with pytest.raises(OSError):  # noqa: PT011
        polled(ACCEPTED, answer)


@given(sense=st.binary(max_size=40), status=st.sampled_from([0, 2, 8]), host=st.integers(0, 1))
def test_random_bytes_never_finish_an_erase_well(sense: bytes, status: int, host: int) -> None:
    try:
        found = polled(ACCEPTED, ScsiReply(status, host, 8 if status else 0, 1, 0, 1, sense, b""))
    except OSError:
        return
    assert isinstance(found, Working) or found.written.failures


def test_the_time_of_an_overwrite_is_what_the_drive_says_of_an_erase() -> None:
    assert OVERWRITE.expected_seconds(facts()) == 600
    assert OVERWRITE.expected_seconds(facts(ata_facts(w89=0, w90=0))) is None
    assert BLOCK.expected_seconds(facts()) is None
