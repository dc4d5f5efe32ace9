"""`etabli-hub` and its groups. Errors of the hub end a command with one sentence and status 1."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from certificates.errors import CertificateError
from hub.errors import HubError
from hub.settings import Settings


class HubGroup(TyperGroup):
    """Turns errors that people can act on into one sentence."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; the one place where its errors end."""
        try:
            return super().invoke(ctx)
        except (HubError, CertificateError) as error:
            typer.echo(f"etabli-hub: {error}", err=True)
            sys.exit(1)
        except OSError as error:
            if error.filename is None:  # no file of the person's: a fault to be seen whole
                raise
            typer.echo(f"etabli-hub: {error.filename}: {error.strerror}", err=True)
            sys.exit(1)


app = typer.Typer(
    cls=HubGroup,
    name="etabli-hub",
    help="Run and look after a hub.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def root(
    context: typer.Context,
    data: Annotated[Path | None, typer.Option("--data", help="Data folder (else $ETABLI_HUB_DATA).")] = None,
) -> None:
    """Read the settings once for every command."""
    context.obj = Settings.from_environment(data, os.environ)


def _register() -> None:
    from hub.commands import grades, keeping, lots, policies, running, users  # noqa: PLC0415  (they register on `app`)

    app.add_typer(users.user, name="user")
    app.add_typer(users.token, name="token")
    app.add_typer(lots.lot, name="lot")
    app.add_typer(policies.policy, name="policy")
    app.add_typer(grades.grades, name="grades")
    for command in (running.init, running.serve, running.migrate, keeping.export, keeping.backup):
        app.command()(command)


_register()
