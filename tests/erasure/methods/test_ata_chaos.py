"""Drives that answer anything at any moment: no order of answers makes an erase good that was not."""

import errno
from dataclasses import dataclass, field

from hypothesis import example, given, settings
from hypothesis import strategies as st

from erasure.ata.sense import CHECK_CONDITION
from erasure.methods.ata_sanitize import ATA_SANITIZE
from erasure.methods.ata_security import ATA_SECURITY
from erasure.methods.protocol import Finished, Working
from erasure.transport.ports import ScsiReply
from tests.erasure.ata.scripted import (
    DISABLE,
    DONE,
    ERASE,
    IDENTIFY,
    IDLE,
    PREPARE,
    RESET,
    RUNNING,
    SET_PASSWORD,
    STATUS,
    TIMED_OUT,
    UNLOCK,
    Desk,
    Script,
    aborted,
    check,
    facts,
    fixed,
    good,
    identify,
    plain,
)

ANYTHING = [plain(), aborted(), TIMED_OUT, RESET, check(b""), check(fixed(count=0x80)), OSError(errno.EINTR, "cut off")]
STATES = [good(IDLE), good(RUNNING, 655), good(DONE), aborted(1), aborted(2), good(DONE, extend=0), *ANYTHING]
IDENTITIES = [
    identify(),
    identify(w128=0x23),
    identify(w128=0x27),
    identify(w128=0x37),
    identify(w10=0x5858),
    *ANYTHING,
]
answers = st.lists(st.integers(0, 99), min_size=24, max_size=24)


@dataclass
class Whimsical(Script):
    """Answers what the numbers choose, and remembers it."""

    numbers: list[int] = field(default_factory=list)
    told: list[tuple[int, bytes, ScsiReply | OSError]] = field(default_factory=list)

    def command(self, cdb: bytes, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> ScsiReply:
        choices = IDENTITIES if cdb[14] == IDENTIFY else STATES
        if cdb[14] == PREPARE:
            choices = [good(), *ANYTHING]
        elif cdb[14] in (SET_PASSWORD, ERASE, UNLOCK, DISABLE):
            choices = [plain(), plain(), *ANYTHING]
        reply = choices[self.numbers.pop(0) % len(choices)] if self.numbers else TIMED_OUT
        self.told.append((cdb[14], cdb, reply))
        if isinstance(reply, OSError):
            raise reply
        return reply


def whimsical(numbers: list[int]) -> tuple[Desk, Whimsical]:
    script = Whimsical([], numbers=list(numbers))
    return Desk(script), script


@settings(max_examples=400)
@given(numbers=answers, enhanced=st.booleans())
@example(numbers=[0, 0, 1, 0, 0, 4], enhanced=False)  # another drive answers after the erase
def test_a_security_erase_is_good_only_after_a_good_answer_and_an_open_drive(
    numbers: list[int],
    enhanced: bool,  # noqa: FBT001
) -> None:
    method = ATA_SECURITY[0 if enhanced else 1]
    desk, drive = whimsical(numbers)
    try:
        ticket = method.start(desk.ports, facts())
    except OSError:
        assert desk.accepted == []
        return
    erased = [at for at, (code, _cdb, reply) in enumerate(drive.told) if code == ERASE and reply == plain()]
    assert len(erased) <= 1
    if not ticket.accepted:
        assert ticket.written.failures
        assert desk.accepted == []
        return
    after = erased[0] + 1
    assert drive.told[after - 2][0] == PREPARE
    assert drive.told[after] == (IDENTIFY, drive.told[after][1], identify())
    assert ticket.written.failures == ()


@settings(max_examples=400)
@given(numbers=answers, row=st.sampled_from(ATA_SANITIZE), start_clean=st.booleans())
def test_a_sanitize_ends_well_only_on_a_readable_success(
    numbers: list[int],
    row: object,
    start_clean: bool,  # noqa: FBT001
) -> None:
    method = ATA_SANITIZE[ATA_SANITIZE.index(row)]  # type: ignore[arg-type]
    desk, drive = whimsical([0, 0, *numbers] if start_clean else numbers)
    try:
        ticket = method.start(desk.ports, facts())
        found = None if ticket.written.failures else method.poll(desk.ports, ticket)
    except OSError:
        return
    sent = [(cdb, reply) for code, cdb, reply in drive.told if code == STATUS and cdb[4]]
    assert len(sent) == len(desk.announced)
    if isinstance(found, Finished) and not found.written.failures:
        last = drive.told[-1][2]
        assert last == good(DONE)
        assert any(isinstance(reply, ScsiReply) and reply.status == CHECK_CONDITION for _cdb, reply in sent) or (
            ticket.seen_running
        )
    assert found is None or isinstance(found, (Finished, Working))


def test_the_whims_reach_the_good_end() -> None:
    desk, _drive = whimsical([0, 0, 1, 0, 0, 0])
    assert ATA_SECURITY[0].start(desk.ports, facts()).accepted is True
    desk, _drive = whimsical([0, 0, 1, 2])
    ticket = ATA_SANITIZE[0].start(desk.ports, facts())
    found = ATA_SANITIZE[0].poll(desk.ports, ticket)
    assert isinstance(found, Finished)
    assert found.written.failures == ()
