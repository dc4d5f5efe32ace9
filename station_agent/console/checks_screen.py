"""The guided checks inside the console, beside the runs: the same desk as `etabli-station check`, in the same process.

The runs are the daemon's and go on; a line says where they stand. Long tests go on when a person goes back to the wall,
and end with the console. Nothing is graded or signed here.
"""

from collections.abc import Callable
from typing import Final

from station_agent.checks.desk import LIST, LIVE, OVER, TYPED
from station_agent.checks.page import Line, cut, rows, words
from station_agent.checks.pages import page_of
from station_agent.console.checks_session import CheckSession
from station_agent.console.frame import Page, Size, fit
from station_agent.console.scan import Scan
from station_agent.console.screen import Screen
from station_agent.console.session import ConsoleSession
from station_agent.console.signs import SIGNS, counts, percent, wrong
from station_agent.control.view import BenchView, Tile, TileState
from station_agent.errors import StationError
from station_agent.language import Voice, mark

NONE_HERE: Final = mark("The checks of this machine are begun in another terminal: etabli-station check")
NO_SCAN: Final = mark("No code is taken here. q in the list of checks goes back to the bench.")
SLOT: Final = mark("slot {slot} {far}")
TO_WALL: Final = mark("q in the list: to the bench")
RUNS_ROW, NOTICE_ROW = 2, 21  # the blank one under the bar, and the one over the rule


def open_checks(console: ConsoleSession) -> None:
    """Go on with the checks of this machine, or begin them; it is read beside the keys."""
    opening, view = console.opening, console.view
    if opening is None or view is None:
        console.tell(NONE_HERE)
        return
    asset = view.asset if view.mode == "machine" else ""
    kept = console.checks
    if kept is not None and kept.asset == asset:
        kept.desk.state = LIST if kept.desk.state == OVER else kept.desk.state
        console.open(Checks(console, kept))
        return
    operator = view.operator

    def opened(session: CheckSession) -> None:
        if console.checks is not None:
            console.checks.desk.close()
        console.checks = session
        console.open(Checks(console, session))

    console.order(lambda: opening(asset, operator), opened)


class Checks(Screen):
    """The desk of the checks as a screen."""

    lively = True

    def __init__(self, console: ConsoleSession, session: CheckSession) -> None:
        super().__init__(console)
        self.session = session
        self._mind()

    def _mind(self) -> None:
        """Take letters as text, or every key at once, where the check that is open needs it."""
        self.typing, self.raw = self.session.desk.state in TYPED, self.session.desk.state == LIVE

    def page(self, size: Size) -> Page:
        """Draw the check, the runs under its bar, and what the console has to say."""
        voice, desk = self.console.voice, self.session.desk
        page = page_of(desk, voice, self.session.name)
        drawn = list(rows(page))
        if not page.fill:
            view = self.console.view
            drawn[RUNS_ROW] = () if view is None else runs_line(voice, view, size.columns)
            if notice := self.console.notice(urgent=True):
                drawn[NOTICE_ROW] = cut(words(f" {notice}", "warn"), size.columns)
        return Page("", body=tuple(drawn), whole=True)

    def tick(self) -> None:
        """Let time pass for the check; leave when the person did."""
        self._guarded(self.session.desk.tick)

    def press(self, key: str) -> None:
        """Take a key as the desk takes it; Esc in the list goes back to the bench, like q."""
        desk = self.session.desk
        if desk.state == LIST and key == "escape":
            self.console.leave(self)
        else:
            self._guarded(lambda: desk.press(key.lower() if len(key) == 1 and not self.typing else key))

    def scan(self, scan: Scan) -> None:
        """Take a code for a line that is asked for; else it is no answer to any check."""
        if not self.typing:
            self.console.tell(NO_SCAN)
            return
        for letter in scan.text:
            self.press("space" if letter == " " else letter)
        self.press("enter")

    def _carry_over(self) -> None:
        """Let answers bear the name of who is signed in now; one that was typed stays where nobody signs in."""
        view = self.console.view
        if view is not None and (view.operator or view.operators_known):
            self.session.desk.answers.operator = view.operator

    def _guarded(self, act: Callable[[], None]) -> None:
        self._carry_over()
        try:
            act()
        except StationError as error:
            self.console.said = wrong(error)
        self._mind()
        if self.session.desk.state == OVER:
            self.console.leave(self)


def runs_line(voice: Voice, view: BenchView, columns: int) -> Line:
    """Say which runs go on beside the checks, and what waits for a person."""
    runs = [tile for tile in view.tiles if tile.state is TileState.RUNNING and tile.run is not None]
    parts = [voice.say(SLOT, slot=tile.slot, far=_far(tile)) for tile in runs]
    sign = SIGNS[TileState.RUNNING].sign
    told = f" {sign} {', '.join(parts)}" if parts else ""
    right = " ".join(part for part in (counts(view), voice.say(TO_WALL)) if part) + " "
    room = columns - len(right)
    return (*words(fit(told, room), "head"), *words(right, "dim"))


def _far(tile: Tile) -> str:
    far = None if tile.run is None else percent(tile.run)
    return "-" if far is None else f"{far} %"
