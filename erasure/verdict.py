"""The verdict, and the proof without which nothing is called erased.

`Verdict.from_proof` is the only maker of ERASED and ERASED_WITH_EXCEPTIONS: the class refuses to be built with those
words in any other way. Every condition of the drives reference, section 6, is asked here again, from the evidence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from erasure.drive import BlockDevice, DriveFacts
from erasure.errors import ErasureError
from erasure.outcome import BadRanges, Level, Reason, ReasonCode, VerdictWord, Verification
from erasure.pins import changes
from erasure.ranges import sectors_in

_UNKNOWABLE = (ReasonCode.STUCK, ReasonCode.STATUS_UNREADABLE)
_SUCCESS = (VerdictWord.ERASED, VerdictWord.ERASED_WITH_EXCEPTIONS)


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything that a claim of erasure rests on. Sizes in bytes."""

    facts: DriveFacts  # as read under the exclusive open, before the first write
    after: BlockDevice | None  # the drive as it answered at the end; None when it could not be asked
    size_after: int
    level: Level
    covered: int  # bytes from the start that were passed over and flushed
    verification: Verification
    sample_sectors: int  # asked for; counts only when the verification is a sample
    bad: BadRanges
    failures: tuple[Reason, ...]  # whatever ended a phase before its end
    exceptions: tuple[Reason, ...]  # areas known not to be covered


@dataclass(frozen=True, slots=True)
class _Proven:
    """What `from_proof` found; a verdict that says anything else is not proven by it."""

    word: VerdictWord
    level: Level
    exceptions: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended, in one word, with its reasons and exceptions."""

    word: VerdictWord
    level: Level
    reasons: tuple[Reason, ...] = ()
    exceptions: tuple[Reason, ...] = ()
    _proven: _Proven | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a success without proof and a failure without a reason."""
        if self.word in _SUCCESS and self._proven != _Proven(self.word, self.level, self.exceptions):
            raise ErasureError(f"{self.word} is built from a proof only")
        if self.word not in _SUCCESS and (not self.reasons or self.level is not Level.NONE):
            raise ErasureError(f"{self.word} needs a reason and earns no level")

    @staticmethod
    def from_proof(proof: Proof) -> "Verdict":
        """Weigh the evidence: ERASED, ERASED_WITH_EXCEPTIONS, UNCONFIRMED or FAILED with every reason."""
        reasons = tuple(dict.fromkeys(_shortcomings(proof)))
        if any(reason.code in _UNKNOWABLE for reason in reasons):
            return Verdict.unconfirmed(reasons)
        if reasons:
            return Verdict.failed(reasons)
        exceptions = tuple(dict.fromkeys((*proof.exceptions, *_open_ledger(proof))))
        word = VerdictWord.ERASED_WITH_EXCEPTIONS if exceptions else VerdictWord.ERASED
        return Verdict(word, proof.level, (), exceptions, _Proven(word, proof.level, exceptions))

    @staticmethod
    def failed(reasons: tuple[Reason, ...]) -> "Verdict":
        """Say that the drive is not erased although it was tried. At least one reason, else ErasureError."""
        return Verdict(VerdictWord.FAILED, Level.NONE, reasons)

    @staticmethod
    def unconfirmed(reasons: tuple[Reason, ...]) -> "Verdict":
        """Say that the result cannot be known. At least one reason, else ErasureError."""
        return Verdict(VerdictWord.UNCONFIRMED, Level.NONE, reasons)

    @staticmethod
    def not_erased(reasons: tuple[Reason, ...]) -> "Verdict":
        """Say that nothing destructive was sent. At least one reason, else ErasureError."""
        return Verdict(VerdictWord.NOT_ERASED, Level.NONE, reasons)


def _shortcomings(proof: Proof) -> Iterator[Reason]:
    found = [*proof.failures, *_bad_sectors(proof.bad)]
    yield from found
    codes = {reason.code for reason in found}
    if ReasonCode.DEVICE_LOST not in codes:
        yield from (reason for reason in _lost_continuity(proof) if reason.code not in codes)
    if not found:
        yield from _incomplete(proof)


def _bad_sectors(bad: BadRanges) -> Iterator[Reason]:
    for code, ranges, told in (
        (ReasonCode.WRITE_ERROR, bad.write, "not written"),
        (ReasonCode.READ_ERROR, bad.read, "not readable"),
        (ReasonCode.MISMATCH, bad.mismatch, "not as written"),
    ):
        if ranges:
            yield Reason(code, f"{sectors_in(ranges)} sectors {told}, first at LBA {ranges[0].first}")


def _lost_continuity(proof: Proof) -> Iterator[Reason]:
    if proof.size_after != proof.facts.size_bytes:
        yield Reason(ReasonCode.SIZE, f"{proof.size_after} bytes at the end, {proof.facts.size_bytes} at the start")
    if proof.after is None:
        yield Reason(ReasonCode.IDENTITY, "the drive could not be identified at the end")
        return
    before = proof.facts.device
    changed = changes(before.identity, proof.after.identity)
    if changed:
        yield Reason(ReasonCode.IDENTITY, changed)
    if before.diskseq != proof.after.diskseq:
        yield Reason(ReasonCode.IDENTITY, f"diskseq was {before.diskseq}, is {proof.after.diskseq}")


def _incomplete(proof: Proof) -> Iterator[Reason]:
    """Say what was not written or not compared, however good the rest looks."""
    verification, sectors = proof.verification, proof.facts.sectors
    if sectors == 0:
        yield Reason(ReasonCode.SIZE, "the drive has no sectors")
    if proof.covered != proof.facts.size_bytes:
        yield Reason(
            ReasonCode.WRITE_ERROR, f"{proof.covered} of {proof.facts.size_bytes} bytes are known to be written"
        )
    if proof.level is Level.NONE:
        yield Reason(ReasonCode.UNSUPPORTED, "the method earns no level")
    wanted = {"full": sectors, "sample": min(proof.sample_sectors, sectors), "none": sectors}[verification.mode]
    if verification.mode == "none" or wanted == 0 or verification.sectors < wanted:
        yield Reason(ReasonCode.READ_ERROR, f"{verification.sectors} of {wanted} sectors were compared")
    if verification.nonmatching:
        yield Reason(ReasonCode.MISMATCH, f"{verification.nonmatching} sectors not as written")
    if verification.unreadable:
        yield Reason(ReasonCode.READ_ERROR, f"{verification.unreadable} sectors not readable")


def _open_ledger(proof: Proof) -> Iterator[Reason]:
    """Name hidden areas that are not known to be absent, unless the plan has named them already."""
    hidden = proof.facts.hidden
    if any(reason.code is ReasonCode.HIDDEN_AREA for reason in proof.exceptions):
        return
    if not hidden.closed:
        yield Reason(ReasonCode.HIDDEN_AREA, f"HPA {hidden.hpa}, DCO {hidden.dco}, AMA {hidden.ama}")
    elif hidden.native_bytes is not None and hidden.native_bytes != proof.facts.size_bytes:
        yield Reason(ReasonCode.HIDDEN_AREA, f"{hidden.native_bytes} bytes native, {proof.facts.size_bytes} visible")
