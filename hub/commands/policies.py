"""`policy sign`, `policy publish`, `policy withdraw`."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from certificates.command_line import Argument
from certificates.language import mark
from certificates.policy import sign_policy
from hub.commands.opening import Call
from hub.errors import BadInput
from hub.identity import load_identity
from hub.stations.bench_policies import publish_policy, withdraw_policy


def sign(
    context: Call,
    file: Annotated[Path, Argument("FILE", help=mark("The policy: TOML with one table [name]."), file=True)],
    target: Annotated[Path, Argument("TARGET", help=mark("Signed file to make, for `etabli-station policy add`."))],
) -> None:
    """Sign an erasure policy with the key of this hub."""
    name, table = _read(file)
    signed = sign_policy(load_identity(context.settings.data_dir).key, name, table)
    with target.open("xb") as out:
        out.write(signed.data)
    context.tell(mark("policy {name} signed: {target}"), name=name, target=target)


def publish(
    context: Call,
    file: Annotated[Path, Argument("FILE", help=mark("The policy: TOML with one table [name]."), file=True)],
) -> None:
    """Sign an erasure policy and hand it to every bench with its assignments."""
    name, table = _read(file)
    with context.unit_of_work() as session:
        publish_policy(session, name, table)
    context.tell(mark("policy {name}: every bench gets it at its next sync"), name=name)


def withdraw(context: Call, name: Annotated[str, Argument("NAME", help=mark("The policy."))]) -> None:
    """Hand a policy to the benches no more; those that have it keep it."""
    with context.unit_of_work() as session:
        withdraw_policy(session, name)
    context.tell(mark("policy {name}: handed out no more"), name=name)


def _read(file: Path) -> tuple[str, dict[str, Any]]:
    """Give name and members of the one table of a file. Raises BadInput."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} is no TOML: {error}", "file") from error
    if len(tables) != 1 or not all(isinstance(table, dict) for table in tables.values()):
        raise BadInput(f"{file} holds one table, named like the policy", "file")
    return next(iter(tables.items()))
