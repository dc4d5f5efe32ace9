"""`policy sign`."""

import tomllib
from pathlib import Path
from typing import Annotated

import typer

from certificates.policy import sign_policy
from hub.commands.opening import settings_of
from hub.errors import BadInput
from hub.identity import load_identity

policy = typer.Typer(help="Erasure policies.", no_args_is_help=True)


@policy.callback()
def policies() -> None:
    """Erasure policies."""


@policy.command()
def sign(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="TOML with one table: [name].")],
    target: Annotated[Path, typer.Argument(help="Signed file to make, for `etabli-station policy add`.")],
) -> None:
    """Sign an erasure policy with the key of this hub."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} is no TOML: {error}", "file") from error
    if len(tables) != 1 or not all(isinstance(table, dict) for table in tables.values()):
        raise BadInput(f"{file} holds one table, named like the policy", "file")
    ((name, table),) = tables.items()
    signed = sign_policy(load_identity(settings_of(context).data_dir).key, name, table)
    with target.open("xb") as out:
        out.write(signed.data)
    typer.echo(f"policy {name} signed: {target}")
