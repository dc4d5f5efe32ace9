"""`etabli-station plan DEVICE...`: the plan or the refusal of each drive. Nothing is touched."""

import sys
from typing import Any

from erasure.methods import method_named
from erasure.methods.protocol import MethodKind
from erasure.plan import ErasurePlan
from station_agent.asked import asked_for
from station_agent.closed_runs import seen_closed_runs
from station_agent.commands import options
from station_agent.commands.call import begin
from station_agent.commands.disks import reason_documents
from station_agent.drive_sheet import method_rows, sheet_document
from station_agent.drive_words import (
    TOGETHER,
    also_lines,
    method_lines,
    next_lines,
    refusal_lines,
    refused_words,
    state_lines,
    step_lines,
    warning_lines,
)
from station_agent.exit_status import ExitStatus
from station_agent.language import Voice, mark
from station_agent.planning import Surveyed, choose, survey
from station_agent.policies import policy_digest, policy_named
from station_agent.words import grouped, named, reason_words

VERIFICATIONS = {
    "full": mark("every sector read back"),
    "sample": mark("a sample read back"),
    "canaries": mark("by the drive itself; its status and marks looked at afterwards"),
}


def plan(
    *,
    devices: options.Devices,
    bench_file: options.BenchFile = None,
    policy: options.PolicyName = "purge-preferred",
    method: options.Method = None,
    allow: options.Allow = None,
    label_read: options.LabelRead = None,
    allow_loop: options.AllowLoop = False,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Show how each drive would be erased, or why not. Nothing is touched."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    bench = call.bench(allow_loop=allow_loop)
    asked = asked_for(method, allow, "", call.open_runs(), seen_closed_runs(call.state), label_read=label_read)
    found = survey(bench, choose(bench.enumerate_disks(), devices), policy_named(policy, call.state), asked)
    document = {"simulated": bench.simulated, "drives": [plan_document(drive) for drive in found]}
    told = [(*plan_lines(call.voice, drive), *method_lines(call.voice, drive)) for drive in found]
    call.show("plan", document, [line for lines in told for line in lines])
    sys.exit(max(plan_status(drive) for drive in found))


def plan_document(drive: Surveyed) -> dict[str, Any]:
    """Give the plan or the refusal of one drive as JSON types."""
    identity = drive.device.identity
    head = {
        "path": drive.device.path,
        "model": identity.model,
        "serial": identity.serial,
        "size_bytes": drive.device.size_bytes,
        **sheet_document(drive),
    }
    outcome = drive.outcome
    if not isinstance(outcome, ErasurePlan):
        reasons = reason_documents(outcome.reasons)
        return {**head, "erasable": False, "reasons": reasons, "inapplicable": inapplicable_documents(drive)}
    return {
        **head,
        "erasable": True,
        "policy": outcome.policy.name,
        "policy_version": outcome.policy.version,
        "policy_sha256": policy_digest(outcome.policy),
        "method": outcome.method,
        "method_version": outcome.method_version,
        "level": str(outcome.level),
        "verification": verification(outcome),
        "sample_sectors": outcome.sample_sectors if verification(outcome) == "sample" else 0,
        "exceptions": reason_documents(outcome.exceptions),
        "inapplicable": inapplicable_documents(drive),
    }


def inapplicable_documents(drive: Surveyed) -> list[dict[str, Any]]:
    """Give every method that is not planned, with its reason."""
    rows = [(row.id, row.reason) for row in method_rows(drive)]
    return [{"method": name, "reason": reason_documents((reason,))[0]} for name, reason in rows if reason]


def plan_lines(voice: Voice, drive: Surveyed) -> list[str]:
    """Say the plan or the refusal of one drive."""
    said = [named(drive.device, voice.lang)]
    outcome = drive.outcome
    if not isinstance(outcome, ErasurePlan):
        said.append("  " + refused_words(voice, drive, mark("will NOT be touched:")))
        return [*said, *refusal_lines(voice, drive), *state_lines(voice, drive), *next_lines(voice, drive)]
    if drive.together:
        return [*said, "  " + voice.say(TOGETHER, path=drive.together)]
    said.append(
        "  "
        + voice.say(
            "will be ERASED by {method} ({verification}), level {level}",
            method=outcome.method,
            verification=voice.say(VERIFICATIONS[verification(outcome)]),
            level=outcome.level,
        )
    )
    said += [*also_lines(voice, drive), *step_lines(voice, outcome)]
    said += [
        "  - " + voice.say("exception: {what}", what=reason_words(voice, code, detail))
        for code, detail in grouped((str(reason.code), reason.detail) for reason in outcome.exceptions)
    ]
    return [*said, *warning_lines(voice, drive), *state_lines(voice, drive), *next_lines(voice, drive)]


def verification(plan: ErasurePlan) -> str:
    """Say how the plan will be proven: only what the computer writes itself can be read back and compared."""
    return plan.verification if method_named(plan.method).kind is MethodKind.OVERWRITE else "canaries"


def plan_status(drive: Surveyed) -> ExitStatus:
    """0 plannable, 10 with exceptions known beforehand, 30 refused."""
    if not isinstance(drive.outcome, ErasurePlan):
        return ExitStatus.REFUSED
    return ExitStatus.EXCEPTIONS if drive.outcome.exceptions else ExitStatus.ERASED
