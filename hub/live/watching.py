"""Reads the benches for the live page, with three bounded queries whatever the number of those who look on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.belonging import StationBelonging
from hub.live.picture import StationRow
from hub.models import LedgerEntry, Person, Station, StationState
from hub.people.roles import BENCH, require
from hub.scope import bench_in_scope

MOST_STATIONS: Final = 300
SHOWN: Final = (StationState.ACCEPTED.value, StationState.LOCKED.value)


def benches(session: Session, person: Person) -> tuple[StationRow, ...]:
    """Every accepted bench in scope, for whoever works at one. Raises Forbidden."""
    require(person, *BENCH)
    seen = frozenset(session.scalars(select(Station.id).where(bench_in_scope(person, Station.id))))
    return tuple(row for row in rows(session, {}) if row.id in seen)


def benches_of(session: Session, partner_id: str) -> frozenset[str]:
    """The ids of the benches of one partner."""
    query = select(StationBelonging.station_id).where(StationBelonging.partner_id == partner_id)
    return frozenset(session.scalars(query))


def rows(session: Session, known: Mapping[str, StationRow]) -> tuple[StationRow, ...]:
    """Every bench that was accepted; heartbeats that are `known` already (same moment) are not read again."""
    query = select(Station.id, Station.name, Station.state, Station.demo, Station.last_seen)
    query = query.where(Station.state.in_(SHOWN)).order_by(Station.name, Station.id).limit(MOST_STATIONS)
    found = session.execute(query).all()
    stale = [one.id for one in found if one.id not in known or known[one.id].heard != one.last_seen]
    fresh = session.execute(select(Station.id, Station.heartbeat).where(Station.id.in_(stale))).all() if stale else []
    beats = {one.id: one.heartbeat for one in fresh}
    seen = _seen(session, [one.id for one in found if one.last_seen is None])
    return tuple(
        StationRow(
            id=one.id,
            name=one.name,
            locked=one.state == StationState.LOCKED,
            demo=one.demo,
            heard=one.last_seen,
            heartbeat=beats[one.id] if one.id in beats else known[one.id].heartbeat,
            seen=seen.get(one.id),
        )
        for one in found
    )


def _seen(session: Session, station_ids: Sequence[str]) -> Mapping[str, datetime | None]:
    """When the newest statement came of benches that never sent a heartbeat."""
    if not station_ids:
        return {}
    newest = select(LedgerEntry.received).where(LedgerEntry.kid == Station.kid).order_by(LedgerEntry.seq.desc())
    query = select(Station.id, newest.limit(1).correlate(Station).scalar_subquery().label("seen"))
    return {one.id: one.seen for one in session.execute(query.where(Station.id.in_(station_ids)))}
