"""SANITIZE: sent once, announced first, and believed only when it was accepted or seen at work."""

import errno
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from erasure.announcement import Announced
from erasure.applicability import Applicable
from erasure.methods import method_named
from erasure.methods.protocol import Finished, Ticket, Working
from erasure.methods.scsi_sanitize import SCSI_SANITIZE
from erasure.outcome import Level, ReasonCode
from erasure.passes import NOTHING_WRITTEN, Ports
from erasure.sanitizing import SanitizeReport, SanitizeState
from erasure.scsi.reading import read_scsi
from tests.erasure.scsi.scripted_drive import (
    BECOMING_READY,
    INVALID_OPCODE,
    NO_SENSE,
    SANITIZE_FAILED,
    SANITIZING,
    ScriptedDrive,
    capacity_16,
    check,
    good,
    sas_drive,
)

BLOCK, OVERWRITE, CRYPTO = SCSI_SANITIZE
REST = {"x03": good(NO_SENSE), "x00": good()}


@dataclass
class Run:
    """A drive behind the guard, and the journal that the guard obeys."""

    drive: ScriptedDrive
    announced: list[Any] = field(default_factory=list)
    accepted: list[Any] = field(default_factory=list)

    @property
    def ports(self) -> Any:
        guard = Announced(self.drive.ports, self.announced.append)
        blank: Any = dict.fromkeys(Ports.__dataclass_fields__)
        return Ports(**{**blank, "commands": guard.ports, "announce": guard.announce, "accepted": self.accepted.append})

    def start(self, method: Any = BLOCK) -> Ticket:
        ticket: Ticket = method.start(self.ports, None)
        return ticket

    def poll(self, *, accepted: bool = False, seen: bool = False) -> Any:
        return BLOCK.poll(self.ports, Ticket(BLOCK.id, NOTHING_WRITTEN, accepted=accepted, seen_running=seen))


def facts_of(facts: Any, drive: ScriptedDrive, bus: str = "scsi", **given: Any) -> Any:
    return facts({"bus": bus}, scsi=read_scsi(drive, bus=bus), **given)


def test_the_rows_are_those_of_the_contract() -> None:
    assert [row.id for row in SCSI_SANITIZE] == [f"scsi.sanitize.{name}" for name in ("block", "overwrite", "crypto")]
    assert all(method_named(row.id).level is Level.PURGE for row in SCSI_SANITIZE)


def test_what_the_drive_announces_applies_and_nothing_else(facts: Any) -> None:
    found = facts_of(facts, sas_drive())
    assert BLOCK.applies(found) == Applicable(BLOCK.id, Level.PURGE)
    assert OVERWRITE.applies(found) == Applicable(OVERWRITE.id, Level.PURGE)
    assert CRYPTO.applies(found).reason.detail == "the drive announces no crypto erase"


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"scsi": None}, ReasonCode.UNSUPPORTED, "no SCSI commands"),
        ({"bus": "usb"}, ReasonCode.BRIDGE, "USB bridge"),
        ({"translates_ata": True}, ReasonCode.UNSUPPORTED, "translation"),
        ({"sanitize_block": None}, ReasonCode.UNSUPPORTED, "does not say whether it has block erase"),
        ({"logical_sector": 520}, ReasonCode.SIZE, "sectors of 520 bytes"),
        ({"read_only": True}, ReasonCode.READ_ONLY, "refuses writes"),
    ],
)
def test_every_no_has_its_reason(facts: Any, change: dict[str, Any], code: ReasonCode, words: str) -> None:
    found = facts_of(facts, sas_drive(), change.get("bus", "scsi"))
    inner = {name: value for name, value in change.items() if name not in ("bus", "scsi", "read_only")}
    found = replace(found, scsi=replace(found.scsi, **inner), read_only="read_only" in change)
    reason = BLOCK.applies(replace(found, scsi=None) if "scsi" in change else found).reason
    assert (reason.code, words in reason.detail) == (code, True)


def test_a_drive_under_sanitize_may_still_be_asked_whether_it_applies(facts: Any) -> None:
    closed = check(SANITIZING)
    told = {
        "x9e10": closed,
        "xa3": closed,
        "xa30c02480002": closed,
        "x5a": closed,
        "x03": good(SANITIZING),
        "x00": closed,
    }
    found = facts_of(facts, sas_drive(**told))
    assert found.scsi.sanitize_block is None
    assert isinstance(BLOCK.applies(found), Applicable)


def test_it_is_announced_sent_once_and_accepted() -> None:
    run = Run(sas_drive())
    ticket = run.start(OVERWRITE)
    assert run.announced == [
        {"method": OVERWRITE.id, "command": "48 81 00 00 00 00 00 00 08 00", "list": "01 00 00 04 00 00 00 00"}
    ]
    assert (run.drive.sanitizes, run.drive.out[-1]) == (
        [bytes.fromhex("48810000000000000800")],
        bytes.fromhex("0100000400000000"),
    )
    assert (ticket.accepted, ticket.written.failures, run.accepted[0]["notes"]) == (True, (), ticket.notes)


@pytest.mark.parametrize("before", [NO_SENSE, SANITIZE_FAILED], ids=["at rest", "failed before"])
def test_a_certain_refusal_is_a_failure_that_quotes_the_drive(before: bytes) -> None:
    run = Run(sas_drive(x48=check(INVALID_OPCODE), x03=good(before)))
    ticket = run.start()
    assert [reason.code for reason in ticket.written.failures] == [ReasonCode.ABORTED]
    assert "5/20/00" in ticket.written.failures[0].detail
    assert (ticket.accepted, run.accepted, len(run.drive.sanitizes)) == (False, [], 1)


@pytest.mark.parametrize(
    "reply",
    [
        OSError(errno.EINTR, "interrupted"),
        good(host_status=7),
        good(driver_status=6),
        good(resid=8),
        good(info=1),
        check(b""),
        check(bytes(18)),
        check(b"\xff" * 18),
        good(status=0x08),
    ],
)
def test_an_unknown_fate_is_neither_retried_nor_believed(reply: Any) -> None:
    run = Run(sas_drive(x48=reply))
    with pytest.raises(OSError, match="SANITIZE"):
        run.start()
    assert (len(run.drive.sanitizes), run.accepted) == (1, [])


@pytest.mark.parametrize("reply", [OSError(errno.EINTR, "interrupted"), check(INVALID_OPCODE), check(b"")])
def test_a_drive_that_is_at_work_after_all_is_followed(reply: Any) -> None:
    run = Run(sas_drive(x48=reply, x03=[good(NO_SENSE), good(SANITIZING)], x00=[good(), check(SANITIZING)]))
    ticket = run.start()
    assert (ticket.accepted, ticket.seen_running, ticket.written.failures) == (False, True, ())


@pytest.mark.parametrize("told", [good(SANITIZING), good(bytes(18))], ids=["at work", "illegible"])
def test_a_drive_that_is_not_at_rest_gets_no_command(told: Any) -> None:
    run = Run(sas_drive(x03=told))
    with pytest.raises(OSError, match=r"at work|readable"):
        run.start()
    assert (run.announced, run.drive.sanitizes) == ([], [])


def test_progress_is_told_in_65536ths() -> None:
    state = Run(sas_drive(x03=good(SANITIZING), x00=check(SANITIZING))).poll(accepted=True)
    assert isinstance(state, Working)
    assert (state.done, "2/04/1b" in state.detail) == (0x4000, True)


def test_a_drive_that_is_becoming_ready_is_waited_for() -> None:
    state = Run(sas_drive(x03=good(BECOMING_READY), x00=check(BECOMING_READY))).poll(accepted=True)
    assert isinstance(state, Working)
    assert state.done is None


@pytest.mark.parametrize("how", [{"accepted": True}, {"seen": True}])
def test_ready_after_it_was_accepted_or_seen_is_a_success(how: dict[str, bool]) -> None:
    state = Run(sas_drive(**REST)).poll(**how)
    assert isinstance(state, Finished)
    assert state.written.failures == ()
    assert state.written.completion is not None
    assert state.written.completion.succeeded


def test_a_drive_that_is_ready_without_ever_having_begun_proves_nothing() -> None:
    written = Run(sas_drive(**REST)).poll().written
    assert [reason.code for reason in written.failures] == [ReasonCode.STATUS_UNREADABLE]
    assert not written.completion.succeeded


def test_a_failed_sanitize_is_a_failure_however_it_began() -> None:
    written = Run(sas_drive(x03=good(SANITIZE_FAILED), x00=check(SANITIZE_FAILED))).poll(accepted=True).written
    assert [reason.code for reason in written.failures] == [ReasonCode.ABORTED]
    assert (written.completion.succeeded, "3/31/03" in written.failures[0].detail) == (False, True)


@pytest.mark.parametrize("told", [good(bytes(18)), good(b""), check(INVALID_OPCODE), good(NO_SENSE, host_status=1)])
def test_an_unreadable_status_is_never_a_success(told: Any) -> None:
    with pytest.raises(OSError, match="no readable answer"):
        Run(sas_drive(x03=told)).poll(accepted=True)


def test_a_refused_ticket_stays_refused() -> None:
    run = Run(sas_drive(x48=check(INVALID_OPCODE)))
    ticket = run.start()
    assert BLOCK.poll(run.ports, ticket) == Finished(ticket.written)


def test_a_sanitize_that_was_started_elsewhere_is_in_the_facts(facts: Any) -> None:
    found = facts_of(facts, sas_drive(x03=good(SANITIZING), x00=check(SANITIZING), x9e10=check(SANITIZING)))
    assert found.sanitize == SanitizeReport(
        SanitizeState.RUNNING, "", 0x4000, None, found.scsi.sanitize.detail, SANITIZING.hex()
    )


def test_a_drive_with_protection_wants_a_write_before_it_is_read(facts: Any) -> None:
    found = facts_of(facts, sas_drive(x9e10=good(capacity_16(protection=1))))
    assert found.scsi.write_needed_after_block
