"""ERASED needs a whole proof: each condition, taken away alone, makes the verdict fail."""

from dataclasses import replace
from typing import Any

import pytest

from erasure.errors import ErasureError
from erasure.facts import read_facts
from erasure.hidden import AreaState, HiddenAreas
from erasure.methods.protocol import MethodKind
from erasure.outcome import BadRanges, LbaRange, Level, Reason, ReasonCode, VerdictWord, Verification
from erasure.passes import NO_MARKS, Bare, Completion, Fingerprint, Marks
from erasure.verdict import ENOUGH, Proof, Verdict
from tests.erasure.simulated_bench import Bench


@pytest.fixture
def proof(bench: Bench) -> Proof:
    """A proof with nothing missing."""
    with bench.open() as port:
        facts = read_facts(port)
    return Proof(
        facts=facts,
        after=facts.device,
        size_after=facts.size_bytes,
        level=Level.CLEAR,
        covered=facts.size_bytes,
        verification=Verification("full", "zeros", "", "", facts.sectors, 0, 0),
        sample_sectors=0,
        bad=BadRanges(),
        failures=(),
        exceptions=(),
    )


def test_a_whole_proof_is_erased(proof: Proof) -> None:
    verdict = Verdict.from_proof(proof)
    assert (verdict.word, verdict.level, verdict.reasons) == (VerdictWord.ERASED, Level.CLEAR, ())


@pytest.mark.parametrize("word", [VerdictWord.ERASED, VerdictWord.ERASED_WITH_EXCEPTIONS])
def test_success_cannot_be_built_without_a_proof(word: VerdictWord) -> None:
    with pytest.raises(ErasureError):
        Verdict(word, Level.CLEAR)


def test_a_proven_verdict_cannot_be_rewritten_into_another(proof: Proof) -> None:
    failed = Verdict.failed((Reason(ReasonCode.MISMATCH),))
    with pytest.raises(ErasureError):
        replace(failed, word=VerdictWord.ERASED)
    unknown = replace(proof.facts.hidden, hpa=AreaState.UNKNOWN)
    excepted = Verdict.from_proof(replace(proof, facts=replace(proof.facts, hidden=unknown)))
    with pytest.raises(ErasureError):
        replace(excepted, word=VerdictWord.ERASED, exceptions=())
    with pytest.raises(ErasureError):
        replace(Verdict.from_proof(proof), level=Level.PURGE)


@pytest.mark.parametrize("make", [Verdict.failed, Verdict.unconfirmed, Verdict.not_erased])
def test_no_failure_without_a_reason(make: Any) -> None:
    with pytest.raises(ErasureError):
        make(())


BAD = (LbaRange(3, 2),)


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ({"bad": BadRanges(write=BAD)}, ReasonCode.WRITE_ERROR),
        ({"bad": BadRanges(read=BAD)}, ReasonCode.READ_ERROR),
        ({"bad": BadRanges(mismatch=BAD)}, ReasonCode.MISMATCH),
        ({"failures": (Reason(ReasonCode.TRANSPORT),)}, ReasonCode.TRANSPORT),
        ({"after": None}, ReasonCode.IDENTITY),
        ({"size_after": 0}, ReasonCode.SIZE),
        ({"covered": 0}, ReasonCode.WRITE_ERROR),
        ({"covered": 600 * 512}, ReasonCode.WRITE_ERROR),
        ({"level": Level.NONE}, ReasonCode.UNSUPPORTED),
        ({"verification": Verification("none", "", "", "", 0, 0, 0)}, ReasonCode.READ_ERROR),
        ({"verification": Verification("full", "zeros", "", "", 600, 0, 0)}, ReasonCode.READ_ERROR),
        ({"verification": Verification("full", "zeros", "", "", 601, 1, 0)}, ReasonCode.MISMATCH),
        ({"verification": Verification("full", "zeros", "", "", 601, 0, 1)}, ReasonCode.READ_ERROR),
        (
            {"verification": Verification("sample", "zeros", "", "s", 9, 0, 0), "sample_sectors": 10},
            ReasonCode.READ_ERROR,
        ),
        ({"verification": Verification("sample", "zeros", "", "s", 0, 0, 0)}, ReasonCode.READ_ERROR),
    ],
)
def test_each_condition_that_is_missing_is_a_failure_of_its_own(
    proof: Proof, missing: dict[str, Any], code: ReasonCode
) -> None:
    verdict = Verdict.from_proof(replace(proof, **missing))
    assert verdict.word is VerdictWord.FAILED
    assert verdict.level is Level.NONE
    assert [reason.code for reason in verdict.reasons] == [code]


@pytest.mark.parametrize("change", [{"serial": "DEMO-9"}, {"wwn": "5000000000000009"}, {"model": "DEMO OTHER"}])
def test_another_identity_at_the_end_is_a_failure(proof: Proof, change: dict[str, Any]) -> None:
    device = proof.facts.device
    other = replace(device, identity=replace(device.identity, **change))
    assert Verdict.from_proof(replace(proof, after=other)).reasons[0].code is ReasonCode.IDENTITY


def test_another_sequence_number_at_the_end_is_a_failure(proof: Proof) -> None:
    """The node was taken by another drive, or the same one was unplugged in between."""
    replugged = replace(proof.facts.device, diskseq=99)
    assert Verdict.from_proof(replace(proof, after=replugged)).reasons[0].code is ReasonCode.IDENTITY


def test_a_drive_that_never_answered_again_is_unconfirmed(proof: Proof) -> None:
    stuck = replace(proof, failures=(Reason(ReasonCode.STUCK, "no progress in 3 h"),), covered=0)
    assert Verdict.from_proof(stuck).word is VerdictWord.UNCONFIRMED


def test_a_lost_drive_has_one_reason_and_not_four(proof: Proof) -> None:
    lost = replace(proof, failures=(Reason(ReasonCode.DEVICE_LOST, "ENODEV"),), after=None, size_after=0)
    assert [reason.code for reason in Verdict.from_proof(lost).reasons] == [ReasonCode.DEVICE_LOST]


@pytest.mark.parametrize("area", ["hpa", "dco", "ama"])
@pytest.mark.parametrize("state", [AreaState.UNKNOWN, AreaState.PRESENT])
def test_one_open_area_is_enough_for_an_exception(proof: Proof, area: str, state: AreaState) -> None:
    closed = HiddenAreas(AreaState.NONE, AreaState.REMOVED, AreaState.NONE, None)
    hidden = replace(closed, **{area: state})
    verdict = Verdict.from_proof(replace(proof, facts=replace(proof.facts, hidden=hidden)))
    assert verdict.word is VerdictWord.ERASED_WITH_EXCEPTIONS
    assert [reason.code for reason in verdict.exceptions] == [ReasonCode.HIDDEN_AREA]


@pytest.mark.parametrize("native", [0, 512, 1 << 40])
def test_a_native_capacity_that_differs_is_an_exception(proof: Proof, native: int) -> None:
    hidden = replace(proof.facts.hidden, native_bytes=native)
    verdict = Verdict.from_proof(replace(proof, facts=replace(proof.facts, hidden=hidden)))
    assert verdict.word is VerdictWord.ERASED_WITH_EXCEPTIONS


def test_the_plan_and_the_ledger_name_an_area_once(proof: Proof) -> None:
    known = Reason(ReasonCode.HIDDEN_AREA, "HPA unknown: a bridge stands in between")
    hidden = replace(proof.facts.hidden, hpa=AreaState.UNKNOWN)
    tried = replace(proof, facts=replace(proof.facts, hidden=hidden), exceptions=(known,))
    assert Verdict.from_proof(tried).exceptions == (known,)


def noted(count: int) -> tuple[Fingerprint, ...]:
    """Old contents of so many sectors."""
    return tuple(Fingerprint(0, lba, "ab") for lba in range(count))


@pytest.fixture
def by_firmware(proof: Proof) -> Proof:
    """A proof of a firmware erase with nothing missing: 100 marks, two old contents, none found again."""
    noted = (Fingerprint(0, 5, "ab"), Fingerprint(0, 6, "cd"))
    return replace(
        proof,
        level=Level.PURGE,
        covered=0,
        kind=MethodKind.FIRMWARE,
        verification=Verification("canaries", "canaries", "ab", "", 102, 0, 0),
        completion=Completion(accepted=True, seen_running=False, succeeded=True, action_matches=True),
        marks=Marks(100, noted),
    )


def test_a_whole_proof_of_a_firmware_erase_is_a_purge(by_firmware: Proof) -> None:
    verdict = Verdict.from_proof(by_firmware)
    assert (verdict.word, verdict.level) == (VerdictWord.ERASED, Level.PURGE)


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({"completion": None}, ReasonCode.STATUS_UNREADABLE, VerdictWord.UNCONFIRMED),
        ({"verification": Verification("canaries", "canaries", "", "", 101, 0, 0)}, "READ_ERROR", "FAILED"),
        ({"verification": Verification("canaries", "canaries", "", "", 102, 1, 0)}, "MISMATCH", "FAILED"),
        ({"verification": Verification("canaries", "canaries", "", "", 102, 0, 1)}, "READ_ERROR", "FAILED"),
        ({"verification": Verification("none", "", "", "", 0, 0, 0)}, "READ_ERROR", "FAILED"),
        ({"bad": BadRanges(mismatch=(LbaRange(7, 1),))}, "CANARY_SURVIVED", "FAILED"),
        ({"bad": BadRanges(read=(LbaRange(7, 1),))}, "READ_ERROR", "FAILED"),
        ({"size_after": 512}, "SIZE", "FAILED"),
        ({"after": None}, "IDENTITY", "FAILED"),
        ({"level": Level.NONE}, "UNSUPPORTED", "FAILED"),
        ({"kind": MethodKind.RECOVERY}, "UNSUPPORTED", "FAILED"),
        ({"kind": MethodKind.OVERWRITE}, "WRITE_ERROR", "FAILED"),
        ({"failures": (Reason(ReasonCode.HOST_RESET),)}, "HOST_RESET", "FAILED"),
    ],
)
def test_each_condition_of_a_firmware_erase_counts(
    by_firmware: Proof, changes: dict[str, Any], code: str, word: str
) -> None:
    verdict = Verdict.from_proof(replace(by_firmware, **changes))
    assert (verdict.word, verdict.level) == (word, Level.NONE)
    assert code in [reason.code for reason in verdict.reasons]


def test_marks_are_not_enough_for_an_overwrite(proof: Proof) -> None:
    marked = replace(proof, verification=Verification("canaries", "canaries", "", "", proof.facts.sectors, 0, 0))
    assert {reason.code for reason in Verdict.from_proof(marked).reasons} == {ReasonCode.READ_ERROR}


def test_without_marks_only_the_drives_own_word_is_left_and_that_is_said(by_firmware: Proof) -> None:
    nothing = Verification("none", "", "", "", 0, 0, 0)
    verdict = Verdict.from_proof(replace(by_firmware, marks=NO_MARKS, verification=nothing, adopted=True))
    assert verdict.word is VerdictWord.ERASED_WITH_EXCEPTIONS
    assert [(reason.code, "started elsewhere" in reason.detail) for reason in verdict.exceptions] == [
        (ReasonCode.NO_CANARIES, True)
    ]


@pytest.mark.parametrize(
    ("marks", "looked", "word"),
    [
        (NO_MARKS, 0, "UNCONFIRMED"),
        (Marks(0, (), 1100), 0, "UNCONFIRMED"),
        (Marks(0, noted(ENOUGH - 1), 1100), ENOUGH - 1, "UNCONFIRMED"),
        (Marks(0, noted(ENOUGH), 1100), ENOUGH, "ERASED_WITH_EXCEPTIONS"),
        (Marks(0, noted(9), 20), 9, "UNCONFIRMED"),
        (Marks(0, noted(10), 20), 10, "ERASED_WITH_EXCEPTIONS"),
        (Marks(1, noted(9), 19), 10, "ERASED_WITH_EXCEPTIONS"),
        (Marks(1, (), 0), 1, "ERASED"),
        (Marks(0, noted(1)), 1, "UNCONFIRMED"),  # journals of old do not tell how many were asked for
        (Marks(0, noted(ENOUGH)), ENOUGH, "ERASED_WITH_EXCEPTIONS"),
    ],
)
def test_an_erase_of_ours_leaves_enough_to_look_for(by_firmware: Proof, marks: Marks, looked: int, word: str) -> None:
    mode = "canaries" if looked else "none"
    seen = Verification(mode, mode if looked else "", "ab" if looked else "", "", looked, 0, 0)
    verdict = Verdict.from_proof(replace(by_firmware, marks=marks, verification=seen))
    assert str(verdict.word) == word
    told = verdict.exceptions or verdict.reasons
    assert {reason.code for reason in told} == (set() if word == "ERASED" else {ReasonCode.NO_CANARIES})


@pytest.mark.parametrize(
    ("second", "word"),
    [
        (Bare(1000, 0, 0), "ERASED_WITH_EXCEPTIONS"),
        (Bare(1000, 50, 0), "ERASED_WITH_EXCEPTIONS"),  # one place in twenty
        (Bare(1000, 51, 0), "UNCONFIRMED"),
        (Bare(1000, 51, 25), "UNCONFIRMED"),
        (Bare(1000, 51, 26), "ERASED_WITH_EXCEPTIONS"),  # half of what is bare
        (Bare(1000, 1000, ENOUGH - 1), "UNCONFIRMED"),
        (Bare(1000, 1000, ENOUGH), "ERASED_WITH_EXCEPTIONS"),
        (Bare(1, 1, 0), "UNCONFIRMED"),
    ],
)
def test_what_one_disk_shows_does_not_speak_for_another(by_firmware: Proof, second: Bare, word: str) -> None:
    whole, lost = Bare(1000, 1, 1), 1 + second.lost
    marks = Marks(1000 + second.asked - lost, noted(300), lost, bare=(whole, second))
    looked = marks.planted + 300
    seen = Verification("canaries", "canaries", "ab", "", looked, 0, 0)
    verdict = Verdict.from_proof(replace(by_firmware, marks=marks, verification=seen))
    assert str(verdict.word) == word
    assert {reason.code for reason in verdict.exceptions or verdict.reasons} == {ReasonCode.NO_CANARIES}
