"""`grades preview`, `grades apply`, `grades undo`, `grades history`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hub.commands.opening import unit_of_work
from hub.grades import policies, service

grades = typer.Typer(help="Grade policies of the site.", no_args_is_help=True)
PolicyFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Policy as TOML (grades or categories).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
NONE = "-"


@grades.command()
def preview(context: typer.Context, file: PolicyFile, *, as_json: AsJson = False) -> None:
    """Show which letters a policy would change; keeps the policy, grades nothing."""
    with unit_of_work(context) as session:
        policy = policies.keep_policy(session, None, file.read_bytes())
        found = service.preview(session, None, policy)
        name = f"{policy.name} version {policy.version} {policy.sha256}"
    if as_json:
        counts = [{"before": before, "after": after, "devices": number} for before, after, number in found.counts]
        changes = [{name: getattr(one, name) for name in one.__slots__} for one in found.changes]
        document = {"schema": "etabli.grades-preview/1", "sha256": policy.sha256, "counts": counts, "changes": changes}
        typer.echo(json.dumps(document, ensure_ascii=False))
        return
    typer.echo(f"{name}: {len(found.changes)} of {found.judged} would change")
    for one in found.changes:
        typer.echo(f"{one.lot} {one.tag}: {one.before or NONE} -> {one.after or NONE}")


@grades.command()
def apply(context: typer.Context, file: PolicyFile) -> None:
    """Put a policy in force: every report is graded again, the evidence stays as it is."""
    with unit_of_work(context) as session:
        policy = policies.keep_policy(session, None, file.read_bytes())
        service.apply_policy(session, None, policy)
        typer.echo(f"in force: {policy.name} version {policy.version} {policy.sha256}")


@grades.command()
def undo(
    context: typer.Context,
    kind: Annotated[str, typer.Option(help="grade or category.")] = policies.GRADE,
) -> None:
    """Take the policy in force back; the one before it is in force again, or the benches' own grades stand."""
    with unit_of_work(context) as session:
        before = service.undo(session, None, kind)
        if before is None:
            typer.echo("no policy of the site is in force: the benches' own grades stand")
        else:
            typer.echo(f"in force again: {before.policy.name} version {before.policy.version}")


@grades.command()
def history(context: typer.Context) -> None:
    """List every policy that was in force, the newest first."""
    with unit_of_work(context) as session:
        for use in service.history(session):
            state = "undone" if use.undone else "in force" if use.until_position is None else "earlier"
            policy = use.policy
            typer.echo(f"{use.since:%Y-%m-%d %H:%M} {policy.kind} {policy.name} version {policy.version} {state}")
