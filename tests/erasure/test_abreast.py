"""Lanes that look at a drive side by side: the order, what they show, what they raise, and that they end."""

import threading
import time

import pytest

from erasure.abreast import Abreast
from erasure.buffers import aligned

LENGTH = 4096
PIECES = 9
END = PIECES * LENGTH - 512


def never() -> None:
    """Nobody minds waiting."""


def lanes_named(prefix: str = "Thread") -> int:
    """Count the threads that are left."""
    return sum(thread.name.startswith(prefix) for thread in threading.enumerate())


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_every_byte_is_given_once_and_in_order(lanes: int) -> None:
    with Abreast([lambda _buffer, _offset: None] * lanes, END, never, length=LENGTH) as pieces:
        seen = [(piece.offset, len(piece.buffer)) for piece in pieces]
    assert seen == [(number * LENGTH, LENGTH) for number in range(PIECES - 1)] + [((PIECES - 1) * LENGTH, LENGTH - 512)]


@pytest.mark.parametrize("slow", [0, 1])
def test_a_slow_lane_does_not_change_the_order(slow: int) -> None:
    def look(buffer: memoryview, offset: int) -> list[int]:
        time.sleep(0.01 * (offset // LENGTH % 2 == slow))
        buffer[:8] = offset.to_bytes(8, "big")
        return [offset]

    with Abreast([look, look], END, never, length=LENGTH) as pieces:
        seen = [(piece.found, int.from_bytes(piece.buffer[:8], "big")) for piece in pieces]
    assert seen == [([offset], offset) for offset in range(0, END, LENGTH)]


def test_what_a_lane_shows_stays_still_while_it_is_looked_at() -> None:
    """The next piece of the same lane would be read into the same buffer."""

    def look(buffer: memoryview, offset: int) -> list[int]:
        buffer[:8] = offset.to_bytes(8, "big")
        return []

    with Abreast([look, look], END, never, length=LENGTH) as pieces:
        for piece in pieces:
            time.sleep(0.005)
            assert int.from_bytes(piece.buffer[:8], "big") == piece.offset


def test_a_lane_reads_no_further_ahead_than_it_may() -> None:
    reached: list[int] = []
    with Abreast([lambda _buffer, offset: reached.append(offset)], END, never, length=LENGTH) as pieces:
        first = next(iter(pieces))
        time.sleep(0.05)
        assert first.offset == 0
        assert reached == [0, LENGTH]


@pytest.mark.parametrize("place", [0, 3, PIECES - 1])
def test_what_a_lane_raises_comes_at_its_place_and_ends_the_work(place: int) -> None:
    before = lanes_named()

    def look(_buffer: memoryview, offset: int) -> None:
        if offset == place * LENGTH:
            raise OSError(5, "no such sector")

    seen = []
    with (
        pytest.raises(OSError, match="no such sector"),
        Abreast([look, look], END, never, length=LENGTH) as pieces,
    ):
        seen += [piece.offset for piece in pieces]
    assert seen == []  # the list was never complete
    assert lanes_named() == before


def test_whoever_waits_may_end_the_work_and_every_lane_ends() -> None:
    before = lanes_named()
    hold = threading.Event()

    def waiting() -> None:
        hold.set()
        raise InterruptedError("enough")

    def look(_buffer: memoryview, _offset: int) -> None:
        hold.wait(10)

    with (
        pytest.raises(InterruptedError),
        Abreast([look, look], END, waiting, length=LENGTH) as pieces,
    ):
        list(pieces)
    assert lanes_named() == before


def test_leaving_in_the_middle_ends_every_lane_also_one_that_shows_something() -> None:
    before = lanes_named()
    with Abreast([lambda _buffer, _offset: [1]] * 2, END, never, length=LENGTH) as pieces:
        assert next(iter(pieces)).found == [1]
    assert lanes_named() == before


def test_a_drive_smaller_than_a_piece_is_one_piece() -> None:
    with Abreast([lambda _buffer, _offset: None] * 2, 512, never, length=LENGTH) as pieces:
        assert [len(piece.buffer) for piece in pieces] == [512]
    assert len(aligned(512)) == 512
