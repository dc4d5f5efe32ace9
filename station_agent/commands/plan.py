"""`etabli-station plan DEVICE...`: the plan or the refusal of each drive. Nothing is touched."""

from typing import Any

import typer

from erasure.plan import ErasurePlan
from erasure.policy import load_policy
from station_agent.commands import options
from station_agent.commands.call import begin
from station_agent.commands.disks import reason_documents
from station_agent.exit_status import ExitStatus
from station_agent.language import Voice, mark
from station_agent.planning import Surveyed, choose, survey
from station_agent.words import grouped, named, reason_words

VERIFICATIONS = {"full": mark("every sector read back"), "sample": mark("a sample read back")}


def plan(
    *,
    devices: options.Devices,
    bench_file: options.BenchFile = None,
    policy: options.PolicyName = "purge-preferred",
    allow_loop: options.AllowLoop = False,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Show how each drive would be erased, or why not. Nothing is touched."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    bench = call.bench(allow_loop=allow_loop)
    found = survey(bench, choose(bench.enumerate_disks(), devices), load_policy(policy))
    document = {"simulated": bench.simulated, "drives": [plan_document(drive) for drive in found]}
    call.show("plan", document, [line for drive in found for line in plan_lines(call.voice, drive)])
    raise typer.Exit(max(plan_status(drive) for drive in found))


def plan_document(drive: Surveyed) -> dict[str, Any]:
    """Give the plan or the refusal of one drive as JSON types."""
    identity = drive.device.identity
    head = {
        "path": drive.device.path,
        "model": identity.model,
        "serial": identity.serial,
        "size_bytes": drive.device.size_bytes,
    }
    outcome = drive.outcome
    if not isinstance(outcome, ErasurePlan):
        return {**head, "erasable": False, "reasons": reason_documents(outcome.reasons)}
    return {
        **head,
        "erasable": True,
        "policy": outcome.policy.name,
        "method": outcome.method,
        "method_version": outcome.method_version,
        "level": str(outcome.level),
        "verification": outcome.verification,
        "sample_sectors": outcome.sample_sectors,
        "exceptions": reason_documents(outcome.exceptions),
        "inapplicable": [
            {"method": other.method, "reason": reason_documents((other.reason,))[0]} for other in outcome.inapplicable
        ],
    }


def plan_lines(voice: Voice, drive: Surveyed) -> list[str]:
    """Say the plan or the refusal of one drive."""
    said = [named(drive.device, voice.lang)]
    outcome = drive.outcome
    if not isinstance(outcome, ErasurePlan):
        said.append("  " + voice.say("will NOT be touched:"))
        return said + [f"  - {reason_words(voice, reason.code, reason.detail)}" for reason in outcome.reasons]
    said.append(
        "  "
        + voice.say(
            "will be ERASED by {method} ({verification}), level {level}",
            method=outcome.method,
            verification=voice.say(VERIFICATIONS[outcome.verification]),
            level=outcome.level,
        )
    )
    return said + [
        "  - " + voice.say("exception: {what}", what=reason_words(voice, code, detail))
        for code, detail in grouped((str(reason.code), reason.detail) for reason in outcome.exceptions)
    ]


def plan_status(drive: Surveyed) -> ExitStatus:
    """0 plannable, 10 with exceptions known beforehand, 30 refused."""
    if not isinstance(drive.outcome, ErasurePlan):
        return ExitStatus.REFUSED
    return ExitStatus.EXCEPTIONS if drive.outcome.exceptions else ExitStatus.ERASED
