"""The state of a bench without a daemon in words, and where to go on."""

from typing import TYPE_CHECKING

from station_agent.errors import StoreBusy
from station_agent.language import mark
from station_agent.refusals import words_of

if TYPE_CHECKING:
    from station_agent.commands.call import Call

COMMANDS = mark("Commands: {names}. What each does: etabli-station --help")


def tell_bench(call: "Call") -> None:
    """Say which drives are here, what this bench has kept, and which commands there are."""
    from station_agent.app import PROGRAM  # noqa: PLC0415  the program imports its commands when they are called
    from station_agent.commands.serve import change_line  # noqa: PLC0415  --help is read without the bench
    from station_agent.watch import Appeared  # noqa: PLC0415  --help is read without the bench

    bench = call.bench()
    for device in bench.enumerate_disks():
        call.write(change_line(Appeared(device), call.voice.lang).removeprefix("+ "))
    for line in _kept(call):
        call.write(line)
    names = ", ".join(PROGRAM.commands)
    call.write(call.voice.say(COMMANDS, names=names))


def _kept(call: "Call") -> list[str]:
    from station_agent.commands.serve import interrupted_line  # noqa: PLC0415  --help is read without the bench
    from station_agent.commands.sync import count_lines  # noqa: PLC0415  --help is read without the bench
    from station_agent.reconcile import reconcile  # noqa: PLC0415  --help is read without the bench

    if not (call.state / "station.sqlite3").exists():
        return [call.voice.say("This bench has kept nothing yet (folder {folder}).", folder=call.state)]
    try:
        with call.station() as station:
            where = station.hub_url or call.voice.say("no hub yet")
            said = [call.voice.say("Bench {name}, hub: {hub}", name=station.chain.name, hub=where)]
            said += [call.voice.say(error.sentence, **error.facts) for error in station.observer().troubles]
            said += [interrupted_line(call.voice, run) for run in reconcile(station.journal)]
            return said + count_lines(call.voice, station.outbox.counts())
    except StoreBusy as error:
        return [words_of(error, call.voice)]
