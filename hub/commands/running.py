"""`serve`, `migrate`."""

from threading import Thread
from typing import Annotated, Final

from certificates.command_line import Option
from certificates.language import mark
from hub.commands.opening import Call
from hub.context import open_hub
from hub.derive.reading import rebuild
from hub.errors import BadInput
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
    Thread(target=prepare, daemon=True).start()
    with at_work(settings.data_dir):
        if made.state.post is not None:
            made.state.post.start()
        serve_until_told(server_of(made, host, port, settings.proxies))


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
    if again:
        with context.unit_of_work() as session:
            count = rebuild(session)
        context.tell(mark("{count} statements read again"), count=count)
