"""Reads the benches for the live page, with two bounded queries whatever the number of those who look on."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.live.picture import StationRow
from hub.models import Person, Station, StationState
from hub.people.roles import STAFF, require

MOST_STATIONS: Final = 300
SHOWN: Final = (StationState.ACCEPTED.value, StationState.LOCKED.value)


def benches(session: Session, person: Person) -> tuple[StationRow, ...]:
    """Every bench that was accepted, for staff. Raises Forbidden."""
    require(person, *STAFF)
    return rows(session, {})


def rows(session: Session, known: Mapping[str, StationRow]) -> tuple[StationRow, ...]:
    """Every bench that was accepted; heartbeats that are `known` already (same moment) are not read again."""
    query = select(Station.id, Station.name, Station.state, Station.demo, Station.last_seen)
    query = query.where(Station.state.in_(SHOWN)).order_by(Station.name, Station.id).limit(MOST_STATIONS)
    found = session.execute(query).all()
    stale = [one.id for one in found if one.id not in known or known[one.id].heard != one.last_seen]
    fresh = session.execute(select(Station.id, Station.heartbeat).where(Station.id.in_(stale))).all() if stale else []
    beats = {one.id: one.heartbeat for one in fresh}
    return tuple(
        StationRow(
            id=one.id,
            name=one.name,
            locked=one.state == StationState.LOCKED,
            demo=one.demo,
            heard=one.last_seen,
            heartbeat=beats[one.id] if one.id in beats else known[one.id].heartbeat,
        )
        for one in found
    )
