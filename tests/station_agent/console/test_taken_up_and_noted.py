"""Interrupted runs taken up at one key, signing in where it is asked for, and what was noted said back."""

import pytest

from station_agent.console.frame import text_of
from station_agent.console.lists import Found
from station_agent.console.pictures import scene
from station_agent.console.plan_screen import PlanScreen
from station_agent.control.view import EraseOrder, PlanOrder, TileState
from tests.station_agent.console.test_day_by_keys import SMALL, at, press, two_drives


def test_r_plans_every_interrupted_run_and_each_is_confirmed_before_it_goes_on() -> None:
    paper = two_drives()
    console = at(paper)
    assert "No interrupted run waits" in press(console, "R")
    press(console, "*", "S", "S", *"SER-AAAA", "enter", *"PC-2", "enter", "enter", "X", "enter")
    assert {tile.state for tile in paper.view.tiles[:2]} == {TileState.INTERRUPTED}
    begun = [order for order in paper.orders if isinstance(order, EraseOrder)]
    shown = press(console, "R")
    assert paper.orders[-1] == PlanOrder(drives=("s1:1", "s2:2"))
    assert "taken up where it was" in shown
    press(console, "S", "enter", *"SER-AAAA", "enter", "enter")
    assert [order for order in paper.orders if isinstance(order, EraseOrder)] == begun
    press(console, *"SER-BBBB", "enter", "enter")
    assert len([order for order in paper.orders if isinstance(order, EraseOrder)]) == len(begun) + 1


def test_what_was_found_at_the_start_offers_to_go_on_with_all_of_it() -> None:
    console = scene("en", SMALL, ())
    assert isinstance(console.screen, Found)
    assert "go on with every interrupted run" in "\n".join(text_of(console.rows()))
    press(console, "R")
    assert isinstance(console.screen, PlanScreen)
    assert [plan.drive for plan in console.screen.made.plans] == ["s12:12", "s16:16"]


def test_who_must_sign_in_can_do_so_on_the_plan_and_stays_there() -> None:
    paper = two_drives()
    paper.view = paper.view.model_copy(update={"operators_known": True})
    console = at(paper)
    assert "  sign in" in press(console, "space", "p")
    assert "Signed in: op-3" in press(console, "i", *"op-3", "enter", *"1234", "enter")
    assert isinstance(console.screen, PlanScreen)
    assert "Confirm each drive" in press(console, "S")


def test_who_was_signed_out_meanwhile_is_told_how_to_sign_in_from_the_confirmation() -> None:
    paper = two_drives()
    paper.view = paper.view.model_copy(update={"operators_known": True, "operator": "op-3"})
    console = at(paper)
    assert "Nobody is signed in any more" not in press(console, "space", "S", "S")
    paper.view = paper.view.model_copy(update={"operator": "", "revision": 99})
    assert "scan a badge, or Esc and then key i" in press(console)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("l", *"LOT 9", "enter"), "Noted: lot LOT 9"), (("l", "enter"), "Noted: no lot"),
        (("a", *"PC-1", "enter"), "Noted: tag PC-1 for the drive SER-AAAA."),
        (("right", "a", "enter"), "Noted: no tag for the drive SER-BBBB."),
        (("right", "right", "a", *"PC-1", "enter"), "Noted: tag PC-1 for all drives that come"),
        (("i", *"op-3", "enter"), "Signed in: op-3."),
    ],
)  # fmt: skip
def test_what_was_noted_is_said(keys: tuple[str, ...], said: str) -> None:
    assert said in press(at(two_drives()), *keys)
