"""`grades preview`, `grades apply`, `grades undo`, `grades history`."""

import json
from pathlib import Path
from typing import Annotated

from certificates.command_line import Argument, Option
from certificates.language import mark
from hub.commands.opening import Call
from hub.grades import policies, service
from hub.models import GradePolicyUse

PolicyFile = Annotated[Path, Argument("FILE", help=mark("Policy as TOML (grades or categories)."), file=True)]
AsJson = Annotated[bool, Option("--json", help=mark("Print the result as JSON."))]
Kind = Annotated[str, Option("--kind", choices=policies.KINDS, help=mark("Which sort of policy: grade or category."))]
NONE = "-"
UNDONE, IN_FORCE, EARLIER = mark("undone"), mark("in force"), mark("earlier")


def preview(context: Call, file: PolicyFile, *, as_json: AsJson = False) -> None:
    """Show which letters a policy would change; keeps the policy, grades nothing."""
    with context.unit_of_work() as session:
        policy = policies.keep_policy(session, None, file.read_bytes())
        found = service.preview(session, None, policy)
        facts = {"name": policy.name, "version": policy.version, "digest": policy.sha256}
    if as_json:
        counts = [{"before": before, "after": after, "devices": number} for before, after, number in found.counts]
        changes = [{name: getattr(one, name) for name in one.__slots__} for one in found.changes]
        document = {"schema": "etabli.grades-preview/1", "sha256": facts["digest"], "counts": counts}
        document["changes"] = changes
        print(json.dumps(document, ensure_ascii=False))
        return
    sentence = mark("{name} version {version} {digest}: {changes} of {judged} would change")
    context.tell(sentence, changes=len(found.changes), judged=found.judged, **facts)
    for one in found.changes:
        context.show(f"{one.lot} {one.tag}: {one.before or NONE} -> {one.after or NONE}")


def apply(context: Call, file: PolicyFile) -> None:
    """Put a policy in force: every report is graded again, the evidence stays as it is."""
    with context.unit_of_work() as session:
        policy = policies.keep_policy(session, None, file.read_bytes())
        service.apply_policy(session, None, policy)
        facts = {"name": policy.name, "version": policy.version, "digest": policy.sha256}
    context.tell(mark("in force: {name} version {version} {digest}"), **facts)


def undo(context: Call, *, kind: Kind = policies.GRADE) -> None:
    """Take the policy in force back; the one before it is in force again, or the benches' own grades stand."""
    with context.unit_of_work() as session:
        before = service.undo(session, None, kind)
        facts = {} if before is None else {"name": before.policy.name, "version": before.policy.version}
    if facts:
        context.tell(mark("in force again: {name} version {version}"), **facts)
    else:
        context.tell(mark("no policy of the site is in force: the benches' own grades stand"))


def history(context: Call) -> None:
    """List every policy that was in force, the newest first."""
    sentence = mark("{when} {kind} {name} version {version} {state}")
    with context.unit_of_work() as session:
        for use in service.history(session):
            policy, when = use.policy, f"{use.since:%Y-%m-%d %H:%M}"
            facts = {"name": policy.name, "version": policy.version, "kind": context.say(policy.kind)}
            context.tell(sentence, when=when, state=context.say(_state(use)), **facts)


def _state(use: GradePolicyUse) -> str:
    return UNDONE if use.undone else IN_FORCE if use.until_position is None else EARLIER
