"""The formats of label sheets, as data: how many labels, how large, and where the first one lies. Only reads."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("formats.toml")
PAGE: Final = (2100, 2970)  # A4, in tenths of a millimetre


@dataclass(frozen=True, slots=True)
class Format:
    """A sheet of labels; lengths in tenths of a millimetre. `across` and `down` lead from one label to the next."""

    columns: int
    rows: int
    width: int
    height: int
    left: int
    top: int
    across: int
    down: int

    @property
    def labels(self) -> int:
        """How many labels one sheet has."""
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[int, int]:
        """Left and top of a label from the upper left corner of its page; places count from 0, row by row."""
        row, column = divmod(place % self.labels, self.columns)
        return self.left + column * self.across, self.top + row * self.down


@cache
def formats() -> Mapping[str, Format]:
    """Every format by its name."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: Format(**table) for name, table in found.items() if isinstance(table, dict)}
