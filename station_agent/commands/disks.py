"""`etabli-station disks`: the drives that are seen, who they are, how they are, and what protects them."""

from dataclasses import replace
from typing import Any

from diagnostics.health import HealthVerdict, assess_document
from erasure.outcome import Reason
from erasure.plan import ErasurePlan, is_running
from station_agent.asked import asked_for
from station_agent.bench import Bench, no_second_reader
from station_agent.closed_runs import seen_closed_runs
from station_agent.commands import options
from station_agent.commands.call import begin
from station_agent.drive_sheet import facts_of, sheet_document
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
from station_agent.health_readers import asked_once
from station_agent.language import Voice, mark
from station_agent.planning import Surveyed, survey
from station_agent.policies import policy_named
from station_agent.words import fact_words, named

HEALTH = {
    HealthVerdict.OK: mark("healthy"),
    HealthVerdict.REVIEW: mark("to be looked at"),
    HealthVerdict.REJECT: mark("failing"),
    HealthVerdict.UNKNOWN: mark("health unknown"),
}


def disks(
    *,
    bench_file: options.BenchFile = None,
    allow_loop: options.AllowLoop = False,
    policy: options.PolicyName = "purge-preferred",
    method: options.Method = None,
    allow: options.Allow = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Show every drive: identity, size, health, protections, methods."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    bench = call.bench(allow_loop=allow_loop)
    asked = asked_for(method, allow, "", call.open_runs(), seen_closed_runs(call.state))
    # A list is looked at often: one reader, asked once for each drive; `plan` and `erase` ask both.
    quick = replace(bench, readers=no_second_reader, smart=asked_once(bench.smart))
    found = survey(quick, bench.enumerate_disks(), policy_named(policy, call.state), asked)
    documents = [drive_document(quick, drive) for drive in found]
    lines = [line for drive in found for line in drive_lines(call.voice, quick, drive)]
    empty = [
        call.voice.say(
            "No drive is seen here. RAID modes of the firmware hide drives: look there before you say there is none."
        )
    ]
    hiding = bench.hiding()
    notices = [call.voice.say("A drive may be hidden: {why}", why=fact_words(call.voice, why)) for why in hiding]
    document = {"simulated": bench.simulated, "drives": documents, "hiding": list(hiding)}
    call.show("disks", document, [*(lines or empty), *notices])


def drive_document(bench: Bench, drive: Surveyed) -> dict[str, Any]:
    """Give one drive as JSON types."""
    identity = drive.device.identity
    return {
        "path": drive.device.path,
        "name": drive.device.name,
        "model": identity.model,
        "serial": identity.serial,
        "wwn": identity.wwn,
        "firmware": identity.firmware,
        "bus": identity.bus,
        "bridge": identity.bridge,
        "size_bytes": drive.device.size_bytes,
        "diskseq": drive.device.diskseq,
        "identity_source": identity.source,
        "identity_grade": str(identity.grade),
        "health": str(health_of(bench, drive)),
        "erasable": isinstance(drive.outcome, ErasurePlan),
        "protections": [] if isinstance(drive.outcome, ErasurePlan) else reason_documents(drive.outcome.reasons),
        **sheet_document(drive),
    }


def reason_documents(reasons: tuple[Reason, ...]) -> list[dict[str, str]]:
    """Give reasons as JSON types."""
    return [{"code": str(reason.code), "detail": reason.detail} for reason in reasons]


def drive_lines(voice: Voice, bench: Bench, drive: Surveyed) -> list[str]:
    """Say one drive in words."""
    said = [f"{named(drive.device, voice.lang)}  {voice.say(HEALTH[health_of(bench, drive)])}"]
    if isinstance(drive.outcome, ErasurePlan):
        said.append(
            "  "
            + voice.say(
                "can be erased: {method}, level {level}", method=drive.outcome.method, level=drive.outcome.level
            )
        )
        said += step_lines(voice, drive.outcome)
        said += [] if drive.together else also_lines(voice, drive)
        said += ["  " + voice.say(TOGETHER, path=drive.together)] if drive.together else []
    else:
        said.append("  " + refused_words(voice, drive, mark("PROTECTED:")))
        said += refusal_lines(voice, drive)
    said += [*warning_lines(voice, drive), *state_lines(voice, drive)]
    return [*said, *next_lines(voice, drive), *method_lines(voice, drive)]


def health_of(bench: Bench, drive: Surveyed) -> HealthVerdict:
    """Judge the health document of a drive; without one, or while it erases itself, it is unknown, never good."""
    facts = facts_of(drive)
    if facts is not None and is_running(facts):
        return HealthVerdict.UNKNOWN  # nothing else is sent to a drive that erases itself
    document = bench.smart(drive.device)
    return HealthVerdict.UNKNOWN if document is None else assess_document(document).verdict
