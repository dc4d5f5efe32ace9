"""The verdict, and the proof without which nothing is called erased.

`Verdict.from_proof` is the only maker of ERASED and ERASED_WITH_EXCEPTIONS: the class refuses to be built with those
words in any other way. Every condition of the drives reference, section 6, is asked here again, from the evidence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from erasure.drive import BlockDevice, DriveFacts
from erasure.errors import ErasureError
from erasure.methods.protocol import MethodKind
from erasure.outcome import BadRanges, Level, Reason, ReasonCode, VerdictWord, Verification
from erasure.passes import NO_MARKS, Completion, Marks
from erasure.pins import changes
from erasure.ranges import sectors_in

_UNKNOWABLE = (ReasonCode.STUCK, ReasonCode.STATUS_UNREADABLE, ReasonCode.NO_CANARIES)
ENOUGH = 64  # places with old content: what is left of 5 % of it is then found with 96 % probability
BLIND = 20  # one place in so many may be without a mark; where more are, their own old content has to be enough
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
    kind: MethodKind = MethodKind.OVERWRITE
    completion: Completion | None = None  # of a firmware erase: what the drive's own status says
    marks: Marks = NO_MARKS  # what was planted and noted before it
    adopted: bool = False  # it was started elsewhere: nothing could be planted


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
        exceptions = tuple(dict.fromkeys((*proof.exceptions, *_open_ledger(proof), *_unmarked(proof))))
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
    found = [*proof.failures, *_bad_sectors(proof)]
    yield from found
    codes = {reason.code for reason in found}
    if ReasonCode.DEVICE_LOST not in codes:
        yield from (reason for reason in _lost_continuity(proof) if reason.code not in codes)
    if not found:
        yield from _not_covered(proof) if proof.kind is MethodKind.OVERWRITE else _not_completed(proof)
        yield from _not_compared(proof)


def _bad_sectors(proof: Proof) -> Iterator[Reason]:
    bad, by_firmware = proof.bad, proof.verification.mode == "canaries"
    survived = ReasonCode.CANARY_SURVIVED if by_firmware else ReasonCode.MISMATCH
    for code, ranges, told in (
        (ReasonCode.WRITE_ERROR, bad.write, "not written"),
        (ReasonCode.READ_ERROR, bad.read, "not readable"),
        (survived, bad.mismatch, "still as before" if by_firmware else "not as written"),
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


def _not_covered(proof: Proof) -> Iterator[Reason]:
    """Say what an overwrite did not write."""
    if proof.covered != proof.facts.size_bytes:
        yield Reason(
            ReasonCode.WRITE_ERROR, f"{proof.covered} of {proof.facts.size_bytes} bytes are known to be written"
        )


def _not_completed(proof: Proof) -> Iterator[Reason]:
    """Say what the drive's own status leaves open of a firmware erase (drives, section 6.2)."""
    ended = proof.completion
    if proof.kind is not MethodKind.FIRMWARE:
        yield Reason(ReasonCode.UNSUPPORTED, "the method erases nothing")
    elif ended is None:
        yield Reason(ReasonCode.STATUS_UNREADABLE, "the drive did not say how it ended")
    elif not (ended.accepted or ended.seen_running):
        yield Reason(ReasonCode.STATUS_UNREADABLE, "the command was not seen to be taken, nor the drive at work on it")
    elif not ended.succeeded:
        yield Reason(ReasonCode.ABORTED, "the drive does not say that it succeeded")
    elif not ended.action_matches:
        yield Reason(ReasonCode.WRONG_ACTION, "the drive reports another action than the one asked for")


def _not_compared(proof: Proof) -> Iterator[Reason]:
    """Say what was not read back or not compared, however good the rest looks."""
    verification, sectors = proof.verification, proof.facts.sectors
    if sectors == 0:
        yield Reason(ReasonCode.SIZE, "the drive has no sectors")
    if proof.level is Level.NONE:
        yield Reason(ReasonCode.UNSUPPORTED, "the method earns no level")
    yield from _on_its_word_alone(proof)
    wanted = _wanted(proof)
    unmarked = proof.kind is MethodKind.FIRMWARE and not _marked(proof)
    if verification.sectors < wanted or (not unmarked and (wanted == 0 or verification.mode == "none")):
        yield Reason(ReasonCode.READ_ERROR, f"{verification.sectors} of {wanted} sectors were compared")
    if proof.kind is MethodKind.OVERWRITE and verification.mode == "canaries":
        yield Reason(ReasonCode.READ_ERROR, "an overwrite is read back, marks are not enough")
    if verification.nonmatching:
        yield Reason(ReasonCode.MISMATCH, f"{verification.nonmatching} sectors not as written")
    if verification.unreadable:
        yield Reason(ReasonCode.READ_ERROR, f"{verification.unreadable} sectors not readable")


def _on_its_word_alone(proof: Proof) -> Iterator[Reason]:
    """Say that an erase of ours left too little to look for: a drive that lies would not be found out.

    What one disk, or one part of it, took does not speak for another: the second namespace may be the one forgotten.
    One that was started elsewhere could not be marked; that is its exception. A whole read-back needs no marks.
    """
    if proof.kind is not MethodKind.FIRMWARE or proof.adopted or proof.verification.mode not in ("none", "canaries"):
        return
    marks = proof.marks
    asked, found = marks.planted + marks.lost, marks.planted + len(marks.fingerprints)
    if not found or found < _enough(asked or 2 * ENOUGH):  # journals of old do not tell how many were asked for
        yield _too_little(found, asked)
    for disk in marks.bare:
        if disk.lost * BLIND > disk.asked and disk.instead < _enough(disk.lost):
            yield _too_little(disk.instead, disk.lost)


def _enough(places_asked: int) -> int:
    return min(ENOUGH, -(-places_asked // 2))


def _too_little(found: int, asked: int) -> Reason:
    detail = f"only {found} marks and old contents could be looked for, of {asked} places: nobody can know"
    return Reason(ReasonCode.NO_CANARIES, detail)


def _wanted(proof: Proof) -> int:
    """How many sectors have to be compared for this claim."""
    sectors = proof.facts.sectors
    if proof.verification.mode == "canaries" or (proof.verification.mode == "none" and not _marked(proof)):
        return proof.marks.planted + len(proof.marks.fingerprints)
    return min(proof.sample_sectors, sectors) if proof.verification.mode == "sample" else sectors


def _marked(proof: Proof) -> bool:
    return proof.marks.planted > 0 or bool(proof.marks.fingerprints)


def _unmarked(proof: Proof) -> Iterator[Reason]:
    """Name a firmware erase that no canary speaks for: the drive's own word is all there is."""
    if proof.kind is not MethodKind.FIRMWARE:
        return
    if proof.marks.planted:
        if proof.marks.lost:
            whole = proof.marks.planted + proof.marks.lost
            yield Reason(ReasonCode.NO_CANARIES, f"{proof.marks.lost} of {whole} marks did not stand before the erase")
        return
    why = "it was started elsewhere" if proof.adopted else "the drive took no marks"
    noted = len(proof.marks.fingerprints)
    told = f"; {noted} old contents were looked for" if noted else ""
    yield Reason(ReasonCode.NO_CANARIES, f"no marks were planted before the erase: {why}{told}")


def _open_ledger(proof: Proof) -> Iterator[Reason]:
    """Name hidden areas that are not known to be absent, unless the plan has named them already."""
    hidden = proof.facts.hidden
    if any(reason.code is ReasonCode.HIDDEN_AREA for reason in proof.exceptions):
        return
    if not hidden.closed:
        yield Reason(ReasonCode.HIDDEN_AREA, f"HPA {hidden.hpa}, DCO {hidden.dco}, AMA {hidden.ama}")
    elif hidden.native_bytes is not None and hidden.native_bytes != proof.facts.size_bytes:
        yield Reason(ReasonCode.HIDDEN_AREA, f"{hidden.native_bytes} bytes native, {proof.facts.size_bytes} visible")
