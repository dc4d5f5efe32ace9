"""How a bench calls people: two patterns, one for what is done and one for what failed, by bell, lights and a word.

Nothing here says that data is gone: it says that somebody should look. A light is used only where it may be.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from station_agent.control.view import OVER, BenchView, TileState

LIGHTS: Final = ("capslock", "scrolllock", "numlock")
GOOD: Final = frozenset({TileState.ERASED})


@dataclass(frozen=True, slots=True)
class Turns:
    """Slots whose run ended since the last picture."""

    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()  # everything that is over without being ERASED: somebody has to decide

    @property
    def over(self) -> bool:
        """Whether anything ended."""
        return bool(self.done or self.failed)


class Signal(Protocol):
    """Calls people."""

    muted: bool

    def call(self, happened: Turns) -> None:
        """Give the pattern for what happened."""
        ...


def turns(before: BenchView | None, after: BenchView) -> Turns:
    """Compare two pictures: which drives came to their end. The first picture calls nobody."""
    if before is None:
        return Turns()
    running = {tile.drive for tile in before.tiles if tile.drive is not None and tile.state not in OVER}
    ended = [tile for tile in after.tiles if tile.drive in running and tile.state in OVER]
    done = tuple(tile.slot for tile in ended if tile.state in GOOD)
    return Turns(done, tuple(tile.slot for tile in ended if tile.state not in GOOD))


@dataclass(slots=True)
class BellAndLights:
    """Rings the terminal's bell, once for done and three times for failed, and lights the keyboard until it is mute."""

    ring: Callable[[], object]
    lights: tuple[Path, ...] = ()
    muted: bool = False
    pattern: dict[bool, int] = field(default_factory=lambda: {True: 3, False: 1})

    def call(self, happened: Turns) -> None:
        """Ring and light up; a mute bench only lights up."""
        light(self.lights, on=True)
        if not self.muted:
            for _ in range(self.pattern[bool(happened.failed)]):
                self.ring()


def keyboard_lights(folder: Path) -> tuple[Path, ...]:
    """Give the keyboard lights below a folder like /sys/class/leds that this process may switch."""
    found = (path / "brightness" for path in sorted(folder.glob("*::*")) if path.name.rpartition("::")[2] in LIGHTS)
    return tuple(path for path in found if _writable(path))


def light(lights: tuple[Path, ...], *, on: bool) -> None:
    """Switch lights; one that cannot be switched any more stays as it is."""
    for path in lights:
        try:
            path.write_text("1" if on else "0", encoding="ascii")
        except OSError:
            continue


def _writable(path: Path) -> bool:
    try:
        with path.open("r+b"):
            return True
    except OSError:
        return False
