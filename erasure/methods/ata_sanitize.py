"""SANITIZE DEVICE of ATA drives: CRYPTO SCRAMBLE, BLOCK ERASE, OVERWRITE (drives, 3.6; ACS, sanitize feature set).

FAILURE MODE is always 0: a failed sanitize can only be followed by another one. The drive does not say which action
it carries out; the trace of the commands does.
"""

import errno
from dataclasses import asdict, dataclass

from erasure.applicability import Applicable, Inapplicable
from erasure.ata import sanitize_status
from erasure.ata.access import busy_or_stuck, direct, no_way
from erasure.ata.facts import AtaFacts
from erasure.ata.passthrough import START_MS, ask, cdb
from erasure.ata.pin import identify_now, stranger
from erasure.ata.sanitize_status import UNSUPPORTED, abort_words
from erasure.ata.sense import AtaReply, Fate
from erasure.ata.taskfile import (
    BLOCK_ERASE,
    CRYPTO_SCRAMBLE,
    OVERWRITE,
    PLAIN_OVERWRITE,
    SANITIZE_STATUS,
    Taskfile,
)
from erasure.canaries import look
from erasure.drive import DriveFacts
from erasure.methods.protocol import Finished, MethodKind, Stuck, Ticket, Working
from erasure.outcome import Level, Reason, ReasonCode
from erasure.passes import NOTHING_WRITTEN, Completion, Evidence, Ports, Written
from erasure.sanitizing import SanitizeReport, SanitizeState
from erasure.transport.ports import ScsiPort

NAMES = {"block": "block erase", "overwrite": "overwrite", "crypto": "crypto scramble"}
NOT_NOW = {SanitizeState.RUNNING: ReasonCode.IN_USE, SanitizeState.UNKNOWN: ReasonCode.STATUS_UNREADABLE}


@dataclass(frozen=True, slots=True)
class AtaSanitize:
    """One action. `commands` are tried in order: a further one only where the drive calls the first unsupported."""

    action: str
    commands: tuple[Taskfile, ...]
    version: int = 1
    level: Level = Level.PURGE
    kind: MethodKind = MethodKind.FIRMWARE

    @property
    def id(self) -> str:
        """Name in certificates."""
        return f"ata.sanitize.{self.action}"

    def applies(self, facts: DriveFacts) -> Applicable | Inapplicable:
        """Say whether the drive announces this action and can be followed while it is at it. Pure."""
        reason = no_way(facts) or (facts.ata and self._unfit(facts, facts.ata))
        return Inapplicable(self.id, reason) if reason else Applicable(self.id, self.level)

    def _unfit(self, facts: DriveFacts, ata: AtaFacts) -> Reason | None:
        if not getattr(ata, f"sanitize_{self.action}"):
            return Reason(ReasonCode.UNSUPPORTED, f"the drive announces no {NAMES[self.action]}")
        if not ata.registers_readable or ata.sanitize.state is SanitizeState.UNKNOWN:
            return unreadable(facts)
        if ata.security.locked and not ata.sanitize_overrides_lock:
            return Reason(ReasonCode.LOCKED, "the drive is locked with a password")
        if ata.sanitize_frozen or ata.sanitize.state is SanitizeState.FROZEN:
            return Reason(ReasonCode.FROZEN, "sanitize is frozen: switch the drive off and on")
        return busy_or_stuck(ata)

    def uncovered(self, facts: DriveFacts) -> tuple[Reason, ...]:  # noqa: ARG002
        """A sanitize reaches every sector, also those that were put out of use."""
        return ()

    def expected_seconds(self, facts: DriveFacts) -> int | None:
        """For an overwrite what the drive says of an erase of all sectors; nothing is said of the others."""
        if self.action != "overwrite" or facts.ata is None:
            return None
        told = facts.ata.security.enhanced_minutes or facts.ata.security.normal_minutes
        return told * 60 if told else None

    def start(self, ports: Ports, facts: DriveFacts) -> Ticket:
        """Send the command. Raises JournalError; OSError when nobody can say whether the drive took it."""
        port, ata = ports.commands.scsi, facts.ata
        if port is None or ata is None:
            return self._refused(Reason(ReasonCode.UNSUPPORTED, "no ATA drive answers here"))
        if others := stranger(ata, identify_now(port)[0]):
            return self._refused(*others)
        state = status(port)
        if state.state in NOT_NOW:
            detail = f"nothing was sent: the sanitize status is {state.state.value}: {state.detail}"
            return self._refused(Reason(NOT_NOW[state.state], detail))
        return self._send(ports, port)

    def _send(self, ports: Ports, port: ScsiPort) -> Ticket:
        """Announce and send; another form of the command only after a readable "unsupported"."""
        refusals: list[Reason] = []
        for command in self.commands:
            ports.announce({"method": self.id, "port": "scsi", "command": cdb(command).hex(" ")})
            try:
                reply = ask(port, command, timeout_ms=START_MS)
            except OSError as error:
                return self._found_running(port, error)
            notes = {"command": cdb(command).hex(" "), "reply": reply.words}
            if reply.fate is Fate.GOOD:
                ports.accepted({"method": self.id, "reply": reply.words, "notes": notes})
                return Ticket(self.id, NOTHING_WRITTEN, accepted=True, notes=notes)
            if reply.fate is Fate.UNKNOWN or reply.registers is None:
                return self._found_running(port, OSError(errno.EIO, f"no legible answer to the command: {reply.words}"))
            refusals.append(Reason(ReasonCode.ABORTED, f"the drive refused: {abort_words(reply.registers)}"))
            if not says_unsupported(reply):
                break
        return self._certainly_idle(port, tuple(refusals))

    def _found_running(self, port: ScsiPort, doubt: OSError) -> Ticket:
        """Look whether the drive is at it although its answer was lost. Raises `doubt` when nothing shows it."""
        try:
            state = status(port)
        except OSError:
            raise doubt from None
        if state.state is not SanitizeState.RUNNING:
            raise doubt
        notes = {"reply": str(doubt), "seen": asdict(state)}
        return Ticket(self.id, NOTHING_WRITTEN, accepted=False, seen_running=True, notes=notes)

    def _certainly_idle(self, port: ScsiPort, refusals: tuple[Reason, ...]) -> Ticket:
        """Give the refusal; a controller may refuse and the drive do it all the same: then it is followed."""
        try:
            state = status(port)
        except OSError:
            return self._refused(*refusals)
        if state.state is SanitizeState.RUNNING:
            notes = {"reply": refusals[-1].detail, "seen": asdict(state)}
            return Ticket(self.id, NOTHING_WRITTEN, accepted=False, seen_running=True, notes=notes)
        return self._refused(*refusals)

    def _refused(self, *reasons: Reason) -> Ticket:
        return Ticket(self.id, Written((), (), 0, reasons), accepted=False)

    def poll(self, ports: Ports, ticket: Ticket) -> Working | Finished | Stuck:
        """Read the status. Raises OSError when it cannot be read."""
        if ports.commands.scsi is None:
            raise OSError(errno.ENXIO, "the drive takes no commands any more")
        found = status(ports.commands.scsi)
        if found.state is SanitizeState.RUNNING:
            return Working(found.progress, found.detail)
        if found.state in (SanitizeState.UNKNOWN, SanitizeState.UNSUPPORTED):
            raise OSError(errno.EIO, f"the sanitize status cannot be read: {found.detail}")
        return ended(ticket, found)

    def confirm(self, ports: Ports, facts: DriveFacts) -> Evidence:
        """Look for what the erase had to destroy. Raises RunInterrupted, OSError."""
        return look(ports, facts)


def unreadable(facts: DriveFacts) -> Reason:
    """Say why the sanitize of this drive could not be followed. Pure."""
    if direct(facts):
        return Reason(ReasonCode.STATUS_UNREADABLE, "the sanitize status of the drive cannot be read")
    return Reason(ReasonCode.BRIDGE, "USB bridge: firmware erase is not trusted unless its status reads back")


def status(port: ScsiPort) -> SanitizeReport:
    """Read SANITIZE STATUS EXT once. Raises OSError."""
    return sanitize_status.read(ask(port, SANITIZE_STATUS)).report


def says_unsupported(reply: AtaReply) -> bool:
    """Say whether the drive aborted because it does not know this form of the command, or gave no reason. Pure."""
    return reply.registers is not None and reply.registers.lba & 0xFF in (0, UNSUPPORTED)


def ended(ticket: Ticket, found: SanitizeReport) -> Finished:
    """Judge a sanitize that does not run: success counts only where it was accepted or seen at work. Pure."""
    succeeded = found.state is SanitizeState.SUCCEEDED
    witnessed = ticket.accepted or ticket.seen_running
    failures: tuple[Reason, ...] = ()
    if found.state is SanitizeState.FAILED:
        failures = (Reason(ReasonCode.ABORTED, f"the sanitize failed: {found.detail}"),)
    elif not succeeded:
        failures = (
            Reason(ReasonCode.STATUS_UNREADABLE, f"the drive says nothing of a sanitize any more: {found.detail}"),
        )
    elif not witnessed:
        detail = f"success of a sanitize that was never accepted nor seen running: {found.detail}"
        failures = (Reason(ReasonCode.STATUS_UNREADABLE, detail),)
    completion = Completion(
        accepted=ticket.accepted,
        seen_running=ticket.seen_running,
        succeeded=succeeded and witnessed,
        action_matches=witnessed,
        raw={"sanitize-status": found.raw, "words": found.detail},
    )
    return Finished(Written((), (), 0, failures, completion))


ATA_SANITIZE = (
    AtaSanitize("block", (BLOCK_ERASE,)),
    AtaSanitize("overwrite", (OVERWRITE, PLAIN_OVERWRITE)),
    AtaSanitize("crypto", (CRYPTO_SCRAMBLE,)),
)
