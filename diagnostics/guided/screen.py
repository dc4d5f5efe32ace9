"""The screen under test: pages of one colour, and the places that a person marked as a defect."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diagnostics import kernel

PAGES = ("white", "black", "red", "green", "blue", "grey")
COLOURS = {
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "grey": (128, 128, 128),
}


@dataclass(slots=True)
class ScreenTrial:
    """Pages shown and cells marked; a cell is (column, row) of a console of `columns` x `rows`."""

    columns: int = 80
    rows: int = 25
    page: int = 0
    marks: list[tuple[str, int, int]] = field(default_factory=list)
    column: int = 40
    row: int = 12
    brightness: set[int] = field(default_factory=set)
    shown: set[str] = field(default_factory=lambda: {PAGES[0]})

    @property
    def colour(self) -> str:
        """Name of the colour that fills the screen now."""
        return PAGES[self.page]

    def turn(self) -> bool:
        """Go to the next page; False after the last one."""
        if self.page + 1 == len(PAGES):
            return False
        self.page += 1
        self.shown.add(self.colour)
        return True

    def move(self, columns: int, rows: int) -> None:
        """Move the pointer, never off the screen."""
        self.column = max(0, min(self.columns - 1, self.column + columns))
        self.row = max(0, min(self.rows - 1, self.row + rows))

    def mark(self) -> None:
        """Mark the cell under the pointer as a defect, or take the mark away."""
        here = (self.colour, self.column, self.row)
        if here in self.marks:
            self.marks.remove(here)
        else:
            self.marks.append(here)

    @property
    def sound(self) -> bool:
        """True when every page was shown and nothing is marked."""
        return len(self.shown) == len(PAGES) and not self.marks

    def to_evidence(self) -> dict[str, Any]:
        """Return plain types for the record."""
        marks = [f"{colour} {column},{row}" for colour, column, row in self.marks]
        return {"pages": sorted(self.shown), "marks": marks, "brightness_steps": len(self.brightness)}


def brightness(root: Path) -> int | None:
    """Return the brightness of the panel in percent, None where the kernel has no backlight."""
    for node in kernel.entries(root / "sys/class/backlight"):
        now, most = kernel.number(node / "brightness"), kernel.number(node / "max_brightness")
        if now is not None and most:
            return max(0, min(100, now * 100 // most))
    return None
