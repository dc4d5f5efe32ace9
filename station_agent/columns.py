"""How wide a line may be, and how one is broken between words: for 80x25 consoles, serial lines and braille."""

import shutil
import textwrap
from collections.abc import Mapping
from typing import Final, TextIO

DIGITS: Final = 4  # of a width that somebody means


def width_of(stream: TextIO, environ: Mapping[str, str]) -> int:
    """Give the columns of the terminal behind `stream`, else those that `COLUMNS` asks for; 0: as long as it is."""
    return shutil.get_terminal_size().columns if stream.isatty() else asked_width(environ)


def asked_width(environ: Mapping[str, str]) -> int:
    """Give the columns that `COLUMNS` asks for where there is no terminal; 0 for lines as long as they are."""
    told = environ.get("COLUMNS", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) <= DIGITS else 0


def fitted(line: str, width: int) -> str:
    """Break a line between words for a terminal of `width` columns (0: as long as it is), indented like its begin."""
    if width <= 0 or len(line) <= width:
        return line
    begin = len(line) - len(line.lstrip(" "))
    marked = len(line) - len(line.lstrip(" ->!"))
    indent = " " * (marked if marked > begin else begin + 2)
    return textwrap.fill(
        line, width, subsequent_indent=indent, break_long_words=True, break_on_hyphens=False, drop_whitespace=True
    )
