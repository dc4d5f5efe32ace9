"""A fault in any step of the record (death, EIO, ENOSPC): what was promised is there, nothing twice, the copy heals.

In a forked bench, from inside: death before any SQL statement and before or after any call of the second copy; failing
calls of the copy; and a limit on the size of files (RLIMIT_FSIZE) at every page of a write, which SQLite meets as a
medium that fails. `tests/campaigns/syscalls.py` puts the same faults into every system call, from outside.
"""

import itertools
import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from erasure.errors import JournalError
from station_agent.errors import StationError
from station_agent.signing import build_sha256
from station_agent.station import Station, open_station
from tests.campaigns.keeper import keep, wrongs

PAGE = 4096
STATEMENTS = 1
Fault = Callable[[Station], None]
pytestmark = pytest.mark.world


def stopped_by(state: Path, fault: Fault) -> tuple[set[str], bool]:
    """Fork a bench that keeps records under a fault; give what it promised, and whether it came to its end."""
    build_sha256()  # once here, not in every child
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            station = open_station(state, demo=True)
            fault(station)
            keep(station, STATEMENTS, lambda name: promise(writing, name))
            os._exit(0)
        except (StationError, JournalError):
            os._exit(3)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, encoding="ascii") as told:
        promised = {line.strip() for line in told if line.endswith("\n")}
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 3, -signal.SIGKILL), status
    return promised, status == 0


def sweep(folder: Path, faults: Iterator[Fault]) -> list[bool]:
    """Put one fault after the other into benches of their own, until one comes to its end undisturbed."""
    ends = []
    for number, fault in enumerate(faults):
        state = folder / str(number)
        promised, ended = stopped_by(state, fault)
        assert wrongs(state, promised) == [], f"fault {number}"
        ends.append(ended)
        if ended:
            break
    return ends


def test_death_before_any_statement_of_sql(tmp_path: Path) -> None:
    ends = sweep(tmp_path, (die_with_connection(number) for number in range(1, 400, 2)))
    assert ends[-1], "the sweep came to the end of the work"
    assert len(ends) > 10


def promise(pipe: int, name: str) -> None:
    """Tell the parent, by a way that no fault is put into."""
    os.writev(pipe, [f"{name}\n".encode()])


def die_with_connection(number: int) -> Fault:
    def fault(station: Station) -> None:
        count = itertools.count(1)

        def traced(_sql: str) -> None:
            if next(count) == number:
                os.kill(os.getpid(), signal.SIGKILL)

        with station.store.transaction() as connection:
            pass
        connection.set_trace_callback(traced)

    return fault


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", ["open", "write", "fsync", "close"])
def test_death_at_any_call_of_the_second_copy(tmp_path: Path, call: str, when: str) -> None:
    ends = sweep(tmp_path, (die_in(call, when, number) for number in range(1, 20)))
    assert ends == [False] * STATEMENTS + [True]


def die_in(call: str, when: str, number: int) -> Fault:
    def fault(_station: Station) -> None:
        real, count = getattr(os, call), itertools.count(1)

        def deadly(*given: Any, **named: Any) -> Any:
            last = next(count) == number
            if last and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            if last and call == "write":
                real(given[0], bytes(given[1])[: len(given[1]) // 2])  # half of it has come to the medium
                os.kill(os.getpid(), signal.SIGKILL)
            done = real(*given, **named)
            if last:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        setattr(os, call, deadly)

    return fault


@pytest.mark.parametrize("number", [5, 28])
@pytest.mark.parametrize("call", ["open", "write", "fsync"])
def test_a_failing_call_of_the_second_copy_costs_no_statement(tmp_path: Path, call: str, number: int) -> None:
    def fault(_station: Station) -> None:
        def fail(*_given: Any, **_named: Any) -> Any:
            raise OSError(number, os.strerror(number))

        setattr(os, call, fail)

    promised, ended = stopped_by(tmp_path / "state", fault)
    assert (len(promised), ended) == (STATEMENTS, True)
    assert wrongs(tmp_path / "state", promised) == []


def test_a_medium_that_fails_at_any_page_of_a_write(tmp_path: Path) -> None:
    def limited(size: int) -> Fault:
        def fault(_station: Station) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

        return fault

    ends = sweep(tmp_path, (limited(pages * PAGE + 100) for pages in range(1, 400, 12)))
    assert ends[-1], "the last limit was no hindrance"
    assert ends.count(False) > 3
