"""Whoever waits for a lane or for a buffer asks now and then, also when a signal takes longer than the wait."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from erasure import abreast, ahead
from tests.long_signal import WAIT_S, long_signal

END = 4096


class Asked(Exception):
    """Somebody asked while a piece took its time."""


def asked() -> None:
    raise Asked


def lanes(hold: threading.Event) -> abreast.Abreast[None]:
    return abreast.Abreast([lambda _buffer, _offset: (hold.wait(), None)[1]], END, asked)


def buffers(hold: threading.Event) -> ahead.Ahead[bool]:
    return ahead.Ahead(lambda _buffer, _offset: hold.wait(), 0, END, asked)


@pytest.mark.parametrize("made", [lanes, buffers])
def test_a_signal_that_takes_longer_than_the_wait_ends_no_asking(
    monkeypatch: pytest.MonkeyPatch, made: Callable[[threading.Event], Any]
) -> None:
    monkeypatch.setattr(abreast, "WAIT_SECONDS", WAIT_S)
    monkeypatch.setattr(ahead, "WAIT_SECONDS", WAIT_S)
    hold = threading.Event()
    with long_signal(hold.set) as told, pytest.raises(Asked):
        all_of(made(hold), hold)
    assert told == ["signal"]


def all_of(made: Any, hold: threading.Event) -> None:
    with made as pieces:
        try:
            list(pieces)
        finally:
            hold.set()
