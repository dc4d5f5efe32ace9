"""`etabli-station sheet --out FILE.pdf`: the sheet to print beside the bench, and badges to cut out."""

from pathlib import Path
from typing import Annotated

from certificates.command_line import Option
from station_agent.commands import options
from station_agent.commands.call import begin
from station_agent.errors import StationError
from station_agent.language import mark
from station_agent.operators import keep_badge, new_badge_token, operator_named
from station_agent.paper_file import write_paper

Out = Annotated[Path, Option("--out", metavar="FILE.pdf", help=mark("Where the PDF goes."))]
BadgeOf = Annotated[
    list[str] | None,
    Option("--badge", metavar="NAME", help=mark("Make a new badge for this operator; the old one is void then.")),
]


class BadgeNotKept(StationError):
    """A badge was printed that does not work."""

    code = "badge"


def sheet(
    *,
    out: Out,
    badge: BadgeOf = None,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Make the sheet to print for the scanner: test code, commands, badges to cut out."""
    from station_agent.scanner.sheet import Badge, sheet_pdf  # noqa: PLC0415  drawing is slow to import

    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    assigned = call.assigned()
    names = [operator_named(call.state, name, assigned).name for name in dict.fromkeys(badge or [])]
    badges = [Badge(name, new_badge_token()) for name in names]
    write_paper(out, sheet_pdf(call.voice, badges))
    for one in badges:
        try:
            keep_badge(call.state, one.name, one.token, assigned)
        except StationError as error:
            sentence = mark("The badge of {name} in {path} does not work, throw the sheet away: {detail}")
            raise BadgeNotKept(sentence, name=one.name, path=out, detail=error) from error
    said = [call.voice.say("The sheet is in {path}.", path=out)]
    said += [call.voice.say("Badge of {name}: new; an older one is void now.", name=name) for name in names]
    call.show("sheet", {"path": str(out), "badges": names}, said)
