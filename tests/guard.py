"""Pytest plugin: a test cannot touch the world unless it says so.

While a test without one of the `LIFTING` markers runs, opening a node under /dev, starting a process or using a
socket towards anybody raises `WorldTouched`. It prevents the accident in which a unit test of an erase engine meets
a real disk because a fake was not injected.

The guard is a `sys.addaudithook`, so it also sees code that imported `open` or `Popen` before the test began.
`WorldTouched` is no `Exception`: code under test that swallows errors cannot hide a touch, and a touch that was
swallowed all the same fails the test afterwards.
"""

import multiprocessing.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

LIFTING = frozenset({"world", "kernel", "browser", "campaign", "postgres"})
HARMLESS_NODES = frozenset({"null", "zero", "full", "random", "urandom", "tty", "stdin", "stdout", "stderr"})
HARMLESS_FOLDERS = ("/dev/shm", "/dev/fd", "/dev/pts")
PROCESS_EVENTS = frozenset(
    {"subprocess.Popen", "os.fork", "os.forkpty", "os.exec", "os.spawn", "os.posix_spawn", "os.system", "pty.spawn"}
)
SOCKET_EVENTS = frozenset(
    {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
)


class WorldTouched(BaseException):
    """A test without a marker of its own reached for a device, a process or a socket."""


class Guard:
    """Whether touching is forbidden right now, and what was tried in the meantime."""

    def __init__(self) -> None:
        self.armed = False
        self.touches: list[str] = []

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Allow touches for a moment: what a fixture of the whole session does may fall into an unmarked test."""
        armed, self.armed = self.armed, False
        try:
            yield
        finally:
            self.armed = armed

    def refuse(self, what: str) -> None:
        """Note the touch and raise `WorldTouched`."""
        self.touches.append(what)
        raise WorldTouched(f"{what}: mark the test with one of {sorted(LIFTING)}, or inject a fake")

    def watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Audit hook: refuse the events that reach out of the process."""
        if not self.armed:
            return
        if event == "open" and is_device_node(arguments[0]):
            self.refuse(f"open of {os.fsdecode(arguments[0])}")
        elif event in PROCESS_EVENTS:
            self.refuse(f"process by {event}")
        elif event in SOCKET_EVENTS:
            self.refuse(f"socket by {event}")


def is_device_node(path: object) -> bool:
    """Say whether a path leads, also through links, to a node under /dev that is not one of the harmless ones."""
    if not isinstance(path, str | bytes | os.PathLike):
        return False
    real = os.path.realpath(os.fsdecode(path))
    if real != "/dev" and not real.startswith("/dev/"):
        return False
    return Path(real).name not in HARMLESS_NODES and not real.startswith(HARMLESS_FOLDERS)


GUARD = Guard()
_spawn = multiprocessing.util.spawnv_passfds


def _guarded_spawn(*arguments: Any) -> int:
    """`multiprocessing` starts its servers without an audit event: this is the missing one."""
    if GUARD.armed:
        GUARD.refuse("process by multiprocessing")
    return _spawn(*arguments)


sys.addaudithook(GUARD.watch)
multiprocessing.util.spawnv_passfds = _guarded_spawn


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Arm the guard around set-up, call and tear-down of an unmarked test."""
    GUARD.touches.clear()
    GUARD.armed = not any(item.get_closest_marker(name) for name in LIFTING)
    try:
        return (yield)
    finally:
        GUARD.armed = False


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Iterator[None]:
    """Fail a test whose code swallowed a refusal; one that asks for `touches` judges them itself."""
    result = yield
    if GUARD.touches and "touches" not in item.fixturenames:
        pytest.fail(f"the test reached for the world and hid it: {', '.join(GUARD.touches)}", pytrace=False)
    return result


@pytest.fixture
def touches() -> list[str]:
    """Return the touches seen so far in this test, for tests of the guard itself."""
    return GUARD.touches
