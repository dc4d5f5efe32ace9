"""A code as it was read, and what it is on this bench. Pure; what it does is told by `scans` and by each screen."""

from dataclasses import dataclass, field
from typing import Final

from station_agent.control.view import BenchView
from station_agent.scanner.codes import DAMAGED, NO_SUCH_COMMAND, Ambiguous, Code, Kind, Known, Reading, Refused
from station_agent.scanner.codes import read_code as read_text

NAMES: Final = frozenset({Kind.SERIAL, Kind.ASSET})


@dataclass(frozen=True, slots=True)
class Scan:
    """A code as it was read, and what it is. `typed`: it came as letters of the terminal, behind what stood there."""

    text: str = field(repr=False)
    reading: Reading = field(repr=False)
    typed: bool = False

    @property
    def code(self) -> Code | None:
        """The one thing that it is; None when it may be several, or none."""
        return self.reading if isinstance(self.reading, Code) else None

    @property
    def kinds(self) -> frozenset[Kind]:
        """Everything that it may be."""
        if isinstance(self.reading, Ambiguous):
            return frozenset(code.kind for code in self.reading.candidates)
        return frozenset() if self.code is None else frozenset({self.code.kind})

    @property
    def damaged(self) -> bool:
        """True for a code of ours that was misread, or that this version does not know."""
        return isinstance(self.reading, Refused) and self.reading.sentence in (DAMAGED, NO_SUCH_COMMAND)

    @property
    def name(self) -> str:
        """The serial or tag as it is written in the code: without what a label puts before it, in its own capitals."""
        value = "" if self.code is None or self.code.kind not in NAMES else self.code.value
        return value if value and self.text.endswith(value) else self.text


def known_of(view: BenchView | None) -> Known:
    """Give what this bench knows by name."""
    if view is None:
        return Known()
    serials = frozenset(tile.serial for tile in view.tiles if tile.serial)
    assets = frozenset(tile.asset for tile in view.tiles if tile.asset)
    lots = frozenset({*view.lots, view.lot, *(tile.lot for tile in view.tiles)} - {""})
    return Known(serials, assets | ({view.asset} - {""}), lots)


def read_scan(view: BenchView | None, text: str, *, typed: bool = False) -> Scan:
    """Tell what a code is on this bench."""
    return Scan(text.strip(), read_text(text, known_of(view)), typed)
