"""Writing a stick: nothing before every check, nothing left unread, and half a stick never starts."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from station_agent.stick.failure import StickError
from station_agent.stick.writing import BLOCK, MIB, RECORDS_MIB, Image, check_image, check_room, image_of, write

SIZE = BLOCK * 2 + 12_345
STICK = BLOCK * 4


def silent(_step: str, _done: int, _of: int) -> None:
    """Tell nobody."""


@pytest.fixture
def image(tmp_path: Path) -> Image:
    path = tmp_path / "etabli.iso"
    content = bytes(range(256)) * (SIZE // 256 + 1)
    path.write_bytes(content[:SIZE])
    digest = hashlib.sha256(content[:SIZE]).hexdigest()
    path.with_suffix(".json").write_text(json.dumps({"bytes": SIZE, "sha256": digest, "image": "x"}))
    return image_of(path)


@pytest.fixture
def stick(tmp_path: Path) -> Iterator[int]:
    path = tmp_path / "stick"
    path.write_bytes(b"\xaa" * STICK)
    descriptor = os.open(path, os.O_RDWR)
    yield descriptor
    os.close(descriptor)


def test_what_was_written_is_the_image_byte_for_byte_and_the_old_table_at_the_end_is_gone(
    image: Image, stick: int
) -> None:
    write(image, stick, "/dev/sdx", STICK, silent)
    assert os.pread(stick, SIZE, 0) == image.path.read_bytes()
    assert os.pread(stick, MIB, STICK - MIB) == bytes(MIB)
    assert os.pread(stick, 16, SIZE) == b"\xaa" * 16


def test_until_the_last_block_was_written_the_beginning_is_empty(image: Image, stick: int) -> None:
    beginnings = []

    def look(step: str, _done: int, _of: int) -> None:
        if step == "write":
            beginnings.append(os.pread(stick, 512, 0) == bytes(512))

    write(image, stick, "/dev/sdx", STICK, look)
    assert beginnings == [True, True, False]


def test_a_stick_that_does_not_give_back_what_was_written_is_named_bad(
    image: Image, stick: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., int] = os.pwrite

    def lies(descriptor: int, piece: Any, start: int) -> int:
        return real(descriptor, bytes(len(piece)) if start == BLOCK else piece, start)

    monkeypatch.setattr(os, "pwrite", lies)
    with pytest.raises(StickError, match="does not give back"):
        write(image, stick, "/dev/sdx", STICK, silent)


def test_a_stick_that_takes_less_than_it_is_given_is_written_whole(
    image: Image, stick: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., int] = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda descriptor, piece, start: real(descriptor, piece[:1_000_000], start))
    write(image, stick, "/dev/sdx", STICK, silent)
    assert os.pread(stick, SIZE, 0) == image.path.read_bytes()


def test_a_stick_that_was_pulled_out_is_said_not_to_start(
    image: Image, stick: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_descriptor: int, _piece: Any, start: int) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "pwrite", gone)
    with pytest.raises(StickError, match="does not start"):
        write(image, stick, "/dev/sdx", STICK, silent)


def test_an_image_of_which_one_byte_changed_is_refused(image: Image) -> None:
    with image.path.open("r+b") as file:
        file.seek(SIZE - 1)
        file.write(b"?")
    with pytest.raises(StickError, match="damaged or changed"):
        check_image(image, silent)


def test_an_image_that_is_whole_passes(image: Image) -> None:
    heard: list[int] = []
    check_image(image, lambda _step, done, _of: heard.append(done))
    assert heard == [BLOCK, 2 * BLOCK, SIZE]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b'{"bytes": 3}',
        b'{"bytes": 3, "sha256": null}',
        b'{"bytes": 3, "sha256": "XY"}',
        b"[" * 100_000,
    ],
)
def test_facts_that_cannot_be_used_leave_no_image(image: Image, content: bytes) -> None:
    image.path.with_suffix(".json").write_bytes(content)
    with pytest.raises(StickError, match="no usable"):
        image_of(image.path)


@pytest.mark.parametrize("size", [0, SIZE - 1, SIZE + 1, str(SIZE), None])
def test_an_image_of_another_size_is_refused_before_it_is_read(image: Image, size: object) -> None:
    image.path.with_suffix(".json").write_text(json.dumps({"bytes": size, "sha256": image.sha256}))
    with pytest.raises(StickError, match="damaged or changed"):
        image_of(image.path)


def test_an_image_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StickError, match="no usable"):
        image_of(tmp_path / "none.iso")


def test_a_stick_has_room_for_the_image_and_for_records_or_is_refused(image: Image) -> None:
    check_room(image, "/dev/sdx", SIZE + RECORDS_MIB * MIB)
    with pytest.raises(StickError, match="needs"):
        check_room(image, "/dev/sdx", SIZE + RECORDS_MIB * MIB - 1)
