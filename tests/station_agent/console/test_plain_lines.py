"""The line mode: the same actions as lines, what changed as lines, secrets on a line of their own, no cursor moves."""

import io
import threading
from collections.abc import Callable, Iterator

import pytest

from station_agent.checks.page import is_safe
from station_agent.console.day import GB, PaperBench, empty, ready
from station_agent.console.pictures import PSID, bench
from station_agent.console.plain import Plain
from station_agent.console.plain_commands import COMMANDS
from station_agent.console.plain_run import run_plain
from station_agent.console.plain_scans import take_scanned
from station_agent.console.plain_words import COMMANDS as HELPED
from station_agent.console.plain_words import NAMES
from station_agent.console.watcher import Watcher
from station_agent.control.view import (
    AssetOrder,
    BenchView,
    EraseOrder,
    LotOrder,
    Phrase,
    PlanOrder,
    SignInOrder,
    TileState,
    Told,
)
from station_agent.errors import StationError
from station_agent.language import voice
from station_agent.scanner.own_codes import Own, SheetCommand, own_code


def session(paper: PaperBench, lang: str = "en") -> tuple[Plain, list[str]]:
    said: list[str] = []
    plain = Plain(paper, (voice("fr", {}), voice("en", {})), said.append, COMMANDS, take_scanned, lang=lang)
    plain.see(paper.view)
    return plain, said


def do(paper: PaperBench, *lines: str, lang: str = "en") -> list[str]:
    plain, said = session(paper, lang)
    for line in lines:
        plain.take(line)
    return said


def two() -> PaperBench:
    paper = PaperBench(empty(3))
    paper.plug(ready(1, "WDC A", "SER-AAAA", 500 * GB))
    paper.plug(ready(2, "WDC B", "SER-BBBB", 500 * GB, asset="PC-2"))
    return paper


def test_every_command_is_helped_and_can_be_given_in_both_languages() -> None:
    assert sorted(HELPED) == sorted(COMMANDS)
    assert set(NAMES.values()) == set(COMMANDS)
    for lang in ("fr", "en"):
        for line in do(two(), "help", lang=lang):
            word = line.removeprefix("- ").split()[0].rstrip(":")
            assert word in NAMES, line


def test_drives_are_planned_confirmed_and_started_by_lines() -> None:
    paper = two()
    said = do(paper, "start", "plan all", "confirm SER-AAAA", "confirm NOPE", "start", "confirm PC-2", "start")
    assert paper.orders == [
        PlanOrder(drives=("s1:1", "s2:2")),
        EraseOrder(plans=("plan-s1:1", "plan-s2:2"), confirmed=("SER-AAAA", "PC-2")),
    ]
    assert said[0] == "Nothing is planned: `plan` first."
    assert "NOPE is none of these drives. Nothing has started." in said
    assert any(line.startswith("[ ] 2  WDC B  SER-BBBB") for line in said)
    assert any(line.startswith("1  WDC A  SER-AAAA  500 GB  [▶▶] RUNNING") for line in said)


def test_a_plan_is_forgotten_or_made_smaller() -> None:
    paper = two()
    do(paper, "plan 1 2", "drop 2", "confirm SER-AAAA", "start")
    assert paper.orders[-1] == EraseOrder(plans=("plan-s1:1",), confirmed=("SER-AAAA",))
    again = two()
    do(again, "plan 1", "cancel", "confirm SER-AAAA", "start")
    assert [type(order) for order in again.orders] == [PlanOrder]


@pytest.mark.parametrize(("line", "answer"), [
    ("explode 1", "There is no command explode"), ("plan 9", "There is no drive in slot 9"),
    ("plan", "Name the slots, as in `plan 1 3`."), ("stop 1", "No run of this drive"),
    ("\x1b[2J", "There is no command"), ("psid 3", "There is no drive in slot 3"),
    ("give-up 1", "No run of this drive"),
])  # fmt: skip
def test_what_cannot_be_done_is_said(line: str, answer: str) -> None:
    paper = two()
    said = do(paper, line)
    assert said[-1].startswith(answer)
    assert paper.orders == []
    assert all(is_safe(glyph) for glyph in said[-1])


def test_an_empty_line_does_nothing() -> None:
    assert do(two(), "", "   ") == []


def test_a_pin_a_badge_and_a_psid_are_read_from_the_next_line_and_never_said() -> None:
    paper = two()
    badge = ("sign-in", "SECRETBADGE")
    said = do(paper, "sign-in op-3", "987654", "sign-out", *badge, "psid 1", "short", "psid 1", PSID)
    assert paper.orders[0] == SignInOrder(badge="", operator="op-3", pin="987654")
    assert paper.orders[2] == SignInOrder(badge="SECRETBADGE", operator="", pin="")
    assert paper.orders[3] == PlanOrder(drives=("s1:1",), allow=("opal.psid-revert",))
    assert "That was no PSID (5 characters instead of 32): nothing was done." in said
    assert not any(secret in line for line in said for secret in ("987654", "SECRETBADGE", PSID))


def test_places_runs_and_frozen_drives_have_their_commands() -> None:
    paper = PaperBench(bench())
    do(paper, "lot L 9", "asset 1 PC-1", "asset ROOM", "stop 3", "hold 15", "give-up 12", "unfreeze 7", "method nvme 2")
    assert paper.orders[1:3] == [AssetOrder(asset="PC-1", drive="s1:1"), AssetOrder(asset="ROOM")]
    assert paper.orders[3:7] == [
        ("stop", "9c0ffee0" * 4), ("hold", "s15:15"), ("give-up", "9c0ffee0" * 4), ("unfreeze", "s7:7"),
    ]  # fmt: skip
    assert paper.orders[7] == PlanOrder(drives=("s2:2",), method="nvme")


def test_only_what_changed_is_said_and_progress_four_times_a_phase() -> None:
    paper = two()
    plain, said = session(paper)
    for line in ("plan 1", "confirm SER-AAAA", "start"):
        plain.take(line)
    said.clear()
    plain.see(paper.view)
    assert said == []
    for _ in range(5):
        plain.see(paper.pass_time())
    assert [line.split("  ")[4] for line in said] == ["[▶▶] RUNNING"] * 4 + ["[OK] ERASED"]
    said.clear()
    paper.plug(empty(3).tiles[0])
    plain.see(paper.view)
    assert said == ["1: the drive left"]


def test_an_older_picture_says_nothing() -> None:
    plain, said = session(two())
    plain.see(empty(3))
    assert said == []


def test_a_refusal_and_a_bench_that_is_gone_are_said_once() -> None:
    paper = two()
    plain, said = session(paper)
    paper.refuse = StationError("The stick is full.")
    plain.take("plan 1")
    assert said == ["The stick is full."]
    said.clear()
    for _ in range(3):
        plain.lose(StationError("No daemon."))
    assert len(said) == 2
    plain.see(paper.view)
    assert said[-1] == "The bench answers again."


def test_every_line_of_every_drive_has_safe_glyphs_in_both_languages() -> None:
    for lang in ("fr", "en"):
        lines = ("status", "details all", "evidence 5", "outbox", "plan all", "help", "check")
        for line in do(PaperBench(bench()), *lines, lang=lang):
            assert all(is_safe(glyph) or glyph == "\u202f" for glyph in line), line


class Followed(PaperBench):
    """A bench on paper whose time passes by itself, in the thread that follows it."""

    def __init__(self, view: BenchView) -> None:
        super().__init__(view)
        self.hold_still = threading.Lock()

    def erase(self, order: EraseOrder) -> Told:
        with self.hold_still:
            return super().erase(order)

    def pass_time(self) -> BenchView:
        with self.hold_still:
            return super().pass_time()

    def follow(
        self, lost: Callable[[StationError], bool], wait: Callable[[float], object] = lambda _s: None
    ) -> Iterator[BenchView]:
        yield self.view
        lost(StationError("a break"))
        while True:
            wait(0.01)
            yield self.pass_time()


def test_a_script_waits_for_its_runs_through_a_pipe_and_leaves() -> None:
    paper = Followed(two().view)
    said: list[str] = []
    plain = Plain(paper, (voice("fr", {}), voice("en", {})), said.append, COMMANDS, take_scanned, lang="en")
    script = "plan 1\nconfirm SER-AAAA\nstart\nwait\nstatus\nquit\nplan 2\n"
    run_plain(plain, Watcher(paper), io.StringIO(script))
    assert paper.view.tiles[0].state is TileState.ERASED
    assert said[-3].startswith("1  WDC A  SER-AAAA  500 GB  [OK] ERASED")
    assert len([order for order in paper.orders if isinstance(order, PlanOrder)]) == 1


def test_the_end_of_the_input_ends_the_line_mode() -> None:
    paper = Followed(two().view)
    plain = Plain(paper, (voice("en", {}),), lambda _line: None, COMMANDS, take_scanned, lang="en")
    run_plain(plain, Watcher(paper), io.StringIO("status\n"))
    assert not plain.over
    assert paper.orders == []


@pytest.mark.parametrize("steering", ["\x1b[2J", "\u009b31m", "\u202e"])
def test_a_fact_of_the_bench_steers_no_terminal(steering: str) -> None:
    plain, said = session(two())
    notice = Phrase(message="Your hub says: {text}", facts={"text": f"Fermé {steering}"})
    plain.see(plain.desk.bench().model_copy(update={"revision": 99, "notices": (notice,)}))
    assert any("Fermé" in line for line in said)
    assert not any(steering[0] in line for line in said)


LOT, BADGE = own_code(Own.LOT, "DSIT202604"), own_code(Own.OPERATOR, "7F3K2Q9XABCDEFGHJKMN")


def test_a_scan_is_a_line_that_shows_a_drive_sets_the_lot_and_signs_in() -> None:
    paper = two()
    said = do(paper, "PC-2", LOT, BADGE)
    assert any("serial SER-BBBB" in line for line in said)
    assert "Before there was no lot: `lot` alone takes it back." in said
    assert paper.orders == [LotOrder(lot=LOT), SignInOrder(badge="7F3K2Q9XABCDEFGHJKMN", operator="", pin="")]


def test_scanned_lines_confirm_by_the_rules_of_confirm_and_start_needs_all_of_them() -> None:
    paper = two()
    begin = own_code(Own.COMMAND, SheetCommand.START)
    said = do(paper, "plan all", "ser-aaaa", begin, "SER-AAAA", begin, "SSER-BBBB", begin)
    assert any("is not the whole serial or tag" in line for line in said)
    assert paper.orders[-1] == EraseOrder(plans=("plan-s1:1", "plan-s2:2"), confirmed=("SER-AAAA", "SER-BBBB"))
    assert len([order for order in paper.orders if isinstance(order, EraseOrder)]) == 1


@pytest.mark.parametrize(("line", "answer"), [
    (PSID, "`psid 3`"), ("ABCDEF0123456789ABCDEF0123456789", "may be a PSID or a WWN"),
    (LOT[:-1] + "#", "check character is wrong"), ("9X8Y7Z6W", "no drive here has it"),
    ("WWN: 5000C500A1B2C3D4", "taken for a WWN"), (own_code(Own.COMMAND, SheetCommand.MUTE), "does nothing"),
])  # fmt: skip
def test_a_line_that_is_a_foreign_code_is_told_and_a_secret_is_not_repeated(line: str, answer: str) -> None:
    paper = two()
    said = do(paper, line)
    assert answer in said[-1]
    assert PSID not in said[-1]
    assert paper.orders == []


def test_a_badge_on_the_line_after_sign_in_is_taken_without_its_scheme() -> None:
    paper = two()
    do(paper, "sign-in", BADGE)
    assert paper.orders == [SignInOrder(badge="7F3K2Q9XABCDEFGHJKMN", operator="", pin="")]


def test_resume_plans_every_interrupted_run_and_starts_none() -> None:
    paper = PaperBench(bench())
    said = do(paper, "resume", "start")
    assert paper.orders == [PlanOrder(drives=("s12:12", "s16:16"))]
    assert any(line.startswith("[ ] 12") for line in said)
    assert do(two(), "resume") == ["No interrupted run waits in a slot of this bench."]


@pytest.mark.parametrize("badge", [(BADGE,), ("sign-in", BADGE), (f"sign-in {BADGE}",)], ids=("scan", "line", "word"))
def test_whoever_signs_in_confirms_anew(badge: tuple[str, ...]) -> None:
    paper = two()
    said = do(paper, "plan all", "confirm SER-AAAA", "confirm SER-BBBB", *badge, "start")
    assert not [order for order in paper.orders if isinstance(order, EraseOrder)]
    assert sum(line.startswith("[ ] ") for line in said) == 2
