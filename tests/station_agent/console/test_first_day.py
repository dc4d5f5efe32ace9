"""What somebody meets on a first day: a wrong PIN, a double scan, a small window, capitals, a bench that stopped."""

import pytest

from station_agent.console.confirm_screen import Confirming
from station_agent.console.console import Console
from station_agent.console.day import GB, PaperBench, empty, ready
from station_agent.console.desk import AtOnce
from station_agent.console.entry import LONGEST, Entry
from station_agent.console.frame import Size, text_of, too_small
from station_agent.console.lists import outbox_lines
from station_agent.console.pictures import Still
from station_agent.console.plain_words import own_name
from station_agent.console.signals import Turns
from station_agent.control.view import Earlier, EraseOrder, LotOrder, OutboxView, SignInOrder, Told
from station_agent.errors import OrderRefused, StationError
from station_agent.language import voice
from station_agent.sync import SyncState
from station_agent.sync_words import sync_words


class WrongPin(PaperBench):
    """A bench that turns everybody away."""

    def sign_in(self, order: SignInOrder) -> Told:
        """Refuse."""
        raise OrderRefused("sign-in", f"The PIN of {order.operator} is wrong.")


def at(paper: PaperBench, lang: str = "en") -> Console:
    voices = (voice("fr", {}), voice("en", {}))
    console = Console(paper, AtOnce(), voices, lambda: "08:00", lambda: 0.0, Still(), lang=lang)
    console.see(paper.view)
    return console


def press(console: Console, *keys: str) -> str:
    for key in keys:
        console.press(key)
    console.see(console.desk.bench())
    return "\n".join(text_of(console.rows()))


def one_drive() -> PaperBench:
    paper = PaperBench(empty(2))
    paper.plug(ready(1, "WDC A", "SER-AAAA", 500 * GB))
    return paper


def test_after_a_wrong_pin_what_is_typed_is_a_name_again_and_no_key_of_the_wall() -> None:
    paper = WrongPin(empty(2))
    paper.view = paper.view.model_copy(update={"operators_known": True})
    console = at(paper)
    shown = press(console, "i", *"lea", "enter", *"1111", "enter")
    assert "The PIN of lea is wrong." in shown
    assert isinstance(console.screen, Entry)
    press(console, *"lea")
    assert paper.view.lot == ""
    press(console, "escape")
    assert console.stack == [console.screen]


def test_a_double_scan_is_refused_and_never_cut_to_a_lot_of_its_own() -> None:
    paper = one_drive()
    console = at(paper)
    assert "More than 200 characters" in press(console, "l", *("Z" * (LONGEST + 1)))
    assert "nothing was taken" in press(console, "enter")
    assert not any(isinstance(order, LotOrder) for order in paper.orders)
    press(console, *"LOT-7", "enter")
    assert paper.view.lot == "LOT-7"


def test_a_lot_as_long_as_may_be_is_taken_whole() -> None:
    paper = one_drive()
    press(at(paper), "l", *("Z" * LONGEST), "enter")
    assert paper.view.lot == "Z" * LONGEST


@pytest.mark.parametrize("typed", ["ser-aaaa", "SER-AA"])
def test_other_capitals_or_a_part_of_a_serial_confirm_nothing_and_say_why(typed: str) -> None:
    console = at(one_drive())
    shown = press(console, "space", "S", "S", *typed, "enter")
    assert f"{typed} is not the whole serial or tag" in shown
    assert "0 of 1 confirmed" in shown
    assert isinstance(console.screen, Confirming)


def test_enter_is_named_start_only_while_nothing_is_typed() -> None:
    console = at(one_drive())
    assert "Enter  START" in press(console, "space", "S", "S", *"SER-AAAA", "enter")
    assert "Enter  confirm this drive" in press(console, "f")


def test_the_star_says_when_no_drive_is_ready() -> None:
    assert "No drive is ready" in press(at(PaperBench(empty(2))), "*")


CAME_BACK = Earlier(verdict="ERASED", ended="2026-03-01T08:00:00Z", statement="a" * 64, kept="queued", changed=False)


def test_the_star_leaves_out_a_drive_that_was_erased_here_and_a_hand_may_choose_it() -> None:
    paper = one_drive()
    paper.plug(ready(2, "WDC B", "SER-BBBB", 500 * GB, earlier=CAME_BACK))
    console = at(paper)
    shown = press(console, "*")
    assert console.chosen == {"s1:1"}
    assert "erased already: d" in shown
    assert "1 left out: erased here already" in shown
    press(console, "right", "space")
    assert console.chosen == {"s1:1", "s2:2"}


@pytest.mark.parametrize("other", [{"changed": True}, {"changed": None}, {"verdict": "FAILED"}])
def test_a_drive_that_changed_or_of_which_nobody_knows_is_chosen_by_the_star(other: dict[str, object]) -> None:
    paper = PaperBench(empty(1))
    paper.plug(ready(1, "WDC B", "SER-BBBB", 500 * GB, earlier=CAME_BACK.model_copy(update=other)))
    console = at(paper)
    assert "erased already" not in press(console, "*")
    assert console.chosen == {"s1:1"}


def test_the_key_that_signs_out_is_named_so() -> None:
    console = at(one_drive())
    assert "sign in" in press(console)
    shown = press(console, "i", *"lea", "enter")
    assert "sign out" in shown
    assert "sign in" not in shown


def test_a_small_terminal_is_told_on_its_first_rows_and_a_large_one_is_left_alone() -> None:
    rows = at(one_drive()).rows()
    small = text_of(too_small(rows, Size(60, 15), "Terminal too small (60 x 15): make it 80 x 25 or larger."))
    assert small[0].startswith(" Terminal too small (60 x 15)")
    assert len(small) == len(rows)
    assert too_small(rows, Size(80, 25), "never shown") == rows


def test_a_bench_that_does_not_answer_is_not_said_to_go_on_erasing() -> None:
    console = at(one_drive(), "fr")
    console.lose(StationError("No daemon."))
    shown = " ".join("\n".join(text_of(console.rows())).split())
    assert "relancez-le (`etabli-station serve`)" in shown
    assert "Les effacements continuent" not in shown


@pytest.mark.parametrize("state", list(SyncState))
def test_no_attempt_to_send_is_told_by_a_code(state: SyncState) -> None:
    view = empty(1).model_copy(update={"outbox": OutboxView(sync=state.value)})
    told = " ".join(text for text, _ in outbox_lines(voice("fr", {}), view))
    assert sync_words(voice("fr", {}), state.value) in told
    assert state.value not in sync_words(voice("fr", {}), state.value)


def test_a_long_lot_shows_that_it_was_cut() -> None:
    paper = one_drive()
    assert "lot ZZZZZZZZZZZZZZZ. " in press(at(paper), "l", *("Z" * 30), "enter")


def test_the_line_mode_names_its_commands_in_the_language_of_the_session() -> None:
    assert own_name("stop", "fr") == "arrêter"
    assert own_name("plan", "fr") == "plan"
    assert own_name("stop", "en") == "stop"


@pytest.mark.parametrize(("verdict", "sign"), [("FAILED", "[KO] "), ("UNCONFIRMED", "[??] "), ("ERASED", "")])
def test_a_drive_that_failed_before_is_ready_again_with_the_sign_of_its_failure(verdict: str, sign: str) -> None:
    earlier = Earlier(verdict=verdict, ended="2026-03-01T08:00:00Z", statement="a" * 64, kept="queued")
    paper = PaperBench(empty(2))
    paper.plug(ready(1, "WDC A", "SER-AAAA", 500 * GB).model_copy(update={"earlier": earlier}))
    row = next(line for line in press(at(paper, "fr")).splitlines() if "déjà venu" in line)
    assert row.strip("│ ") == f"{sign}déjà venu\u00a0: d"


def test_a_frozen_drive_that_could_be_overwritten_says_so_and_the_key_u_thaws_it() -> None:
    paper = PaperBench(empty(2))
    paper.plug(ready(1, "WDC A", "SER-AAAA", 500 * GB, frozen=True))
    console = at(paper)
    assert "frozen: key u" in press(console)
    assert "1 drive is frozen:" in press(console, "u")
    press(console, "enter")
    assert paper.orders == [("unfreeze", "s1:1")]


def test_the_big_word_of_a_drive_that_is_over_swallows_no_letter_of_a_serial() -> None:
    console = at(one_drive())
    press(console, "space", "S", "S", *"SER-")
    console.flash = Turns(("2",))
    press(console, "A")
    assert console.flash is None
    assert "Confirmed: SER-AAAA." in press(console, *"AAA", "enter") or "All are confirmed" in press(console)
    console.flash = Turns(("2",))
    press(console, "enter")
    assert not any(isinstance(order, EraseOrder) for order in console.desk.orders)  # type: ignore[attr-defined]
