"""The report of one run: everything that a statement is assembled from. Frozen; made once, by the engine.

`to_document()` gives plain JSON types (integers, strings, booleans, lists, objects; no floats).
"""

from dataclasses import dataclass
from typing import Any

from erasure.drive import DriveFacts, DriveIdentity
from erasure.outcome import BadRanges, Level, Phase, Reason, VerdictWord, Verification


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """How one run ended, with its evidence.

    `verdict` ERASED or ERASED_WITH_EXCEPTIONS comes only from `erasure.verdict.Verdict.from_proof`.
    """

    run_id: str  # 32 lower-case hex digits
    facts: DriveFacts  # as read under the exclusive open, before the first write
    identity_after: DriveIdentity | None  # read again at the end; None when the device could not be asked
    method_requested: str  # "overwrite.keystream"
    method_achieved: str  # "" when nothing destructive was sent
    method_version: int
    level: Level  # NONE unless the verdict is ERASED or ERASED_WITH_EXCEPTIONS
    verdict: VerdictWord
    reasons: tuple[Reason, ...]
    exceptions: tuple[Reason, ...]
    phases: tuple[Phase, ...]
    verification: Verification
    bad: BadRanges
    started_wall: str  # "2026-11-21T10:00:00Z", a claim
    ended_wall: str
    duration_ms: int  # monotonic
    resumed: int  # how many times the run was taken up again
    evidence: tuple[dict[str, Any], ...]  # the transcript: journal entries and raw readings, JSON types
    simulated: bool
