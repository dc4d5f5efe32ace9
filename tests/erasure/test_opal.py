"""Opal: what its flags mean, and a revert that never tells the PSID and never claims an erase."""

import errno
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.announcement import Announced
from erasure.drive import OpalFacts
from erasure.methods import Applicable, MethodKind
from erasure.methods.opal_revert import OPAL_REVERT
from erasure.methods.protocol import Ticket
from erasure.opal import decode_flags, read_opal
from erasure.outcome import Level, ReasonCode
from erasure.passes import NOTHING_WRITTEN, Ports, Secrets
from erasure.transport.ports import CommandPorts

REVERT = OPAL_REVERT[0]
PSID = "DEMO0001" * 4


@dataclass
class ScriptedOpal:
    flags: Any = 0x0F
    answer: Any = 0
    sent: list[bytes] = field(default_factory=list)

    def status(self) -> int:
        if isinstance(self.flags, OSError):
            raise self.flags
        return int(self.flags)

    def psid_revert(self, psid: bytes) -> int:
        self.sent.append(psid)
        if isinstance(self.answer, OSError):
            raise self.answer
        return int(self.answer)


@dataclass
class Disk:
    """A first sector that can be read, or not."""

    fails: bool = False

    def reopen_for_reading(self) -> Any:
        return nullcontext(self)

    def sector_sizes(self) -> tuple[int, int]:
        return 512, 512

    def pread_into(self, buffer: memoryview, offset: int) -> int:
        if self.fails:
            raise OSError(errno.EIO, "locked")
        return len(buffer)


@dataclass
class Run:
    drive: ScriptedOpal
    psid: str = PSID
    disk: Disk = field(default_factory=Disk)
    journal: list[Any] = field(default_factory=list)

    @property
    def ports(self) -> Any:
        guard = Announced(CommandPorts(opal=self.drive), self.journal.append, self.journal.append)
        blank: Any = dict.fromkeys(Ports.__dataclass_fields__)
        known = {"commands": guard.ports, "announce": guard.announce, "accepted": self.journal.append}
        told = {"busy": lambda *_: nullcontext(), "secrets": Secrets(psid=self.psid), "block": self.disk}
        return Ports(**{**blank, **known, **told})

    def start(self) -> Ticket:
        return REVERT.start(self.ports, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        (0, None),
        (0x0E, None),
        (0x01, (False, False)),
        (0x07, (True, False)),
        (0x0F, (True, True)),
        (0x17, (True, True)),
        (0x37, (True, False)),
        (-1, None),
        (1 << 31 | 1, None),
    ],
)
def test_the_flags_tell_what_keeps_people_out(flags: int, found: Any) -> None:
    told = decode_flags(flags)
    assert (told and (told.locking_enabled, told.locked)) == found


@given(st.integers(-(2**40), 2**40))
def test_random_flags_never_raise(flags: int) -> None:
    told = decode_flags(flags)
    assert told is None or flags & 1


@pytest.mark.parametrize("error", [errno.EOPNOTSUPP, errno.ENOTTY, 524])
def test_a_drive_without_opal_has_no_facts(error: int) -> None:
    assert read_opal(ScriptedOpal(OSError(error, "no"))) is None


def test_a_drive_that_left_is_an_error() -> None:
    with pytest.raises(OSError, match="gone"):
        read_opal(ScriptedOpal(OSError(errno.ENODEV, "gone")))


def test_it_opens_only_what_opal_locks_and_earns_nothing(facts: Any) -> None:
    locked = facts(opal=OpalFacts(supported=True, locking_enabled=True, locked=True, flags=0x0F))
    opened = facts(opal=OpalFacts(supported=True, locking_enabled=True, locked=False, flags=0x07))
    assert REVERT.applies(locked) == Applicable("opal.psid-revert", Level.NONE)
    assert REVERT.applies(opened).reason.detail == "Opal does not lock the drive"  # type: ignore[union-attr]
    assert REVERT.applies(facts()).reason.code is ReasonCode.UNSUPPORTED  # type: ignore[union-attr]
    assert REVERT.kind is MethodKind.RECOVERY


@pytest.mark.parametrize("typed", [PSID, "-".join(PSID[at : at + 4] for at in range(0, 32, 4)), f" {PSID} "])
def test_the_label_may_be_typed_as_it_is_printed(typed: str) -> None:
    run = Run(ScriptedOpal(flags=[0x07][0]), psid=typed)
    ticket = run.start()
    assert run.drive.sent == [PSID.encode()]
    assert ticket.accepted
    assert REVERT.poll(run.ports, ticket).written.failures == ()  # type: ignore[union-attr]


@pytest.mark.parametrize("typed", ["", "short", PSID + "X", "é" * 32, "DEMO\n001" * 4])
def test_what_cannot_be_a_psid_is_not_sent(typed: str) -> None:
    run = Run(ScriptedOpal(), psid=typed)
    ticket = run.start()
    assert [reason.code for reason in ticket.written.failures] == [ReasonCode.LOCKED]
    assert (run.drive.sent, run.journal) == ([], [])


def test_the_psid_reaches_no_journal_and_no_trace() -> None:
    run = Run(ScriptedOpal(flags=0x07))
    run.start()
    assert run.journal[0] == {"method": "opal.psid-revert", "command": "IOC_OPAL_PSID_REVERT_TPR"}
    assert PSID not in repr(run.journal)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (0x01, ReasonCode.LOCKED, "the PSID is not that of this drive"),
        (0x12, ReasonCode.LOCKED, "too many wrong PSIDs"),
        (0x3F, ReasonCode.ABORTED, "status 3fh"),
        (-1, ReasonCode.ABORTED, "status"),
    ],
)
def test_a_refusal_is_told_in_words(status: int, code: ReasonCode, words: str) -> None:
    run = Run(ScriptedOpal(answer=status))
    ticket = run.start()
    reason = ticket.written.failures[0]
    assert (reason.code, words in reason.detail, ticket.accepted) == (code, True, False)
    assert PSID not in reason.detail


def test_an_unknown_fate_is_an_error_and_nothing_is_sent_again() -> None:
    run = Run(ScriptedOpal(answer=OSError(errno.EINTR, "interrupted")))
    with pytest.raises(OSError, match="interrupted"):
        run.start()
    assert len(run.drive.sent) == 1


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (Run(ScriptedOpal(flags=0x0F)), "still locked: switch the drive off and on"),
        (Run(ScriptedOpal(flags=0x07), disk=Disk(fails=True)), "cannot be read yet: switch the drive off and on"),
    ],
)
def test_a_drive_that_wants_to_be_switched_off_first_says_so(run: Run, words: str) -> None:
    written = REVERT.poll(run.ports, run.start()).written  # type: ignore[union-attr]
    assert [reason.code for reason in written.failures] == [ReasonCode.LOCKED]
    assert words in written.failures[0].detail


def test_an_open_drive_that_nobody_saw_reverted_proves_nothing() -> None:
    ticket = Ticket(REVERT.id, NOTHING_WRITTEN, accepted=False)
    written = REVERT.poll(Run(ScriptedOpal(flags=0x07)).ports, ticket).written  # type: ignore[union-attr]
    assert [reason.code for reason in written.failures] == [ReasonCode.STATUS_UNREADABLE]
