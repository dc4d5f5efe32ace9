"""By which way a lot came (S1-12): collected, brought one for one, from a bin, dropped off, on an event day."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from hub import audit
from hub.context import hub_of
from hub.errors import BadInput
from hub.handed import LotChannel
from hub.models import Lot, Person
from hub.people.roles import MANAGERS, require
from hub.scope import in_scope

COLLECTION, DROP_OFF, EVENT, ONE_FOR_ONE, BIN, RECYCLERY = (
    "collection", "drop-off", "event", "one-for-one", "bin", "recyclery",
)  # fmt: skip
CHANNELS = (COLLECTION, DROP_OFF, EVENT, ONE_FOR_ONE, BIN, RECYCLERY, "post", "other")

UNSAID = "unsaid"  # asks for the lots of which nobody has said it; no channel


def set_channel(session: Session, person: Person, lot: Lot, word: str) -> LotChannel:
    """Say by which way a lot came; what was said before stays. Raises Forbidden, BadInput."""
    require(person, *MANAGERS)
    if word not in CHANNELS:
        raise BadInput("choose a channel of the list", "channel")
    row = LotChannel(lot_id=lot.id, word=word, at=hub_of(session).clock(), by=person.id, by_name=person.name)
    session.add(row)
    session.flush()
    audit.record(session, person, "lot.channel", lot.id, word)
    return row


def channels_of(session: Session, person: Person, lot_ids: Collection[str]) -> Mapping[str, str]:
    """The channel of each of these lots in scope that has one."""
    query = select(LotChannel).where(LotChannel.lot_id.in_(lot_ids), in_scope(person, LotChannel.lot_id))
    return {row.lot_id: row.word for row in session.scalars(query.order_by(LotChannel.id))}


def came_by(word: str) -> ColumnElement[bool]:
    """The condition that a lot came by this channel: its newest word is that one; `UNSAID`: nobody said any."""
    if word == UNSAID:
        return Lot.id.not_in(select(LotChannel.lot_id))
    newer = aliased(LotChannel)
    later = select(newer.id).where(newer.lot_id == LotChannel.lot_id, newer.id > LotChannel.id).exists()
    return Lot.id.in_(select(LotChannel.lot_id).where(LotChannel.word == word, ~later))
