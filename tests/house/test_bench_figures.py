"""A figure is a ratio inside each round, and no figure is printed whose check failed."""

import pytest

from tests.bench.figures import Figure, row, slope
from tests.bench.goals import ABSENT, FIGURES
from tests.bench.measure import Sample

WALL = Figure("W1", "zero pass, wall", "zeros-write", "dd-write", "s", 1.0)
CPU = Figure("W2", "zero pass, CPU", "zeros-write", "dd-write", "CPU s/GB", 0.5)
RATE = Figure("M1", "24 drives at once", "zeros-write", "dd-write", "GB/s", 1.5, at_least=True)
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
    assert "dd 9.1 4 " in told.line("dd 9.1")
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


@pytest.mark.parametrize(("ours", "result"), [(1.0, "met"), (0.6, "met"), (1.1, "missed")])
def test_a_rate_has_to_be_at_least_its_goal(ours: float, result: str) -> None:
    """1.5 GB/s against 1 GB/s is met: the shorter time gives the higher rate."""
    told = row(RATE, rounds((ours, 1.5)), {}, {})
    assert told.result == result
    assert ">=1.5" in told.line("24 x dd")


def test_every_figure_of_the_reference_is_there() -> None:
    wanted = {"W1", "W2", "W3", "W4", "W5", "V1", "V2", "E1", "M1", "M2", "M3", "S1", "S2"}
    own = {"D1", "D2"}  # of a diagnosis: until its first line, and whole
    assert {figure.id for figure in FIGURES} == wanted | own


def test_the_console_is_not_measured_before_there_is_one() -> None:
    (console,) = [figure for figure in FIGURES if figure.id == "S2"]
    assert "not run: no console yet" in row(console, [], ABSENT, {}).line("")


def test_a_share_of_a_core_is_that_of_the_supervisor_over_the_run() -> None:
    assert Sample(wall=4.0, cpu=0.1, bytes=GB).share == pytest.approx(2.5)


def test_the_documents_of_two_places_can_be_told_apart() -> None:
    places = [(figure.id, figure.place) for figure in FIGURES if figure.id in {"W1", "V1", "V2"}]
    assert sorted(places) == [(name, place) for name in ("V1", "V2", "W1") for place in "ABC"]
