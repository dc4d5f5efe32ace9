"""`etabli-station log show|resume`: what this bench has seen of the hub's log, and going on after an alarm."""

import sys
from typing import Annotated, Any, Final

from certificates.command_line import Option
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.errors import StoreBusy, UsageError
from station_agent.language import Voice, mark, visible
from station_agent.observer.book import Pin, Raised, alarms_in, is_kept_in, pins_in
from station_agent.observer.listing import FROZEN
from station_agent.observer.words import alarm_error, standing
from station_agent.records import open_records
from station_agent.sealed_key import key_label
from station_agent.signing import KEY_FILE
from station_agent.station import Station

ALARM_STATUS: Final = 20
By = Annotated[
    str, Option("--by", metavar="NAME", help=mark("Who decided: the administrator of the hub, by name or pseudonym."))
]
Word = Annotated[
    str,
    Option("--word", metavar="TEXT", help=mark("What the administrator said: why the log looks as it does now.")),
]
Anew = Annotated[
    bool,
    Option(
        "--new-log",
        help=mark(
            "Begin anew with the log as the hub shows it now. Without it the hub has to show again that it continues "
            "what this bench has seen."
        ),
    ),
]
STOP_FIRST: Final = mark(
    "The daemon of this bench works with the state. Stop it (systemctl stop etabli-station), give this command again, "
    "and start it."
)
NONE_STOOD: Final = mark("No alarm about the log of the hub stands: nothing was changed.")
AS_BEFORE: Final = mark(
    "The alarm is ended. At the next sync the hub has to show that its log continues what this bench has seen."
)
ANEW: Final = mark(
    "The alarm is ended. The log as the hub shows it at the next sync is taken as the first; what was seen before "
    "stays kept here."
)
ENDED: Final = mark("Ended {at} by {by} ({word}): {what}")
STATES: Final = {"open": mark("open"), "closed": mark("closed"), "frozen": mark("FROZEN by the hub")}
HOW: Final = {
    "enrolment": mark("key known since the enrolment"),
    "first-seen": mark("key taken on first use"),
    "rolled": mark("key known from the log before it"),
}


def show(
    *,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Show what this bench has seen of the hub's log, and every alarm about it."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    pins, alarms = _seen(call)
    alarm = next((one for one in alarms if not one.resolved), None)
    said = [_line(call.voice, pin) for pin in pins] or [call.voice.say("No log of the hub was seen yet.")]
    told = standing(call.state, alarm, (pin.origin for pin in pins if pin.state == FROZEN))
    said += [call.voice.say(error.sentence, **error.facts) for error in told]
    ended = [one for one in alarms if one.resolved]
    said += [
        call.voice.say(ENDED, at=one.resolved, by=visible(one.by), word=visible(one.word), what=_what(call.voice, one))
        for one in ended
    ]
    document = {"logs": [_document(pin) for pin in pins], "alarms": [_alarm(one) for one in alarms]}
    call.show("log", document, said)
    sys.exit(ALARM_STATUS if len(ended) < len(alarms) else 0)


def _seen(call: Call) -> tuple[tuple[Pin, ...], tuple[Raised, ...]]:
    """Read what was seen, also while the daemon works with the state."""
    found = open_records(call.state)
    if found is None:
        return (), ()
    path = call.state / KEY_FILE
    kid = key_label(path).kid if path.exists() else ""
    with found as records:
        hub = records.noted(f"hub-url:{kid}") or records.noted("hub-url")
        return (pins_in(records, hub), alarms_in(records, hub)) if is_kept_in(records) else ((), ())


def resume(
    *,
    by: By,
    word: Word,
    new_log: Anew = False,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Send again after an alarm about the hub's log, by the word of the administrator of the hub."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    if not by.strip() or not word.strip():
        raise UsageError(mark("An alarm is ended by somebody, with a word on why: --by NAME --word TEXT."))
    try:
        with call.station(simulated=call.simulated) as station:
            ended = _resumed(station, by.strip(), word.strip(), anew=new_log)
    except StoreBusy as busy:
        raise StoreBusy(STOP_FIRST) from busy
    said = call.voice.say(NONE_STOOD) if not ended else call.voice.say(ANEW if new_log else AS_BEFORE)
    call.show("log-resume", {"ended": ended, "new_log": new_log}, [said])


def _resumed(station: Station, by: str, word: str, *, anew: bool) -> int:
    return station.observer().resume(by=by[:200], word=word[:2000], anew=anew)


def _what(voice: Voice, one: Raised) -> str:
    error = alarm_error(one)
    return voice.say(error.sentence, **error.facts)


def _line(voice: Voice, pin: Pin) -> str:
    return voice.say(
        "{origin}  {size} entries, seen {seen}  root {root}  {state}; {how}",
        origin=visible(pin.origin),
        size=pin.size,
        seen=pin.seen or "-",
        root=pin.root[:16] or "-",
        state=voice.say(STATES[pin.state]),
        how=voice.say(HOW[pin.how]),
    )


def _document(pin: Pin) -> dict[str, Any]:
    names = ("name", "origin", "first", "vkey", "state", "how", "size", "root", "note", "note_sha256", "seen", "final")
    return {name: getattr(pin, name) for name in names}


def _alarm(one: Raised) -> dict[str, Any]:
    names = ("number", "origin", "code", "detail", "kept", "told", "raised", "resolved", "by", "word")
    return {name: getattr(one, name) for name in names}
