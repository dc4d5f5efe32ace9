"""`etabli-station sync` and `outbox`: send what waits, and show where every statement is."""

import sys
from typing import Any

from station_agent.assigned import Assignments, Said, Unusable, told
from station_agent.clock import wall_text, year_of
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.commands.through_daemon import through_daemon
from station_agent.commands.trouble import tell_trouble
from station_agent.errors import StoreBusy
from station_agent.language import Voice, complain, mark, visible
from station_agent.outbox import OutboxRow, OutboxState, counts_in, rows_in
from station_agent.records import open_records
from station_agent.refusals import words_of
from station_agent.sync import SyncState, SyncStep, drain
from station_agent.sync_words import sync_words
from station_agent.words import VERDICTS

STATES = {
    OutboxState.QUEUED: mark("saved on this bench, waiting"),
    OutboxState.CONFIRMED: mark("confirmed by the hub"),
    OutboxState.REFUSED: mark("REFUSED by the hub"),
    OutboxState.CONFLICT: mark("CONFLICT with the hub"),
}
STEPS = {
    SyncState.IDLE: mark("Nothing more to send."),
    SyncState.SENT: mark("There is more to send."),
    SyncState.PAUSED: mark("Waiting before the next try."),
    SyncState.UNREACHABLE: mark("The hub does not answer usefully: {message}. Everything stays queued; try later."),
    SyncState.PENDING: mark("The hub has not accepted this bench (yet): {message}. Everything stays queued."),
    SyncState.UNENROLLED: mark("This bench knows no hub. Introduce it: etabli-station enrol --hub URL --token T"),
    SyncState.BEHIND: mark(
        "The hub has later statements of this key than this bench ({message}). Signing has stopped."
    ),
    SyncState.UNPROVED: mark(
        "The hub shows no proof that its log goes on from what this bench has seen: {message}. Everything stays "
        "queued; it is asked again."
    ),
    SyncState.ALARM: mark("Nothing is sent: {message}. Everything stays queued: etabli-station log show"),
}
HUB_STATES = {
    "pending": mark("waiting to be accepted"),
    "accepted": mark("accepted"),
    "refused": mark("refused"),
    "locked": mark("locked"),
}
OPEN = 22
BY_THE_DAEMON = mark("The daemon of this bench runs and sends by itself: nothing has to be done.")
LAST = mark("Its last attempt: {state}.")


def sync(
    *,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Send every queued statement to the hub now."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    try:
        _sent_here(call)
    except StoreBusy as busy:
        _sent_by_the_daemon(call, busy)


def _sent_by_the_daemon(call: Call, busy: StoreBusy) -> None:
    """Show how far the daemon is. Raises `StoreBusy` when it is another process that has the state."""
    outbox = through_daemon(call, busy, lambda client: client.bench()).outbox
    counts = {state: int(getattr(outbox, state.value)) for state in OutboxState}
    document = {
        "simulated": call.simulated,
        "state": outbox.sync,
        "confirmed": 0,
        "kept": 0,
        "message": outbox.message,
        "counts": {str(name): n for name, n in counts.items()},
        "assignments": None,
        "by_daemon": True,
    }
    told_last = call.voice.say(LAST, state=sync_words(call.voice, outbox.sync)) if outbox.sync else ""
    said = [call.voice.say(BY_THE_DAEMON), *([told_last] if told_last else [])]
    call.show("sync", document, [*said, *count_lines(call.voice, counts)])


def _sent_here(call: Call) -> None:
    with call.station(simulated=call.simulated) as station:
        step = drain(station.sync())
        refused = station.refresh_from_hub() if step.state is SyncState.IDLE else ()
        counts, assigned = station.outbox.counts(), station.assignments()
        clock_set = year_of(station.clock) is not None
        notices = told(assigned, station.clock.now(), clock_set=clock_set)
        tell_trouble(call, station)
    for error in refused:
        complain(call.voice.say(error.sentence, **error.facts))
    document = {
        "simulated": station.key.demo,
        "state": str(step.state),
        "confirmed": step.confirmed,
        "kept": step.kept,
        "message": step.message,
        "counts": {str(name): n for name, n in counts.items()},
        "assignments": assigned_document(assigned),
    }
    heard = [call.voice.say(notice.sentence, **shown_facts(notice)) for notice in notices]
    call.show("sync", document, [*sync_lines(call.voice, step, counts), *heard])
    sys.exit(OPEN if counts[OutboxState.QUEUED] or step.kept else 0)


def assigned_document(assigned: Assignments | Unusable | None) -> dict[str, Any] | None:
    """Give what is known of the hub's assignments: when they were issued and how much they hold, or why they do not."""
    if isinstance(assigned, Unusable):
        return {"usable": False, "code": assigned.code}
    if assigned is None:
        return None
    counts = {"lots": len(assigned.lots), "rules": len(assigned.rules), "operators": len(assigned.operators)}
    return {"usable": True, "issued": wall_text(assigned.issued), "counter": assigned.counter, **counts}


def shown_facts(notice: Said) -> dict[str, str]:
    """Give the facts of a notice without what could move the cursor: the hub's words are foreign text."""
    return {
        name: "".join(letter if letter.isprintable() else " " for letter in fact) for name, fact in notice.facts.items()
    }


def sync_lines(voice: Voice, step: SyncStep, counts: dict[OutboxState, int]) -> list[str]:
    """Say what was sent, how it ended and what is left."""
    said = [voice.count("{n} statement confirmed now.", "{n} statements confirmed now.", step.confirmed)]
    message = words_of(step.error, voice) if step.error else hub_words(voice, step.message)
    said.append(voice.say(STEPS[step.state], message=message.rstrip(".") or "-"))
    return said + count_lines(voice, counts)


def hub_words(voice: Voice, message: str) -> str:
    """Say the hub's word for the state of a bench in the language of the person; other messages stay as they came."""
    return voice.say(HUB_STATES[message]) if message in HUB_STATES else message


def count_lines(voice: Voice, counts: dict[OutboxState, int]) -> list[str]:
    """Say how many statements are in which state."""
    return [
        "  " + voice.say("{state}: {n}", state=voice.say(STATES[state]), n=n)
        for state, n in counts.items()
        if n or state is OutboxState.QUEUED
    ]


def outbox(
    *,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Show every statement of this bench and where it is; nothing is made or changed."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    demo = call.kept_key_is_demo()
    found = open_records(call.state)
    if found is None:
        rows, counts = tuple[OutboxRow, ...](), dict.fromkeys(OutboxState, 0)
    else:
        with found as records:
            rows, counts = rows_in(records), counts_in(records)
    document = {
        "simulated": demo,
        "counts": {str(name): n for name, n in counts.items()},
        "statements": [row.to_document() for row in rows],
    }
    call.show("outbox", document, [*(_row(call.voice, row) for row in rows), *count_lines(call.voice, counts)])


def _row(voice: Voice, row: OutboxRow) -> str:
    trouble = f"  {row.code} {row.message}".rstrip() if row.code else ""
    verdict = voice.say(VERDICTS[row.verdict]) if row.verdict in VERDICTS else visible(row.verdict)
    what = f"{verdict}  {visible(row.serial)}" if row.verdict else row.kind
    return f"{row.seq:5d}  {row.made}  {what}  {row.id[:16]}  {voice.say(STATES[row.state])}{trouble}"
