"""`serve`, `migrate`."""

import errno
import socket
import sys
from threading import Thread
from typing import Annotated, Final

from certificates.command_line import Option
from certificates.language import mark
from hub.commands.opening import Call
from hub.context import open_hub
from hub.derive.reading import rebuild
from hub.errors import BadInput
from hub.keys.changing import keep_up
from hub.migrations import upgrade
from hub.running import at_work

LAST_PORT: Final = 65535


def serve(
    context: Call,
    host: Annotated[str, Option("--host", help=mark("Address to listen on."), metavar="ADDRESS")] = "127.0.0.1",
    port: Annotated[int, Option("--port", help=mark("Port to listen on."))] = 8080,
) -> None:
    """Serve the pages and the API, in one process."""
    if port > LAST_PORT:
        raise BadInput(f"a port is a number from 0 to {LAST_PORT}, not {port}")
    from hub.app import create_app  # noqa: PLC0415  (other commands start without it)
    from hub.serving import serve as serve_until_told  # noqa: PLC0415  (other commands start without it)
    from hub.serving import server_of  # noqa: PLC0415  (other commands start without it)
    from hub.validation.issue import prepare  # noqa: PLC0415  (other commands start without it)

    settings = context.settings
    made = create_app(settings)
    require_free(host, port)
    Thread(target=prepare, daemon=True).start()
    with at_work(settings.data_dir):
        with made.state.hub.sessions().begin() as session:
            keep_up(session)
        if made.state.post is not None:
            made.state.post.start()
        context.tell(mark("serving {address}; Ctrl-C ends it"), address=settings.public_url)
        sys.stdout.flush()
        serve_until_told(server_of(made, host, port, settings.proxies))


def require_free(host: str, port: int) -> None:
    """Raise BadInput where this address cannot be listened on: in words, before anything has begun."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        with socket.socket(found[0][0], socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(found[0][4])
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BadInput(f"port {port} of {host} is taken already: choose another with --port") from error
        raise BadInput(f"nothing can listen on {host}, port {port}: {error.strerror}") from error


def migrate(
    context: Call,
    *,
    again: Annotated[bool, Option("--rebuild", help=mark("Drop what is derived and read the ledger again."))] = False,
) -> None:
    """Bring the tables to the newest version."""
    hub = open_hub(context.settings)
    upgrade(hub.engine)
    hub.engine.dispose()
    context.tell(mark("tables are up to date"))
    with context.unit_of_work() as session:
        keep_up(session)
    if again:
        with context.unit_of_work() as session:
            count = rebuild(session)
        context.tell(mark("{count} statements read again"), count=count)
