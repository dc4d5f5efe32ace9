"""Sentences of the daemon as messages and facts, so that every console says them in its own language."""

from erasure.drive import BlockDevice
from erasure.outcome import Reason
from station_agent.board import Line, LineState
from station_agent.control.view import Phrase, ReasonView
from station_agent.errors import StationError
from station_agent.journal import OpenRun
from station_agent.language import mark, visible
from station_agent.remedies import remedy_for
from station_agent.station import Station

POWER_CYCLE = mark("POWER CYCLE REQUIRED: {model} {serial}. Switch the drive off and on, then erase it again to go on.")
COMMANDED = mark(
    "INTERRUPTED: {model} {serial} was told to erase itself. Erase it again to go on, or give up: --restart."
)
WRITTEN = mark(
    "INTERRUPTED at {percent} %: {model} {serial}. Erase the same drive to go on; --restart gives the run up."
)
COMMANDED_HERE = mark(
    "INTERRUPTED: {model} {serial} was told to erase itself. Choose it and erase it again to go on; key d, then g "
    "gives the run up (in lines: `give-up` and its slot)."
)
WRITTEN_HERE = mark(
    "INTERRUPTED at {percent} %: {model} {serial}. Choose it and erase it again to go on; key d, then g gives the run "
    "up (in lines: `give-up` and its slot)."
)
AT_BENCH = {COMMANDED: COMMANDED_HERE, WRITTEN: WRITTEN_HERE}  # a console has keys, and no --restart
PASSWORD = mark(
    "{model} {serial} may still have the password of its interrupted erase: going on clears it; "
    "`etabli-station unlock` opens it."
)
QUEUED = mark("Statements that wait for the hub: {n}. They are sent as soon as it answers.")
NOT_TAKEN = mark("Statements that the hub did not take: {n}. `etabli-station outbox` shows them; a lead decides.")
CLEAN = mark("Nothing was left open when this bench stopped last.")
ADOPTED = mark(
    "{model} {serial} still erases itself, as its interrupted run told it to: it is followed, nothing is sent."
)
IN_MEMORY = mark(
    "The medium of {folder} cannot be written now. The erase of this drive goes on, and its record waits in memory: it "
    "counts once that is written. Make room there, and leave the bench on."
)
STICK_FAILED = mark(
    "The medium of {folder} has failed ({detail}). The erase of this drive goes on to its end, but it cannot be "
    "recorded: it counts for nothing yet. When nothing runs any more, copy the folder to another medium, start the "
    "bench from it, and erase this drive again: it goes on from its last record."
)
SILENT = mark("the drive does not answer")
LONGEST = 2000  # characters of a fact behind a reason
SURROGATES = ("\ud800", "\udfff")


def phrase(message: str, **facts: str | int) -> Phrase:
    """Make a phrase of a marked message."""
    return Phrase(message=message, facts=facts)


def unkept_phrase(station: Station, line: Line | None) -> Phrase | None:
    """Say what becomes of a run whose record cannot be written now, and what to do; None for one that is kept."""
    if line is None or line.state is LineState.CLOSED:
        return None
    folder = str(station.store.folder)
    if (broken := station.store.broken) and line.state is not LineState.NOT_BEGUN:
        return phrase(STICK_FAILED, folder=folder, detail=visible(broken))
    waits = line.unwritten or line.run_id in station.journal.postponed
    return phrase(IN_MEMORY, folder=folder) if waits else None


def error_phrase(error: StationError) -> Phrase:
    """Give the sentence of an error with its facts."""
    plain = {name: fact if isinstance(fact, int) else str(fact) for name, fact in error.facts.items()}
    return Phrase(message=error.sentence, facts=plain)


def interrupted_phrase(run: OpenRun) -> Phrase:
    """Say where an interrupted run stands and how it goes on by commands."""
    facts = run.context.facts
    named = {"model": visible(facts.device.identity.model), "serial": visible(facts.device.identity.serial)}
    if run.waits_for_power:
        return phrase(POWER_CYCLE, **named)
    if run.commanded:
        return phrase(COMMANDED, **named)
    return phrase(WRITTEN, **named, percent=run.offset * 100 // max(1, facts.size_bytes))


def found_phrases(open_runs: tuple[OpenRun, ...], queued: int, kept: int) -> tuple[Phrase, ...]:
    """Say what was found when the daemon started, and what is done about it."""
    told = [interrupted_phrase(run) for run in open_runs]
    found = [one.model_copy(update={"message": AT_BENCH.get(one.message, one.message)}) for one in told]
    for run in open_runs:
        if run.commanded and ".security." in run.context.method:
            identity = run.context.facts.device.identity
            found.append(phrase(PASSWORD, model=visible(identity.model), serial=visible(identity.serial)))
    found += [phrase(QUEUED, n=queued)] if queued else []
    found += [phrase(NOT_TAKEN, n=kept)] if kept else []
    return tuple(found) or (phrase(CLEAN),)


def reason_view(code: str, detail: str, device: BlockDevice, disks: tuple[str, ...] = ()) -> ReasonView:
    """Give a reason with what a person can do about it."""
    message, facts = remedy_for(code, detail, device, disks)
    remedy = Phrase(message=message, facts=dict(facts)) if message else None
    return ReasonView(code=code, detail=shown(detail), remedy=remedy)


def shown(detail: str) -> str:
    """Give a fact as a picture can carry it: cut where it is long, and visibly where it is no text."""
    whole = visible(detail) if any(SURROGATES[0] <= glyph <= SURROGATES[1] for glyph in detail) else detail
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 4]} ..."


def reason_views(
    reasons: tuple[Reason, ...], device: BlockDevice, disks: tuple[str, ...] = ()
) -> tuple[ReasonView, ...]:
    """Give reasons, each once."""
    return tuple(reason_view(str(one.code), one.detail, device, disks) for one in dict.fromkeys(reasons))
