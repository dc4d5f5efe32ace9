"""A day in a workshop, driven by keys only: drives come, are planned, confirmed, run, fail, freeze, and are pulled."""

import pytest

from station_agent.console.blank import Blank
from station_agent.console.confirm_screen import Confirming
from station_agent.console.console import Console
from station_agent.console.day import GB, PaperBench, empty, ready
from station_agent.console.desk import AtOnce
from station_agent.console.detail import Detail
from station_agent.console.frame import Size, text_of
from station_agent.console.lists import Found, Methods, Thawed
from station_agent.console.order import Match, Order
from station_agent.console.pictures import FROZEN, PSID, Still, bench, scene
from station_agent.console.plan_screen import PlanScreen
from station_agent.console.signals import Turns
from station_agent.console.wall_screen import Wall
from station_agent.control.view import (
    AssetOrder,
    BenchView,
    EraseOrder,
    LotOrder,
    Phrase,
    PlanOrder,
    SignInOrder,
    TileState,
)
from station_agent.errors import StationError
from station_agent.language import voice

SMALL = Size(80, 25)


def at(paper: PaperBench, *, signal: Still | None = None, time: list[float] | None = None) -> Console:
    hands = time if time is not None else [0.0]
    voices = (voice("fr", {}), voice("en", {}))
    console = Console(paper, AtOnce(), voices, lambda: "08:00", lambda: hands[0], signal or Still(), lang="en")
    console.see(paper.view)
    return console


def press(console: Console, *keys: str) -> str:
    for key in keys:
        console.press(key)
    console.see(console.desk.bench())
    return "\n".join(text_of(console.rows()))


def two_drives() -> PaperBench:
    paper = PaperBench(empty(4))
    paper.plug(ready(1, "WDC A", "SER-AAAA", 500 * GB))
    paper.plug(ready(2, "WDC B", "SER-BBBB", 500 * GB, asset="PC-2"))
    return paper


def test_a_whole_day_from_boot_to_pulled_drives() -> None:
    paper = PaperBench(empty(6), how={"SER-BAD": TileState.FAILED})
    console = at(paper)
    press(console, "i", *"op-3", "enter", *"1234", "enter")
    press(console, "l", *"LOT-7", "enter")
    for slot in (1, 2, 3):
        paper.plug(ready(slot, "ST500", f"SER-{slot}", 500 * GB))
    paper.plug(ready(4, "WORN", "SER-BAD", 250 * GB))
    paper.plug(ready(5, "COLD", "SER-ICE", 250 * GB, state=TileState.FROZEN, reasons=(FROZEN,)))
    console.see(paper.view)
    press(console, "*", "S")
    assert isinstance(console.screen, PlanScreen)
    press(console, "S")
    for serial in ("SER-1", "SER-2", "SER-3", "SER-BAD"):
        press(console, *serial, "enter")
    press(console, "enter")
    assert isinstance(console.screen, Wall)
    assert paper.orders[-1] == EraseOrder(
        plans=("plan-s1:1", "plan-s2:2", "plan-s3:3", "plan-s4:4"), confirmed=("SER-1", "SER-2", "SER-3", "SER-BAD")
    )
    assert "[▶▶] 4" in press(console)
    press(console, "u", "enter", "escape")
    assert paper.view.tiles[4].state is TileState.READY
    for _ in range(5):
        console.see(paper.pass_time())
    assert console.flash == Turns(("1", "2", "3"), ("4",))
    shown = press(console, "escape")
    assert shown.count("PULL ME") == 4
    assert "[KO] 1" in shown
    assert "[OK] 3" in shown
    assert (paper.view.operator, paper.view.lot) == ("op-3", "LOT-7")


@pytest.mark.parametrize("key", ["S", "p", "m"])
def test_nothing_starts_with_an_empty_choice(key: str) -> None:
    paper = two_drives()
    assert "Nothing is chosen" in press(at(paper), key)
    assert paper.orders == []


def test_a_small_s_starts_nothing_and_says_so() -> None:
    paper = two_drives()
    assert "Capital S" in press(at(paper), "space", "s")
    assert paper.orders == []


def test_a_drive_that_is_protected_frozen_or_over_cannot_be_chosen() -> None:
    console = scene("en", SMALL, ("enter",))
    for tile in console.view.tiles if console.view is not None else ():
        console.chosen.clear()
        console.press("space")
        can = {TileState.READY, TileState.INTERRUPTED, TileState.POWER_CYCLE, TileState.COUNTDOWN}
        assert bool(console.chosen) == (tile.state in can), tile.state
        console.press("right")


def test_a_wrong_serial_names_itself_and_nothing_starts_until_all_match() -> None:
    paper = two_drives()
    console = at(paper)
    press(console, "*", "S", "S")
    assert isinstance(console.screen, Confirming)
    assert "SER-XXXX is none of these drives" in press(console, *"SER-XXXX", "enter")
    assert "1 of 2 confirmed" in press(console, *"SER-AAAA", "enter")
    assert "is confirmed already" in press(console, *"SER-AAAA", "enter")
    press(console, "enter")
    assert not any(isinstance(order, EraseOrder) for order in paper.orders)
    assert "All are confirmed" in press(console, *"PC-2", "enter")  # its tag
    press(console, "enter")
    assert paper.orders[-1] == EraseOrder(plans=("plan-s1:1", "plan-s2:2"), confirmed=("SER-AAAA", "PC-2"))


def test_a_serial_of_a_neighbour_that_is_not_in_the_order_is_told_apart() -> None:
    paper = two_drives()
    console = at(paper)
    assert "NOT in this order" in press(console, "space", "S", "S", *"SER-BBBB", "enter")
    assert "0 of 1 confirmed" in press(console)


def test_escape_forgets_every_confirmation() -> None:
    paper = two_drives()
    console = at(paper)
    press(console, "*", "S", "S", *"SER-AAAA", "enter", "escape", "S")
    assert "0 of 2 confirmed" in press(console)


def test_a_drive_can_be_taken_out_of_the_order() -> None:
    paper = two_drives()
    console = at(paper)
    press(console, "*", "S", "down", "x", "S", *"SER-AAAA", "enter", "enter")
    assert paper.orders[-1] == EraseOrder(plans=("plan-s1:1",), confirmed=("SER-AAAA",))


def test_two_drives_with_one_serial_are_confirmed_by_their_tags_only() -> None:
    plans = two_drives().plan(PlanOrder(drives=("s1:1", "s2:2"))).plans
    twins = tuple(plan.model_copy(update={"serial": "SAME"}) for plan in plans)
    order = Order(twins, two_drives().view.tiles)
    assert order.confirm("SAME") == (Match.AMBIGUOUS, "SAME")
    assert order.confirm("PC-2") == (Match.MATCHED, "SAME")
    assert order.confirm("") == (Match.UNKNOWN, "")
    assert order.confirm("  ") == (Match.UNKNOWN, "")
    with pytest.raises(ValueError, match="nobody has confirmed"):
        order.to_erase()


def test_a_tag_that_a_drive_outside_of_the_order_has_too_confirms_none() -> None:
    (plan,) = two_drives().plan(PlanOrder(drives=("s2:2",))).plans
    tiles = tuple(tile.model_copy(update={"asset": "PC-2"}) for tile in two_drives().view.tiles)
    order = Order((plan,), tiles)
    assert order.confirm("PC-2") == (Match.AMBIGUOUS, "PC-2")
    assert order.missing == (plan,)
    assert order.confirm(plan.serial) == (Match.MATCHED, plan.serial)


def test_a_refused_or_joint_drive_is_never_part_of_what_is_ordered() -> None:
    plans = two_drives().plan(PlanOrder(drives=("s1:1", "s2:2"))).plans
    joint = plans[0].model_copy(update={"together": "sim:s2"})
    refused = plans[1].model_copy(update={"refusals": (FROZEN,)})
    order = Order((joint, refused), two_drives().view.tiles)
    assert order.erasable == ()
    assert order.confirm("SER-AAAA")[0] is Match.OTHER


def test_a_refusal_of_the_bench_is_said_and_every_drive_has_to_be_confirmed_again() -> None:
    paper = two_drives()
    console = at(paper)
    press(console, "space", "S", "S", *"SER-AAAA", "enter")
    paper.refuse = StationError("There is no such plan any more: its drive left, or it is old. Plan again.")
    shown = press(console, "enter")
    assert "There is no such plan any more" in shown
    assert "0 of 1 confirmed" in shown


def test_who_is_not_signed_in_cannot_start_where_people_are_known() -> None:
    paper = two_drives()
    paper.view = paper.view.model_copy(update={"operators_known": True})
    console = at(paper)
    assert "Sign in first" in press(console, "space", "S", "S")
    assert isinstance(console.screen, PlanScreen)


def test_a_bench_that_may_begin_nothing_says_why() -> None:
    paper = two_drives()
    full = Phrase(message="The stick is nearly full.")
    paper.view = paper.view.model_copy(update={"stops_new": full})
    assert "The stick is nearly full." in press(at(paper), "space", "S", "S")


def test_another_method_is_planned_for_the_chosen_drives() -> None:
    paper = two_drives()
    console = at(paper)
    press(console, "space", "m")
    assert isinstance(console.screen, Methods)
    press(console, "down", "enter")
    assert paper.orders[-1] == PlanOrder(drives=("s1:1",), method="overwrite.zeros")


def test_a_psid_is_checked_handed_on_once_and_never_shown_again() -> None:
    paper = PaperBench(bench())
    console = scene("en", SMALL, ("enter", *(["right"] * 8)))
    console.desk = paper
    assert "Not in a PSID: !" in press(console, "k", *"A1!")
    assert "nothing was done" in press(console, "enter")
    press(console, "k", *PSID.lower(), "enter")
    assert paper.orders[-1] == PlanOrder(drives=("s9:9",), allow=("opal.psid-revert",))
    shown = press(console, "S", *"DEMO1716175A0B3", "enter", "enter")
    order = paper.orders[-1]
    assert isinstance(order, EraseOrder)
    assert order.psid == PSID
    assert PSID not in shown
    assert PSID not in repr(order)


def test_a_pin_is_hidden_and_a_badge_is_told_apart_from_a_name() -> None:
    paper = two_drives()
    paper.view = paper.view.model_copy(update={"operators_known": True})
    console = at(paper)
    assert "987654" not in press(console, "i", *"op-3", "enter", *"987654")
    press(console, "enter")
    assert paper.orders[-1] == SignInOrder(badge="", operator="op-3", pin="987654")
    press(console, "i")
    assert paper.orders[-1] == "sign-out"
    assert "SECRET" not in press(console, "i", *"ABCDSECRETSECRET16")
    press(console, "enter")
    assert paper.orders[-1] == SignInOrder(badge="ABCDSECRETSECRET16", operator="", pin="")


def test_a_bench_without_operators_says_so_and_asks_for_no_pin() -> None:
    paper = two_drives()
    console = at(paper)
    assert "This bench knows no operators" in press(console, "i")
    assert "PIN" not in press(console, *"toto", "enter").replace("no PIN", "")
    assert paper.orders == [SignInOrder(badge="", operator="toto", pin="")]
    assert paper.view.operator == "toto"


def test_lot_and_tag_are_set_for_what_stands_under_the_cursor() -> None:
    paper = two_drives()
    press(at(paper), "l", *"LOT 9", "enter", "a", *"PC-1", "enter")
    assert paper.orders == [LotOrder(lot="LOT 9"), AssetOrder(asset="PC-1", drive="s1:1")]


def test_stopping_asks_first_and_a_countdown_is_held_at_once() -> None:
    paper = PaperBench(bench())
    console = scene("en", SMALL, ("enter", "right", "right"))
    console.desk = paper
    press(console, "x")
    assert paper.orders == []
    press(console, "enter")
    assert paper.orders == [("stop", "9c0ffee0" * 4)]
    press(console, *(["right"] * 12), "x")
    assert paper.orders[-1] == ("hold", "s15:15")


def test_an_interrupted_run_is_given_up_only_after_a_question() -> None:
    paper = PaperBench(bench())
    console = scene("en", SMALL, ("enter", *(["right"] * 11), "d"))
    console.desk = paper
    assert isinstance(console.screen, Detail)
    press(console, "g", "escape")
    assert paper.orders == []
    press(console, "g", "enter")
    assert paper.orders == [("give-up", "9c0ffee0" * 4)]


def test_frozen_drives_are_thawed_and_the_one_that_stays_is_named_with_what_to_do() -> None:
    console = scene("en", SMALL, ("enter", "u"))
    assert "sleep 5 s" in press(console)
    shown = press(console, "enter")
    assert isinstance(console.screen, Thawed)
    assert "1 of 2 thawed" in shown
    assert "DEMOTF655AY9GKKP" in shown
    assert "another port" in shown


def test_what_was_found_at_the_start_is_shown_once() -> None:
    console = scene("en", SMALL, ())
    assert isinstance(console.screen, Found)
    press(console, "enter")
    console.see(bench().model_copy(update={"revision": 9}))
    assert isinstance(console.screen, Wall)


def test_the_wall_comes_by_itself_when_nobody_presses_a_key() -> None:
    time = [0.0]
    console = at(PaperBench(bench()), time=time)
    time[0] = 19.0
    console.tick()
    assert isinstance(console.screen, Found)
    time[0] = 20.0
    console.tick()
    assert isinstance(console.screen, Wall)


def test_a_drive_that_leaves_is_not_chosen_any_more() -> None:
    paper = two_drives()
    console = at(paper)
    press(console, "*")
    assert console.chosen == {"s1:1", "s2:2"}
    paper.view = paper.view.model_copy(update={"tiles": (empty(1).tiles[0], *paper.view.tiles[1:]), "revision": 50})
    press(console)
    assert console.chosen == {"s2:2"}


def test_an_older_picture_never_replaces_a_newer_one() -> None:
    paper = two_drives()
    console = at(paper)
    console.see(empty(4))
    assert console.view is paper.view


def test_a_bench_that_is_gone_is_said_until_it_answers_again() -> None:
    paper = two_drives()
    console = at(paper)
    console.lose(StationError("No daemon."))
    assert "what is shown is old" in "\n".join(text_of(console.rows()))
    console.see(empty(4))  # a daemon that was started again counts from one
    assert "what is shown is old" not in "\n".join(text_of(console.rows()))


def test_a_flash_ends_by_itself_and_a_key_that_ends_it_does_nothing_else() -> None:
    paper, time = two_drives(), [0.0]
    console = at(paper, time=time)
    press(console, "space", "S", "S", *"SER-AAAA", "enter", "enter")
    for _ in range(5):
        console.see(paper.pass_time())
    assert "DONE" in "\n".join(text_of(console.rows()))
    console.press("q")
    assert isinstance(console.screen, Wall)
    console.flash, console._flash_until = Turns(("1",)), 2.0
    time[0] = 2.5
    console.tick()
    assert console.flash is None


def test_the_dark_screen_moves_and_still_shows_the_state() -> None:
    paper, time = PaperBench(bench()), [0.0]
    console = at(paper, time=time)
    press(console, "enter", "b")
    assert isinstance(console.screen, Blank)
    first = text_of(console.rows())
    time[0] = 9.0
    second = text_of(console.rows())
    assert first != second
    for seen in (first, second):
        assert any("[KO] 1" in line for line in seen)
    press(console, "x")
    assert isinstance(console.screen, Wall)


def test_a_second_order_is_not_given_while_one_is_under_way() -> None:
    class Slow(AtOnce):
        busy = True

    paper = two_drives()
    console = at(paper)
    console.errands = Slow()
    assert "please wait" in press(console, "space", "S")
    assert paper.orders == []


def test_a_picture_of_this_version_is_what_the_day_is_made_of() -> None:
    assert BenchView.model_validate_json(bench().model_dump_json()) == bench()
