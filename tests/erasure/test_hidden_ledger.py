"""The ledger of hidden areas is closed only when every area is known."""

import pytest

from erasure.hidden import AreaState, HiddenAreas


@pytest.mark.parametrize("area", ["hpa", "dco", "ama"])
@pytest.mark.parametrize("state", [AreaState.PRESENT, AreaState.UNKNOWN])
def test_one_area_that_is_there_or_unknown_keeps_the_ledger_open(area: str, state: AreaState) -> None:
    areas = {"hpa": AreaState.NONE, "dco": AreaState.NONE, "ama": AreaState.NONE} | {area: state}
    assert HiddenAreas(**areas, native_bytes=None).closed is False


def test_areas_that_are_absent_or_removed_close_it() -> None:
    assert HiddenAreas(AreaState.NONE, AreaState.REMOVED, AreaState.NONE, native_bytes=512).closed is True
