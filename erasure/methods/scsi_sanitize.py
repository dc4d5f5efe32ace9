"""SANITIZE of SCSI drives: block erase, overwrite with zeros, change of the key. Purge.

SBC-5 4.11 and 5.42, drives sections 3.9 and 6.2. Sent once, with IMMED = 1 and AUSE = 0, then followed by REQUEST SENSE
and TEST UNIT READY. It never stands in for an ATA sanitize behind a translation, and never goes through a USB bridge.
A drive does not tell which kind of sanitize it carries out, nor that it succeeded: it is ready again and does not say
that it failed. That counts only when the command was accepted, or the drive was seen at work.
"""

import errno
from dataclasses import dataclass

from erasure.applicability import Applicable, Inapplicable
from erasure.canaries import look
from erasure.drive import DriveFacts
from erasure.methods.protocol import Finished, MethodKind, Stuck, Ticket, Working
from erasure.outcome import Level, Reason, ReasonCode
from erasure.passes import NOTHING_WRITTEN, Completion, Evidence, Ports, Written
from erasure.sanitizing import SanitizeReport, SanitizeState
from erasure.scsi import commands
from erasure.scsi.commands import SanitizeAction
from erasure.scsi.facts import ScsiFacts
from erasure.scsi.sense import Answer, AnswerKind, read_answer
from erasure.scsi.state import Look, look_at
from erasure.transport.ports import ScsiPort

START_MS = 30_000  # IMMED: the drive answers at once and works on
READABLE_SECTORS = frozenset({512, 1024, 2048, 4096})
CAPABILITY = {
    SanitizeAction.BLOCK: ("sanitize_block", "block erase"),
    SanitizeAction.OVERWRITE: ("sanitize_overwrite", "overwrite"),
    SanitizeAction.CRYPTO: ("sanitize_crypto", "crypto erase"),
}


@dataclass(frozen=True, slots=True)
class ScsiSanitizing:
    """One kind of SANITIZE."""

    id: str
    action: SanitizeAction
    level: Level = Level.PURGE
    kind: MethodKind = MethodKind.FIRMWARE
    version: int = 1

    def applies(self, facts: DriveFacts) -> Applicable | Inapplicable:
        """Say whether this drive announces it, and can be asked how it ended."""
        reason = obstacle(facts, self.action)
        return Applicable(self.id, self.level) if reason is None else Inapplicable(self.id, reason)

    def uncovered(self, facts: DriveFacts) -> tuple[Reason, ...]:  # noqa: ARG002
        """A sanitize reaches the whole medium of the device; the ledger of hidden areas speaks of the rest."""
        return ()

    def expected_seconds(self, facts: DriveFacts) -> int | None:  # noqa: ARG002
        """Not known: a SCSI drive announces no duration, its progress shows it."""
        return None

    def start(self, ports: Ports, facts: DriveFacts) -> Ticket:  # noqa: ARG002
        """Send SANITIZE once. Raises JournalError; OSError when nobody can say whether the drive took it."""
        port = scsi_port(ports)
        check_free(look_at(port))
        cdb, listed = commands.sanitize(self.action)
        notes = {"action": self.action.name.lower(), "cdb": cdb.hex(" "), "list": listed.hex(" ")}
        ports.announce({"method": self.id, "command": notes["cdb"], "list": notes["list"]})
        try:
            reply = port.command(cdb, timeout_ms=START_MS, data_out=listed)
        except OSError as error:
            return self._after_doubt(port, f"SANITIZE ended with {errno.errorcode.get(error.errno or 0, error)}", notes)
        answer = read_answer(reply)
        if answer.kind is AnswerKind.GOOD and reply.resid == 0:
            ports.accepted({"method": self.id, "reply": answer.words, "notes": notes})
            return Ticket(self.id, NOTHING_WRITTEN, accepted=True, notes=notes)
        return self._after_doubt(port, f"SANITIZE was answered with {answer.words}", notes, answer)

    def _after_doubt(self, port: ScsiPort, words: str, notes: dict[str, str], answer: Answer | None = None) -> Ticket:
        """Ask the drive what became of it: controllers refuse a SANITIZE that the drive then carries out."""
        state = look_at(port).report.state
        if state is SanitizeState.RUNNING:
            return Ticket(self.id, NOTHING_WRITTEN, accepted=False, seen_running=True, notes=notes)
        at_rest = state in (SanitizeState.IDLE, SanitizeState.FAILED)  # failed: an earlier one, still to be told of
        if at_rest and answer is not None and answer.sense is not None and answer.sense.refusal:
            refused = Written((), (), 0, (Reason(ReasonCode.ABORTED, f"the drive refused: {words}"),))
            return Ticket(self.id, refused, accepted=False, notes=notes)
        raise OSError(errno.EIO, words)

    def poll(self, ports: Ports, ticket: Ticket) -> Working | Finished | Stuck:
        """Look at the drive. Raises OSError when it cannot be asked, or its answer cannot be read."""
        if ticket.written.failures:
            return Finished(ticket.written)
        seen = look_at(scsi_port(ports))
        report = seen.report
        if report.state is SanitizeState.RUNNING or (report.state is SanitizeState.UNKNOWN and seen.warming):
            return Working(report.progress, report.detail)
        if report.state in (SanitizeState.IDLE, SanitizeState.FAILED):
            return Finished(ended(ticket, report))
        raise OSError(errno.EIO, f"the drive gives no readable answer: {report.detail}")

    def confirm(self, ports: Ports, facts: DriveFacts) -> Evidence:
        """Look for what should be gone. Raises RunInterrupted, OSError."""
        return look(ports, facts)


def obstacle(facts: DriveFacts, action: SanitizeAction) -> Reason | None:
    """Say why this drive cannot be sanitized by SCSI; None when it can."""
    name, words = CAPABILITY[action]
    if facts.scsi is None:
        return Reason(ReasonCode.UNSUPPORTED, "the drive answers no SCSI commands")
    if facts.scsi.bridge or facts.device.identity.bus == "usb":
        return Reason(ReasonCode.BRIDGE, "SCSI sanitize is not trusted through a USB bridge")
    if facts.scsi.translates_ata:
        return Reason(ReasonCode.UNSUPPORTED, "an ATA drive behind a translation: its ATA sanitize counts")
    if facts.read_only:
        return Reason(ReasonCode.READ_ONLY, "the drive refuses writes")
    able: bool | None = getattr(facts.scsi, name)
    if able is None and facts.scsi.sanitize.state is SanitizeState.RUNNING:
        return None  # a drive under sanitize refuses the question; a run that is taken up again has to get by
    return missing(able, words) or unreadable_sectors(facts.scsi)


def missing(able: bool | None, words: str) -> Reason | None:  # noqa: FBT001  three values: yes, no, not told
    """Say that the drive does not have it, or would not say; None when it announces it."""
    if able is None:
        return Reason(ReasonCode.UNSUPPORTED, f"the drive does not say whether it has {words}")
    return None if able else Reason(ReasonCode.UNSUPPORTED, f"the drive announces no {words}")


def unreadable_sectors(scsi: ScsiFacts) -> Reason | None:
    """Name the sectors that no host can read back; None when it can, or when the drive does not tell them now."""
    if scsi.logical_sector in READABLE_SECTORS or not scsi.logical_sector:
        return None
    detail = f"sectors of {scsi.logical_sector} bytes cannot be read back: format the drive to 512 or 4096 bytes first"
    return Reason(ReasonCode.SIZE, detail)


def scsi_port(ports: Ports) -> ScsiPort:
    """Give the way to the drive. Raises OSError when there is none."""
    if ports.commands.scsi is None:
        raise OSError(errno.ENOTTY, "the open node takes no SCSI commands")
    return ports.commands.scsi


def check_free(seen: Look) -> None:
    """Stop when a sanitize runs that this run did not start, or when the drive cannot be read. Raises OSError."""
    report = seen.report
    if report.state is SanitizeState.RUNNING:
        raise OSError(errno.EBUSY, "a sanitize that this run did not start is at work on the drive")
    if report.state is SanitizeState.UNKNOWN:
        raise OSError(errno.EIO, f"the drive gives no readable answer: {report.detail}")


def ended(ticket: Ticket, report: SanitizeReport) -> Written:
    """Say what a drive that is at work no more has done. Ready counts only after it was accepted or seen at work."""
    failures: tuple[Reason, ...] = ()
    if report.state is SanitizeState.FAILED:
        failures = (Reason(ReasonCode.ABORTED, f"the drive says that its sanitize failed: {report.detail}"),)
    elif not (ticket.accepted or ticket.seen_running):
        detail = "the drive is ready, but nobody saw it take the sanitize or work on it"
        failures = (Reason(ReasonCode.STATUS_UNREADABLE, detail),)
    completion = Completion(
        accepted=ticket.accepted,
        seen_running=ticket.seen_running,
        succeeded=not failures,
        action_matches=True,  # SCSI has no word for the action: what was accepted is what was sent
        raw={"sense": report.raw, "words": report.detail},
    )
    return Written((), (), 0, failures, completion)


SCSI_SANITIZE = (
    ScsiSanitizing("scsi.sanitize.block", SanitizeAction.BLOCK),
    ScsiSanitizing("scsi.sanitize.overwrite", SanitizeAction.OVERWRITE),
    ScsiSanitizing("scsi.sanitize.crypto", SanitizeAction.CRYPTO),
)
