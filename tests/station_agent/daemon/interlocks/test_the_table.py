"""The table of the interlock scenarios: each of the 40 is played; what the kernel can show is shown on the kernel."""

from pathlib import Path

import pytest

from tests.station_agent.daemon.interlocks.table import KERNEL, SCENARIOS

ROOT = Path(__file__).resolve().parents[4]


def test_every_scenario_from_1_to_40_is_played_once() -> None:
    assert [row.number for row in SCENARIOS] == list(range(1, 41))
    assert len({row.name for row in SCENARIOS}) == 40


@pytest.mark.parametrize(("number", "place"), [(n, place) for n, places in KERNEL.items() for place in places])
def test_a_scenario_that_the_kernel_shows_has_its_test_there(number: int, place: str) -> None:
    file, _, name = place.partition("::")
    assert number in {row.number for row in SCENARIOS}
    assert f"def {name}(" in (ROOT / "tests/kernel" / file).read_text(encoding="utf-8")
