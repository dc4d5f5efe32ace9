"""A figure is a ratio inside each round, and no figure is printed whose check failed."""

import pytest

from tests.bench.figures import Figure, row, slope
from tests.bench.measure import Sample

WALL = Figure("W1", "zero pass, wall", "zeros-write", "dd-write", "s", 1.0)
CPU = Figure("W2", "zero pass, CPU", "zeros-write", "dd-write", "cpu s/GB", 0.5)
GB = 1_000_000_000


def rounds(*pairs: tuple[float, float], fault: str = "") -> list[dict[str, Sample]]:
    """Make rounds of (our seconds, anchor's seconds) over one GB."""
    return [
        {"zeros-write": Sample(ours, ours / 4, GB, fault), "dd-write": Sample(anchor, anchor, GB)}
        for ours, anchor in pairs
    ]


def test_the_ratio_is_formed_inside_each_round() -> None:
    told = row(WALL, rounds((1, 2), (6, 10), (3, 4)), {}, {})
    assert told.ratios == [0.5, 0.6, 0.75]
    assert "0.60 (0.50-0.75)" in told.line("dd 9.1")
    assert told.document("dd 9.1")["runs"][1] == {"ours": 6, "peer": 10, "ratio": 0.6}


def test_cpu_is_counted_per_gigabyte() -> None:
    assert row(CPU, rounds((1, 1)), {}, {}).runs == ((0.25, 1.0),)


@pytest.mark.parametrize(("ours", "result"), [(0.9, "met"), (1.0, "met"), (1.1, "missed")])
def test_a_goal_is_met_or_missed(ours: float, result: str) -> None:
    assert row(WALL, rounds((ours, 1)), {}, {}).result == result


def test_an_anchor_that_varies_too_much_makes_the_figure_noisy() -> None:
    assert row(WALL, rounds((1, 1), (1, 2.5)), {}, {}).result == "noisy"


def test_a_slope_that_noise_made_negative_is_noisy() -> None:
    assert row(WALL, rounds((1, 1), (1, -0.5)), {}, {}).result == "noisy"


def test_one_failed_check_withholds_the_figure_of_all_rounds() -> None:
    told = row(WALL, rounds((1, 2)) + rounds((1, 2), fault="3 sectors hold what they must not"), {}, {})
    assert told.runs == ()
    assert "WITHHELD: 3 sectors" in told.line("dd 9.1")


def test_a_verifier_that_overlooks_a_byte_withholds_our_figures() -> None:
    assert row(WALL, rounds((1, 2)), {}, {"zeros": "byte 0 was changed and not noticed"}).fault.startswith("byte 0")
    assert row(WALL, rounds((1, 2)), {}, {"overwrite": "byte 0 was changed and not noticed"}).fault == ""


def test_a_peer_that_is_not_there_is_told_with_its_reason() -> None:
    assert "not run: dd is not installed" in row(WALL, [], {"dd-write": "dd is not installed"}, {}).line("")


def test_a_program_that_failed_in_every_round_is_a_fault() -> None:
    assert row(WALL, [{}, {}], {}, {}).fault == "a program failed in every round"


def test_a_slope_takes_the_start_up_out() -> None:
    told = slope(Sample(5.0, 3.0, 3 * GB), Sample(3.0, 1.0, GB))
    assert (told.wall, told.cpu, told.bytes) == (2.0, 2.0, 2 * GB)
