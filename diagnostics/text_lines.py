"""The lines of a report that smartctl printed for people: `name: value` pairs and numbers as a locale groups them.

Pure text. A number that is not whole is None: a figure cut in its middle, or with a letter in it, is never guessed.
"""

import re
from collections.abc import Iterable, Iterator

_FIELD = re.compile(r"^([A-Za-z][^:=]{1,60}?)\s*:\s*(.*?)\s*$")
# Thousands are parted by a comma, a point, a blank, an apostrophe or bytes that no reader understands.
_GROUPED = re.compile(r"\d{1,3}(?:[^0-9A-Za-z\[\]()%-]{1,6}\d{2,3})*[^0-9A-Za-z\[\]()%-]{1,6}\d{3}")
_LONGEST = 60  # characters of a number with its separators
Fields = dict[str, str]


def fields(lines: Iterable[str]) -> Fields:
    """Return the first value of every name."""
    found: Fields = {}
    for name, value in pairs(lines):
        found.setdefault(name, value)
    return found


def pairs(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (name, value) of each line that has this form, in their order; the name in single blanks."""
    for line in lines:
        match = _FIELD.match(line)
        if match:
            yield " ".join(match.group(1).split()), match.group(2)


def whole(text: str, unit: str = "") -> int | None:
    """Return the number that is all of `text` before `unit`: "12 000 138 bytes [12 MB]", "39%". None for another."""
    figure, found, _ = text.partition("[")[0].partition(unit) if unit else (text.partition("[")[0], "", "")
    figure = figure.strip()
    if (unit and not found) or len(figure) > _LONGEST:
        return None
    if figure.isascii() and figure.isdecimal():
        return int(figure)
    if _GROUPED.fullmatch(figure):
        return int("".join(character for character in figure if character in "0123456789"))
    return None


def hexadecimal(text: str) -> int | None:
    """Return the number of "0x2f"; None for anything else."""
    match = re.fullmatch(r"0[xX]([0-9a-fA-F]{1,16})", text.strip())
    return int(match.group(1), 16) if match else None
