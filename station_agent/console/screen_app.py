"""The console on a terminal, by Textual: it shows rows and passes keys and scans on; it decides nothing.

A thread follows the bench, another one the scanner; what they bring is taken up ten times a second. Letters that come
as fast as a scanner sends them are one code and no keys. Leaving stops nothing but this console.
"""

from collections.abc import Callable
from time import monotonic
from typing import ClassVar, Final

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.events import Key, Resize

from station_agent.checks.screen_console import KEYS as CHECK_KEYS
from station_agent.checks.screen_console import PAPER, TICK_S, Sheet
from station_agent.console.console import Console
from station_agent.console.frame import Size, too_small
from station_agent.console.signs import wrong
from station_agent.console.watcher import Watcher
from station_agent.control.view import BenchView
from station_agent.language import mark
from station_agent.scanner.device import Learnt, Scanned, Trouble
from station_agent.scanner.listening import Listening, Told
from station_agent.scanner.typed_burst import GAP_S, Broken, Heard, TypedBurst, Whole

KEYS: Final = {
    **CHECK_KEYS,
    **{name: name for name in ("f1", "f2", "home", "end", "pageup", "pagedown", "delete")},
    "ctrl+c": "q",
}
LEAST: Final = Size()
FOUND: Final = mark("This is the scanner of the bench from now on: {device}, set to the keyboard {layout}.")
NO_ENTER: Final = mark("A code without its end was read. Scan again; the scanner must be set to send Enter after it.")
TOO_SMALL: Final = mark("Terminal too small ({columns} x {rows}): make it 80 x 25 or larger; a part is cut off.")


class BenchApp(App[None]):
    """One sheet; every key goes to the console."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = f"Screen {{ background: {PAPER}; }}"

    def __init__(
        self,
        console: Console,
        watcher: Watcher | None = None,
        listening: Listening | None = None,
        now: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__()
        self.console_of_bench = console
        self.sheet = Sheet()
        self._watcher, self._listening = watcher, listening
        self._now = now  # the clock that stamps keys
        self._burst = TypedBurst()
        self._glances = 0
        self._room = LEAST

    def compose(self) -> ComposeResult:
        """Give the only widget."""
        yield self.sheet

    def on_mount(self) -> None:
        """Show the first screen and look at the bench ten times a second."""
        self.look()
        self.set_interval(TICK_S, self._glance)

    def on_resize(self, event: Resize) -> None:
        """Use all the room there is; below 80 x 25 the edge is cut off, and that is said."""
        size = event.size
        self._room = Size(size.width, size.height)
        self.console_of_bench.size = Size(max(LEAST.columns, size.width), max(LEAST.rows, size.height))
        self.look()

    def on_key(self, event: Key) -> None:
        """Pass a key on, once it is known that no scanner sent it."""
        event.stop()
        event.prevent_default()
        name = KEYS.get(event.key, event.character or "")
        if name and self.console_of_bench.screen.raw:
            self.console_of_bench.press(name)
        elif name:
            self._hear(self._burst.press(name, event.time, typing=self._typing))
        self._wait()
        self.look()

    def settle(self, now: float) -> None:
        """Pass letters on that waited for what follows, when nothing has followed up to `now` seconds."""
        if heard := self._burst.look(now, typing=self._typing):
            self._hear(heard)
            self.look()
        self._wait()

    def _wait(self) -> None:
        if self._burst.waiting:
            self.set_timer(GAP_S, lambda: self.settle(self._now()))

    @property
    def _typing(self) -> bool:
        return self.console_of_bench.screen.typing

    def _hear(self, heard: tuple[Heard, ...]) -> None:
        console = self.console_of_bench
        for one in heard:
            if isinstance(one, Whole):
                console.scan(one.text, typed=True)
            elif isinstance(one, Broken):
                console.tell(NO_ENTER)
            else:
                for key in one.keys:
                    console.press(key)

    def _glance(self) -> None:
        """Draw only what may have changed: something came, an order is under way, or a second has passed."""
        console = self.console_of_bench
        self._glances += 1
        if self._take() or console.errands.busy or console.screen.lively or self._glances % round(1 / TICK_S) == 0:
            self.look()

    def _take(self) -> bool:
        scanned = list(self._listening.taken()) if self._listening is not None else []
        for code in scanned:
            take_code(self.console_of_bench, code)
        news = list(self._watcher.taken()) if self._watcher is not None else []
        for one in news:
            if isinstance(one, BenchView):
                self.console_of_bench.see(one)
            else:
                self.console_of_bench.lose(one)
        return bool(news or scanned)

    def look(self) -> None:
        """Take what came from the bench, and draw."""
        console = self.console_of_bench
        self._take()
        console.tick()
        if console.over:
            self.exit()
            return
        warning = console.voice.say(TOO_SMALL, columns=self._room.columns, rows=self._room.rows)
        self.sheet.show_lines(too_small(console.rows(), self._room, warning), console.size.columns)


def take_code(console: Console, news: Told) -> None:
    """Take what the scanner brought: a code, that it was found, or what went wrong."""
    if isinstance(news, Scanned):
        console.scan(news.text)
    elif isinstance(news, Learnt):
        console.tell(FOUND, device=news.setting.device, layout=news.setting.layout)
    elif isinstance(news, Trouble):
        console.tell(news.sentence)
    else:
        console.said = wrong(news)


def run_screen(console: Console, watcher: Watcher, app: BenchApp, listening: Listening | None = None) -> None:
    """Run the console on this terminal until the person leaves."""
    watcher.start()
    if listening is not None:
        listening.start()
    try:
        app.run(mouse=False)
    finally:
        watcher.end()
        if listening is not None:
            listening.end()
        app.console_of_bench.close()
        console.errands.close()
