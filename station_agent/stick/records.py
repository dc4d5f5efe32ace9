"""The partition of the records: made on the first start behind the image, checked and mounted on every start.

Made in three steps, each of which may be the last one before the power goes: a partition with the name of an unfinished
one, its file system, its final name. A partition with the final name is never made again: what it holds are records,
also where they cannot be read.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from station_agent.language import mark
from station_agent.stick.failure import StickError
from station_agent.stick.own_disk import (
    LISTING,
    READ_ONLY,
    RECORDS,
    UNFINISHED,
    UNREADABLE_LIST,
    Disk,
    Part,
    disks_of,
    own_disk,
)
from station_agent.system import Finished

Run = Callable[..., Finished]
TABLE_S: Final = 60.0
FORMAT_S: Final = 240.0
CHECK_S: Final = 240.0
LEAST_MIB: Final = 64
MIB: Final = 2**20
SECTOR_BYTES: Final = 512
REPAIRED: Final = frozenset({0, 1})  # of e2fsck: clean, or corrected
OPTIONS: Final = "noatime,nodev,nosuid,noexec,errors=remount-ro"

NO_ROOM: Final = mark(
    "There is no room for records behind the image on {disk}: use a stick of at least {mib} MiB more."
)
UNREADABLE: Final = mark(
    "The records on {part} cannot be read ({detail}). Nothing was changed. Keep this stick, call your lead, and start "
    "from another one."
)


def open_records(run: Run, image: str, place: Path, *, network: bool = False, label: str = RECORDS) -> Disk:
    """Mount the records of the stick at `place`, made when there are none yet. Raises StickError, ProcessFailed.

    `label` names the partition: that of a bench, or that of a hub.
    """
    disk = _stick(run, image, label, network=network)
    if disk.read_only:
        raise StickError(READ_ONLY, disk=disk.path)
    if not disk.named(label):
        make(run, disk, label)
        disk = _stick(run, image, label, network=network)
    part = _records(disk, label)
    if str(place) not in part.mounts:
        check(run, part)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        run(("mount", "-t", "ext4", "-o", OPTIONS, part.path, str(place)), timeout_s=TABLE_S).require()
        place.chmod(0o700)
    return disk


def make(run: Run, disk: Disk, label: str) -> None:
    """Make the partition in the free room of the stick; one that was begun before is begun again. Raises StickError."""
    if not disk.named(UNFINISHED):
        _append(run, disk)
    unfinished = _only(_again(run, disk).named(UNFINISHED), disk)
    run(("wipefs", "--all", "--quiet", unfinished.path), timeout_s=TABLE_S).require()
    run(("mkfs.ext4", "-q", "-F", "-L", label, "-m", "1", unfinished.path), timeout_s=FORMAT_S).require()
    run(("sync", unfinished.path), timeout_s=FORMAT_S).require()
    _table(run, disk, "--part-label", disk.path, _number(disk, unfinished), label).require()
    _settle(run, disk)


def check(run: Run, part: Part) -> None:
    """Repair the file system after a power cut as its own journal says. Raises StickError when more would be lost."""
    done = run(("e2fsck", "-p", part.path), timeout_s=CHECK_S)
    if done.status not in REPAIRED:
        raise StickError(UNREADABLE, part=part.path, detail=(done.out + done.err).strip()[-200:])


def _append(run: Run, disk: Disk) -> None:
    """Move the second table to the end of the stick, then add one partition. Raises StickError, nothing changed yet."""
    if _free(run, disk) < LEAST_MIB * MIB:
        raise StickError(NO_ROOM, disk=disk.path, mib=LEAST_MIB)
    _table(run, disk, "--relocate", "gpt-bak-std", disk.path).require()
    done = _table(run, disk, "--append", disk.path, given=f'size=+, type=L, name="{UNFINISHED}"\n')
    if done.status:
        raise StickError(NO_ROOM, disk=disk.path, mib=LEAST_MIB)
    _settle(run, disk)


def _free(run: Run, disk: Disk) -> int:
    """Bytes of the stick behind its last partition; the table itself still ends where the image does."""
    listed = run(("sfdisk", "--json", disk.path), timeout_s=TABLE_S).require().out
    try:
        table = json.loads(listed)["partitiontable"]
        ends = [part["start"] + part["size"] for part in table["partitions"]]
        used = max(ends) * table.get("sectorsize", SECTOR_BYTES)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StickError(UNREADABLE_LIST, detail=error) from error
    with Path(disk.path).open("rb") as file:
        return int(file.seek(0, os.SEEK_END) - used)


def _table(run: Run, disk: Disk, *words: str, given: str | None = None) -> Finished:
    """Change the partition table; sector 0 stays as it was: old firmware looks there for a mark that sfdisk removes."""
    with Path(disk.path).open("rb") as file:
        first = file.read(SECTOR_BYTES)
    done = run(("sfdisk", "--no-reread", "--no-tell-kernel", "--force", *words), timeout_s=TABLE_S, given=given)
    with Path(disk.path).open("r+b", buffering=0) as file:
        file.write(first)
    return done


def _settle(run: Run, disk: Disk) -> None:
    run(("sync", disk.path), timeout_s=TABLE_S)
    run(("partx", "--update", disk.path), timeout_s=TABLE_S)
    run(("udevadm", "settle", "--timeout=20"), timeout_s=TABLE_S)


def _stick(run: Run, image: str, label: str, *, network: bool) -> Disk:
    listed = run(LISTING, timeout_s=TABLE_S).require()
    return own_disk(disks_of(listed.out), image, network=network, records=label)


def _again(run: Run, disk: Disk) -> Disk:
    listed = run((*LISTING, disk.path), timeout_s=TABLE_S).require()
    return disks_of(listed.out)[0]


def _only(parts: tuple[Part, ...], disk: Disk) -> Part:
    if len(parts) != 1:
        raise StickError(NO_ROOM, disk=disk.path, mib=LEAST_MIB)
    return parts[0]


def _records(disk: Disk, label: str) -> Part:
    part = _only(disk.named(label), disk)
    if part.fstype != "ext4":
        raise StickError(UNREADABLE, part=part.path, detail=part.fstype or "no file system")
    return part


def _number(disk: Disk, part: Part) -> str:
    return part.path.removeprefix(disk.path).lstrip("p")
