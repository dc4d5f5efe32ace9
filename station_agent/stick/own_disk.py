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
FROM_NETWORK: Final = frozenset({"fetch", "httpfs", "ftpfs", "nfsroot", "netboot"})
WORD: Final = "etabli.image="
COLUMNS: Final = ("PATH", "TYPE", "PTUUID", "PARTLABEL", "FSTYPE", "MOUNTPOINTS", "RO", "PKNAME")
LISTING: Final = ("lsblk", "--json", "--list", "--output", ",".join(COLUMNS))
RECORDS: Final = "ETABLI_STATE"
UNFINISHED: Final = "ETABLI_NEW"
SETTINGS: Final = "ETABLI_BOOT"

NO_ID: Final = mark("This system was not started from an Établi stick: the kernel command line names no image.")
NO_DISK: Final = mark("The stick of this system is not found (image {image}). Plug it in again and restart.")
NO_RECORDS: Final = mark(
    "This system came over the network, and no stick for its records is plugged in. Plug in an Établi stick that has "
    "started a machine once, and press Enter."
)
SEVERAL: Final = mark(
    "Several sticks with this image are plugged in ({disks}), and none can be told from the others. Leave one and "
    "restart."
)
UNREADABLE_LIST: Final = mark("The list of the disks cannot be read: {detail}")
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
    """Read the JSON of `lsblk --list`. Raises StickError for what is none."""
    try:
        rows = [row for row in json.loads(listed)["blockdevices"] if isinstance(row, dict)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StickError(UNREADABLE_LIST, detail=error) from error
    return tuple(_disk(row, rows) for row in rows if row.get("type") == "disk")


def by_network(command_line: str) -> bool:
    """Say whether the system came over the network: then no disk is its medium, and a stick brings its records."""
    return any(word.partition("=")[0] in FROM_NETWORK for word in command_line.split())


def own_disk(disks: Sequence[Disk], image: str, *, network: bool = False, records: str = RECORDS) -> Disk:
    """Find the stick among the disks. Raises StickError when there is none, or when it cannot be told.

    By the network it is a copy of the image, or else the one disk that keeps records of an Établi stick already.
    """
    copies = [disk for disk in disks if disk.table == image]
    if network and not copies:
        copies = [disk for disk in disks if disk.named(records)]
        if not copies:
            raise StickError(NO_RECORDS)
    for chosen in (copies, [one for one in copies if one.is_medium], [one for one in copies if one.named(records)]):
        if len(chosen) == 1:
            return chosen[0]
    if not copies:
        raise StickError(NO_DISK, image=image)
    raise StickError(SEVERAL, disks=", ".join(one.path for one in copies))


def _disk(row: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Disk:
    path = _text(row, "path")
    return Disk(path, _text(row, "ptuuid").lower(), row.get("ro") is not False, tuple(_parts(path, rows)), _mounts(row))


def _parts(disk: str, rows: Sequence[dict[str, Any]]) -> Iterator[Part]:
    for row in rows:
        if row.get("type") == "part" and _text(row, "pkname") == disk.rpartition("/")[2]:
            yield Part(_text(row, "path"), _text(row, "partlabel"), _text(row, "fstype"), _mounts(row))


def _mounts(row: dict[str, Any]) -> tuple[str, ...]:
    places = row.get("mountpoints")
    return tuple(place for place in places if isinstance(place, str)) if isinstance(places, list) else ()


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
