"""What a command does when the daemon of the bench holds the state: it has the daemon do the durable part."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from station_agent.commands.call import Call
from station_agent.control.place import socket_path
from station_agent.errors import StoreBusy

if TYPE_CHECKING:
    from station_agent.control.client import BenchClient

T = TypeVar("T")


def through_daemon(call: Call, busy: StoreBusy, ask: "Callable[[BenchClient], T]") -> T:
    """Ask the daemon of this bench; where none answers, another process has the state. Raises `StationError`."""
    from station_agent.control.client import BenchClient, DaemonUnreachable  # noqa: PLC0415  heavy

    try:
        with BenchClient(socket_path(call.state)) as client:
            return ask(client)
    except DaemonUnreachable:
        raise busy from None
