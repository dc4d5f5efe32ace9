"""What nobody foresaw in the work of the foreman: told on the tile of its drive, and no reason to end anything else.

The journal of the system gets a number, the kind of the exception and where in the program it came up; never its words,
which may quote a drive or a person. A drive without a run is not begun any more until it was plugged in again.
"""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from station_agent.control.view import Phrase
from station_agent.daemon.phrases import phrase
from station_agent.language import mark

if TYPE_CHECKING:
    from station_agent.daemon.foreman import Foreman

T = TypeVar("T")
ID_BYTES: Final = 4
FRAMES: Final = 3  # innermost places that are told
MOST: Final = 200  # kinds that are remembered, each told once
OF_DRIVE: Final = mark(
    "A fault of this program, number {id}, concerns this drive; the others go on. Nothing is begun on it: pull it and "
    "plug it in again. If it comes back, give the number to whoever looks after the bench: the log has it."
)
OF_BENCH: Final = mark(
    "A fault of this program, number {id}: what runs goes on. Give the number to whoever looks after the bench: the "
    "log has it."
)


class Mishaps:
    """Carries out the calls of the foreman, one by one. Lives in his thread."""

    def __init__(self, foreman: "Foreman") -> None:
        self._foreman = foreman
        self._told: dict[tuple[str, str, str], str] = {}
        self.of_bench: Phrase | None = None  # the last one that concerns no drive

    def guard(self, about: str, call: Callable[[], T]) -> T | None:
        """Carry out one call, about a drive (its key, or the id of its run) or ""; None when it failed unforeseen."""
        try:
            return call()
        except Exception as error:  # noqa: BLE001  the foreman's loop: one fault must not end the other runs
            self._take(about, error)
            return None

    def _take(self, about: str, error: Exception) -> None:
        kind, place = type(error).__name__, _place(error)
        number = self._told.get((about, kind, place))
        if number is None:
            if len(self._told) >= MOST:
                self._told.clear()
            number = self._told[about, kind, place] = self._foreman.means.random_bytes(ID_BYTES).hex()
            self._foreman.means.log("mishap", id=number, about=about, error=kind, place=place)
        concerned = [
            seen for seen in self._foreman.drives.by_key.values() if about and about in (seen.key, seen.run_id)
        ]
        for seen in concerned:
            seen.mishap, seen.approved = phrase(OF_DRIVE, id=number), None
        if not concerned:
            self.of_bench = phrase(OF_BENCH, id=number)


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return " > ".join(f"{Path(frame.filename).stem}:{frame.lineno}" for frame in frames)
