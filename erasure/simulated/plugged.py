"""Whether a drive of a simulated bench is plugged in: a file beside its medium says so to every process that looks.

Without the file it has been in its slot all the time. Each plugging is a power cycle, so its sequence number grows;
another serial number is another drive in the same slot. A drive that is pulled takes no more block requests. A sleep of
the machine is a power cycle as well, but the kernel keeps the number; a port that was open then is gone.
"""

import json
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from erasure.simulated.slips import SLIPS, slip, write_slip
from erasure.simulated.specification import SimulatedDrive


@dataclass(frozen=True, slots=True)
class Place:
    """What is in the slot of one drive."""

    here: bool = True
    pluggings: int = 0
    serial: str = ""  # of another drive in its place; "" for the drive itself
    sleeps: int = 0  # of the machine, while the drive was in its slot


UNTOUCHED = Place()  # what a drive has that was in its slot all the time


def place_of(backing: Path) -> Place:
    """Read what is in the slot now."""
    text = slip(_beside(backing))
    return UNTOUCHED if text is None else _read(text)


def unplug(backing: Path) -> None:
    """Pull the drive."""
    _put(backing, replace(place_of(backing), here=False))


def plug(backing: Path, serial: str = "") -> None:
    """Put the drive back, or one with another serial number in its place."""
    before = place_of(backing)
    _put(backing, replace(before, here=True, pluggings=before.pluggings + 1, serial=serial))


def sleep(backing: Path) -> None:
    """Take the power from the drive and give it back, as a machine does that sleeps; one that is pulled is not met."""
    before = place_of(backing)
    if before.here:
        _put(backing, replace(before, sleeps=before.sleeps + 1))


def as_plugged(drive: SimulatedDrive, backing: Path) -> SimulatedDrive | None:
    """Give the drive as it is in its slot now; None when it is not."""
    place = place_of(backing)
    if not place.here:
        return None
    if place == UNTOUCHED:
        return drive
    power = drive.power + place.pluggings + place.sleeps
    return replace(drive, power=power, sleeps=place.sleeps, serial=place.serial or drive.serial)


def _put(backing: Path, place: Place) -> None:
    write_slip(_beside(backing), json.dumps(asdict(place)))


@lru_cache(SLIPS)
def _beside(backing: Path) -> Path:
    return backing.with_suffix(".place.json")


@lru_cache(SLIPS)
def _read(text: str) -> Place:
    return Place(**json.loads(text))
