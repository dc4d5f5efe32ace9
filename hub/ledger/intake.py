"""Intake of station statements: verify, judge the chain, store, and only then interpret.

Order of things, for one statement or a batch: signatures are checked before any lock is taken; one transaction stores
the exact bytes and commits; the receipt exists only after that commit; interpretation is another transaction, whose
failure costs nothing. `take_in` does all of it for one sender, and is for commands; requests come through `gathering`,
which makes one transaction of what many senders brought.
"""

from collections.abc import Sequence

from hub.context import Hub
from hub.derive.reading import read_ledger
from hub.ledger.opening import CREATED, Answer, open_statement, senders
from hub.ledger.settling import settle


def take_in(hub: Hub, kid: str, envelopes: Sequence[bytes]) -> tuple[Answer, ...]:
    """Take statements of the station with this key, in their order; every one gets its own answer.

    Raises nothing for what a statement says. When this returns, everything answered 200 or 201 is durable.
    """
    sender = senders(hub.engine, {kid})[kid]
    opened = [open_statement(sender, data, demo=hub.settings.demo) for data in envelopes]
    with hub.sessions().begin() as session:
        (answers,) = settle(session, [(kid, opened)], hub.clock())
    if any(answer.status == CREATED for answer in answers):
        with hub.sessions().begin() as session:
            read_ledger(session)
    return answers
