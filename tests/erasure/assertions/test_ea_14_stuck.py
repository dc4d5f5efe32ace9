"""EA-14: an erase that gets stuck ends at a deadline, as STUCK or unknown; nothing else is sent to the drive."""

from pathlib import Path

import pytest

from tests.erasure.assertions.cases import EACH_FIRMWARE, FIRMWARE, attempt
from tests.erasure.plans.lottery import Part

POLLED = [method for method in FIRMWARE if ".sanitize." in method]
BLOCKING = [method for method in FIRMWARE if method not in POLLED]
DAY_S = 24 * 3600


@pytest.mark.parametrize("method", POLLED)
def test_a_sanitize_that_stays_at_655_is_given_up(tmp_path: Path, method: str) -> None:
    tried = attempt(tmp_path, FIRMWARE[method], method, vices=("stuck",))
    assert (tried.verdict, tried.codes, tried.objections) == ("UNCONFIRMED", {"STUCK"}, [])
    assert "655 of 65536" in tried.ending.reasons[0]


@pytest.mark.parametrize("method", BLOCKING)
@pytest.mark.parametrize("vice", ["stuck", "hangs"])
def test_a_command_that_does_not_come_back_has_a_deadline(tmp_path: Path, method: str, vice: str) -> None:
    tried = attempt(tmp_path, FIRMWARE[method], method, vices=(vice,))
    assert tried.verdict in ("UNCONFIRMED", "FAILED")
    assert tried.codes <= {"STUCK", "STATUS_UNREADABLE", "TRANSPORT", "ABORTED"}
    assert tried.objections == []


@EACH_FIRMWARE
def test_it_ends_within_a_day_by_the_clock_of_the_bench(tmp_path: Path, method: str) -> None:
    tried = attempt(tmp_path, FIRMWARE[method], method, vices=("stuck",))
    assert tried.table.clock.ns < DAY_S * 1_000_000_000


@EACH_FIRMWARE
def test_nothing_else_is_sent_to_a_drive_that_is_stuck(tmp_path: Path, method: str) -> None:
    """Neither another method nor the same again, also when the bench is started anew."""
    once = attempt(tmp_path / "once", FIRMWARE[method], method, vices=("stuck",))
    again = attempt(tmp_path / "again", FIRMWARE[method], method, Part(), Part(), vices=("stuck",))
    assert again.destructive == once.destructive
    erases = [word for word in once.destructive if word not in ("limits", "password", "emmc range", "emmc erase")]
    assert len(set(erases)) <= 1
