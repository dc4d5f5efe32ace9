"""EA-10: a drive that leaves, is reset or comes back as another: interrupted, and never taken up on another one."""

from pathlib import Path
from typing import Any

import pytest

from tests.erasure.assertions.cases import EACH_FIRMWARE, EACH_METHOD, FIRMWARE, SUCCESS, attempt, cut, faulty
from tests.erasure.plans.lottery import Part

AWAY = ("vanishes", "power-loss")
POWER = Part(between="both")


@EACH_FIRMWARE
@pytest.mark.parametrize("vice", AWAY)
def test_a_drive_that_leaves_at_its_erase_leaves_the_run_open(tmp_path: Path, method: str, vice: str) -> None:
    tried = attempt(tmp_path, FIRMWARE[method], method, vices=(vice,))
    assert (tried.verdict, tried.objections) == ("OPEN", [])
    assert "CLOSED" not in tried.kinds


@EACH_FIRMWARE
@pytest.mark.parametrize("vice", AWAY)
def test_it_is_found_again_and_erased_or_said_not_to_be(tmp_path: Path, method: str, vice: str) -> None:
    tried = attempt(tmp_path, FIRMWARE[method], method, POWER, POWER, POWER, vices=(vice,))
    assert tried.objections == []
    if not method.startswith("ata.security"):  # locked by its own password: access has to be recovered first
        assert tried.verdict in SUCCESS


@EACH_METHOD
@pytest.mark.parametrize("after", [1, 40 * 512, 200 * 512])
def test_a_drive_that_leaves_the_bus_is_never_erased(
    tmp_path: Path, table: dict[str, Any], method: str, after: int
) -> None:
    tried = attempt(tmp_path, table, method, faulty("vanish", after_read_bytes=after))
    assert tried.objections == []
    assert tried.verdict in ("OPEN", "FAILED", "NOT_ERASED")


@EACH_METHOD
def test_another_drive_is_never_taken_for_it(tmp_path: Path, table: dict[str, Any], method: str) -> None:
    """Cut, then a stranger of the same model under its name, then itself again."""
    tried = attempt(tmp_path, table, method, cut("record", 1, between="stranger"), Part(between="nothing"), Part())
    assert (tried.verdict in SUCCESS, tried.objections, tried.ending.untouched) == (True, [], True)
    assert tried.table.parts == 3


@EACH_METHOD
def test_another_drive_between_plan_and_order_is_not_erased(tmp_path: Path, table: dict[str, Any], method: str) -> None:
    tried = attempt(tmp_path, table, method, Part(swapped=True))
    assert (tried.verdict, tried.codes, tried.ending.untouched) == ("NOT_ERASED", {"IDENTITY"}, True)


@EACH_FIRMWARE
def test_a_drive_that_gives_another_name_after_its_erase_is_not_erased(tmp_path: Path, method: str) -> None:
    """Also between two steps: the destruction of the key is one. The drive planned may be left with a password."""
    tried = attempt(tmp_path, FIRMWARE[method], method, vices=("renames",))
    left = {"LOCKED"} if method.startswith("ata.security.") else set()
    assert (tried.verdict, tried.codes, tried.objections) == ("FAILED", {"IDENTITY", *left}, [])
