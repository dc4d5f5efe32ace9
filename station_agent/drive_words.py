"""The sheet of one drive in words: what comes first, what it says of itself, and why each method is or is not used.

Methods that share a reason share a line, so that a screen of 80x25 holds a drive.
"""

from typing import Final

from certificates.wording import area_words
from certificates.wording.techniques import planned_words
from erasure.drive import DriveFacts
from erasure.methods import method_named
from erasure.methods.protocol import MethodKind
from erasure.outcome import Reason, ReasonCode
from erasure.plan import ErasurePlan
from erasure.sanitizing import SanitizeState
from station_agent.closed_runs import ClosedRun
from station_agent.drive_sheet import (
    NOT_EXAMINED,
    also_erased,
    being_erased,
    clipped,
    facts_of,
    method_rows,
    ours,
    percent,
    unseen_namespaces,
    warnings_for,
)
from station_agent.journal import OpenRun
from station_agent.language import Voice, mark
from station_agent.planning import Surveyed
from station_agent.remedies import next_steps
from station_agent.words import SHORT, fact_words, reason_words, size_words, verdict_words

PLAIN: Final = (  # their fact says it all
    *(ReasonCode.UNSUPPORTED, ReasonCode.OPERATOR, ReasonCode.BRIDGE),
    *(ReasonCode.FROZEN, ReasonCode.LOCKED, ReasonCode.COUNT_EXPIRED),
)
SANITIZE: Final = {
    SanitizeState.FAILED: mark("sanitize: one that failed was found; the drive may refuse reads until one ends well"),
    SanitizeState.FROZEN: mark("sanitize: frozen; switch the drive off and on"),
    SanitizeState.UNKNOWN: mark("sanitize: the drive gives no readable answer about its last one"),
}
FOUND: Final = mark("sanitize: one that ended well before was found; it is not ours and proves nothing here")
FOUND_CLOSED: Final = mark("sanitize: the last one ended well; it is ours, of run {run} ({verdict})")
FAILED_CLOSED: Final = mark(
    "sanitize: the last one failed; it is ours, of run {run}; only another sanitize may be taken"
)
RUNS_CLOSED: Final = mark("sanitize: one runs on this drive ({percent}); it is ours, of run {run}, closed as {verdict}")
ALSO: Final = mark("the same drive, wiped with it: {path}, {size}")
FOUND_OURS: Final = mark("sanitize: the one that this bench started has ended; erase the drive again to prove it")
UNMEASURED: Final = mark("capacity: the kernel cannot read it while the drive erases itself; it is read afterwards")
MEASURED: Final = mark("its erase is over and its capacity is read: {size}; erase it to go on")
RUNS: Final = mark("sanitize: one runs on this drive ({percent}); it is not ours, nothing else can be sent meanwhile")
RUNS_OURS: Final = mark("sanitize: the one that this bench started runs ({percent})")
CLOSED_RUNS: Final = {
    SanitizeState.SUCCEEDED: FOUND_CLOSED,
    SanitizeState.FAILED: FAILED_CLOSED,
    SanitizeState.RUNNING: RUNS_CLOSED,
}
FROZEN: Final = mark("security: frozen by this machine's firmware")
LOCKED: Final = mark("security: locked by a password")
EXPIRED: Final = mark("security: no more password attempts until the drive is switched off and on")
ENABLED: Final = mark("security: a password is set")
OPAL_LOCKED: Final = mark("Opal: locked")
TOGETHER: Final = mark("one drive with {path}, erased in the same run")
OTHER_KINDS: Final = {  # what a method says of a drive that is not of its kind, and its family
    "not an NVMe drive": "nvme",
    "no ATA drive answers here": "ata",
    "the drive answers no SCSI commands": "scsi",
    "an ATA drive behind a translation: its ATA sanitize counts": "scsi",
    "the drive is no eMMC": "emmc",
    "the drive has no Opal, or the kernel does not reach it": "opal",
}
LIGHT: Final = (ReasonCode.UNSUPPORTED, ReasonCode.OPERATOR)
RUN_WAITS: Final = mark("open run: switch the drive off and on, then erase it again to go on")
RUN_COMMANDED: Final = mark("open run: the drive was told to erase itself ({method}); erase it again to go on")
RUN_BEGUN: Final = mark("open run: begun, the drive was not told to erase itself yet ({method}); erase it to go on")
LOOK: Final = mark("Leave it connected and powered until that ends. So far: `etabli-station report {device}`.")
AT_WORK: Final = mark("is being erased now, by process {pid} of this bench:")
RUN_AT_WORK: Final = mark("run under way ({method}): it is NOT erased before its end")
RUN_WRITTEN: Final = mark("open run: {percent} % written ({method}); erase it again to go on")


def step_lines(voice: Voice, plan: ErasurePlan) -> list[str]:
    """Say what comes before the erase itself, in order."""
    if plan.adopt:
        return ["  " + voice.say("the drive is at it already: it is followed, nothing is started")]
    said = []
    if plan.restore:
        said.append("  " + voice.say("first: its hidden areas are given back to the visible capacity"))
    for step in plan.before:
        words = planned_words(step, voice.lang).replace("’", "'")
        said.append("  " + voice.say("first: {step} ({words})", step=step, words=words))
    return said


def also_lines(voice: Voice, drive: Surveyed) -> list[str]:
    """Name every other disk that the plan wipes too: they lie on the same drive."""
    found = [voice.say(ALSO, path=one.path, size=size_words(one.size_bytes, voice.lang)) for one in also_erased(drive)]
    unseen = unseen_namespaces(drive)
    if unseen:
        told = voice.count(
            "the same drive, wiped with it: {n} namespace that this machine shows no disk for",
            "the same drive, wiped with it: {n} namespaces that this machine shows no disks for",
            unseen,
        )
        found.append(told)
    return [f"  ! {line}" for line in found]


def state_lines(voice: Voice, drive: Surveyed) -> list[str]:
    """Say what the drive tells of itself that a person should know: sizes, sanitize, security, an open run."""
    facts = facts_of(drive)
    said = [] if drive.open_run is None else [_open_run(voice, drive, drive.open_run)]
    if facts is not None:
        said += [
            *_ledger(voice, facts),
            *sanitize_lines(voice, facts, drive.open_run, drive.closed_run),
            *_security(voice, facts),
        ]
    return [f"  {line}" for line in said]


def refused_words(voice: Voice, drive: Surveyed, otherwise: str) -> str:
    """Head the reasons of a refusal by `otherwise`, or by what an erase of this bench does with the drive now."""
    run = drive.open_run
    return voice.say(AT_WORK, pid=run.worker) if run is not None and being_erased(drive) else voice.say(otherwise)


def refusal_lines(voice: Voice, drive: Surveyed) -> list[str]:
    """Say why a drive is refused: what decides, each once."""
    said = dict.fromkeys(why(voice, reason) for reason in decisive(drive))
    return [f"  - {line}" for line in said or [voice.say("no method of the policy works on this drive")]]


def decisive(drive: Surveyed) -> tuple[Reason, ...]:
    """Give the reasons of a refusal that decide: that a method is not for this kind of drive never does."""
    if isinstance(drive.outcome, ErasurePlan):
        return ()
    of_methods = {other.reason for other in drive.outcome.inapplicable}
    own = (reason for reason in drive.outcome.reasons if reason not in of_methods or reason.code not in LIGHT)
    return tuple(dict.fromkeys(own))


def warning_lines(voice: Voice, drive: Surveyed) -> list[str]:
    """Say what is known of this model and the methods that are planned, and where it was reported."""
    return [
        "  ! "
        + voice.say("{method}: {what} ({issue})", method=method, what=fact_words(voice, one.text), issue=one.issue)
        for method, one in warnings_for(drive)
    ]


def next_lines(voice: Voice, drive: Surveyed) -> list[str]:
    """Say what could be done next; of a drive that is being erased only how to look at it."""
    if being_erased(drive):
        return ["  > " + voice.say(LOOK, device=drive.device.path)]
    return [f"  > {line}" for line in next_steps(voice, drive, decisive(drive))]


def method_lines(voice: Voice, drive: Surveyed) -> list[str]:
    """Say every method that is not used, with the reason; those with the same reason on one line, other kinds last."""
    groups: dict[str, list[str]] = {}
    families: dict[str, None] = {}
    for row in method_rows(drive):
        if row.reason is None or row.step:
            continue
        if row.reason.detail in OTHER_KINDS:
            families[OTHER_KINDS[row.reason.detail]] = None
        else:
            groups.setdefault(why(voice, row.reason), []).append(row.id)
    said = [voice.say("{methods}: {why}", methods=shortened(names), why=told) for told, names in groups.items()]
    if families:
        said.append(voice.say("other families ({names}): not for this kind of drive", names=", ".join(families)))
    return [f"  - {line}" for line in said]


def shortened(names: list[str]) -> str:
    """Write ids that begin alike once: `ata.sanitize.block/crypto, overwrite.zeros`."""
    ends: dict[str, list[str]] = {}
    for name in names:
        start, _, end = name.rpartition(".")
        ends.setdefault(start, []).append(end)
    return ", ".join(f"{start}.{'/'.join(found)}" for start, found in ends.items())


def why(voice: Voice, reason: Reason) -> str:
    """Say a reason in one clause; where the fact alone says it, nothing is said twice."""
    if reason.detail == NOT_EXAMINED:
        return voice.say("not examined, the drive was not opened")
    if reason.code in PLAIN and reason.detail:
        return fact_words(voice, reason.detail)
    return reason_words(voice, reason.code, reason.detail)


def _open_run(voice: Voice, drive: Surveyed, run: OpenRun) -> str:
    method = run.context.method
    if being_erased(drive):
        return voice.say(RUN_AT_WORK, method=method)
    if run.waits_for_power:
        return voice.say(RUN_WAITS)
    if run.commanded:
        return voice.say(RUN_COMMANDED, method=method)
    if method_named(method).kind is not MethodKind.OVERWRITE:
        return voice.say(RUN_BEGUN, method=method)
    return voice.say(RUN_WRITTEN, percent=run.offset * 100 // max(1, run.context.facts.size_bytes), method=method)


def _ledger(voice: Voice, facts: DriveFacts) -> list[str]:
    if not clipped(facts):
        return []
    hidden = facts.hidden
    states = ", ".join(
        f"{name.upper()} {area_words(getattr(hidden, name), voice.lang)}" for name in ("hpa", "dco", "ama")
    )
    sizes = (
        (mark("native {size}"), hidden.native_bytes),
        (mark("DCO {size}"), hidden.dco_bytes),
        (mark("the drive itself says {size}"), hidden.current_bytes),
    )
    told = [voice.say(form, size=size_words(size, voice.lang)) for form, size in sizes if size is not None]
    seen = voice.say("visible {size}", size=size_words(facts.size_bytes, voice.lang))
    told_why = f" ({fact_words(voice, hidden.detail)})" if hidden.detail else ""
    return [voice.say("hidden areas: {states}; {sizes}", states=states, sizes=", ".join([seen, *told])) + told_why]


def sanitize_lines(voice: Voice, facts: DriveFacts, run: OpenRun | None, closed: ClosedRun | None = None) -> list[str]:
    """Say what the drive tells of its last or running sanitize, where that is anything, and whose it is."""
    report = facts.sanitize
    if report is None or report.state in (SanitizeState.IDLE, SanitizeState.UNSUPPORTED):
        return []
    without = [voice.say(UNMEASURED)] if facts.unmeasured else []
    share = percent(report)
    told = f"{report.action} {'?' if share is None else share} %".strip()
    if closed is not None and not ours(run) and report.state in CLOSED_RUNS:
        named = {"run": closed.run_id[:SHORT], "verdict": verdict_words(voice, closed.verdict)}
        return [voice.say(CLOSED_RUNS[report.state], percent=told, **named), *without]
    if report.state is SanitizeState.SUCCEEDED:
        return [voice.say(FOUND_OURS if ours(run) else FOUND)]
    if report.state is SanitizeState.RUNNING:
        return [voice.say(RUNS_OURS if ours(run) else RUNS, percent=told), *without]
    return [voice.say(SANITIZE[report.state])]


def _security(voice: Voice, facts: DriveFacts) -> list[str]:
    security = None if facts.ata is None else facts.ata.security
    said = []
    if security is not None:
        said += [LOCKED] if security.locked else []
        said += [ENABLED] if security.enabled and not security.locked else []
        said += [EXPIRED] if security.count_expired else []
        said += [FROZEN] if security.frozen else []
    if facts.opal is not None and facts.opal.locked:
        said.append(OPAL_LOCKED)
    return [voice.say(sentence) for sentence in said]
