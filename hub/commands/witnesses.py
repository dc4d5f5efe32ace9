"""`witnesses add|list|remove`: who is asked to cosign the log of this hub."""

from typing import Annotated

from certificates.command_line import Argument, Option
from certificates.language import mark
from hub.commands.opening import Call
from hub.commands.witness import moment
from hub.errors import NotFound
from hub.pages.sentences import in_words
from hub.witnesses.registry import add_witness, asked, end_witness, standing


def add(
    context: Call,
    url: Annotated[str, Argument("URL", help=mark("Address of the witness."))],
    vkey: Annotated[str, Argument("VKEY", help=mark("Key of the witness, as its page shows it."))],
    *,
    name: Annotated[str, Option("--name", metavar="NAME", help=mark("Name of who runs it, for people."))] = "",
    private: Annotated[
        bool, Option("--private", help=mark("Its address may lie in a private network, and begin with http://."))
    ] = False,
) -> None:
    """Ask a witness to cosign the log of this hub."""
    with context.unit_of_work() as session:
        made = add_witness(session, None, name=name, url=url, vkey=vkey, private=private)
        facts = {"name": made.name, "url": made.url}
    context.tell(mark("{name} at {url} is asked to cosign each checkpoint"), **facts)


def show(context: Call) -> None:
    """Show the witnesses that are asked, and how many have cosigned the newest checkpoint."""
    with context.unit_of_work() as session:
        stands, rows = standing(session), [(one.name, one.url, one.vkey, one.answered) for one in asked(session)]
    for name, url, vkey, answered in rows:
        when = moment(int(answered.timestamp())) if answered is not None else "-"
        context.tell(mark("{name}  {url}  last answer {when}"), name=name, url=url, when=when)
        context.show(f"  {vkey}")
    context.tell(
        mark("newest checkpoint, {size} entries: cosigned by {n} of {m} witnesses"),
        size=stands.size,
        n=stands.cosigned,
        m=stands.asked,
    )
    for name, since, problem in stands.silent:
        facts = {"since": moment(int(since.timestamp())), "problem": in_words(problem, context.lang)}
        context.tell(mark("{name}: nothing since {since} ({problem})"), name=name, **facts)


def remove(
    context: Call,
    name: Annotated[str, Argument("NAME", help=mark("Name or key of the witness."))],
) -> None:
    """Ask a witness no more; what it cosigned stays."""
    with context.unit_of_work() as session:
        found = [one for one in asked(session) if name in (one.name, one.vkey, one.kid)]
        if len(found) != 1:
            raise NotFound("there is no such witness")
        end_witness(session, None, found[0].kid)
    context.tell(mark("{name} is asked no more; what it cosigned stays"), name=name)
