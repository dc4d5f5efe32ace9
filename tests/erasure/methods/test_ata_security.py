"""SECURITY ERASE UNIT: a published password, journalled first; and whatever goes wrong, it is taken off again."""

import errno
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from erasure.applicability import Applicable, Inapplicable
from erasure.ata.erase_unit import timeout_ms
from erasure.ata.password import PUBLISHED
from erasure.errors import JournalError
from erasure.methods.ata_security import ATA_SECURITY, AtaSecurityErase
from erasure.methods.protocol import Finished, Ticket
from erasure.outcome import Level, ReasonCode
from erasure.passes import NOTHING_WRITTEN
from erasure.sanitizing import SanitizeReport, SanitizeState
from erasure.transport.ports import ScsiReply
from tests.erasure.ata.scripted import (
    DISABLE,
    ERASE,
    GONE,
    IDENTIFY,
    LOST,
    PREPARE,
    RESET,
    SET_PASSWORD,
    TIMED_OUT,
    UNLOCK,
    Desk,
    aborted,
    ata_facts,
    check,
    desk,
    facts,
    good,
    identify,
    plain,
)

ENHANCED, NORMAL = ATA_SECURITY
OFF, SET, LOCKED, EXPIRED = identify(), identify(w128=0x23), identify(w128=0x27), identify(w128=0x37)
PASSWORD = b"ETABLI-ERASE-NO-SECRET".ljust(32, b"\0")
UNTIL_ERASE = [(IDENTIFY, OFF), (SET_PASSWORD, plain()), (IDENTIFY, SET), (PREPARE, good())]
ACCEPTED = Ticket("ata.security.enhanced", NOTHING_WRITTEN)
CUT = OSError(errno.EINTR, "cut off")


def started(*steps: Any, method: AtaSecurityErase = ENHANCED) -> tuple[Ticket, Desk]:
    bench = desk(*steps)
    return method.start(bench.ports, facts()), bench


def codes(ticket: Ticket) -> list[ReasonCode]:
    return [failure.code for failure in ticket.written.failures]


def test_the_rows_keep_their_names() -> None:
    assert [(row.id, row.level) for row in ATA_SECURITY] == [
        ("ata.security.enhanced", Level.PURGE),
        ("ata.security.normal", Level.CLEAR),
    ]


@pytest.mark.parametrize("method", ATA_SECURITY, ids=lambda row: row.id)
def test_a_drive_without_a_password_on_an_ata_port_can_be_erased(method: AtaSecurityErase) -> None:
    assert method.applies(facts()) == Applicable(method.id, method.level)


@pytest.mark.parametrize("method", ATA_SECURITY, ids=lambda row: row.id)
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"w128": 0}, ReasonCode.UNSUPPORTED),
        ({"w128": 0x2B}, ReasonCode.FROZEN),
        ({"w128": 0x29}, ReasonCode.FROZEN),
        ({"w128": 0x27}, ReasonCode.LOCKED),
        ({"w128": 0x23}, ReasonCode.LOCKED),
        ({"w85": 0x0402}, ReasonCode.LOCKED),
        ({"w128": 0x31}, ReasonCode.COUNT_EXPIRED),
    ],
)
def test_every_security_state_but_one_is_refused(
    method: AtaSecurityErase, changes: dict[str, int], code: ReasonCode
) -> None:
    answer = method.applies(facts(ata_facts(**changes)))
    assert isinstance(answer, Inapplicable)
    assert answer.reason.code is code


def test_the_enhanced_erase_has_to_be_announced() -> None:
    plain_drive = facts(ata_facts(w128=1))
    assert isinstance(ENHANCED.applies(plain_drive), Inapplicable)
    assert isinstance(NORMAL.applies(plain_drive), Applicable)


@pytest.mark.parametrize(
    ("bus", "bridge", "code"),
    [("usb", "", ReasonCode.BRIDGE), ("ata", "JMS578", ReasonCode.BRIDGE), ("scsi", "", ReasonCode.RAID_VOLUME)],
)
def test_it_is_never_tried_over_usb_or_a_controller(bus: str, bridge: str, code: ReasonCode) -> None:
    answer = NORMAL.applies(facts(bus=bus, bridge=bridge))
    assert isinstance(answer, Inapplicable)
    assert answer.reason.code is code
    bench = desk()
    assert codes(NORMAL.start(bench.ports, facts(bus=bus, bridge=bridge))) == [ReasonCode.UNSUPPORTED]
    assert bench.announced == []


@pytest.mark.parametrize("name", [SanitizeState.RUNNING, SanitizeState.FAILED])
def test_a_sanitize_that_runs_or_failed_stands_in_the_way(name: SanitizeState) -> None:
    ata = replace(ata_facts(), sanitize=SanitizeReport(name))
    assert isinstance(NORMAL.applies(facts(ata)), Inapplicable)


@pytest.mark.parametrize(("method", "kind"), [(ENHANCED, 2), (NORMAL, 0)])
def test_the_bytes_that_go_out(method: AtaSecurityErase, kind: int) -> None:
    ticket, bench = started(*UNTIL_ERASE, (ERASE, plain()), (IDENTIFY, OFF), method=method)
    assert bench.script.opcodes == [IDENTIFY, SET_PASSWORD, IDENTIFY, PREPARE, ERASE, IDENTIFY]
    (_, password, _), (_, erase, timeout) = bench.script.sent[1], bench.script.sent[4]
    assert password == b"\0\0" + PASSWORD + bytes(478)
    assert erase == bytes((kind, 0)) + PASSWORD + bytes(478)
    assert timeout == 7_200_000
    assert (ticket.accepted, codes(ticket)) == (True, [])


def test_the_password_is_announced_before_it_is_set() -> None:
    seen = desk((IDENTIFY, OFF))

    def full(_document: object) -> None:
        raise JournalError("full")

    with pytest.raises(JournalError):
        ENHANCED.start(replace(seen.ports, announce=full), facts())
    assert seen.script.opcodes == [IDENTIFY]
    _ticket, bench = started(*UNTIL_ERASE, (ERASE, plain()), (IDENTIFY, OFF))
    assert [(said["password_name"], said["password"]) for said in bench.announced] == [("etabli", PUBLISHED.text)] * 2
    assert [said["command"][42:44] for said in bench.announced] == ["f1", "f4"]


def test_nothing_comes_between_prepare_and_erase() -> None:
    bench = desk(*UNTIL_ERASE, (ERASE, plain()), (IDENTIFY, OFF))
    seen: list[tuple[str, int]] = []

    @contextmanager
    def busy(phase: str, seconds: int | None) -> Any:
        seen.append((phase, len(bench.script.sent)))
        yield
        seen.append((phase, len(bench.script.sent)))

    ports = bench.ports
    ENHANCED.start(replace(ports, busy=busy, announce=noted(ports.announce, seen, bench)), facts())
    assert seen == [("announce", 1), ("announce", 3), ("command", 3), ("command", 5)]


def noted(announce: Any, seen: list[tuple[str, int]], bench: Desk) -> Any:
    def note(document: dict[str, Any]) -> None:
        seen.append(("announce", len(bench.script.sent)))
        announce(document)

    return note


@pytest.mark.parametrize("now", [identify(w128=0x2B), LOCKED, SET, EXPIRED, identify(w128=1), identify(w10=0x5858)])
def test_a_drive_that_changed_since_it_was_planned_is_not_given_a_password(now: ScsiReply) -> None:
    ticket, bench = started((IDENTIFY, now))
    assert len(codes(ticket)) == 1
    assert bench.announced == []


@pytest.mark.parametrize("other", [identify(w10=0x5858), identify(w10=0x5858, w128=0x23)])
def test_another_drive_that_answers_to_the_password_is_not_erased(other: ScsiReply) -> None:
    ticket, bench = started((IDENTIFY, OFF), (SET_PASSWORD, plain()), (IDENTIFY, other))
    assert codes(ticket) == [ReasonCode.IDENTITY, ReasonCode.LOCKED]
    assert PUBLISHED.text in ticket.written.failures[1].detail
    assert [said["command"][42:44] for said in bench.announced] == ["f1"]


@pytest.mark.parametrize("w128", [0x21, 0x23, 0x27])
def test_another_drive_that_answers_after_the_erase_shows_nothing_of_the_planned_one(w128: int) -> None:
    ticket, bench = started(*UNTIL_ERASE, (ERASE, plain()), (IDENTIFY, identify(w10=0x5858, w128=w128)))
    assert codes(ticket) == [ReasonCode.IDENTITY, ReasonCode.LOCKED]
    assert (ticket.accepted, bench.accepted) == (False, [])
    assert bench.script.opcodes[-2:] == [ERASE, IDENTIFY], "nothing is sent to it"


@pytest.mark.parametrize("answer", [aborted(), TIMED_OUT, CUT, plain(b"")], ids=repr)
def test_a_password_that_does_not_show_is_a_failure_without_an_erase(answer: ScsiReply | OSError) -> None:
    ticket, bench = started((IDENTIFY, OFF), (SET_PASSWORD, answer), (IDENTIFY, OFF))
    assert len(codes(ticket)) == 1
    assert ERASE not in bench.script.opcodes


def test_a_password_of_unknown_fate_that_shows_is_taken_off() -> None:
    ticket, bench = started(
        (IDENTIFY, OFF), (SET_PASSWORD, TIMED_OUT), (IDENTIFY, SET), (DISABLE, plain()), (IDENTIFY, OFF)
    )
    assert codes(ticket) == [ReasonCode.TRANSPORT]
    assert [said["command"][42:44] for said in bench.announced] == ["f1", "f6"]


@pytest.mark.parametrize("answer", [aborted(), plain(), TIMED_OUT, CUT], ids=repr)
def test_a_drive_that_is_not_ready_is_not_erased(answer: ScsiReply | OSError) -> None:
    ticket, bench = started(*UNTIL_ERASE[:3], (PREPARE, answer), (IDENTIFY, SET), (DISABLE, plain()), (IDENTIFY, OFF))
    assert len(codes(ticket)) == 1
    assert ERASE not in bench.script.opcodes
    assert bench.accepted == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (aborted(), ReasonCode.ABORTED),
        (TIMED_OUT, ReasonCode.TRANSPORT),
        (CUT, ReasonCode.TRANSPORT),
        (check(b""), ReasonCode.TRANSPORT),
        (RESET, ReasonCode.HOST_RESET),
        (plain(), ReasonCode.ABORTED),
    ],
    ids=repr,
)
def test_an_erase_that_leaves_the_password_is_a_failure_and_the_password_goes(
    answer: ScsiReply | OSError, code: ReasonCode
) -> None:
    ticket, bench = started(
        *UNTIL_ERASE, (ERASE, answer), (IDENTIFY, LOCKED), (UNLOCK, plain()), (IDENTIFY, SET), (DISABLE, plain()),
        (IDENTIFY, OFF),
    )  # fmt: skip
    assert codes(ticket) == [code]
    assert (ticket.accepted, bench.accepted) == (False, [])
    assert [said["command"][42:44] for said in bench.announced] == ["f1", "f4", "f2", "f6"]
    assert bench.script.sent[-2][1] == b"\0\0" + PASSWORD + bytes(478)


def test_a_drive_that_stays_locked_tells_the_password() -> None:
    ticket, _bench = started(
        *UNTIL_ERASE, (ERASE, aborted()), (IDENTIFY, LOCKED), (UNLOCK, aborted()), (IDENTIFY, LOCKED)
    )
    assert codes(ticket) == [ReasonCode.ABORTED, ReasonCode.LOCKED]
    assert PUBLISHED.text in ticket.written.failures[1].detail


def test_a_password_that_cannot_be_taken_off_is_told() -> None:
    ticket, _bench = started(*UNTIL_ERASE, (ERASE, aborted()), (IDENTIFY, SET), (DISABLE, aborted()), (IDENTIFY, SET))
    assert codes(ticket) == [ReasonCode.ABORTED, ReasonCode.LOCKED]


def test_a_reset_that_shows_only_in_the_next_command_is_a_failure() -> None:
    ticket, bench = started(*UNTIL_ERASE, (ERASE, plain()), (IDENTIFY, RESET), (IDENTIFY, OFF))
    assert codes(ticket) == [ReasonCode.HOST_RESET]
    assert bench.accepted == []


@pytest.mark.parametrize("answer", [aborted(), TIMED_OUT, CUT, check(b"")], ids=repr)
def test_a_password_that_went_without_a_good_answer_proves_nothing(answer: ScsiReply | OSError) -> None:
    with pytest.raises(OSError, match="password is gone"):
        started(*UNTIL_ERASE, (ERASE, answer), (IDENTIFY, OFF))


@pytest.mark.parametrize("then", [TIMED_OUT, LOST, GONE, plain(bytes(512))], ids=repr)
def test_a_drive_that_is_silent_afterwards_is_unconfirmed(then: ScsiReply | OSError) -> None:
    with pytest.raises(OSError):  # noqa: PT011
        started(*UNTIL_ERASE, (ERASE, plain()), (IDENTIFY, then))


@pytest.mark.parametrize("step", [ERASE, PREPARE])
def test_a_drive_that_leaves_is_an_error(step: int) -> None:
    with pytest.raises(OSError, match="no such device"):
        started(*UNTIL_ERASE[: 3 if step == PREPARE else 4], (step, GONE))


@pytest.mark.parametrize(
    ("ticket", "now", "code"),
    [
        (ACCEPTED, SET, ReasonCode.ABORTED),
        (ACCEPTED, LOCKED, ReasonCode.ABORTED),
        (ACCEPTED, identify(w128=0x25), ReasonCode.ABORTED),
        (replace(ACCEPTED, accepted=False), OFF, ReasonCode.STATUS_UNREADABLE),
        (replace(ACCEPTED, accepted=False, seen_running=True), OFF, ReasonCode.STATUS_UNREADABLE),
    ],
)
def test_the_end_is_good_only_with_a_good_answer_and_no_password(
    ticket: Ticket, now: ScsiReply, code: ReasonCode
) -> None:
    found = ENHANCED.poll(desk((IDENTIFY, now)).ports, ticket)
    assert isinstance(found, Finished)
    assert [failure.code for failure in found.written.failures] == [code]
    assert found.written.completion is not None
    assert found.written.completion.succeeded is False


def test_a_good_end_is_completed() -> None:
    found = ENHANCED.poll(desk((IDENTIFY, OFF)).ports, ACCEPTED)
    assert isinstance(found, Finished)
    assert found.written.failures == ()
    assert found.written.completion is not None
    assert found.written.completion.succeeded is True


@pytest.mark.parametrize("answer", [TIMED_OUT, LOST, GONE, plain(bytes(512))], ids=repr)
def test_a_drive_that_does_not_identify_itself_is_not_finished(answer: ScsiReply | OSError) -> None:
    with pytest.raises(OSError):  # noqa: PT011
        ENHANCED.poll(desk((IDENTIFY, answer)).ports, ACCEPTED)


@pytest.mark.parametrize(
    ("minutes", "capacity", "seconds"),
    [
        (2, 10**9, 7200),
        (90, 10**12, 7200),
        (91, 10**12, 7260),
        (65532, 10**12, 65532 * 60 + 1800),
        (None, 10**9, 7200),
        (None, 3 * 10**12, 100_000 + 1800),
        (None, 10**18, 4_294_967.295),
    ],
)
def test_the_timeout_follows_the_estimate_and_fits_32_bits(minutes: int | None, capacity: int, seconds: float) -> None:
    assert timeout_ms(minutes, capacity) == int(seconds * 1000)


def test_the_estimate_is_that_of_the_right_kind() -> None:
    assert (ENHANCED.expected_seconds(facts()), NORMAL.expected_seconds(facts())) == (600, 1200)
    assert ENHANCED.expected_seconds(facts(ata_facts(w90=255))) is None
