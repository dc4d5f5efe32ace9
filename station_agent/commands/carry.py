"""`etabli-station export`, `receipts` and `restore-copy`: statements that travel on a stick instead of a cable."""

import sys
from pathlib import Path
from typing import Annotated

from certificates.command_line import Argument, Option
from station_agent.carry import Heard, export_statements, read_carried, take_receipts
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.commands.sync import OPEN, count_lines
from station_agent.commands.through_daemon import through_daemon
from station_agent.commands.trouble import tell_trouble
from station_agent.errors import CarriedFileError, StoreBusy
from station_agent.language import mark
from station_agent.outbox import OutboxState
from station_agent.policies import trust_of
from station_agent.restore import restore

Target = Annotated[Path, Argument("FILE", help=mark("File to make, on a stick for instance; it must not exist."))]
Receipts = Annotated[Path, Argument("FILE", help=mark("The receipts that `etabli-hub import` wrote."), file=True)]
Copy = Annotated[Path, Argument("FILE", help=mark("A second copy (statements.log) or a file of `export`."), file=True)]
Everything = Annotated[bool, Option("--all", help=mark("Also statements that the hub has confirmed."))]


def export(
    *,
    file: Target,
    everything: Everything = False,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Write what the hub has not confirmed to a file, for `etabli-hub import`; also beside a running erase."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    with call.records() as records:
        written = export_statements(records, file, everything=everything)
    told = call.voice.say("{file}: {n} statement(s) written.", file=file, n=written)
    way = call.voice.say(
        "Take the file to the hub (etabli-hub import FILE) and bring its receipts back: etabli-station receipts FILE"
    )
    call.show("export", {"file": str(file), "statements": written}, [told, way])


def receipts(
    *,
    file: Receipts,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Read what the hub answered to an exported file; only a receipt that the hub signed confirms a statement."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    try:
        heard, counts = _taken_here(call, file)
    except StoreBusy as busy:
        heard, counts = _handed_over(call, file, busy)
    said = [call.voice.count("{n} statement confirmed now.", "{n} statements confirmed now.", heard.confirmed)]
    if heard.strange:
        said.append(call.voice.say("Answers about statements that do not wait here: {n}", n=heard.strange))
    if heard.bad:
        said.append(
            call.voice.say(
                "Lines that your hub did not sign, or that are damaged: {n}. Nothing was taken from them.", n=heard.bad
            )
        )
    document = {
        "confirmed": heard.confirmed,
        "kept": heard.kept,
        "strange": heard.strange,
        "bad": heard.bad,
        "counts": {str(name): n for name, n in counts.items()},
    }
    call.show("receipts", document, said + count_lines(call.voice, counts))
    sys.exit(OPEN if counts[OutboxState.QUEUED] or heard.kept or heard.bad else 0)


def _taken_here(call: Call, file: Path) -> tuple[Heard, dict[OutboxState, int]]:
    with call.station(simulated=call.simulated) as station:
        heard = take_receipts(station.outbox, station.chain, file, trust_of(call.state))
        tell_trouble(call, station)
        return heard, station.outbox.counts()


def _handed_over(call: Call, file: Path, busy: StoreBusy) -> tuple[Heard, dict[OutboxState, int]]:
    told = through_daemon(call, busy, lambda client: client.receipts(read_carried(file)))
    counts = {state: told.counts.get(str(state), 0) for state in OutboxState}
    return Heard(told.confirmed, told.kept, told.strange, told.bad), counts


def restore_copy(
    *,
    file: Copy,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Take statements that this bench lost back out of a second copy, and queue them again."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    with call.station(simulated=call.simulated) as station:
        keys = {key.kid: key.public for key in (station.key, *station.old_keys)}
        done = restore(station.store, file, keys)
        if done.fork:
            station.chain.lock(f"{file}: {done.fork}")
            raise CarriedFileError(
                mark(
                    "{file} and the state of this bench contradict each other at {place}. Nothing was taken, and "
                    "nothing more is signed with this key. Show both to a lead, then: etabli-station enrol --new-key"
                ),
                file=file,
                place=done.fork,
            )
    said = [call.voice.count("{n} statement taken back.", "{n} statements taken back.", done.taken)]
    said.append(
        call.voice.say(
            "Known already: {known}. Of other keys: {foreign}. Damaged lines: {damaged}.",
            known=done.known,
            foreign=done.foreign,
            damaged=done.damaged,
        )
    )
    if done.foreign:
        said.append(
            call.voice.say("What other keys signed is delivered by the hub's own command: etabli-hub import FILE")
        )
    document = {"taken": done.taken, "known": done.known, "foreign": done.foreign, "damaged": done.damaged}
    call.show("restore-copy", document, said)
    sys.exit(OPEN if done.damaged or done.foreign else 0)
