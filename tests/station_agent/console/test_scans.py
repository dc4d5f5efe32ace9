"""What a scan does on every screen: it goes where keys go, confirms by the rules of typing, and starts nothing."""

import pytest

from station_agent.console.confirm_screen import Confirming
from station_agent.console.console import Console
from station_agent.console.day import GB, PaperBench, empty, ready
from station_agent.console.detail import Detail
from station_agent.console.entry import Entry
from station_agent.console.frame import text_of
from station_agent.console.pictures import PSID, SCENES, bench, scene
from station_agent.console.plan_screen import PlanScreen
from station_agent.console.wall_screen import Wall
from station_agent.control.view import AssetOrder, EraseOrder, LotOrder, PlanOrder, SignInOrder, TileState
from station_agent.errors import StationError
from station_agent.scanner.own_codes import Own, SheetCommand, own_code
from tests.station_agent.console.test_day_by_keys import SMALL, at, press, two_drives

LOT = own_code(Own.LOT, "DSIT202604")
TAG = own_code(Own.ASSET, "PC0412")
TOKEN = "7F3K2Q9XABCDEFGHJKMN"
BADGE = own_code(Own.OPERATOR, TOKEN)
WRONG = f"{LOT[:-1]}{'A' if LOT[-1] != 'A' else 'B'}"
BOTH_WAYS = pytest.mark.parametrize("typed", [False, True], ids=("by key code", "typed into the terminal"))


def command(name: SheetCommand) -> str:
    return own_code(Own.COMMAND, name)


def scan(console: Console, *codes: str, typed: bool = False) -> str:
    for code in codes:
        console.scan(code, typed=typed)
    console.see(console.desk.bench())
    return "\n".join(text_of(console.rows()))


def erasures(paper: PaperBench) -> list[EraseOrder]:
    return [order for order in paper.orders if isinstance(order, EraseOrder)]


@BOTH_WAYS
@pytest.mark.parametrize("code", ["SER-BBBB", "PC-2", "ser-bbbb", "SSER-BBBB", "S/N: SER-BBBB"])
def test_a_serial_or_a_tag_goes_to_its_tile_and_opens_the_drive(code: str, typed: bool) -> None:  # noqa: FBT001
    console = at(two_drives())
    assert "serial SER-BBBB" in scan(console, code, typed=typed)
    assert isinstance(console.screen, Detail)
    assert console.place == 1


def test_a_second_serial_goes_on_to_the_next_drive() -> None:
    console = at(two_drives())
    scan(console, "SER-BBBB", "SER-AAAA")
    assert isinstance(console.screen, Detail)
    assert console.screen.drive == "s1:1"
    assert len(console.stack) == 2


@BOTH_WAYS
def test_a_lot_is_set_said_and_taken_back(typed: bool) -> None:  # noqa: FBT001
    paper = two_drives()
    console = at(paper)
    press(console, "l", *"OLD-1", "enter")
    shown = scan(console, LOT, typed=typed)
    assert f"Lot {LOT} from now on; before: OLD-1. z takes it back." in shown
    assert paper.view.lot == LOT
    assert "the lot is OLD-1 again" in press(console, "z")
    assert paper.orders == [LotOrder(lot="OLD-1"), LotOrder(lot=LOT), LotOrder(lot="OLD-1")]
    assert "No lot was scanned" in press(console, "z")


def test_a_lot_that_another_one_followed_is_not_taken_back() -> None:
    paper = two_drives()
    console = at(paper)
    scan(console, LOT)
    press(console, "l", *"NEW-2", "enter")
    assert "No lot was scanned" in press(console, "z")
    assert paper.view.lot == "NEW-2"


def test_a_lot_that_the_hub_announced_is_known_in_any_writing() -> None:
    paper = two_drives()
    paper.view = paper.view.model_copy(update={"lots": ("MAIRIE-26-014",)})
    assert "Lot MAIRIE-26-014 from now on; before: none" in scan(at(paper), "mairie-26-014")


@BOTH_WAYS
@pytest.mark.parametrize("keys", [(), ("i",), ("space", "p"), ("d",)], ids=("wall", "sign-in", "plan", "detail"))
def test_a_badge_signs_in_wherever_it_can_and_is_never_shown(keys: tuple[str, ...], typed: bool) -> None:  # noqa: FBT001
    paper = two_drives()
    console = at(paper)
    press(console, *keys)
    assert TOKEN not in scan(console, BADGE, typed=typed)
    assert paper.orders[-1] == SignInOrder(badge=TOKEN, operator="", pin="")
    assert paper.view.operator == "op-badge"


def test_a_badge_of_the_bench_that_is_typed_by_hand_signs_in_too() -> None:
    paper = two_drives()
    press(at(paper), "i", *BADGE, "enter")
    assert paper.orders == [SignInOrder(badge=TOKEN, operator="", pin="")]


@BOTH_WAYS
def test_scanned_serials_confirm_and_enter_starts(typed: bool) -> None:  # noqa: FBT001
    paper = two_drives()
    console = at(paper)
    press(console, "*", "p")
    assert "1 of 2 confirmed" in scan(console, "SER-AAAA", typed=typed)
    assert isinstance(console.screen, Confirming)
    assert "All are confirmed" in scan(console, "PC-2", typed=typed)
    assert erasures(paper) == []
    press(console, "enter")
    assert erasures(paper) == [EraseOrder(plans=("plan-s1:1", "plan-s2:2"), confirmed=("SER-AAAA", "PC-2"))]


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("ser-aaaa", "not the whole serial or tag"), ("SER-AAA", "not the whole serial or tag"),
        ("SER-BBBB", "NOT in this order"), ("9X8Y7Z6W", "none of these drives"), (LOT, "taken for a lot"),
        (PSID, "taken for a PSID"), (WRONG, "check character is wrong"), ("WWN: 5000C500A1B2C3D4", "a WWN"),
        (command(SheetCommand.START), "Not every drive is confirmed"), ("\x02AB", "characters that no code has"),
        (command(SheetCommand.CONFIRM), "Nothing was typed"), ("AZ09-", "The scanner is read well"),
    ],
)  # fmt: skip
def test_nothing_else_confirms_a_drive(code: str, answer: str) -> None:
    paper = two_drives()
    console = at(paper)
    press(console, "space", "p", "S")
    shown = " ".join(scan(console, code).split())
    assert answer in shown
    assert PSID not in shown
    assert "0 of 1 confirmed" in shown
    press(console, "enter")
    scan(console, command(SheetCommand.START), command(SheetCommand.CONFIRM))
    assert erasures(paper) == []


def test_the_label_before_a_serial_is_left_out_and_the_bench_gets_the_serial_alone() -> None:
    paper = two_drives()
    console = at(paper)
    press(console, "space", "p", "S")
    scan(console, "SSER-AAAA", command(SheetCommand.START))
    assert erasures(paper) == [EraseOrder(plans=("plan-s1:1",), confirmed=("SER-AAAA",))]


def test_a_code_that_is_itself_a_serial_is_not_shortened_to_another_one() -> None:
    paper = PaperBench(empty(2))
    paper.plug(ready(1, "WDC A", "ER-1111", 500 * GB))
    paper.plug(ready(2, "WDC B", "SER-1111", 500 * GB))
    console = at(paper)
    press(console, "space", "p", "S")
    assert "NOT in this order" in scan(console, "SER-1111")
    assert "0 of 1 confirmed" in press(console)


def test_a_badge_on_the_screen_of_confirmation_begins_the_confirmation_anew() -> None:
    paper = two_drives()
    console = at(paper)
    press(console, "*", "p")
    scan(console, "SER-AAAA", BADGE)
    assert paper.view.operator == "op-badge"
    assert "0 of 2 confirmed" in press(console)


def test_scans_alone_plan_and_start_only_what_was_confirmed_drive_by_drive() -> None:
    paper = two_drives()
    console = at(paper)
    press(console, "*")
    scan(console, *([command(SheetCommand.START)] * 4), "SER-AAAA", command(SheetCommand.START))
    assert erasures(paper) == []
    scan(console, "SER-BBBB", command(SheetCommand.START))
    assert len(erasures(paper)) == 1


def test_no_code_at_all_begins_an_erasure_on_any_screen() -> None:
    codes = [*(command(one) for one in SheetCommand), LOT, TAG, BADGE, PSID, WRONG, "WD-DEMO6Y4XK7PN", "PC-0412",
             "X" * 300, "", "   ", "éé", "5000C500A1B2C3D4"]  # fmt: skip
    for name, keys in SCENES.items():
        console = scene("en", SMALL, () if name in ("confirm", "confirmed") else keys)
        paper = console.desk
        assert isinstance(paper, PaperBench)
        for code in codes:
            console.scan(code)
        assert erasures(paper) == [], name


def test_a_psid_opens_the_line_of_the_drive_under_the_cursor_and_enter_plans_it() -> None:
    paper = PaperBench(bench())
    console = scene("en", SMALL, ("enter", *(["right"] * 8)))
    console.desk = paper
    assert "DEMO1716175A0B3" in scan(console, PSID)
    assert isinstance(console.screen, Entry)
    assert paper.orders == []
    press(console, "enter")
    assert paper.orders == [PlanOrder(drives=("s9:9",), allow=("opal.psid-revert",))]


def test_a_psid_over_an_empty_slot_asks_for_its_drive() -> None:
    console = at(two_drives())
    press(console, "right", "right")
    assert "Go to its drive first" in scan(console, PSID)


def test_a_psid_scanned_into_its_line_plans_the_drive_and_other_codes_stay_out() -> None:
    paper = PaperBench(bench())
    console = scene("en", SMALL, ("enter", *(["right"] * 8), "k"))
    console.desk = paper
    assert "does not belong here" in scan(console, LOT)
    scan(console, PSID)
    assert paper.orders == [PlanOrder(drives=("s9:9",), allow=("opal.psid-revert",))]


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("9X8Y7Z6W", "taken for a serial number or a tag, and no drive here has it"),
        (TAG, f"No drive here has the tag {TAG}"), (WRONG, "its check character is wrong"),
        ("WWN: 5000C500A1B2C3D4", "taken for a WWN"), ("ABCDEF0123456789ABCDEF0123456789", "may be a PSID or a WWN"),
        (command(SheetCommand.LABEL), "etabli-station label"), ("!!", "This is no tag, lot, serial"),
        (command(SheetCommand.SIGNOUT), "Nobody is signed in."),
    ],
)  # fmt: skip
def test_an_unknown_code_says_what_it_was_taken_for_and_what_to_do(code: str, answer: str) -> None:
    paper = two_drives()
    console = at(paper)
    assert answer in " ".join(scan(console, code).split())
    assert isinstance(console.screen, Wall)
    assert paper.orders == []
    console.lang = "fr"
    assert answer not in " ".join("\n".join(text_of(console.rows())).split()) or answer == "etabli-station label"


def test_a_tag_and_a_lot_are_scanned_into_their_lines_and_not_into_each_other() -> None:
    paper = two_drives()
    console = at(paper)
    press(console, "a")
    assert "taken for a lot, which does not belong here" in scan(console, LOT)
    scan(console, TAG)
    press(console, "l")
    assert "taken for a tag" in scan(console, TAG)
    scan(console, "DSIT-2026-05")
    assert paper.orders == [AssetOrder(asset=TAG, drive="s1:1"), LotOrder(lot="DSIT-2026-05")]


@pytest.mark.parametrize("key", ["l", "a", "i"])
def test_a_wrong_check_character_is_told_scanned_or_typed_by_hand(key: str) -> None:
    paper = two_drives()
    console = at(paper)
    press(console, key)
    assert "check character is wrong" in scan(console, WRONG)
    assert "check character is wrong" in press(console, *WRONG, "enter")
    assert paper.orders == []


def test_letters_before_a_typed_burst_belong_to_it_and_a_scan_by_key_code_replaces_them() -> None:
    paper = two_drives()
    console = at(paper)
    press(console, "l", *"LOT-")
    scan(console, "2026", typed=True)
    press(console, "l", *"LOT-")
    scan(console, "2027")
    assert paper.orders == [LotOrder(lot="LOT-2026"), LotOrder(lot="2027")]


def test_a_badge_is_no_try_of_a_pin() -> None:
    paper = two_drives()
    paper.view = paper.view.model_copy(update={"operators_known": True})
    console = at(paper)
    press(console, "i", *"op-3", "enter")
    scan(console, BADGE)
    assert paper.orders == []
    scan(console, "123456", typed=True)
    assert paper.orders == [SignInOrder(badge="", operator="op-3", pin="123456")]


def test_two_drives_with_one_tag_are_named_and_none_is_opened() -> None:
    paper = PaperBench(empty(2))
    paper.plug(ready(1, "A", "SER-1", GB, asset="PC-2"))
    paper.plug(ready(2, "B", "SER-2", GB, asset="PC-2"))
    console = at(paper)
    assert "Several drives here have PC-2" in scan(console, "PC-2")
    assert isinstance(console.screen, Wall)


def test_a_scan_ends_a_flash_and_leaves_a_question_unanswered() -> None:
    paper = PaperBench(bench())
    console = scene("en", SMALL, ("enter", "right", "right", "x"))
    console.desk = paper
    console.flash = None
    scan(console, "PC-0412")
    assert isinstance(console.screen, Detail)
    assert paper.orders == []


def test_commands_of_the_sheet_are_the_keys_of_their_screens() -> None:
    paper = PaperBench(bench())
    console = scene("en", SMALL, ("enter",))
    console.desk = paper
    scan(console, command(SheetCommand.BIGFONT), command(SheetCommand.HELP))
    assert console.big
    assert "Help" in press(console)
    scan(console, command(SheetCommand.BACK), command(SheetCommand.LANGUAGE), command(SheetCommand.SIGNOUT))
    assert console.lang == "fr"
    assert paper.orders == ["sign-out"]
    press(console, "d")
    assert "Échap" in scan(console, command(SheetCommand.BIGFONT))


def test_a_refused_lot_is_said_and_nothing_is_to_be_taken_back() -> None:
    paper = two_drives()
    console = at(paper)
    paper.refuse = StationError("Sign in first, by badge or PIN: nothing was erased.")
    assert "Sign in first" in scan(console, LOT)
    assert console.lot_before is None


def test_a_plan_that_cannot_start_is_not_confirmed_by_a_scan() -> None:
    paper = two_drives()
    paper.view = paper.view.model_copy(update={"operators_known": True})
    console = at(paper)
    press(console, "space", "p")
    assert "Sign in first" in scan(console, "SER-AAAA")
    assert isinstance(console.screen, PlanScreen)
    assert all(tile.state is TileState.READY for tile in paper.view.tiles if tile.drive)
