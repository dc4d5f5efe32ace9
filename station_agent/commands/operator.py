"""`etabli-station operator add|list|remove`: who may sign in at this bench."""

import getpass
import sys
from typing import Annotated

from certificates.command_line import Argument
from station_agent.commands import options
from station_agent.commands.call import begin
from station_agent.errors import UsageError
from station_agent.language import Voice, mark
from station_agent.operators import add_operator, operators_of, remove_operator

Name = Annotated[str, Argument(metavar="NAME", help=mark("Pseudonym of the operator, never a name of a person."))]


def add(
    name: Name,
    *,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Add an operator, or give one a new PIN. The PIN is asked for, or read from the input."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    kept = add_operator(call.state, name, _asked_pin(call.voice), call.assigned())
    said = call.voice.say(
        "Operator {name}: kept. A badge: etabli-station sheet --out FILE.pdf --badge {name}", name=kept.name
    )
    call.show("operator", {"name": kept.name}, [said])


def show(
    *,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Show who may sign in at this bench, and how."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    known = sorted(operators_of(call.state, call.assigned()).values(), key=lambda one: one.name.casefold())
    document = [
        {"name": one.name, "pin": bool(one.pin), "badge": bool(one.badge), "from_hub": one.from_hub} for one in known
    ]
    say = call.voice.say
    pin, badge = say("PIN"), say("badge")
    lines = [
        f"{one.name}  {pin if one.pin else '-'}  {badge if one.badge else '-'}  "
        + (say("from the hub") if one.from_hub else say("added here"))
        for one in known
    ]
    nobody = say("No operator yet: etabli-station operator add NAME")
    call.show("operators", {"operators": document}, lines or [nobody])


def remove(
    name: Name,
    *,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Remove an operator of this bench; what was stated under the name stays."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    gone = remove_operator(call.state, name, call.assigned())
    call.show("operator", {"name": gone.name}, [call.voice.say("Operator {name}: removed.", name=gone.name)])


def _asked_pin(voice: Voice) -> str:
    """Read a PIN: twice and hidden from a person, one line from a pipe. Raises `UsageError` when the two differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    pin = getpass.getpass(voice.say("PIN (4 to 12 figures): "))
    if getpass.getpass(voice.say("Once more: ")) != pin:
        raise UsageError(mark("The two PINs differ: nothing was kept. Try again."))
    return pin
