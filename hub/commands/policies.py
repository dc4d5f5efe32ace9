"""`policy sign`."""

import tomllib
from pathlib import Path
from typing import Annotated

from certificates.command_line import Argument
from certificates.language import mark
from certificates.policy import sign_policy
from hub.commands.opening import Call
from hub.errors import BadInput
from hub.identity import load_identity


def sign(
    context: Call,
    file: Annotated[Path, Argument("FILE", help=mark("The policy: TOML with one table [name]."), file=True)],
    target: Annotated[Path, Argument("TARGET", help=mark("Signed file to make, for `etabli-station policy add`."))],
) -> None:
    """Sign an erasure policy with the key of this hub."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} is no TOML: {error}", "file") from error
    if len(tables) != 1 or not all(isinstance(table, dict) for table in tables.values()):
        raise BadInput(f"{file} holds one table, named like the policy", "file")
    ((name, table),) = tables.items()
    signed = sign_policy(load_identity(context.settings.data_dir).key, name, table)
    with target.open("xb") as out:
        out.write(signed.data)
    context.tell(mark("policy {name} signed: {target}"), name=name, target=target)
