"""What leaves the daemon besides pictures: the service manager's states, log lines, the rights of its socket."""

import io
import json
import os
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from station_agent.clock import SystemClock
from station_agent.control.client import BenchClient, DaemonUnreachable
from station_agent.control.server import ControlSocketError, listen_at
from station_agent.daemon import foreman
from station_agent.daemon.log import json_log
from station_agent.daemon.notify import ServiceManager
from station_agent.errors import UsageError
from tests.long_signal import WAIT_S, long_signal


@pytest.mark.world
def test_the_service_manager_is_told_and_its_watchdog_is_fed_twice_as_often_as_it_wants(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(60)
        told = ServiceManager({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "10000000"})
        told.tell("READY=1", "STATUS=ready")
        assert manager.recv(100) == b"READY=1\nSTATUS=ready"
        for now in (5.0, 7.0, 9.9, 10.0):
            told.alive(now)
        told.tell("STOPPING=1")
        assert [manager.recv(100) for _ in range(3)] == [b"WATCHDOG=1", b"WATCHDOG=1", b"STOPPING=1"]


@pytest.mark.world
def test_without_a_service_manager_nothing_is_told(tmp_path: Path) -> None:
    for environ in ({}, {"NOTIFY_SOCKET": str(tmp_path / "gone")}, {"WATCHDOG_USEC": "-1"}):
        silent = ServiceManager(environ)
        silent.tell("READY=1")
        silent.alive(1e9)
    assert silent.watchdog_s == 0.0


def test_log_lines_are_json_and_a_stream_that_is_gone_stops_nothing() -> None:
    out = io.StringIO()
    log = json_log(SystemClock(), out)
    log("came", drive="sda:1", odd="\x1b[2J\u2028")
    line = json.loads(out.getvalue())
    assert (line["event"], line["drive"], out.getvalue().count("\n")) == ("came", "sda:1", 1)
    assert "\x1b" not in out.getvalue()
    out.close()
    log("left")


@pytest.mark.world
def test_only_the_owner_may_use_the_socket_and_a_dead_one_is_replaced(tmp_path: Path) -> None:
    place = tmp_path / "control" / "bench.socket"
    listen_at(place).close()
    with listen_at(place):
        assert stat.S_ISSOCK(place.stat().st_mode)
        assert (stat.S_IMODE(place.stat().st_mode), stat.S_IMODE(place.parent.stat().st_mode)) == (0o600, 0o700)
    with pytest.raises(UsageError, match="no group"):
        listen_at(place, "no-such-group-here")
    with pytest.raises(ControlSocketError, match="too long"):
        listen_at(tmp_path / ("x" * 120) / "s")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ControlSocketError, match="cannot be made"):
        listen_at(tmp_path / "file" / "s")


@pytest.mark.world
def test_a_client_says_that_no_daemon_answers_and_tries_again(tmp_path: Path) -> None:
    place = tmp_path / "s"
    pauses: list[float] = []
    with BenchClient(place) as client:
        with pytest.raises(DaemonUnreachable, match="No daemon of this bench answers"):
            client.bench()
        assert list(client.follow(lambda _error: len(pauses) < 5, pauses.append)) == []
    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.0]
    assert not os.path.lexists(place)


def test_a_turn_ends_also_where_a_signal_takes_longer_than_the_wait(
    daemon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told to stop at the end of its wait, a bench went on waiting until something happened to a drive."""
    monkeypatch.setattr(foreman, "IDLE_S", WAIT_S)
    bench = daemon("sda", started=False)
    with long_signal(lambda: bench.foreman.post(lambda: None)) as told:
        bench.foreman.turn()
    assert told == ["signal"]
