"""EA-03: HPA, DCO and AMAC are removed and erased, or the result is not ERASED. Unknown is never ERASED."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erasure.hidden import AreaState, HiddenAreas
from erasure.outcome import VerdictWord
from tests.erasure.assertions.cases import ATA, KIB, SUCCESS, attempt, cut, fixture
from tests.erasure.plans.lottery import Part
from tests.erasure.simulated_bench import Bench

METHODS = ("overwrite.keystream", "overwrite.zeros", "ata.sanitize.block", "ata.security.normal")
NATIVE = 192 * KIB
CLIPS: dict[str, dict[str, Any]] = {
    "hpa": {"native_bytes": NATIVE},
    "dco": {"native_bytes": NATIVE, "dco_bytes": 128 * KIB, "dco": True},
    "amac": {"native_bytes": NATIVE, "amac": True},
    "both": {"native_bytes": NATIVE, "dco_bytes": 160 * KIB, "dco": True},
}
OBSTACLES = ("", "keeps-size", "hpa-once", "dco-frozen", "hides-native", "frozen")
AFTERWARDS = Part(between="both")


def clipped(clip: str, **table: Any) -> dict[str, Any]:
    return {**ATA, "size_bytes": 128 * KIB, "ata": {**ATA["ata"], **CLIPS[clip], **table}}


def hidden_old(tried: Any) -> bool:
    """Whether anything of the donor is left above what was visible at first."""
    medium = tried.ending.media[tried.ending.target]
    return any(medium.before[at : at + 512] == medium.after[at : at + 512] for at in range(128 * KIB, NATIVE, 512))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("clip", CLIPS)
def test_what_can_be_shown_is_shown_and_erased(tmp_path: Path, method: str, clip: str) -> None:
    tried = attempt(tmp_path, clipped(clip), method, *[AFTERWARDS] * 4)
    assert (tried.verdict, tried.objections, hidden_old(tried)) == ("ERASED", [], False)
    assert tried.ending.size_bytes == NATIVE


@pytest.mark.parametrize("vice", OBSTACLES)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("clip", CLIPS)
def test_what_stays_hidden_is_never_erased(tmp_path: Path, method: str, clip: str, vice: str) -> None:
    vices = (vice,) if vice else ()
    tried = attempt(tmp_path, clipped(clip, hpa_password=not vice), method, *[AFTERWARDS] * 4, vices=vices)
    assert tried.objections == []
    if hidden_old(tried):
        assert tried.verdict != "ERASED"
        assert tried.verdict not in SUCCESS or any("HIDDEN_AREA" in text for text in tried.ending.exceptions)


@pytest.mark.parametrize("area", ["hpa", "dco", "ama"])
@pytest.mark.parametrize("state", [AreaState.UNKNOWN, AreaState.PRESENT])
def test_one_area_that_nobody_knows_is_enough(bench: Bench, area: str, state: AreaState) -> None:
    hidden = replace(HiddenAreas(AreaState.NONE, AreaState.NONE, AreaState.NONE, None), **{area: state})
    report = replace(bench, drive=replace(bench.drive, hidden=hidden)).erase()
    assert report.verdict is VerdictWord.ERASED_WITH_EXCEPTIONS


@pytest.mark.parametrize("name", ["ata-hdd-hpa", "ata-hdd-dco", "ata-hdd-dco-frozen"])
@pytest.mark.parametrize("method", ["overwrite.keystream", "ata.security.enhanced"])
def test_the_fixtures_with_hidden_areas_hold(tmp_path: Path, name: str, method: str) -> None:
    tried = attempt(tmp_path, fixture(name), method, *[AFTERWARDS] * 3)
    assert (tried.verdict in SUCCESS, tried.objections) == (True, [])


@pytest.mark.parametrize("clip", ["hpa", "dco", "amac"])
def test_a_bench_that_dies_right_after_it_removed_an_area_goes_on(tmp_path: Path, clip: str) -> None:
    """The drive has grown, and nothing in the journal says so but the command and the capacity that was expected."""
    dying = cut("command", 0, between="both")
    tried = attempt(tmp_path, clipped(clip), "overwrite.keystream", dying, *[AFTERWARDS] * 4)
    assert (tried.verdict, tried.objections, tried.ending.size_bytes) == ("ERASED", [], NATIVE)
