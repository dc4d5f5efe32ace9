"""EA-11: process or power interrupted: afterwards the run is open, never ERASED; taken up again it ends in truth."""

from pathlib import Path
from typing import Any

import pytest

from tests.erasure.assertions.cases import EACH_METHOD, SUCCESS, attempt, cut
from tests.erasure.plans.lottery import Cut, Part

MOMENTS = [("record", nth) for nth in range(5)] + [("ask", nth) for nth in (0, 60, 250)] + [("command", 0)]
EACH_MOMENT = pytest.mark.parametrize(("moment", "nth"), MOMENTS)


@EACH_METHOD
@EACH_MOMENT
def test_a_bench_that_dies_leaves_no_verdict(
    tmp_path: Path, table: dict[str, Any], method: str, moment: str, nth: int
) -> None:
    tried = attempt(tmp_path, table, method, cut(moment, nth))
    assert tried.objections == []
    if tried.table.told == "killed":
        assert (tried.verdict, tried.table.report) == ("OPEN", None)
    else:
        assert tried.verdict in SUCCESS  # the run was over before this moment came


@EACH_METHOD
@EACH_MOMENT
def test_what_died_is_taken_up_again_after_a_start_of_the_bench(
    tmp_path: Path, table: dict[str, Any], method: str, moment: str, nth: int
) -> None:
    tried = attempt(tmp_path, table, method, cut(moment, nth, between="reboot"), Part(between="reboot"), Part())
    assert tried.objections == []
    if ("password", True) in tried.ending.sent and tried.table.parts > 1:
        assert tried.verdict in (*SUCCESS, "OPEN")  # a password is set: a person has to unlock the drive first
    else:
        assert tried.verdict in SUCCESS


@EACH_METHOD
@pytest.mark.parametrize("nth", [0, 1, 2, 3])
def test_power_that_goes_with_everything_never_makes_an_erased_drive(
    tmp_path: Path, table: dict[str, Any], method: str, nth: int
) -> None:
    parts = [Part((), Cut("kill", "record", nth, after=True), "both")] * 2
    tried = attempt(tmp_path, table, method, *parts, Part(between="both"), Part())
    assert tried.objections == []
    assert tried.verdict in (*SUCCESS, "OPEN", "UNCONFIRMED", "FAILED")
