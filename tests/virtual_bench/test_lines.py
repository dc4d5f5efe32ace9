"""Answers of a guest: whole lines, in time, and no delay is made of a pause of the bench itself."""

import json
import socket
from collections.abc import Iterator

import pytest

from tests.virtual_bench import lines
from tests.virtual_bench.cache import BenchError
from tests.virtual_bench.channel import Channel
from tests.virtual_bench.lines import Lines, Patience

pytestmark = pytest.mark.world


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_pause_of_the_bench_costs_one_glance() -> None:
    clock = iter([0.0, 500.0, 500.5, 600.0])
    patience = Patience(2.4, lambda: next(clock))
    assert [patience.spent() for _ in range(3)] == [False, False, True]


def test_lines_come_one_by_one_however_they_are_cut(ends: tuple[socket.socket, socket.socket]) -> None:
    heard = Lines(ends[0], "the guest")
    ends[1].sendall(b"one\ntw")
    assert heard.next(5) == b"one"
    ends[1].sendall(b"o\n")
    assert heard.next(5) == b"two"


def test_an_answer_that_came_too_late_is_never_taken_for_the_next_one(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "GLANCE_S", 0.01)
    heard = Lines(ends[0], "the guest")
    with pytest.raises(BenchError, match="the guest said nothing"):
        heard.next(0.02)
    ends[1].sendall(b"late\n")
    with pytest.raises(BenchError, match="did not answer an earlier question"):
        heard.next(5)


def test_a_guest_that_ends_is_told(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[1].close()
    with pytest.raises(BenchError, match="the guest ended"):
        Lines(ends[0], "the guest").next(5)


def test_on_a_slow_machine_a_command_may_take_as_many_times_longer(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[1].sendall(b'{"status": 0, "out": "", "err": ""}\n')
    Channel(ends[0], slower=3.0).run(("true",), timeout_s=50)
    assert json.loads(ends[1].recv(1000))["timeout_s"] == 150.0
