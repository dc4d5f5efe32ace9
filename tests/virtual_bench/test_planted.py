"""The bench's own planted bugs: every row fits today's code, and only a judged surprise counts as caught."""

import base64
from pathlib import Path

import pytest

from tests.planted.bugs import BadRow, Bug
from tests.planted.harness import Result
from tests.virtual_bench.checkout import ROOT
from tests.virtual_bench.planted import bugs_for, judge_all, judged, mended, scenario_of
from tests.virtual_bench.programme import Row, Scenario
from tests.virtual_bench.snapshot import Mended, Saved

WORDS = ("sense decoding", "identity check", "namespace enumeration", "completion polling", "boot-medium guard")
GOOD = Row("a_scenario", "ERASED", (), "", "", 1.0, judged=True, worked_s=1.0)
WRONG = Row("a_scenario", "", (), "the verdict: saw 'ERASED'", "log", 1.0, judged=True, worked_s=1.0)
STOPPED = Row("a_scenario", "", (), "the guest ended", "log", 1.0, judged=False, worked_s=1.0)


@pytest.mark.parametrize("bug", bugs_for(()), ids=lambda bug: str(bug.id))
def test_a_row_fits_the_code_and_names_a_scenario(bug: Bug) -> None:
    assert scenario_of(bug).__name__ in bug.tests
    assert bug.new.encode() in base64.b64decode(mended(bug, ROOT).content)


def test_each_guard_that_was_asked_for_has_a_bug() -> None:
    assert [bug.why.partition(":")[0] for bug in bugs_for(())] == [*WORDS]


def test_a_row_whose_scenario_is_gone_is_told() -> None:
    bug = bugs_for(())[0]
    with pytest.raises(BadRow, match="is not one scenario"):
        scenario_of(Bug(bug.id, bug.why, bug.file, bug.old, bug.new, ("an_older_scenario",)))


@pytest.mark.parametrize(
    ("clean", "planted", "result"),
    [
        (GOOD, WRONG, Result.CAUGHT),
        (GOOD, GOOD, Result.MISSED),
        (GOOD, STOPPED, Result.BROKEN),
        (WRONG, WRONG, Result.BROKEN),
    ],
)
def test_only_what_passes_without_the_bug_and_is_judged_wrong_with_it_is_caught(
    clean: Row, planted: Row, result: Result
) -> None:
    assert judged(bugs_for(())[0], clean, planted).result is result


def test_a_bug_is_planted_in_one_of_two_guests(tmp_path: Path) -> None:
    seen: list[tuple[str, Mended | None]] = []

    def carry_out(saved: Saved, scenario: Scenario) -> Row:
        seen.append((scenario.__name__, saved.mended))
        return WRONG if saved.mended else GOOD

    bug = bugs_for(("boot",))[0]
    saved = Saved(guest=None, agent=tmp_path, accelerator="tcg", cache=tmp_path)  # type: ignore[arg-type]
    (finding,) = judge_all(saved, (bug,), 1, ROOT, carry_out)
    assert finding.result is Result.CAUGHT
    assert seen == [(bug.tests[0], None), (bug.tests[0], mended(bug, ROOT))]
