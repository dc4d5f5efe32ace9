"""Serves the control API on a unix socket, in a thread of its own; it opens no other port.

The folder is 0700 and the socket 0600; with a group 0750 and 0660. A socket that a dead process left is replaced: who
holds the lock of the state is the only daemon of this folder.
"""

import asyncio
import grp
import os
import socket
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from station_agent.control.place import LONGEST
from station_agent.errors import StationError, UsageError
from station_agent.language import mark

if TYPE_CHECKING:
    from fastapi import FastAPI

BACKLOG: Final = 64
PATIENCE_S: Final = 5.0


class ControlSocketError(StationError):
    """The control socket cannot be made."""

    code = "control-socket"


def listen_at(path: Path, group: str = "") -> socket.socket:
    """Make the listening socket with its rights. Raises `ControlSocketError`, and `UsageError` for an unknown group."""
    if len(os.fsencode(path)) > LONGEST:
        raise ControlSocketError(
            mark("The path {path} is too long for a socket: choose a shorter folder with --state."), path=path
        )
    owner = group_number(group) if group else -1
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o750 if group else 0o700)
        if path.exists() and stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()
        before = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        if group:
            os.chown(path.parent, -1, owner)
            os.chown(path, -1, owner)
            path.chmod(0o660)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ControlSocketError(
            mark("The control socket {path} cannot be made: {detail}."), path=path, detail=error.strerror or error
        ) from error
    return listener


def group_number(name: str) -> int:
    """Give the number of a group of this system. Raises `UsageError`."""
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError as error:
        raise UsageError(mark("There is no group {name} on this system."), name=name) from error


class ControlServer:
    """The API at work. `make` builds the application in the thread of the server: the daemon is ready before it."""

    def __init__(self, make: Callable[[], "FastAPI"], listener: socket.socket) -> None:
        self._make = make
        self._listener = listener
        self._path = Path(listener.getsockname())
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)
        self._stop: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """End; who is still connected is cut off after some seconds."""
        self._stop()
        if self._thread.ident is not None:
            self._thread.join(PATIENCE_S)
        with suppress(OSError):
            self._path.unlink()
        self._listener.close()

    def _run(self) -> None:
        import uvicorn  # noqa: PLC0415  heavy, and the drives are watched before anybody asks

        config = uvicorn.Config(
            self._make(),
            log_config=None,
            access_log=False,
            lifespan="off",
            loop="asyncio",
            http="h11",
            ws="none",
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)

        async def serve() -> None:
            loop, over = asyncio.get_running_loop(), asyncio.Event()

            async def until_stopped() -> None:
                await over.wait()

            def stop() -> None:
                loop.call_soon_threadsafe(over.set)

            # its own loop wakes up ten times a second
            server.main_loop = until_stopped  # type: ignore[method-assign]
            self._stop = stop
            await server.serve(sockets=[self._listener])

        asyncio.run(serve())
