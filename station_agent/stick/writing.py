"""Writes an image onto a stick: checked before, read back afterwards; the part that starts it is written last.

Never chooses a disk and never asks: who calls has judged the disk and has a person's word. Times of nothing are kept.
"""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from station_agent.language import mark
from station_agent.stick.failure import StickError

MIB: Final = 1 << 20
BLOCK: Final = 4 * MIB
RECORDS_MIB: Final = 256  # room behind the image, for years of records
DIGITS: Final = frozenset("0123456789abcdef")
NO_FACTS: Final = mark("Beside {image} there is no usable {facts}: take both files that `make image` wrote.")
WRONG_IMAGE: Final = mark("{image} is not what {facts} says: it was damaged or changed. Nothing was written.")
TOO_SMALL: Final = mark("{device} has {have} MiB, and the image with room for its records needs {need} MiB.")
NOT_OPENED: Final = mark("{device} cannot be opened alone ({detail}). Nothing was written.")
BROKEN_OFF: Final = mark("Writing {device} was broken off ({detail}). The stick does not start: write it again.")
UNLIKE: Final = mark("{device} does not give back what was written to it. Throw this stick away.")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Image:
    """An image file with its size and digest, as the build wrote them down."""

    path: Path
    size: int
    sha256: str

    @property
    def needed(self) -> int:
        """Bytes that a stick must have."""
        return self.size + RECORDS_MIB * MIB


def image_of(path: Path) -> Image:
    """Read what the build wrote beside an image. Raises StickError."""
    beside = path.with_suffix(".json")
    try:
        told: Any = json.loads(beside.read_text("utf-8"))
        size, digest = told["bytes"], told["sha256"]
        there = path.stat().st_size
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise StickError(NO_FACTS, image=path.name, facts=beside.name) from error
    if not (isinstance(digest, str) and len(digest) == 64 and set(digest) <= DIGITS):  # noqa: PLR2004  of SHA-256
        raise StickError(NO_FACTS, image=path.name, facts=beside.name)
    if size != there or there < BLOCK:
        raise StickError(WRONG_IMAGE, image=path.name, facts=beside.name)
    return Image(path, there, digest)


def check_image(image: Image, progress: Progress) -> None:
    """Read the whole image once. Raises StickError when it is not the one that was built."""
    with image.path.open("rb", buffering=0) as file:
        if digest_of(file.fileno(), image.size, lambda done: progress("check", done, image.size)) != image.sha256:
            raise StickError(WRONG_IMAGE, image=image.path.name, facts=image.path.with_suffix(".json").name)


def check_room(image: Image, device: str, size: int) -> None:
    """Raise StickError when image and records do not fit."""
    if size < image.needed:
        raise StickError(TOO_SMALL, device=device, have=size // MIB, need=-(-image.needed // MIB))


def open_alone(device: str) -> int:
    """Open a disk for this process alone; one that is mounted or held does not open. Raises StickError."""
    try:
        return os.open(device, os.O_RDWR | os.O_EXCL | os.O_CLOEXEC)
    except OSError as error:
        raise StickError(NOT_OPENED, device=device, detail=error.strerror) from error


def write(image: Image, descriptor: int, device: str, size: int, progress: Progress) -> None:
    """Write, read back, compare. The beginning comes last, so that half a stick never starts. Raises StickError."""
    try:
        os.pwrite(descriptor, bytes(BLOCK), 0)
        os.pwrite(descriptor, bytes(MIB), size - MIB)  # a table of partitions that was there before
        with image.path.open("rb", buffering=0) as file:
            for start in (*range(BLOCK, image.size, BLOCK), 0):
                piece = os.pread(file.fileno(), min(BLOCK, image.size - start), start)
                write_whole(descriptor, piece, start)
                progress("write", start or image.size, image.size)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)  # what is compared comes from the stick
        found = digest_of(descriptor, image.size, lambda done: progress("compare", done, image.size))
    except OSError as error:
        raise StickError(BROKEN_OFF, device=device, detail=error.strerror) from error
    if found != image.sha256:
        raise StickError(UNLIKE, device=device)


def write_whole(descriptor: int, piece: bytes, start: int) -> None:
    """Write every byte of a piece."""
    left = memoryview(piece)
    while left:
        done = os.pwrite(descriptor, left, start)
        left, start = left[done:], start + done


def digest_of(descriptor: int, size: int, progress: Callable[[int], None]) -> str:
    """Give the SHA-256 of the first `size` bytes; a shorter file gives that of what it has."""
    digest, at = hashlib.sha256(), 0
    while at < size and (piece := os.pread(descriptor, min(BLOCK, size - at), at)):
        digest.update(piece)
        at += len(piece)
        progress(at)
    return digest.hexdigest()
