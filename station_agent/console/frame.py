"""One screen of the bench console as plain data, laid out for any size from 80 x 25 up. Only safe glyphs (§6.1)."""

import textwrap
from dataclasses import dataclass
from typing import Final

from station_agent.checks.page import Action, Line, Segment, cut, key_rows, safe, words

AROUND: Final = 6  # title, state of the outbox; notice, rule, two rows of keys
LONGEST_NOTICE: Final = 4  # rows
WHITE: Final = "\t\n\r\x0b\x0c "


@dataclass(frozen=True, slots=True)
class Size:
    """Columns and rows of a console."""

    columns: int = 80
    rows: int = 25

    @property
    def body(self) -> int:
        """Rows between head and foot."""
        return self.rows - AROUND


@dataclass(frozen=True, slots=True)
class Page:
    """What a person sees. `whole` pages have no head and no foot; `style` fills their empty cells."""

    title: str
    right: str = ""
    status: Line = ()
    body: tuple[Line, ...] = ()
    actions: tuple[Action, ...] = ()
    notice: str = ""
    whole: bool = False


def lay_out(page: Page, size: Size) -> tuple[Line, ...]:
    """Give every row of the screen."""
    if page.whole:
        lines = [cut(line, size.columns) for line in page.body[: size.rows]]
        return (*lines, *(((),) * (size.rows - len(lines))))
    right = safe(page.right)[: size.columns - 4]
    room = size.columns - len(right) - 2
    title = safe(f" {page.title}")[:room]
    notice = told(page.notice, size.columns, "warn")[:LONGEST_NOTICE] if page.notice else [()]
    body = [cut(line, size.columns) for line in page.body[: size.body]]
    body = [*body, *([()] * (size.body - len(body)))][
        : size.body + 1 - len(notice)
    ]  # a long notice covers the last rows
    return (
        (Segment(f"{title:<{room}}", "title"), Segment(f" {right} ", "title")),
        cut(page.status, size.columns),
        *body,
        *notice,
        words("─" * size.columns, "faint"),
        *key_rows(page.actions, size.columns),
    )


def too_small(lines: tuple[Line, ...], room: Size, message: str) -> tuple[Line, ...]:
    """Say on the first rows that a terminal of size `room` cuts the screen off, where it does."""
    least = Size()
    if room.columns >= least.columns and room.rows >= least.rows:
        return lines
    said = told(message, room.columns, "warn")[: max(1, room.rows // 2)]
    return (*said, *lines[len(said) :])


def text_of(lines: tuple[Line, ...]) -> list[str]:
    """Give the words of rows, without colours."""
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


def told(text: str, columns: int, style: str = "", *, begin: str = " ", then: str = "") -> list[Line]:
    """Break a sentence between words; the first line begins with `begin`, the others with `then` or as many blanks."""
    plain = "".join(" " if glyph in WHITE else glyph for glyph in safe_lines(text))
    pieces = textwrap.wrap(
        plain,
        max(20, columns - 1),
        initial_indent=begin,
        subsequent_indent=then or " " * len(begin),
        break_on_hyphens=False,
    )
    return [words(piece, style) for piece in pieces]


def safe_lines(text: str) -> str:
    """Make glyphs safe; ends of lines become blanks."""
    return safe("".join(" " if glyph in WHITE else glyph for glyph in text))


def fit(text: str, columns: int) -> str:
    """Cut or fill up to exactly so many columns; what was cut ends in a visible dot."""
    plain = safe_lines(text)
    return f"{plain:<{columns}}" if len(plain) <= columns else plain[: max(0, columns - 1)] + "."[: max(0, columns)]


def window(lines: list[Line], place: int, room: int) -> tuple[list[Line], int]:
    """Show `room` lines from `place` on, moved back where the end would leave blanks; gives the place too."""
    first = max(0, min(place, len(lines) - room))
    return lines[first : first + room], first


def facing(left: list[Line], right: list[Line], columns: int, half: int) -> list[Line]:
    """Put two columns of lines beside each other, the right one from column `half` on."""
    found = []
    for row in range(max(len(left), len(right))):
        one = cut(left[row], half - 1) if row < len(left) else ()
        other = cut(right[row], columns - half) if row < len(right) else ()
        blank = half - sum(len(segment.text) for segment in one)
        found.append((*one, Segment(" " * blank), *other))
    return found


__all__ = ["Action", "Line", "Page", "Segment", "Size", "cut", "facing", "fit", "lay_out", "safe", "text_of", "told",
           "window", "words"]  # fmt: skip
