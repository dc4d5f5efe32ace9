"""The wall: one tile per slot as the bays stand, empty ones too. Pure: the same bench gives the same lines.

A tile is a strip with slot, sign and word, then model, last of the serial, size, health, phases, rate and what to do.
"""

from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from station_agent.console.blocks import block_lines
from station_agent.console.frame import Line, Segment, Size, cut, fit, words
from station_agent.console.signs import (
    ALREADY,
    CHOOSABLE,
    KEPT,
    PHASES,
    SIGNS,
    STEPS,
    celsius_of,
    erased_already,
    first_reason,
    health_words,
    left_words,
    over,
    percent,
    rate_words,
    serial_end,
    slowed_words,
    state_word,
    unattended_words,
)
from station_agent.control.view import BenchView, Earlier, Tile, TileState
from station_agent.language import Voice, mark
from station_agent.words import VERDICTS, size_words, time_words

NEVER_ERASED: Final = ("FAILED", "UNCONFIRMED")
SIGN: Final = 4  # characters, as "[KO]"

NARROWEST: Final = 18  # columns of a tile
USUAL: Final = 20
LOW, HIGH, BIG = 6, 8, 9  # rows of a tile
PULL: Final = mark("PULL ME")
SIMULATED: Final = mark("SIMULATED")
AGAIN: Final = mark("pull it, or Space")
THAW: Final = mark("frozen: key u")
NEXT: Final = {
    TileState.READY: mark("space, then S"),
    TileState.FROZEN: mark("key u: unfreeze"),
    TileState.LOCKED: mark("key k: PSID"),
    TileState.COUNTDOWN: mark("key x: hold it"),
    TileState.INTERRUPTED: mark("S: go on, d: more"),
    TileState.POWER_CYCLE: mark("switch off and on"),
    TileState.UNSTATED: mark("leave it, d: more"),
    TileState.EXCEPTIONS: mark("a lead decides"),
    TileState.FAILED: mark("put it aside"),
    TileState.UNCONFIRMED: mark("ask the lead"),
    TileState.REFUSED: mark("see why: d"),
}
BIG_SIGNS: Final = {
    TileState.ERASED: "OK",
    TileState.EXCEPTIONS: "!!",
    TileState.FAILED: "KO",
    TileState.UNCONFIRMED: "??",
    TileState.REFUSED: "--",
}


@dataclass(frozen=True, slots=True)
class Grid:
    """How the tiles lie on a screen."""

    columns: int
    width: int
    height: int
    rows: int  # of tiles on one page

    @property
    def on_a_page(self) -> int:
        """Tiles of one page."""
        return self.columns * self.rows


def grid(view: BenchView, size: Size, *, big: bool = False) -> Grid:
    """Lay the bays out as they stand if tiles stay readable, else as it fits; low tiles where high ones need pages."""
    columns = view.columns if view.columns and size.columns // view.columns >= NARROWEST else size.columns // USUAL
    columns = max(1, min(columns, max(1, len(view.tiles))) if view.columns else columns)
    needed = -(-max(1, len(view.tiles)) // columns)
    height = BIG if big else max(LOW, min(HIGH, size.body // needed))
    width = min(size.columns // columns, 2 * USUAL)
    return Grid(columns, width, height, max(1, size.body // height))


def wall_lines(
    voice: Voice, view: BenchView, size: Size, place: int, chosen: frozenset[str], *, big: bool = False
) -> tuple[Line, ...]:
    """Draw the page of tiles that holds the tile at `place`."""
    laid = grid(view, size, big=big)
    first = place // laid.on_a_page * laid.on_a_page
    shown = view.tiles[first : first + laid.on_a_page]
    lines: list[Line] = []
    for row in range(0, len(shown), laid.columns):
        drawn = [
            tile_lines(voice, tile, laid, here=first + row + n == place, chosen=tile.drive in chosen, big=big)
            for n, tile in enumerate(shown[row : row + laid.columns])
        ]
        lines += [tuple(segment for part in parts for segment in part) for parts in zip(*drawn, strict=True)]
    return tuple(lines)


def tile_lines(voice: Voice, tile: Tile, laid: Grid, *, here: bool, chosen: bool, big: bool = False) -> list[Line]:
    """Draw one tile: exactly so many rows, each exactly as wide."""
    inner = laid.width - 2
    body = big_body(voice, tile, inner) if big else tile_body(voice, tile, inner, laid.height)
    body = [*body, *([()] * laid.height)][: laid.height - 1]
    edge = Segment("│", "warn") if here else Segment(" ")
    drawn = [_strip(voice, tile, laid.width, here=here, chosen=chosen)]
    for line in body:
        held = cut(line, inner)
        blank = inner - sum(len(segment.text) for segment in held)
        drawn.append((edge, *held, Segment(" " * (blank + 1))))
    return drawn


def _strip(voice: Voice, tile: Tile, width: int, *, here: bool, chosen: bool) -> Line:
    sign = SIGNS[tile.state]
    box = ("☑" if chosen else "☐") if tile.state in CHOOSABLE else " "
    text = f"{tile.slot[:5]:>2}{box}{sign.sign} {state_word(voice, tile)}"
    return Segment("▶" if here else " ", "warn"), Segment(fit(text, width - 1), "white" if chosen else sign.style)


def tile_body(voice: Voice, tile: Tile, width: int, height: int) -> list[Line]:
    """Say what a tile holds below its strip, by how many rows there are."""
    if tile.state is TileState.EMPTY:
        return []
    size = size_words(tile.size_bytes, voice.lang)
    celsius = celsius_of(tile)
    heat = f"{celsius} °C" if celsius is not None else ""
    slowed = slowed_words(voice, tile.run) if tile.run is not None and tile.state is TileState.RUNNING else ""
    warns = bool(slowed) or tile.health in ("review", "reject")
    lines = [
        words(fit(tile.model or "-", width), "strong"),
        words(_ends(serial_end(tile), size, width)),
        words(_ends(slowed or health_words(voice, tile), heat, width), "warn" if warns else "dim"),
    ]
    lines += _work(voice, tile, width, bar=height > LOW)
    if height >= HIGH:
        tag = SIMULATED if tile.simulated else ""
        lines.append(words(_ends(tile.asset or tile.lot, voice.say(tag) if tag else "", width), "dim"))
    return lines


def _work(voice: Voice, tile: Tile, width: int, *, bar: bool) -> list[Line]:
    run = tile.run
    if tile.state is TileState.RUNNING and run is not None:
        far = percent(run)
        lines = [phase_line(voice, run.phase, "" if far is None else f"{far} %", width)]
        if bar:
            lines.append(bar_line(far, width))
        rate = rate_words(voice, run.rate)
        short = "" if run.eta_s is None else time_words(run.eta_s)
        style = "warn" if run.limited_by or run.silent else ""
        return [*lines, words(_ends(rate, short or left_words(voice, run), width), style)]
    if over(tile):
        kept = voice.say(KEPT["" if run is None else run.kept])
        todo = voice.say(NEXT[tile.state]) if tile.state in NEXT else kept
        tail = [words(fit(kept, width), "dim")] if bar and todo != kept else []
        return [words(fit(f"◀ {voice.say(PULL)}", width), "strong"), words(fit(todo, width)), *tail]
    came = voice.say(ALREADY) if erased_already(tile) else before_words(voice, tile.earlier) if tile.earlier else ""
    lines = [words(fit(came, width), "warn")] if came else []
    by_itself = [words(text, "dim") for text in wrap(unattended_words(voice, tile), width)]
    if tile.frozen and tile.state is not TileState.FROZEN:
        lines.append(words(fit(voice.say(THAW), width), "warn"))
    if tile.state in NEXT:
        todo = AGAIN if erased_already(tile) else NEXT[tile.state]
        return [*lines, words(fit(voice.say(todo), width), "good"), *(by_itself if bar else [])]
    return [*lines, *(words(fit(text, width), "dim") for text in wrap(first_reason(voice, tile), width))]


def before_words(voice: Voice, earlier: Earlier) -> str:
    """Say that a drive was here, with the sign of a run that erased nothing; never [OK]: much may happen since."""
    sign = f"{VERDICTS[earlier.verdict][:SIGN]} " if earlier.verdict in NEVER_ERASED else ""
    return sign + voice.say("was here: d")


def phase_line(voice: Voice, phase: str, right: str, width: int) -> Line:
    """Draw Prepare, Erase, Verify, Report by their first letters, the present one in brackets and filled."""
    now = PHASES.get(phase, 0)
    segments: list[Segment] = []
    for step, name in enumerate(STEPS):
        letter = voice.say(name)[:1]
        style = "filled" if step == now else "good" if step < now else "faint"
        segments.append(Segment(f"[{letter}]" if step == now else f"{letter}", style))
        if step + 1 < len(STEPS):
            segments.append(Segment("─" if step != now - 1 else "→", "dim"))
    used = sum(len(segment.text) for segment in segments)
    return (*segments, Segment(f"{right:>{max(0, width - used)}}", "strong"))


def bar_line(far: int | None, width: int) -> Line:
    """Draw how far a phase is."""
    done = (far or 0) * width // 100
    return Segment("█" * done, "good"), Segment("░" * (width - done), "faint")


def big_body(voice: Voice, tile: Tile, width: int) -> list[Line]:
    """Draw what is read from afar: how far it is or how it ended, in letters of five rows."""
    if tile.state is TileState.EMPTY:
        return []
    far = percent(tile.run) if tile.run is not None and tile.state is TileState.RUNNING else None
    text = f"{far}%" if far is not None else BIG_SIGNS.get(tile.state, "")
    size = size_words(tile.size_bytes, voice.lang)
    drawn = [words(line, "strong") for line in block_lines(text)] if text else tile_body(voice, tile, width, LOW)
    below = words(_ends(serial_end(tile), size, width))
    pull = words(fit(f"◀ {voice.say(PULL)}", width), "strong") if over(tile) else ()
    rate = rate_words(voice, tile.run.rate) if far is not None and tile.run is not None else ""
    return [*drawn, below, pull or words(rate)] if text else drawn


def _ends(left: str, right: str, width: int) -> str:
    """Put two words at both ends of a line; the left one is cut."""
    room = width - len(right)
    return f"{fit(left, room - 1)} {right}" if right else fit(left, width)
