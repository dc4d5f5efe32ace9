"""The board on a terminal: a table that lives in place, or plain lines where there is no terminal.

Glyphs are those of the 80x25 console fonts (diagnostics and interface reference, section 6.1).
"""

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from station_agent.board import Board, Line, LineState
from station_agent.language import Voice, visible
from station_agent.words import size_words, state_words, time_words

if TYPE_CHECKING:
    from rich.table import Table

BAR_CELLS = 12
STEP_PERCENT = 25
WIDE = 110  # characters from which model and size fit in


class Display(Protocol):
    """Shows the board while it changes."""

    def refresh(self) -> None:
        """Show the board as it is now."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Silent:
    """Shows nothing (`--json`)."""

    def refresh(self) -> None:
        """Nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing."""


class PlainLines:
    """One line when a phase begins, at every quarter of it, and at the end: for serial lines, braille and scripts."""

    def __init__(self, board: Board, voice: Voice, write: Callable[[str], None]) -> None:
        self._board = board
        self._voice = voice
        self._write = write
        self._told: dict[str, tuple[str, int]] = {}

    def refresh(self) -> None:
        """Write a line for every drive about which there is news."""
        for line in self._board.lines.values():
            news = (state_words(self._voice, line), line.percent // STEP_PERCENT)
            if self._told.get(line.run_id) != news and line.state is not LineState.WAITING:
                self._told[line.run_id] = news
                self._write(plain_line(self._voice, line))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.refresh()


class LiveTable:
    """The table of rich, four times a second."""

    def __init__(self, board: Board, voice: Voice) -> None:
        from rich.console import Console  # noqa: PLC0415  heavy, only where it is used
        from rich.live import Live  # noqa: PLC0415  heavy, only where it is used

        self._board = board
        self._voice = voice
        self._live = Live(console=Console(highlight=False, markup=False, emoji=False), auto_refresh=False)

    def refresh(self) -> None:
        """Draw the table anew, as wide as the terminal is now."""
        self._live.update(table(self._board, self._voice, self._live.console.width), refresh=True)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.refresh()
        self._live.__exit__(kind, error, trace)


def plain_line(voice: Voice, line: Line) -> str:
    """Write one drive as one line of text."""
    identity = line.device.identity
    head = f"{line.device.name}  {visible(identity.model)}  {visible(identity.serial)}  {state_words(voice, line)}"
    if line.state is not LineState.RUNNING:
        return head
    tail = voice.say(
        "{percent} %  {rate} MB/s  {eta} left  {bad} bad",
        percent=line.percent,
        rate=line.rate // 1_000_000,
        eta=time_words(line.eta_s),
        bad=line.bad,
    )
    return f"{head}  {tail}"


def table(board: Board, voice: Voice, width: int) -> "Table":
    """Draw the board, in `width` characters: an 80x25 console has no room for model and size, and no letter is cut."""
    from rich import box  # noqa: PLC0415  heavy, only where it is used
    from rich.table import Table  # noqa: PLC0415  heavy, only where it is used
    from rich.text import Text  # noqa: PLC0415  heavy, only where it is used

    wide = width >= WIDE
    drawn = Table(box=box.ASCII, expand=False, pad_edge=False)
    for title, narrow_too in titles(voice):
        if wide or narrow_too:
            drawn.add_column(title, no_wrap=True)
    for line in board.lines.values():
        shown = [
            cell for cell, (_, narrow_too) in zip(cells(voice, line), titles(voice), strict=True) if wide or narrow_too
        ]
        drawn.add_row(*(Text(cell, style=_style(line)) for cell in shown))
    return drawn


def titles(voice: Voice) -> tuple[tuple[str, bool], ...]:
    """Give the columns, and whether each stands on a narrow console too."""
    return (
        (voice.say("drive"), True),
        (voice.say("model"), False),
        (voice.say("serial"), True),
        (voice.say("size"), False),
        (voice.say("state"), True),
        (voice.say("MB/s"), True),
        (voice.say("left"), True),
        (voice.say("bad"), True),
    )


def cells(voice: Voice, line: Line) -> tuple[str, ...]:
    """Give the cells of one row: progress stands where the verdict will stand."""
    running = line.state is LineState.RUNNING
    progress = f"{state_words(voice, line):12s} {bar(line.percent)} {line.percent:3d} %"
    return (
        line.device.name,
        visible(line.device.identity.model)[:20],
        "..." + visible(line.serial_end),
        size_words(line.device.size_bytes, voice.lang),
        progress if running else state_words(voice, line),
        str(line.rate // 1_000_000) if running else "",
        time_words(line.eta_s) if running else "",
        str(line.bad) if line.bad else "",
    )


def bar(percent: int) -> str:
    """Draw a bar of 12 cells in glyphs that every console font has."""
    full = BAR_CELLS * percent // 100
    return "█" * full + "░" * (BAR_CELLS - full)


def _style(line: Line) -> str:
    """Colour beside the words, from the Okabe-Ito palette: blue good, orange to look at, vermilion bad."""
    if line.state is LineState.CLOSED:
        return {"ERASED": "#56b4e9", "ERASED_WITH_EXCEPTIONS": "#e69f00", "FAILED": "#d55e00"}.get(
            line.verdict, "#e69f00"
        )
    return "#e69f00" if line.over else ""
