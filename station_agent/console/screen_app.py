"""The console on a terminal, by Textual: it shows rows and passes keys on; it decides nothing.

A thread follows the bench; its pictures are taken up ten times a second. Leaving stops nothing but this console.
"""

from typing import ClassVar, Final

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.events import Key, Resize

from station_agent.checks.screen_console import KEYS as CHECK_KEYS
from station_agent.checks.screen_console import PAPER, TICK_S, Sheet
from station_agent.console.console import Console
from station_agent.console.frame import Size, too_small
from station_agent.console.watcher import Watcher
from station_agent.control.view import BenchView
from station_agent.language import mark

KEYS: Final = {
    **CHECK_KEYS,
    **{name: name for name in ("f1", "f2", "home", "end", "pageup", "pagedown", "delete")},
    "ctrl+c": "q",
}
LEAST: Final = Size()
TOO_SMALL: Final = mark("Terminal too small ({columns} x {rows}): make it 80 x 25 or larger; a part is cut off.")


class BenchApp(App[None]):
    """One sheet; every key goes to the console."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = f"Screen {{ background: {PAPER}; }}"

    def __init__(self, console: Console, watcher: Watcher | None = None) -> None:
        super().__init__()
        self.console_of_bench = console
        self.sheet = Sheet()
        self._watcher = watcher
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
        """Pass a key on."""
        event.stop()
        event.prevent_default()
        name = KEYS.get(event.key, event.character or "")
        if name:
            self.console_of_bench.press(name)
        self.look()

    def _glance(self) -> None:
        """Draw only what may have changed: something came, an order is under way, or a second has passed."""
        console = self.console_of_bench
        self._glances += 1
        if self._take() or console.errands.busy or self._glances % round(1 / TICK_S) == 0:
            self.look()

    def _take(self) -> bool:
        news = list(self._watcher.taken()) if self._watcher is not None else []
        for one in news:
            if isinstance(one, BenchView):
                self.console_of_bench.see(one)
            else:
                self.console_of_bench.lose(one)
        return bool(news)

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


def run_screen(console: Console, watcher: Watcher, app: "BenchApp | None" = None) -> None:
    """Run the console on this terminal until the person leaves."""
    watcher.start()
    try:
        (app or BenchApp(console, watcher)).run(mouse=False)
    finally:
        watcher.end()
        console.errands.close()
