"""Backups to a second stick: only to a file system that bears the label, read back, the stick free to pull afterwards.

Never formats, never deletes what it did not name itself, never replaces the key of another hub. Beside the copies of
the database lie `hub.key` and `hub.json`: with one folder a hub can be put back on another machine, so the stick
belongs under lock.
"""

import errno
import hashlib
import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from station_agent.appliance.places import House
from station_agent.errors import ProcessFailed, StationError
from station_agent.language import mark, say_aloud
from station_agent.refusals import words_of
from station_agent.stick.failure import StickError
from station_agent.stick.own_disk import UNREADABLE_LIST
from station_agent.stick.starting import Places

LABELS: Final = ("ETABLI_BACKUP", "ETABLI_SAVE")  # a FAT file system has room for eleven letters
KINDS: Final = ("vfat", "exfat", "ext4")
COLUMNS: Final = ("PATH", "TYPE", "FSTYPE", "LABEL", "MOUNTPOINTS", "RO")
LISTING: Final = ("lsblk", "--json", "--list", "--output", ",".join(COLUMNS))
FOLDER: Final = "etabli-hub"
PATTERN: Final = "etabli-hub-[0-9]*-[0-9]*.db"
KEY_FILES: Final = ("hub.key", "hub.json")
KEPT: Final = 14
KEPT_HERE: Final = 2
LIST_S: Final = 60.0
MOUNT_S: Final = 120.0
PIECE: Final = 1 << 20
OPTIONS: Final = "rw,nodev,nosuid,noexec,noatime"
FAT_OPTIONS: Final = f"{OPTIONS},umask=077"

NO_STICK: Final = mark("No backup stick is plugged in.")
SEVERAL: Final = mark("Several sticks are named for backups ({sticks}): leave one.")
WRITE_PROTECTED: Final = mark("The backup stick {stick} is write-protected.")
OTHER_KIND: Final = mark("The backup stick {stick} has the file system {kind}: format it as FAT32, exFAT or ext4.")
IN_USE: Final = mark("The backup stick {stick} is in use ({place}).")
NOT_MOUNTED: Final = mark("The backup stick {stick} cannot be opened: {detail}")
EXCHANGED: Final = mark("The backup stick was exchanged while it was opened. Nothing was written; plug it in again.")
NO_COPY: Final = mark("The hub made no backup: {detail}")
OTHER_HUB: Final = mark("The backup stick {stick} holds the key of another hub: take another stick.")
UNLIKE: Final = mark("The backup stick {stick} does not give back what was written: take another stick.")
FULL: Final = mark("The backup stick {stick} is full, or the file is too large for it.")
BROKEN: Final = mark("The backup was not written to {stick}: {detail}")


@dataclass(frozen=True, slots=True)
class Stick:
    """One file system that bears the label of backups."""

    path: str
    label: str
    kind: str
    read_only: bool
    mounts: tuple[str, ...]


def sticks_of(listed: str) -> tuple[Stick, ...]:
    """Find the file systems for backups in the JSON of `lsblk --list`. Raises StickError for what is none."""
    try:
        rows = [row for row in json.loads(listed)["blockdevices"] if isinstance(row, dict)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StickError(UNREADABLE_LIST, detail=error) from error
    return tuple(_stick(row) for row in rows if row.get("label") in LABELS and isinstance(row.get("path"), str))


def chosen(sticks: tuple[Stick, ...]) -> Stick | None:
    """Give the one stick that may be written, None without one. Raises StickError where it may not, or is in doubt."""
    if not sticks:
        return None
    if len(sticks) > 1:
        raise StickError(SEVERAL, sticks=", ".join(one.path for one in sticks))
    stick = sticks[0]
    if stick.mounts:
        raise StickError(IN_USE, stick=stick.path, place=stick.mounts[0])
    if stick.read_only:
        raise StickError(WRITE_PROTECTED, stick=stick.path)
    if stick.kind not in KINDS:
        raise StickError(OTHER_KIND, stick=stick.path, kind=stick.kind or "?")
    return stick


def back_up(house: House) -> int:
    """Make one backup and copy it to the stick that is plugged in; the screen tells how it went. Raises StationError.

    Without a stick, or without a hub, nothing is done.
    """
    if not house.made:
        return 0
    try:
        stick = chosen(sticks_of(listing(house.stick)))
        if stick is None:
            say_aloud(house.stick.voice().say(NO_STICK))
            return 0
        made = fresh_copy(house)
        with_stick(house, stick, made)
    except StationError as error:
        note(house, trouble=words_of(error, house.stick.voice()))
        raise
    note(house, file=made.name, stick=f"{stick.label} ({stick.path})")
    return 0


def listing(places: Places) -> str:
    """List the file systems that the kernel sees. Raises ProcessFailed."""
    return str(places.run(LISTING, timeout_s=LIST_S).require().out)


def fresh_copy(house: House) -> Path:
    """Let the hub write a backup beside its data, while it runs. Raises StickError."""
    done = house.hub("backup", "--keep", str(KEPT_HERE), str(house.backups))
    made = sorted(house.backups.glob(PATTERN), key=lambda file: file.stat().st_mtime_ns)
    if done.status or not made:
        raise StickError(NO_COPY, detail=(done.err or done.out).strip()[-300:])
    return made[-1]


def with_stick(house: House, stick: Stick, made: Path) -> None:
    """Mount the stick, copy, and let it go again. Raises StickError."""
    place = house.stick.runtime / "backup-stick"
    place.mkdir(mode=0o700, exist_ok=True)
    options = OPTIONS if stick.kind == "ext4" else FAT_OPTIONS
    words = ("mount", "-t", stick.kind, "-o", options, stick.path, str(place))
    mounted = house.stick.run(words, timeout_s=MOUNT_S)
    if mounted.status:
        raise StickError(NOT_MOUNTED, stick=stick.path, detail=mounted.err.strip()[-200:])
    try:
        if not any(one.path == stick.path and str(place) in one.mounts for one in sticks_of(listing(house.stick))):
            raise StickError(EXCHANGED)
        copy_all(house.data, made, place / FOLDER, stick)
    except OSError as error:
        told = FULL if error.errno in (errno.ENOSPC, errno.EFBIG) else BROKEN
        raise StickError(told, stick=stick.path, **({"detail": error.strerror} if told is BROKEN else {})) from error
    finally:
        with suppress(ProcessFailed):
            house.stick.run(("umount", str(place)), timeout_s=MOUNT_S)


def copy_all(data: Path, made: Path, folder: Path, stick: Stick) -> None:
    """Copy key, name and database into a folder; thin out the oldest. Raises StickError, OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    key = folder / KEY_FILES[0]
    if key.exists() and key.read_bytes() != (data / KEY_FILES[0]).read_bytes():
        raise StickError(OTHER_HUB, stick=stick.path)
    for draft in folder.glob(".*.part"):  # of a backup that was cut off
        draft.unlink(missing_ok=True)
    for source in (*(data / name for name in KEY_FILES), made):
        copy_whole(source, folder / source.name, stick)
    for old in sorted(folder.glob(PATTERN), key=lambda file: (file.name == made.name, file.name))[:-KEPT]:
        old.unlink(missing_ok=True)
    sync(folder)


def copy_whole(source: Path, target: Path, stick: Stick) -> None:
    """Copy a file, read it back from the stick, then give it its name. Raises StickError, OSError."""
    draft = target.with_name(f".{target.name}.part")
    with source.open("rb") as file, open(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "r+b") as out:  # noqa: PTH123  mode
        shutil.copyfileobj(file, out, PIECE)
        out.flush()
        os.fsync(out.fileno())
        os.posix_fadvise(out.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # what is compared comes from the stick
        file.seek(0)
        out.seek(0)
        same = hashlib.file_digest(file, "sha256").digest() == hashlib.file_digest(out, "sha256").digest()
    if not same:
        draft.unlink(missing_ok=True)
        raise StickError(UNLIKE, stick=stick.path)
    draft.replace(target)
    sync(target.parent)


def sync(folder: Path) -> None:
    """Let the names of a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def note(house: House, *, file: str = "", stick: str = "", trouble: str = "") -> None:
    """Keep how the last backup went; one that failed leaves the facts of the last that did not."""
    now = house.clock().isoformat(timespec="seconds")
    if trouble:
        house.stick.keep(backup_trouble={"at": now, "words": trouble[:400]})
    else:
        house.stick.keep(backup={"at": now, "file": file, "stick": stick}, backup_trouble=None)


def _stick(row: dict[str, Any]) -> Stick:
    places, kind = row.get("mountpoints"), row.get("fstype")
    mounts = tuple(one for one in places if isinstance(one, str)) if isinstance(places, list) else ()
    return Stick(row["path"], row["label"], kind if isinstance(kind, str) else "", row.get("ro") is not False, mounts)
