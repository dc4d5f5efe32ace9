"""What keeps goods here until the sample of their lot was drawn (R2v3, appendix B): what has left, nobody can draw.

A draw is among every approved drive of a lot that is still here: asked for at the door, none escapes it by leaving
before. Those that were not drawn go at once. Of a lot that is over its closing has asked; a house in which one person
works is never held up, nor one whose hub asks for no sample. Decides nothing and draws nothing.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.context import hub_of
from hub.exits.checks import Held, Visitor
from hub.lots.account import Explained
from hub.lots.life import OVER
from hub.models import Lot
from hub.samples.reading import lots_to_draw, works_alone

SENTENCE = "no draw for the sample has seen its approved drives: draw first, and what is not drawn leaves at once"


def undrawn_lots(session: Session, visitors: Sequence[Visitor]) -> Iterator[Held]:
    """One reason for each lot of which a draw has not seen every approved run that leaves."""
    if not hub_of(session).settings.require_sample:
        return
    runs = {
        line.standing.run.statement_id
        for one in visitors
        for line in one.inside.lines
        if line.standing.run is not None and line.standing.explained is not Explained.OPEN
    }
    for lot in session.scalars(select(Lot).where(Lot.id.in_(lots_to_draw(session, runs))).order_by(Lot.code)):
        if lot.state not in OVER and not works_alone(session, lot):
            yield Held(lot.code, SENTENCE, lot=lot.code)
