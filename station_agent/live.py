"""The board on a terminal: a table that lives in place, or plain lines where there is no terminal.

Glyphs are those of the 80x25 console fonts (diagnostics and interface reference, section 6.1).
"""

import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from certificates.wording import LEVEL_WORD
from station_agent.board import Board, Line, LineState
from station_agent.language import Voice, forget, mark, visible
from station_agent.words import REACHED, ending_words, size_words, state_words, time_words

if TYPE_CHECKING:
    from rich.table import Table

BAR_CELLS = 12
STEP_PERCENT = 25
STEP_S = 300  # between two plain lines of a drive that tells no progress and said no time beforehand
WIDE = 110  # columns from which there is room for a bar and for whole names
NAME_CELLS = 7
MODEL_CELLS = 20
SHORT_MODEL_CELLS = 11
SERIAL_CELLS = 7
SIZE_CELLS = 7
PHASE_CELLS = 12
BY_THE_DRIVE = ("command",)  # no bytes pass: the drive counts for itself
BLOCKS = 1000
NO_PROGRESS = mark("the drive reports no progress; expected {expected}, {gone} gone")
NO_TIME = mark("the drive reports no progress and no time; {gone} gone")
GONE = mark("{gone} of about {expected}")
MEANWHILE = mark(
    "Ctrl-C stops only this bench: the drive goes on with its command, leave it powered. Its run stays open; the same "
    "`etabli-station erase` comes back to it, and an end that nobody read is erased again."
)
NOTICES = {
    "hot": mark("PAUSED: too warm"),
    "sensor-lost": mark("tells no temperature any more"),
    "slow": mark("slower than it was"),
    "slow-sibling": mark("slower than its like"),
}
SPARE_ROWS = 4  # heading, "more", and the line that the terminal keeps
MEANWHILE_ROWS = 4  # of what Ctrl-C does while a drive tells nothing


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
    """Shows nothing: nobody looks on."""

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
        self._told: dict[str, tuple[str, bool, str, int]] = {}

    def refresh(self) -> None:
        """Write a line for every drive about which there is news."""
        for line in self._board.lines.values():
            news = (ending_words(self._voice, line), line.silent, line.notice, _step(line))
            before = self._told.get(line.run_id)
            if before != news and line.state is not LineState.WAITING:
                self._told[line.run_id] = news
                self._write(plain_line(self._voice, line))
                if line.elapsed_s is not None and (before is None or before[3] < BLOCKS):
                    self._write("  " + self._voice.say(MEANWHILE))

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
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._live = Live(console=self._console, auto_refresh=False)

    def refresh(self) -> None:
        """Draw the table anew."""
        width, height = self._console.size
        try:
            self._live.update(table(self._board, self._voice, width=width, height=height), refresh=True)
        except OSError:  # the terminal is gone: the wipe goes on
            forget(sys.stdout)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.refresh()
        self._live.__exit__(kind, error, trace)


def _step(line: Line) -> int:
    """Count the steps after which there is news; those of a command that blocks count from `BLOCKS`."""
    if line.elapsed_s is None:
        return line.percent // STEP_PERCENT
    return BLOCKS + line.elapsed_s // max(1, (line.expected_s or 4 * STEP_S) // 4)


def at_work_words(voice: Voice, line: Line) -> str:
    """Say how long a command is at work that tells no progress, and how long the drive said that it takes."""
    gone = time_words(line.elapsed_s)
    if line.expected_s is None:
        return voice.say(NO_TIME, gone=gone)
    return voice.say(NO_PROGRESS, expected=time_words(line.expected_s), gone=gone)


def plain_line(voice: Voice, line: Line) -> str:
    """Write one drive as one line of text."""
    identity = line.device.identity
    head = f"{line.device.name}  {visible(identity.model)}  {visible(identity.serial)}  {ending_words(voice, line)}"
    if line.state is not LineState.RUNNING:
        return head
    if line.silent:
        return f"{head}  {line.percent} %  {voice.say('no answer from the drive')}"
    if line.elapsed_s is not None:
        return f"{head}  {at_work_words(voice, line)}"
    if line.phase in BY_THE_DRIVE:
        return f"{head}  {line.percent} %  {voice.say('{eta} left', eta=time_words(line.eta_s))}"
    if line.notice in NOTICES:
        return f"{head}  {line.percent} %  {voice.say(NOTICES[line.notice])}"
    tail = voice.say(
        "{percent} %  {rate} MB/s  {eta} left  {bad} bad",
        percent=line.percent,
        rate=line.rate // 1_000_000,
        eta=time_words(line.eta_s),
        bad=line.bad,
    )
    return f"{head}  {tail}"


def table(board: Board, voice: Voice, *, width: int = 80, height: int = 25) -> "Table":
    """Draw the board for a terminal of `width` columns and `height` rows: names and verdicts are never cut away."""
    from rich.table import Table  # noqa: PLC0415  heavy, only where it is used
    from rich.text import Text  # noqa: PLC0415  heavy, only where it is used

    drawn = Table(box=None, expand=False, pad_edge=False, padding=(0, 2, 0, 0))
    drawn.add_column(voice.say("drive"), no_wrap=True, min_width=NAME_CELLS)
    drawn.add_column(
        voice.say("model"), no_wrap=True, overflow="crop", max_width=SHORT_MODEL_CELLS if width < WIDE else None
    )
    drawn.add_column(voice.say("serial"), no_wrap=True, min_width=SERIAL_CELLS)
    drawn.add_column(voice.say("size"), no_wrap=True, min_width=SIZE_CELLS)
    drawn.add_column(voice.say("state"), no_wrap=True, overflow="crop", min_width=width // 2 if width < WIDE else None)
    blocked = any(line.state is LineState.RUNNING and line.elapsed_s is not None for line in board.lines.values())
    spare = SPARE_ROWS + (MEANWHILE_ROWS if blocked else 0)
    shown = in_sight(tuple(board.lines.values()), height - spare)
    for line in shown:
        drawn.add_row(*(Text(cell, style=_style(line)) for cell in cells(voice, line, wide=width >= WIDE)))
    if left := len(board.lines) - len(shown):
        drawn.add_row("...", voice.count("{n} more", "{n} more", left))
    if blocked:
        drawn.caption, drawn.caption_justify = Text(voice.say(MEANWHILE)), "left"
    return drawn


def in_sight(lines: tuple[Line, ...], rows: int) -> tuple[Line, ...]:
    """Choose the lines that fit, in their order: what still runs before what is over, failures before successes."""
    ranked = sorted(lines, key=lambda line: (line.over, line.verdict == "ERASED"))[: max(1, rows)]
    kept = {line.run_id for line in ranked}
    return tuple(line for line in lines if line.run_id in kept)


def cells(voice: Voice, line: Line, *, wide: bool) -> tuple[str, ...]:
    """Give the cells of one row."""
    return (
        line.device.name,
        visible(line.device.identity.model)[:MODEL_CELLS],
        "..." + visible(line.serial_end),
        size_words(line.device.size_bytes, voice.lang),
        progress_words(voice, line, wide=wide) if line.state is LineState.RUNNING else short_ending(voice, line),
    )


def progress_words(voice: Voice, line: Line, *, wide: bool) -> str:
    """Say phase, share, bad sectors, rate and time left; what matters most comes first, should it not fit."""
    said = f"{state_words(voice, line):<{PHASE_CELLS}} "
    if line.elapsed_s is not None and not line.silent:
        gone = time_words(line.elapsed_s)
        if wide or line.expected_s is None:
            return said + at_work_words(voice, line)
        return said + voice.say(GONE, gone=gone, expected=time_words(line.expected_s))
    said += f"{bar(line.percent)} {line.percent:3d} %" if wide else f"{line.percent:3d} %"
    if line.bad:
        said += "  " + voice.say("{n} BAD", n=line.bad)
    if line.silent:
        return said + "  " + voice.say("no answer from the drive")
    if line.notice in NOTICES:
        said += "  " + voice.say(NOTICES[line.notice])
    if line.phase in BY_THE_DRIVE:
        return said + "  " + voice.say("{eta} left", eta=time_words(line.eta_s))
    unit = voice.say("MB/s")
    return said + f"  {line.rate // 1_000_000} {unit}  {time_words(line.eta_s)}"


def short_ending(voice: Voice, line: Line) -> str:
    """Say a verdict and the level that was reached: what a narrow table has room for."""
    level = LEVEL_WORD[line.level] if line.state is LineState.CLOSED and line.level in REACHED else ""
    return f"{state_words(voice, line)}  {level}".rstrip()


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
