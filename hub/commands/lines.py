"""Lines for a console: broken at blanks where there is a terminal, or where `COLUMNS` asks for it; whole in a pipe."""

import shutil
import textwrap
from collections.abc import Mapping
from typing import Final, TextIO

WIDTH: Final = 80
INDENT: Final = "  "
DIGITS: Final = 4  # of a width that somebody means


def width_of(stream: TextIO, environ: Mapping[str, str]) -> int:
    """Give the columns of the terminal behind `stream`, else those that `COLUMNS` asks for; 0: as long as it is."""
    if stream.isatty():
        return shutil.get_terminal_size((WIDTH, 24)).columns
    told = environ.get("COLUMNS", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) <= DIGITS else 0


def folded(text: str, width: int) -> str:
    """Break a text at its blanks for `width` columns (0: not at all); a digest, an address or a path stays whole."""
    if width <= 0:
        return text
    return "\n".join(
        textwrap.fill(line, width, subsequent_indent=INDENT, break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    )
