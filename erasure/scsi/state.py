"""Is a SCSI drive sanitizing now, did it fail, is it ready? REQUEST SENSE and TEST UNIT READY decide together.

SBC-5 4.11, drives 3.9: 04/1B while it runs, 31/03 when it failed. A drive has no word for "succeeded": it is ready
again, and only whoever saw the command accepted, or the drive at work, may conclude anything. Both commands must be
legible before a drive counts as ready.
"""

from dataclasses import dataclass

from erasure.sanitizing import SanitizeReport, SanitizeState
from erasure.scsi import commands
from erasure.scsi.asking import put
from erasure.scsi.sense import (
    BECOMING_READY,
    NO_SENSE,
    NOT_READY,
    RECOVERED,
    SANITIZE_FAILED,
    SANITIZE_IN_PROGRESS,
    Answer,
    AnswerKind,
    Sense,
    decode_sense,
)
from erasure.transport.ports import ScsiPort

QUOTED = 24  # bytes of sense data that a report quotes


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a drive: the sense data that it gave when asked, and its answer to TEST UNIT READY."""

    told: Sense | None  # None: REQUEST SENSE was not answered legibly
    ready: Answer
    raw: str = ""  # hex of the sense data
    attention: str = ""  # unit attentions that were met on the way

    @property
    def warming(self) -> bool:
        """Say whether the drive is only becoming ready (04/01), as after a power cycle."""
        return any(one.code == BECOMING_READY and one.key == NOT_READY for one in self.senses)

    @property
    def senses(self) -> tuple[Sense, ...]:
        """Every legible sense."""
        return tuple(one for one in (self.told, self.ready.sense) if one is not None)

    @property
    def words(self) -> str:
        """Both answers in plain ASCII."""
        told = "unreadable" if self.told is None else self.told.words
        met = f", after {self.attention}" if self.attention else ""
        return f"REQUEST SENSE {told}, TEST UNIT READY {self.ready.words}{met}"

    @property
    def report(self) -> SanitizeReport:
        """Give the look in the vocabulary of all sanitizes."""
        running = [one for one in self.senses if is_running(one)]
        failed = any(one.code == SANITIZE_FAILED for one in self.senses)
        progress = next((one.progress for one in running if one.progress is not None), None)
        if running and not failed:
            return SanitizeReport(SanitizeState.RUNNING, "", progress, None, self.words, self.raw)
        if failed and not running:
            return SanitizeReport(SanitizeState.FAILED, "", None, None, self.words, self.raw)
        state = SanitizeState.IDLE if self._at_rest() and not failed else SanitizeState.UNKNOWN
        return SanitizeReport(state, "", None, None, self.words, self.raw)

    def _at_rest(self) -> bool:
        told = self.told
        quiet = told is not None and not told.deferred and told.key in (NO_SENSE, RECOVERED)
        return quiet and self.ready.kind is AnswerKind.GOOD


def is_running(sense: Sense) -> bool:
    """Say whether this sense tells of a sanitize in progress."""
    return not sense.deferred and sense.key in (NO_SENSE, NOT_READY) and sense.code == SANITIZE_IN_PROGRESS


def look_at(port: ScsiPort) -> Look:
    """Ask the drive how it is, with harmless commands. Raises OSError."""
    met: list[str] = []
    answer, reply = put(port, commands.request_sense(), commands.SENSE_BYTES, met.append)
    raw = reply.data if answer.kind is AnswerKind.GOOD else b""
    ready, _ = put(port, commands.test_unit_ready(), noted=met.append)
    return Look(decode_sense(raw), ready, raw[:QUOTED].hex(), ", ".join(dict.fromkeys(met)))
