"""Whether a drive of a simulated bench is plugged in: a file beside its medium says so to every process that looks.

Without the file it has been in its slot all the time. Each plugging is a power cycle, so its sequence number grows;
another serial number is another drive in the same slot. A drive that is pulled takes no more block requests.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from erasure.simulated.specification import SimulatedDrive


@dataclass(frozen=True, slots=True)
class Place:
    """What is in the slot of one drive."""

    here: bool = True
    pluggings: int = 0
    serial: str = ""  # of another drive in its place; "" for the drive itself


def place_of(backing: Path) -> Place:
    """Read what is in the slot now."""
    try:
        return Place(**json.loads(_beside(backing).read_text("ascii")))
    except FileNotFoundError:
        return Place()


def unplug(backing: Path) -> None:
    """Pull the drive."""
    _put(backing, replace(place_of(backing), here=False))


def plug(backing: Path, serial: str = "") -> None:
    """Put the drive back, or one with another serial number in its place."""
    _put(backing, Place(here=True, pluggings=place_of(backing).pluggings + 1, serial=serial))


def as_plugged(drive: SimulatedDrive, backing: Path) -> SimulatedDrive | None:
    """Give the drive as it is in its slot now; None when it is not."""
    place = place_of(backing)
    if not place.here:
        return None
    if place == Place():
        return drive
    return replace(drive, power=drive.power + place.pluggings, serial=place.serial or drive.serial)


def _beside(backing: Path) -> Path:
    return backing.with_suffix(".place.json")


def _put(backing: Path, place: Place) -> None:
    """Write whole: another process may read at any moment."""
    draft = backing.with_suffix(".place.new")
    draft.write_text(json.dumps(asdict(place)), "ascii")
    draft.replace(_beside(backing))
