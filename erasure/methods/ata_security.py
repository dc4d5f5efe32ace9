"""SECURITY ERASE UNIT of ATA drives, normal and enhanced: only where a person allowed it (drives, 3.5 and 6.2).

Nothing is erased without a password, so one is set first: a published one, journalled before. Whatever goes wrong, it
is taken off again. Never over USB: a bridge that passes the password and refuses the erase leaves the drive locked.
"""

import errno
from dataclasses import dataclass

from erasure.applicability import Applicable, Inapplicable
from erasure.ata.access import busy_or_stuck, direct, no_way
from erasure.ata.erase_unit import Afterwards, Attempt, erase_unit, look_after, timeout_ms
from erasure.ata.facts import AtaFacts, AtaSecurity
from erasure.ata.identify import Identify
from erasure.ata.passthrough import START_MS, ask_whatever_comes
from erasure.ata.password import PUBLISHED, block
from erasure.ata.pin import identify_now, stranger
from erasure.ata.sense import AtaReply, Fate
from erasure.ata.taskfile import SECURITY_ERASE_UNIT, SECURITY_SET_PASSWORD
from erasure.ata.unlock import announcement, identify_patiently, left, needs_opening, open_with
from erasure.canaries import look
from erasure.drive import DriveFacts
from erasure.methods.protocol import Finished, MethodKind, Stuck, Ticket, Working
from erasure.outcome import Level, Reason, ReasonCode
from erasure.passes import NOTHING_WRITTEN, Completion, Evidence, Ports, Written
from erasure.sanitizing import SanitizeState
from erasure.transport.ports import ScsiPort


@dataclass(frozen=True, slots=True)
class AtaSecurityErase:
    """One kind of erase."""

    id: str
    level: Level
    enhanced: bool
    version: int = 1
    kind: MethodKind = MethodKind.FIRMWARE

    def applies(self, facts: DriveFacts) -> Applicable | Inapplicable:
        """Say whether a password may be set on this drive and the erase be trusted to take it off. Pure."""
        reason = no_way(facts) or (facts.ata and self._unfit(facts, facts.ata))
        return Inapplicable(self.id, reason) if reason else Applicable(self.id, self.level)

    def _unfit(self, facts: DriveFacts, ata: AtaFacts) -> Reason | None:
        if not direct(facts):
            return Reason(ReasonCode.BRIDGE, "ATA security commands are never sent through a bridge or a controller")
        if ata.sanitize.state is SanitizeState.FAILED:
            return Reason(ReasonCode.UNSUPPORTED, "after a failed sanitize the drive takes only another sanitize")
        return busy_or_stuck(ata) or not_ready(ata.security, enhanced=self.enhanced)

    def uncovered(self, facts: DriveFacts) -> tuple[Reason, ...]:  # noqa: ARG002
        """What it may leave, hidden areas, stands in the ledger."""
        return ()

    def expected_seconds(self, facts: DriveFacts) -> int | None:
        """Words 89 and 90."""
        told = None if facts.ata is None else self._minutes(facts.ata.security)
        return None if told is None else told * 60

    def _minutes(self, security: AtaSecurity) -> int | None:
        return security.enhanced_minutes if self.enhanced else security.normal_minutes

    def start(self, ports: Ports, facts: DriveFacts) -> Ticket:
        """Set the published password, erase, look whether it is gone. Blocks until the drive is done.

        Raises JournalError; OSError when nobody can say what the drive did.
        """
        port, ata = ports.commands.scsi, facts.ata
        if port is None or ata is None or not direct(facts):
            return self._ended(Reason(ReasonCode.UNSUPPORTED, "no ATA drive answers here"))
        if obstacles := self._before(port, ata):
            return self._ended(*obstacles)
        if obstacles := self._set_password(ports, port, ata):
            return self._ended(*obstacles)
        ms = timeout_ms(self._minutes(ata.security), max(ata.bytes, facts.size_bytes))
        ports.announce({**announcement(self.id, SECURITY_ERASE_UNIT, PUBLISHED), "timeout_ms": str(ms)})
        with ports.busy("command", self.expected_seconds(facts)):
            attempt = erase_unit(port, enhanced=self.enhanced, timeout_ms=ms)
        after = look_after(port)
        if others := another(ata, after.found):
            return self._ended(*others)
        return self._judged(ports, port, attempt, after)

    def _before(self, port: ScsiPort, ata: AtaFacts) -> tuple[Reason, ...]:
        found, _reply = identify_now(port)
        if others := stranger(ata, found):
            return others
        reason = found and not_ready(found.security, enhanced=self.enhanced)
        return (reason,) if reason else ()

    def _set_password(self, ports: Ports, port: ScsiPort, ata: AtaFacts) -> tuple[Reason, ...]:
        """Set the published password; empty when IDENTIFY shows it. Otherwise it is taken off again."""
        ports.announce(announcement(self.id, SECURITY_SET_PASSWORD, PUBLISHED))
        reply = ask_whatever_comes(port, SECURITY_SET_PASSWORD, timeout_ms=START_MS, data_out=block(PUBLISHED))
        found = identify_patiently(port)
        if others := another(ata, found):
            return others
        if reply.fate is Fate.GOOD and found is not None and found.security.enabled:
            return ()
        failure = Reason(code_of(reply), f"the drive did not take the password: {reply.words}")
        return (failure, *take_off(ports, port, found))

    def _judged(self, ports: Ports, port: ScsiPort, attempt: Attempt, after: Afterwards) -> Ticket:
        """Weigh the answer and the state afterwards together. Raises OSError when they leave the question open."""
        words, found = attempt.reply.words, after.found
        reset = after.reset or attempt.reply.was_reset
        if found is None:
            raise OSError(errno.EIO, f"the drive does not identify itself after the erase command: {words}")
        good = attempt.sent and attempt.reply.fate is Fate.GOOD and not reset
        if good and not needs_opening(found):
            notes = {"reply": words, "security": security_words(found)}
            ports.accepted({"method": self.id, "reply": words, "notes": notes})
            return Ticket(self.id, NOTHING_WRITTEN, accepted=True, notes=notes)
        if attempt.sent and not reset and not needs_opening(found):
            raise OSError(errno.EIO, f"the password is gone, and the erase was not answered well: {words}")
        if reset:
            failure = Reason(ReasonCode.HOST_RESET, f"the drive was reset during the erase: {words}")
        elif good:
            failure = Reason(ReasonCode.ABORTED, f"the drive said it was done and is still protected: {words}")
        else:
            failure = Reason(code_of(attempt.reply), f"the drive did not carry out the erase: {words}")
        return self._ended(failure, *take_off(ports, port, found))

    def _ended(self, *reasons: Reason) -> Ticket:
        return Ticket(self.id, Written((), (), 0, reasons), accepted=False)

    def poll(self, ports: Ports, ticket: Ticket) -> Working | Finished | Stuck:
        """Identify the drive: it is done when no password is left. Raises OSError when it does not answer legibly."""
        port = ports.commands.scsi
        found = None if port is None else identify_patiently(port)
        if found is None:
            raise OSError(errno.EIO, "the drive does not identify itself")
        return ended(ticket, found)

    def confirm(self, ports: Ports, facts: DriveFacts) -> Evidence:
        """Look for what the erase had to destroy. Raises RunInterrupted, OSError."""
        return look(ports, facts)


def not_ready(security: AtaSecurity, *, enhanced: bool) -> Reason | None:
    """Say why no erase can begin in this security state; None when one can. Pure."""
    faults = (
        (not security.supported, ReasonCode.UNSUPPORTED, "the drive announces no security feature set"),
        (enhanced and not security.enhanced, ReasonCode.UNSUPPORTED, "the drive announces no enhanced erase"),
        (security.count_expired, ReasonCode.COUNT_EXPIRED, "too many wrong passwords: switch the drive off and on"),
        (security.locked, ReasonCode.LOCKED, "the drive is locked with a password"),
        (security.frozen, ReasonCode.FROZEN, "ATA security is frozen: switch the drive off and on"),
        (security.enabled, ReasonCode.LOCKED, "a password is set on the drive already"),
    )
    return next((Reason(code, detail) for wrong, code, detail in faults if wrong), None)


def another(planned: AtaFacts, found: Identify | None) -> tuple[Reason, ...]:
    """Say that another drive answers since the password was set: it shows nothing of the planned one, and is let be.

    Empty also where none answers legibly. Pure.
    """
    others = () if found is None else stranger(planned, found)
    if not others:
        return ()
    return (
        *others,
        Reason(ReasonCode.LOCKED, f"the drive that was planned may have the published password {PUBLISHED.text}"),
    )


def take_off(ports: Ports, port: ScsiPort, found: Identify | None) -> tuple[Reason, ...]:
    """Take the published password off; give what is left in the way. Raises JournalError, OSError."""
    if found is not None and not needs_opening(found):
        return ()
    obstacles = left(open_with(ports, port, PUBLISHED, found))
    told = f"the published password is {PUBLISHED.text}"
    return tuple(Reason(obstacle.code, f"{obstacle.detail}; {told}") for obstacle in obstacles)


def code_of(reply: AtaReply) -> ReasonCode:
    """Tell a refusal from an answer that nobody can read. Pure."""
    return ReasonCode.TRANSPORT if reply.fate is Fate.UNKNOWN else ReasonCode.ABORTED


def security_words(found: Identify) -> str:
    """Name the security bits that count at the end."""
    state = found.security
    return f"enabled {state.enabled:d} locked {state.locked:d} frozen {state.frozen:d} expired {state.count_expired:d}"


def ended(ticket: Ticket, found: Identify) -> Finished:
    """Judge the drive as it is now: no password left, and the erase was answered well. Pure."""
    clean, words = not needs_opening(found), security_words(found)
    failures: tuple[Reason, ...] = ()
    if not clean:
        failures = (Reason(ReasonCode.ABORTED, f"a password is still set, so the erase did not end: {words}"),)
    elif not ticket.accepted:
        failures = (Reason(ReasonCode.STATUS_UNREADABLE, f"no good answer to the erase was ever read: {words}"),)
    completion = Completion(
        accepted=ticket.accepted,
        seen_running=ticket.seen_running,
        succeeded=clean and ticket.accepted,
        action_matches=ticket.accepted,
        raw={"security": words},
    )
    return Finished(Written((), (), 0, failures, completion))


ATA_SECURITY = (
    AtaSecurityErase("ata.security.enhanced", Level.PURGE, enhanced=True),
    AtaSecurityErase("ata.security.normal", Level.CLEAR, enhanced=False),
)
