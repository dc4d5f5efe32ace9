"""The checks on a screen of 80 x 25, by Textual: it shows pages and passes keys on; it decides nothing.

Borders, scroll bars and header of Textual use glyphs that console fonts lack, so none of them is used (section 6.2).
"""

from collections.abc import Callable
from typing import ClassVar, Final

from rich.segment import Segment as RichSegment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.events import Key
from textual.strip import Strip
from textual.widget import Widget

from station_agent.checks.desk import OVER, TYPED, Desk
from station_agent.checks.page import COLUMNS, Line, Page, padded, rows

TICK_S: Final = 0.1
INK, PAPER = "#e8e6e1", "#12161c"
BLUE, ORANGE = "#56b4e9", "#e69f00"  # Okabe and Ito: told apart by everybody
STYLES: Final = {
    "": Style(color=INK, bgcolor=PAPER),
    "dim": Style(color="#9aa4b0", bgcolor=PAPER),
    "faint": Style(color="#4a5360", bgcolor=PAPER),
    "strong": Style(color="#ffffff", bgcolor=PAPER, bold=True),
    "good": Style(color=BLUE, bgcolor=PAPER, bold=True),
    "bad": Style(color="#ff8c5a", bgcolor=PAPER, bold=True),
    "warn": Style(color="#f0e442", bgcolor=PAPER, bold=True),
    "key": Style(color=PAPER, bgcolor=ORANGE, bold=True),
    "filled": Style(color=PAPER, bgcolor=BLUE, bold=True),
    "down": Style(color=PAPER, bgcolor="#f0e442", bold=True),
    "broken": Style(color=PAPER, bgcolor="#ff8c5a", bold=True),
    "head": Style(color=BLUE, bgcolor=PAPER),
    "title": Style(color="#ffffff", bgcolor="#0b4f7d", bold=True),
    "green": Style(color=PAPER, bgcolor="#00b383", bold=True),
    "amber": Style(color=PAPER, bgcolor=ORANGE, bold=True),
    "red": Style(color=PAPER, bgcolor="#ff7a3d", bold=True),
    "blue": Style(color=PAPER, bgcolor=BLUE, bold=True),
    "yellow": Style(color=PAPER, bgcolor="#f0e442", bold=True),
    "purple": Style(color=PAPER, bgcolor="#cc79a7", bold=True),
    "grey": Style(color="#ffffff", bgcolor="#3a4350", bold=True),
    "white": Style(color=PAPER, bgcolor="#ffffff", bold=True),
    "slot": Style(color="#6b7686", bgcolor="#1a2029"),
    "chosen": Style(color="#ffffff", bgcolor="#1d3a52", bold=True),
}
KEYS: Final = {
    "up": "up", "down": "down", "left": "left", "right": "right",
    "enter": "enter", "space": "space", "escape": "escape", "backspace": "backspace",
}  # fmt: skip


class Sheet(Widget):
    """The whole screen, line by line."""

    DEFAULT_CSS = "Sheet { width: 100%; height: 100%; }"

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Line, ...] = ()
        self._columns = COLUMNS

    def show_lines(self, drawn: tuple[Line, ...], columns: int = COLUMNS) -> None:
        """Show these rows if they differ from those that are there."""
        if (drawn, columns) != (self._lines, self._columns):
            self._lines, self._columns = drawn, columns
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Give one line to Textual."""
        line = padded(self._lines[y] if y < len(self._lines) else (), self._columns)
        return Strip([RichSegment(segment.text, style_of(segment.style)) for segment in line], self._columns)


class ChecksApp(App[None]):
    """One sheet; every key goes to the desk."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = f"Screen {{ background: {PAPER}; }}"

    def __init__(self, desk: Desk, page: Callable[[], Page]) -> None:
        super().__init__()
        self._desk = desk
        self._page = page
        self._sheet = Sheet()

    def compose(self) -> ComposeResult:
        """Give the only widget."""
        yield self._sheet

    def on_mount(self) -> None:
        """Show the first page and look at the devices ten times a second."""
        self._look()
        self.set_interval(TICK_S, self._look)

    def on_key(self, event: Key) -> None:
        """Pass a key on."""
        event.stop()
        event.prevent_default()
        name = KEYS.get(event.key, event.character or "")
        self._desk.press(name.lower() if len(name) == 1 and self._desk.state not in TYPED else name)
        self._look()

    def _look(self) -> None:
        self._desk.tick()
        if self._desk.state == OVER:
            self.exit()
            return
        self._sheet.show_lines(rows(self._page()))


def style_of(name: str) -> Style:
    """Give the colours of a style, or a cell filled with a colour."""
    if not name.startswith("#"):
        return STYLES[name]
    light = sum(int(name[place : place + 2], 16) for place in (1, 3, 5)) > 3 * 100
    return Style(color="#000000" if light else "#ffffff", bgcolor=name, bold=True)


def run_screen(desk: Desk, page: Callable[[], Page]) -> None:
    """Run the console on this terminal until the person leaves."""
    ChecksApp(desk, page).run(mouse=False)
