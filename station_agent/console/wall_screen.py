"""The wall as a screen: the cursor, the choice, and every key that begins something."""

from typing import TYPE_CHECKING, Final

from station_agent.console.blank import Blank
from station_agent.console.checks_screen import open_checks
from station_agent.console.detail import Detail
from station_agent.console.entries import asset_entry, lot_entry, psid_entry, sign_in_entry, sign_out
from station_agent.console.frame import Action, Line, Page, Size, told, words
from station_agent.console.lists import Methods, Outbox, unfreeze_question
from station_agent.console.planning import plan_drives, plan_interrupted
from station_agent.console.scan import Scan
from station_agent.console.screen import HELP, Question, Screen
from station_agent.console.signals import light
from station_agent.console.signs import CHOOSABLE, LEFT_OUT, drive_words, erased_already, frozen
from station_agent.console.wall import grid, wall_lines
from station_agent.console.wall_scans import take_lot_back, take_on_wall
from station_agent.control.view import Tile, TileState, Told
from station_agent.language import mark

if TYPE_CHECKING:
    from collections.abc import Callable

NOTHING_CHOSEN: Final = mark("Nothing is chosen: go to a drive with the arrows, choose it with space, then S.")
NONE_READY: Final = mark("No drive is ready. Interrupted drives are chosen one by one with space.")
NO_DRIVE: Final = mark("There is no drive in this slot.")
NOT_CHOOSABLE: Final = mark("This drive cannot be chosen now. d shows why and what to do.")
CAPITAL: Final = mark("Capital S starts; p shows the plan first.")
SOUND_OFF: Final = mark("Sound is off. Lights and the flashing word stay.")
SOUND_ON: Final = mark("Sound is on.")
PAGES: Final = mark("page {n} of {all}")
STOP: Final = mark("Stop this run?")
STOP_ALL: Final = mark("Stop every run of this bench?")
STOPS: Final = mark(
    "It stops in good order. The drive counts as NOT erased; the run can be taken up again where it was."
)
LEAVE: Final = mark("Leave the console?")
LEAVES: Final = mark("What runs goes on without this console: `etabli-station` opens it again.")
ENDS_TESTS: Final = mark("A long test of the checks runs: it ends with the console and counts as not done.")
NOT_FROZEN: Final = mark("No drive of this bench is frozen.")
NOT_RUNNING: Final = mark("Nothing runs in this slot. X stops every run.")


class Wall(Screen):
    """The bench as it is."""

    commands = frozenset({"S", "x", "f", "u", "n"})

    def page(self, size: Size) -> Page:
        """Draw the tiles that fit, page by page."""
        view = self.console.view
        if view is None:
            return self.console.framed("Établi", (), self.actions())
        laid = grid(view, size, big=self.console.big)
        pages = -(-len(view.tiles) // laid.on_a_page)
        number = self.say(PAGES, n=self.console.place // laid.on_a_page + 1, all=pages) if pages > 1 else ""
        return self.console.framed(
            "  ".join(part for part in (view.name, number) if part), self.body(size), self.actions()
        )

    def body(self, size: Size) -> tuple[Line, ...]:
        """Draw the tiles."""
        view = self.console.view
        if view is None:
            return ()
        if not view.tiles:
            return ((), words(" " + self.say(mark("No slot and no drive yet: plug one in.")), "strong"))
        place = min(self.console.place, len(view.tiles) - 1)
        return wall_lines(self.console.voice, view, size, place, frozenset(self.console.chosen), big=self.console.big)

    def actions(self) -> tuple[Action, ...]:
        """Name the keys that fit on two rows; help has all of them."""
        keys = (
            ("space", mark("choose"), self.say(mark("Space"))), ("S", mark("START"), ""), ("p", mark("plan"), ""),
            ("d", mark("details"), ""), ("l", mark("lot"), ""), ("a", mark("tag"), ""),
            ("u", mark("unfreeze"), ""), ("k", "PSID", ""), ("x", mark("stop"), ""), ("i", self._sign_word(), ""),
            ("o", mark("reports"), ""),
        )  # fmt: skip
        return (*(Action(key, self.say(told), name) for key, told, name in keys), Action("h", self.say(HELP)))

    def _sign_word(self) -> str:
        view = self.console.view
        return mark("sign out") if view is not None and view.operator else mark("sign in")

    def press(self, key: str) -> None:
        """Move, choose, or begin something."""
        if key in ("up", "down", "left", "right", "home", "end", "pageup", "pagedown"):
            self._move(key)
            return
        doing: dict[str, Callable[[], None]] = {
            "space": self._choose, "*": self._choose_all, "S": self._start, "s": lambda: self.console.tell(CAPITAL),
            "p": self._start, "m": self._method, "l": self._lot, "a": self._asset, "d": self._details,
            "enter": self._details, "u": self._unfreeze, "k": self._psid, "i": self._sign, "x": self._stop,
            "X": self._stop_all, "f": self._big, "b": self._blank, "n": self._mute, "o": self._outbox,
            "c": lambda: open_checks(self.console), "z": lambda: take_lot_back(self.console),
            "R": lambda: plan_interrupted(self.console), "q": self._quit, "escape": self._forget,
        }  # fmt: skip
        action = doing.get(key) or doing.get(key.lower())
        if action is not None:
            action()

    def scan(self, scan: Scan) -> None:
        """Go where the code leads."""
        take_on_wall(self.console, scan)

    def _move(self, key: str) -> None:
        console = self.console
        if console.view is None or not console.view.tiles:
            return
        laid = grid(console.view, console.size, big=console.big)
        last = len(console.view.tiles) - 1
        steps = {"up": -laid.columns, "down": laid.columns, "left": -1, "right": 1}
        steps |= {"pageup": -laid.on_a_page, "pagedown": laid.on_a_page, "home": -last, "end": last}
        place = min(console.place, last) + steps[key]
        if 0 <= place <= last or key not in ("up", "down"):
            console.place = max(0, min(last, place))

    def _choose(self) -> None:
        tile = self.console.tile
        if tile is None or tile.drive is None:
            self.console.tell(NO_DRIVE)
        elif tile.drive in self.console.chosen:
            self.console.chosen.discard(tile.drive)
        elif tile.state not in CHOOSABLE:
            self.console.tell(NOT_CHOOSABLE)
        else:
            self.console.chosen.add(tile.drive)

    def _choose_all(self) -> None:
        tiles = self.console.view.tiles if self.console.view is not None else ()
        found = [tile for tile in tiles if tile.state is TileState.READY and tile.drive is not None]
        ready = {str(tile.drive) for tile in found if not erased_already(tile)}
        if len(ready) < len(found):
            self.console.tell(LEFT_OUT, n=len(found) - len(ready))
        elif not ready:
            self.console.tell(NONE_READY)
        self.console.chosen = set() if ready and ready <= self.console.chosen else self.console.chosen | ready

    def _forget(self) -> None:
        self.console.chosen.clear()

    def _chosen(self) -> tuple[str, ...]:
        tiles = () if self.console.view is None else self.console.view.tiles
        drives = (tile.drive for tile in tiles if tile.drive is not None)
        return tuple(drive for drive in drives if drive in self.console.chosen)

    def _start(self) -> None:
        if wanted := self._chosen():
            plan_drives(self.console, wanted)
        else:
            self.console.tell(NOTHING_CHOSEN)

    def _here(self) -> Tile | None:
        tile = self.console.tile
        if tile is None or tile.drive is None:
            self.console.tell(NO_DRIVE)
            return None
        return tile

    def _details(self) -> None:
        tile = self._here()
        if tile is not None and tile.drive is not None:
            self.console.open(Detail(self.console, tile.drive))

    def _method(self) -> None:
        if wanted := self._chosen():
            self.console.open(Methods(self.console, wanted))
        else:
            self.console.tell(NOTHING_CHOSEN)

    def _lot(self) -> None:
        self.console.open(lot_entry(self.console))

    def _asset(self) -> None:
        tile = self.console.tile
        self.console.open(asset_entry(self.console, None if tile is None or tile.drive is None else tile))

    def _psid(self) -> None:
        tile = self._here()
        if tile is not None:
            self.console.open(psid_entry(self.console, tile))

    def _sign(self) -> None:
        if self.console.view is not None and self.console.view.operator:
            sign_out(self.console)
        else:
            self.console.open(sign_in_entry(self.console))

    def _unfreeze(self) -> None:
        cold = [tile for tile in (self.console.view.tiles if self.console.view else ()) if frozen(tile)]
        if cold:
            self.console.open(unfreeze_question(self.console, cold))
        else:
            self.console.tell(NOT_FROZEN)

    def _outbox(self) -> None:
        self.console.open(Outbox(self.console))

    def _stop(self) -> None:
        tile = self._here()
        if tile is None or tile.drive is None:
            return
        if tile.state is TileState.COUNTDOWN:
            drive = tile.drive
            self.console.order(lambda: self.console.desk.hold(drive), self._done)
        elif tile.state is TileState.RUNNING and tile.run is not None:
            self._ask_stop(STOP, tile.run.run_id, drive_words(self.console.voice, tile))
        else:
            self.console.tell(NOT_RUNNING)

    def _stop_all(self) -> None:
        self._ask_stop(STOP_ALL, "all", "")

    def _ask_stop(self, title: str, run: str, named: str) -> None:
        def lines(size: Size) -> list[Line]:
            return [(), *told(named, size.columns, "strong"), (), *told(self.say(STOPS), size.columns)]

        then = lambda: self.console.order(lambda: self.console.desk.stop(run), self._done)  # noqa: E731
        self.console.open(Question(self.console, title, lines, mark("stop"), then))

    def _done(self, answer: Told) -> None:
        self.console.said = answer.what

    def _big(self) -> None:
        self.console.big = not self.console.big

    def _blank(self) -> None:
        self.console.open(Blank(self.console))

    def _mute(self) -> None:
        self.console.signal.muted = not self.console.signal.muted
        light(getattr(self.console.signal, "lights", ()), on=False)
        self.console.tell(SOUND_OFF if self.console.signal.muted else SOUND_ON)

    def _quit(self) -> None:
        self.console.open(Question(self.console, LEAVE, self._leaves, mark("leave"), self._go))

    def _leaves(self, size: Size) -> list[Line]:
        checks = self.console.checks
        ends = told(self.say(ENDS_TESTS), size.columns, "warn") if checks is not None and checks.busy else []
        return [(), *told(self.say(LEAVES), size.columns), (), *ends]

    def _go(self) -> None:
        self.console.over = True
