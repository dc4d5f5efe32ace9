"""Photos for checks: optional, kept under the state folder by their own SHA-256, the picture alone without its EXIF.

A photo comes from the camera of the machine or from a file: the drop folder of the bench, or a folder that the person
named (a mounted stick). Nothing waits for a photo, and a photo answers no check.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from diagnostics.guided.photo import LARGEST, clean_photo
from station_agent.errors import ProcessFailed, StoreBroken
from station_agent.language import mark

KEPT, DROPPED = "photos", "photos-new"  # below the folder of the answers
ENDINGS: Final = (".jpg", ".jpeg")
SHOWN: Final = 8
MOST_LOOKED_AT: Final = 2000  # names of a folder
NO_CAMERA: Final = mark("No camera or no v4l2-ctl here: put a JPEG file into the folder and choose it.")
REFUSED: Final = {
    "photo.too-large": mark("This photo is not kept: at most 8 MiB and 12,000 pixels a side."),
    "photo.no-jpeg": mark("Only a JPEG photo is kept, and this is none."),
    "photo.broken": mark("This photo is damaged or breaks off: it is not kept."),
}
NOT_KEPT: Final = mark("This photo cannot be kept here: is the disk of the bench full? Go on without it.")
NO_FILE: Final = mark("This file cannot be read any more: look again.")


@dataclass(frozen=True, slots=True)
class Photo:
    """A kept photo: its file name and the SHA-256 of exactly the bytes in that file."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Album:
    """Where photos are kept and looked for. `shoot` gives a frame of the camera, or raises ProcessFailed or OSError."""

    kept: Path
    folders: tuple[Path, ...]
    shoot: Callable[[], bytes]

    def offered(self) -> tuple[Path, ...]:
        """Return the newest JPEG files of the folders, at most eight; a folder that is not there has none."""
        found = [path for folder in self.folders for path in _files(folder)]
        return tuple(path for _, path in sorted(found, key=lambda one: (-one[0], one[1].name))[:SHOWN])

    def take_file(self, path: Path) -> Photo:
        """Keep a file. Raises PhotoRefused, StoreBroken, and OSError where it cannot be read."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            return self.keep(file.read(LARGEST + 1))

    def take_shot(self) -> Photo:
        """Keep a frame of the camera. Raises PhotoRefused, StoreBroken, ProcessFailed, OSError."""
        return self.keep(self.shoot())

    def keep(self, data: bytes) -> Photo:
        """Keep the picture alone; it is on the medium when this returns. Raises PhotoRefused, StoreBroken."""
        picture = clean_photo(data)
        digest = hashlib.sha256(picture).hexdigest()
        photo = Photo(f"{digest}.jpg", digest)
        try:
            self.kept.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(self.kept / photo.name, picture)
        except OSError as error:
            raise StoreBroken(
                mark("The file {path} cannot be written: {detail}."), path=self.kept / photo.name, detail=error
            ) from error
        return photo


def no_camera() -> bytes:
    """Stand for the camera where there is none."""
    raise ProcessFailed(NO_CAMERA)


def album_below(checks: Path, folders: Iterable[Path], shoot: Callable[[], bytes] = no_camera) -> Album:
    """Give the album of a bench: `checks` is the folder of the answers, `folders` those that the person named."""
    drop = checks / DROPPED
    with suppress(OSError):
        drop.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Album(checks / KEPT, (drop, *folders), shoot)


def _files(folder: Path) -> Iterable[tuple[float, Path]]:
    with suppress(OSError):
        for path in sorted(folder.iterdir())[:MOST_LOOKED_AT]:
            if path.suffix.lower() in ENDINGS and path.is_file() and not path.is_symlink():
                yield path.stat().st_mtime, path


def _write(path: Path, data: bytes) -> None:
    """Write a whole file or none, durably."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
