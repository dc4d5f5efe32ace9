"""`tidy`: what is kept no longer, shown or taken away."""

from pathlib import Path
from typing import Annotated, Final

from certificates.command_line import Option
from certificates.language import mark
from hub.commands.opening import Call
from hub.retention import rules
from hub.retention.rules import read_retention, shipped
from hub.retention.tidying import over
from hub.retention.tidying import tidy as take_away

KINDS: Final = {
    rules.SESSIONS: mark("sessions, links and sign-ins that have ended: {count}"),
    rules.THROTTLE: mark("failed sign-ins: {count}"),
    rules.HEARTBEATS: mark("last words of benches that are silent: {count}"),
    rules.LETTERS: mark("e-mails that are over: {count}"),
    rules.REPORTS: mark("wipe reports in which no line was read: {count}"),
    rules.CONTACTS: mark("contacts of partners that were taken off the list: {count}"),
    rules.ACCOUNTS: mark("names of accounts that were closed long ago: {count}"),
}


def tidy(
    context: Call,
    *,
    apply: Annotated[bool, Option("--apply", help=mark("Take it away; otherwise it is only shown."))] = False,
    policy: Annotated[
        Path | None,
        Option("--policy", help=mark("A retention file of the site; else the one that ships."), metavar="FILE"),
    ] = None,
) -> None:
    """Show what is kept no longer, or take it away; the ledger, certificates and decisions stay."""
    retention = shipped() if policy is None else read_retention(policy.read_text(encoding="utf-8"))
    with context.unit_of_work() as session:
        found = take_away(session, retention) if apply else over(session, retention)
    for name, count in found.items():
        context.tell(KINDS[name], count=count)
    if apply:
        context.tell(mark("taken away, by {name} version {version}"), name=retention.name, version=retention.version)
    else:
        context.tell(mark("nothing was changed: --apply takes it away"))
