"""`init`, `serve`, `migrate`."""

from threading import Thread
from typing import Annotated

import typer

from certificates.keys import fingerprint
from hub.commands.opening import settings_of, unit_of_work
from hub.context import open_hub
from hub.derive.reading import rebuild
from hub.identity import Issuer, create_identity
from hub.migrations import upgrade


def init(
    context: typer.Context,
    *,
    issuer: Annotated[str, typer.Option(help="Who issues the certificates.")],
    name: Annotated[str, typer.Option(help="Name of this hub.")] = "",
    address: Annotated[str, typer.Option(help="Postal address of the issuer.")] = "",
    siret: Annotated[str, typer.Option(help="SIRET of the issuer.")] = "",
    url: Annotated[str, typer.Option(help="Web site of the issuer.")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="A hub for simulated benches only.")] = False,
) -> None:
    """Make a hub: key, name and tables."""
    settings = settings_of(context)
    issued_by = Issuer(name=issuer, address=address, siret=siret, url=url)
    identity = create_identity(settings.data_dir, name or issuer, issued_by, demo=demo or settings.demo)
    hub = open_hub(settings)
    upgrade(hub.engine)
    hub.engine.dispose()
    typer.echo(f"hub made in {settings.data_dir}")
    typer.echo(f"key fingerprint: {fingerprint(identity.key.kid)}")


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8080,
) -> None:
    """Serve the pages and the API, in one process."""
    import uvicorn  # noqa: PLC0415  (other commands start without it)

    from hub.app import create_app  # noqa: PLC0415  (other commands start without it)
    from hub.validation.issue import prepare  # noqa: PLC0415  (other commands start without it)

    settings = settings_of(context)
    made = create_app(settings)
    Thread(target=prepare, daemon=True).start()
    uvicorn.run(
        made,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        timeout_keep_alive=15,
        limit_concurrency=400,
    )


def migrate(
    context: typer.Context,
    *,
    again: Annotated[bool, typer.Option("--rebuild", help="Drop what is derived and read the ledger again.")] = False,
) -> None:
    """Bring the tables to the newest version."""
    hub = open_hub(settings_of(context))
    upgrade(hub.engine)
    hub.engine.dispose()
    typer.echo("tables are up to date")
    if again:
        with unit_of_work(context) as session:
            count = rebuild(session)
        typer.echo(f"{count} statements read again")
