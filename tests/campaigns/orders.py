"""Orders to a daemon over its socket, as a console gives them: plan, confirm by serial, erase; over plain HTTP."""

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.campaigns.drives import Drive

ANSWER_S, COME_S, STEP_S = 60.0, 300.0, 0.02
FREE = {"ready", "interrupted"}
AT_WORK = {"reading", "running", "countdown"}


class Control(http.client.HTTPConnection):
    """HTTP on a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("bench", timeout=ANSWER_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self.sock.settimeout(ANSWER_S)
        self.sock.connect(str(self._path))


def ask(state: Path, verb: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask the daemon of this state. Raises OSError where nobody answers in time, AssertionError where it refuses."""
    control = Control(state / "control" / "bench.socket")
    try:
        control.request(verb, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
        answer = control.getresponse()
        text = answer.read()
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    finally:
        control.close()
    if b'"too-slow"' in text:
        raise TimeoutError("the daemon has too much to do")
    assert answer.status in {200, 201, 202}, text
    return dict(json.loads(text))


def order_all(state: Path, drives: Sequence[Drive], policy: str, ended: Callable[[], bool]) -> bool:
    """Have every drive erased that is shown; False when the daemon ended before it could be asked."""
    if not _shows(state, ended, lambda tiles: len([t for t in tiles if t["state"] in FREE]) == len(drives)):
        return False
    with contextlib.suppress(TimeoutError):  # it may have heard the order all the same: who looks on will see
        _order(state, policy)
    return True


def _order(state: Path, policy: str) -> None:
    keys = [tile["drive"] for tile in ask(state, "GET", "/v1/bench")["tiles"] if tile["state"] in FREE]
    plans = ask(state, "POST", "/v1/plans", {"drives": keys, "policy": policy})["plans"]
    order = {"plans": [plan["id"] for plan in plans], "confirmed": [plan["serial"] for plan in plans]}
    ask(state, "POST", "/v1/erasures", order)


def rest(state: Path, ended: Callable[[], bool]) -> bool:
    """Wait until nothing is at work any more."""
    return _shows(state, ended, lambda tiles: not any(tile["state"] in AT_WORK for tile in tiles))


def idle(state: Path) -> bool:
    """Say whether the daemon answers and has nothing at work."""
    try:
        return not any(tile["state"] in AT_WORK for tile in ask(state, "GET", "/v1/bench")["tiles"])
    except OSError:
        return False


def _shows(state: Path, ended: Callable[[], bool], holds: Callable[[list[dict[str, Any]]], bool]) -> bool:
    until, tiles = time.monotonic() + COME_S, list[dict[str, Any]]()
    while not ended():
        assert time.monotonic() < until, [(tile["path"], tile["state"]) for tile in tiles]
        try:
            tiles = ask(state, "GET", "/v1/bench")["tiles"]
        except OSError:
            tiles = []
        else:
            if holds(tiles):
                return True
        time.sleep(STEP_S)
    return False
