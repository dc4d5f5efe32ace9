"""One screen of 25 rows and 80 columns as plain data: both consoles and the pictures of the manual show the same one.

Only glyphs that every console font of Debian has are used (diagnostics and UX, section 6.1); others become "?".
"""

from dataclasses import dataclass, field
from typing import Final

COLUMNS: Final = 80
ROWS: Final = 25
BODY: Final = ROWS - 7  # title, bar and a blank above; notice, rule and two rows of keys below
DRAWN: Final = "–—•≤≥€ŒœŸ─│┌┐└┘├┤┬┴┼═║╔╗╚╝╭╮╰╯█░▒■▲▼▶◀●☐☑☒✗✘←↑→↓\u202f"
NARROW: Final = "\u202f"
DOTS: Final = " ..."


@dataclass(frozen=True, slots=True)
class Segment:
    """Words in one style: "", dim, faint, strong, good, bad, warn, key, title, chosen, or a colour "#rrggbb"."""

    text: str
    style: str = ""


Line = tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """A key, what it does, and how the key is named where not by its letter ("Enter", "Entrée")."""

    key: str
    words: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What a person sees: a title, how far the list is, the body, and the keys. `fill` paints the whole screen."""

    title: str
    right: str = ""
    permille: int = 0
    body: tuple[Line, ...] = ()
    actions: tuple[Action, ...] = ()
    fill: str = ""
    notice: str = ""
    pointer: tuple[int, int] | None = None
    marks: tuple[tuple[int, int], ...] = field(default=())


def words(text: str, style: str = "") -> Line:
    """Make a line of one style."""
    return (Segment(text, style),)


def is_safe(glyph: str) -> bool:
    """Tell whether every console font has this glyph: ASCII, Latin-9 without its control codes, and the drawn ones."""
    return " " <= glyph <= "~" or "\u00a0" <= glyph <= "\u00ff" or glyph in DRAWN


def safe(text: str) -> str:
    """Replace what a console font may lack: the narrow blank by a no-break one, the curly quote, all else by "?"."""
    straight = text.replace(NARROW, "\u00a0").replace("’", "'").replace("“", '"').replace("”", '"').replace("…", "...")
    return "".join(glyph if is_safe(glyph) else "?" for glyph in straight)


def shortened(text: str, columns: int) -> str:
    """Make a text safe and at most so many columns long; one that goes on ends in dots, after a whole word."""
    whole = safe(text)
    if len(whole) <= columns:
        return whole
    room = columns - len(DOTS)
    return (whole[: room + 1].rpartition(" ")[0] or whole[:room]).rstrip(" ,") + DOTS


def cut(line: Line, columns: int = COLUMNS) -> Line:
    """Cut a line at a column and make its glyphs safe."""
    kept: list[Segment] = []
    left = columns
    for segment in line:
        text = safe(segment.text)[:left]
        left -= len(text)
        if text:
            kept.append(Segment(text, segment.style))
    return tuple(kept)


def padded(line: Line, columns: int = COLUMNS) -> Line:
    """Fill a line up with blanks of its last style."""
    short = cut(line, columns)
    missing = columns - sum(len(segment.text) for segment in short)
    return (*short, Segment(" " * missing)) if missing else short


def bar(permille: int, columns: int) -> Line:
    """Draw how far something is."""
    done = max(0, min(columns, permille * columns // 1000))
    return Segment("═" * done, "good"), Segment("─" * (columns - done), "faint")


def rows(page: Page) -> tuple[Line, ...]:
    """Lay a page out on 25 rows of 80 columns."""
    if page.fill:
        return _filled(page)
    title = f" {page.title}"
    room = COLUMNS - len(page.right) - 2
    head: Line = (Segment(f"{shortened(title, room):<{room}}", "title"), Segment(f" {safe(page.right)} ", "title"))
    body = [cut((Segment(" "), *line)) for line in page.body[:BODY]]
    body += [()] * (BODY - len(body))
    notice = cut(words(f" {page.notice}", "warn")) if page.notice else ()
    return (
        cut(head),
        bar(page.permille, COLUMNS),
        (),
        *body,
        notice,
        words("─" * COLUMNS, "faint"),
        *key_rows(page.actions),
    )


def key_rows(actions: tuple[Action, ...], columns: int = COLUMNS) -> tuple[Line, Line]:
    """Lay the keys out on two rows; none is cut off."""
    shown: tuple[list[Segment], list[Segment]] = ([Segment(" ")], [Segment(" ")])
    room = columns - 1
    row = 0
    for action in actions:
        drawn = [Segment(f" {action.name or action.key} ", "key"), Segment(f" {action.words}  ")]
        wide = sum(len(segment.text) for segment in drawn)
        if wide > room + 2:  # the blanks after the last words may go
            row, room = 1, columns - 1
        shown[row].extend(drawn)
        room -= wide
    return cut(tuple(shown[0]), columns), cut(tuple(shown[1]), columns)


def _filled(page: Page) -> tuple[Line, ...]:
    lines: list[Line] = []
    for row in range(ROWS):
        line: list[Segment] = []
        for column in range(COLUMNS):
            here = (column, row)
            glyph = "+" if here == page.pointer else "X" if here in page.marks else " "
            line.append(Segment(glyph, page.fill))
        lines.append(tuple(line))
    return tuple(lines)
