"""From strokes to text, by the layout that the scanner itself is set to; never by that of the console.

A scanner set to US sends the key of `1`, which a French console shows as `&`. The kernel's key codes are what the
scanner pressed; `layouts.toml` says what it means by them. Which layout that is shows once, by a test code whose
strokes differ between all layouts.
"""

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LAYOUTS: Final = Path(__file__).with_name("layouts.toml")
TEST_CODE: Final = "AZ09-"  # other keys in every layout that is known
COMMON: Final = "common"


@dataclass(frozen=True, slots=True)
class Stroke:
    """One key that was pressed: its evdev code, and which of Shift and AltGr were down."""

    code: int
    shift: bool = False
    altgr: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """What each stroke means for one layout."""

    name: str
    letters: Mapping[Stroke, str]

    def stroke(self, letter: str) -> Stroke | None:
        """Give a stroke that writes `letter`; None where the layout has none."""
        return next((stroke for stroke, written in self.letters.items() if written == letter), None)


@dataclass(frozen=True, slots=True)
class Text:
    """What a whole burst says."""

    text: str


@dataclass(frozen=True, slots=True)
class Undecodable:
    """Keys that have no character in this layout: their codes, in their order. The rest is not given."""

    layout: str
    codes: tuple[int, ...]


Decoded = Text | Undecodable


def decode(strokes: Sequence[Stroke], layout: Layout) -> Decoded:
    """Give the text of strokes, or the codes that mean nothing; never a part of the text."""
    letters = [layout.letters.get(stroke, "") for stroke in strokes]
    if unknown := tuple(stroke.code for stroke, letter in zip(strokes, letters, strict=True) if not letter):
        return Undecodable(layout.name, unknown)
    return Text("".join(letters))


def layouts_of_test_code(strokes: Sequence[Stroke]) -> tuple[str, ...]:
    """Name the layouts in which these strokes are the test code; none when they are another code."""
    return tuple(name for name, layout in layouts().items() if decode(strokes, layout) == Text(TEST_CODE))


@functools.cache
def layouts() -> Mapping[str, Layout]:
    """Give the layouts by name."""
    book = tomllib.loads(LAYOUTS.read_text(encoding="utf-8"))
    common = _letters(book[COMMON]["keys"])
    names = (name for name in book if name not in (COMMON, "version"))
    return {name: Layout(name, _letters(book[name]["keys"]) | common) for name in names}


def _letters(rows: Sequence[Sequence[int | str]]) -> dict[Stroke, str]:
    found: dict[Stroke, str] = {}
    for code, plain, shifted, third in rows:
        strokes = (Stroke(int(code)), Stroke(int(code), shift=True), Stroke(int(code), altgr=True))
        found |= {
            stroke: str(letter) for stroke, letter in zip(strokes, (plain, shifted, third), strict=True) if letter
        }
    return found
