"""Which disk is the stick that this system was started from. Pure: judges what `lsblk` lists.

Every image has an id of its own, the GUID of its partition table, which every copy of it carries and which the kernel
command line names. Where several copies are plugged in, the mounted one is the stick; without a mount (the system is in
memory) the one that already keeps records. In doubt none is: nothing is guessed about a disk that will be written to.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from station_agent.language import mark
from station_agent.stick.failure import StickError

MEDIUM_PLACE: Final = "/run/live/medium"
WORD: Final = "etabli.image="
LISTED: Final = ("PATH", "TYPE", "PTUUID", "PARTLABEL", "FSTYPE", "MOUNTPOINTS", "RO", "PKNAME", "LABEL")
RECORDS: Final = "ETABLI_STATE"
UNFINISHED: Final = "ETABLI_NEW"
SETTINGS: Final = "ETABLI_BOOT"

NO_ID: Final = mark("This system was not started from an Établi stick: the kernel command line names no image.")
NO_DISK: Final = mark("The stick of this system is not found (image {image}). Plug it in again and restart.")
SEVERAL: Final = mark(
    "Several sticks with this image are plugged in ({disks}), and none can be told from the others. Leave one and restart."
)
READ_ONLY: Final = mark("The stick {disk} is write-protected: no records can be kept on it, so nothing is erased.")


@dataclass(frozen=True, slots=True)
class Part:
    """One partition: its path, its name in the table, its file system ("" for none) and where it is mounted."""

    path: str
    name: str
    fstype: str
    mounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disk:
    """One disk with the GUID of its partition table, in lower case."""

    path: str
    table: str
    read_only: bool
    parts: tuple[Part, ...]
    mounts: tuple[str, ...]

    def named(self, name: str) -> tuple[Part, ...]:
        """Give its partitions of this name."""
        return tuple(part for part in self.parts if part.name == name)

    @property
    def is_medium(self) -> bool:
        """Whether the running system is mounted from it."""
        return MEDIUM_PLACE in (*self.mounts, *(place for part in self.parts for place in part.mounts))


def image_id(command_line: str) -> str:
    """Give the id of the running image from the kernel command line. Raises StickError."""
    found = [word.removeprefix(WORD).lower() for word in command_line.split() if word.startswith(WORD)]
    if not found or not found[-1]:
        raise StickError(NO_ID)
    return found[-1]


def disks_of(listed: str) -> tuple[Disk, ...]:
    """Read the JSON of `lsblk`. Raises StickError for what is none."""
    try:
        rows = json.loads(listed)["blockdevices"]
    except (ValueError, KeyError, TypeError) as error:
        raise StickError(mark("The list of the disks cannot be read: {detail}"), detail=error) from error
    return tuple(_disk(row) for row in rows if row.get("type") == "disk")


def own_disk(disks: Sequence[Disk], image: str) -> Disk:
    """Find the stick among the disks. Raises StickError when there is none, or when it cannot be told."""
    copies = [disk for disk in disks if disk.table == image]
    for chosen in (copies, [one for one in copies if one.is_medium], [one for one in copies if one.named(RECORDS)]):
        if len(chosen) == 1:
            return chosen[0]
    if not copies:
        raise StickError(NO_DISK, image=image)
    raise StickError(SEVERAL, disks=", ".join(one.path for one in copies))


def _disk(row: dict[str, Any]) -> Disk:
    return Disk(_text(row, "path"), _text(row, "ptuuid").lower(), bool(row.get("ro")), tuple(_parts(row)), _mounts(row))


def _parts(row: dict[str, Any]) -> Iterator[Part]:
    for child in row.get("children") or ():
        if child.get("type") == "part":
            yield Part(_text(child, "path"), _text(child, "partlabel"), _text(child, "fstype"), _mounts(child))


def _mounts(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(place for place in row.get("mountpoints") or () if place)


def _text(row: dict[str, Any], name: str) -> str:
    return str(row.get(name) or "")
