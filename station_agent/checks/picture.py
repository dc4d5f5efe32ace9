"""A screen as an SVG picture of its cells: the rows and colours of the console, no font file, no outside link."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from rich.style import Style

from station_agent.checks.page import COLUMNS, Line, Page, Segment, padded, rows
from station_agent.checks.screen_console import PAPER, style_of

WIDE, HIGH = 10, 20  # a cell
EDGE: Final = 14
FONT: Final = "'DejaVu Sans Mono','Liberation Mono',Consolas,Menlo,monospace"
BASELINE: Final = 16
BLOCKS: Final = {"█": 1.0, "▒": 0.5, "░": 0.22}
LINES: Final = {
    "─": (0, 1, 0, 0),
    "═": (0, 1, 0, 0),
    "│": (0, 0, 1, 1),
    "┌": (2, 1, 0, 1),
    "┐": (1, 2, 0, 1),
    "└": (2, 1, 1, 0),
    "┘": (1, 2, 1, 0),
}


def svg(page: Page, name: str) -> str:
    """Draw a page; `name` is its title for those who cannot see it."""
    return svg_of(rows(page), name)


def svg_of(lines: tuple[Line, ...], name: str, columns: int = COLUMNS) -> str:
    """Draw the rows of a screen of so many columns."""
    cells = [[(text, style_of(style)) for text, style in _merged(padded(line, columns))] for line in lines]
    return svg_of_cells(cells, name, columns)


def svg_of_cells(lines: Sequence[Sequence[tuple[str, Style]]], name: str, columns: int) -> str:
    """Draw rows of words, each with both its colours."""
    wide, high = columns * WIDE + 2 * EDGE, len(lines) * HIGH + 2 * EDGE
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img" font-family="{FONT}" '
        f'font-size="16.6" shape-rendering="crispEdges">\n<title>{escape(name)}</title>\n'
        f'<rect width="{wide}" height="{high}" rx="10" fill="{PAPER}"/>\n'
    )
    drawn = [text for row, line in enumerate(lines) for text in _row(line, row)]
    return head + "\n".join(drawn) + "\n</svg>\n"


def written(pictures: Iterable[tuple[str, str]], folder: Path) -> int:
    """Write pictures, each by its path below `folder`; return how many."""
    count = 0
    for name, text in pictures:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        count += 1
    return count


def _row(line: Sequence[tuple[str, Style]], row: int) -> Iterator[str]:
    column = 0
    for text, style in line:
        yield from _cells(text, style, EDGE + column * WIDE, EDGE + row * HIGH)
        column += len(text)


def _merged(line: tuple[Segment, ...]) -> Iterator[tuple[str, str]]:
    held, style = "", ""
    for segment in line:
        if segment.style != style and held:
            yield held, style
            held = ""
        held, style = held + segment.text, segment.style
    if held:
        yield held, style


def _cells(text: str, style: Style, left: int, top: int) -> Iterator[str]:
    paper, ink = _colour(style, "bgcolor"), _colour(style, "color")
    if paper != PAPER:
        yield f'<rect x="{left}" y="{top}" width="{len(text) * WIDE}" height="{HIGH}" fill="{paper}"/>'
    begin = 0
    for glyph, count in _runs(text):
        place = left + begin * WIDE
        begin += count
        if glyph in BLOCKS:
            size = f'width="{count * WIDE}" height="{HIGH}"'
            yield f'<rect x="{place}" y="{top}" {size} fill="{ink}" fill-opacity="{BLOCKS[glyph]}"/>'
        elif glyph in LINES:
            yield from _strokes(glyph, place, top, count, ink)
    plain = "".join(" " if glyph in BLOCKS or glyph in LINES else glyph for glyph in text)
    yield from _words(plain, left, top, ink, bold=bool(style.bold))


def _words(text: str, left: int, top: int, ink: str, *, bold: bool) -> Iterator[str]:
    """Write words; each run between wide gaps is fitted to its cells, whatever font the reader has."""
    begin = 0
    weight = ' font-weight="bold"' if bold else ""
    for part in text.split("  "):
        word = part.strip()
        if word:
            place = left + (begin + len(part) - len(part.lstrip())) * WIDE
            fit = f'textLength="{len(word) * WIDE}" lengthAdjust="spacingAndGlyphs"'
            yield f'<text x="{place}" y="{top + BASELINE}" fill="{ink}"{weight} {fit}>{escape(word)}</text>'
        begin += len(part) + 2


def _strokes(glyph: str, left: int, top: int, count: int, ink: str) -> Iterator[str]:
    middle, centre = top + HIGH // 2, left + WIDE // 2
    if glyph in "─═":
        heavy = ' stroke-width="4"' if glyph == "═" else ""
        yield f'<path d="M{left} {middle}h{count * WIDE}" stroke="{ink}"{heavy}/>'
        return
    begin, end, up, down = LINES[glyph]
    across = {(2, 1): f"M{centre} {middle}H{left + WIDE}", (1, 2): f"M{left} {middle}H{centre}"}.get((begin, end), "")
    along = f"M{centre} {top if up else middle}V{top + HIGH if down else middle}"
    yield f'<path d="{across}{along}" stroke="{ink}"/>'


def _runs(text: str) -> Iterator[tuple[str, int]]:
    """Yield glyphs with how often they stand in a row; corners stand alone."""
    place = 0
    while place < len(text):
        count = 1
        while place + count < len(text) and text[place + count] == text[place] and text[place] not in "│┌┐└┘":
            count += 1
        yield text[place], count
        place += count


def _colour(style: Style, which: str) -> str:
    colour = getattr(style, which)
    return str(colour.get_truecolor().hex)
