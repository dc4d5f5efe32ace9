"""Stations: one-off tokens, acceptance by a person, the list. Nothing is taken from a station before it is accepted."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.keys import changing
from hub.keys.root_files import hub_decides
from hub.keys.saying import Change
from hub.keys.standing import standings
from hub.ledger.append import lock_ledger
from hub.live.telling import tell
from hub.models import Alarm, EnrolmentToken, LedgerEntry, Person, Station, StationState
from hub.people.roles import MANAGERS, require
from hub.scope import bench_in_scope

LONGEST_TOKEN = 60  # minutes


def stations(session: Session, person: Person) -> tuple[Station, ...]:
    """The stations in scope, pending ones first, then by name."""
    query = select(Station).where(bench_in_scope(person, Station.id))
    found = session.scalars(query.order_by(Station.name, Station.created)).all()
    return tuple(sorted(found, key=lambda station: station.state != StationState.PENDING))


def heard(session: Session, station: Station) -> datetime | None:
    """When the hub last heard of a station: its last heartbeat or the last statement taken from it."""
    newest = select(LedgerEntry.received).where(LedgerEntry.kid == station.kid).order_by(LedgerEntry.seq.desc())
    times = [at for at in (station.last_seen, session.scalar(newest.limit(1))) if at is not None]
    return max(times, default=None)


def accept(session: Session, person: Person, station_id: str) -> Station:
    """Take a pending station in, after its fingerprint was compared. Raises Forbidden, NotFound, Conflict."""
    return _decide(session, person, station_id, StationState.ACCEPTED, {StationState.PENDING})


def refuse(session: Session, person: Person, station_id: str) -> Station:
    """Turn a pending station away, or end an accepted one; its old statements stay. Raises as `accept`."""
    return _decide(session, person, station_id, StationState.REFUSED, {StationState.PENDING, StationState.ACCEPTED})


def new_token(session: Session, person: Person | None, minutes: int = LONGEST_TOKEN) -> str:
    """A one-off enrolment token for so many minutes (1 to 60); only its hash is kept. `person` None: command line."""
    if person is not None:
        require(person, *MANAGERS)
    if not 1 <= minutes <= LONGEST_TOKEN:
        raise BadInput(f"a token lives 1 to {LONGEST_TOKEN} minutes", "token-life")
    now = hub_of(session).clock()
    session.execute(delete(EnrolmentToken).where(EnrolmentToken.expires < now - timedelta(days=30)))
    token = secrets.token_urlsafe(24)
    session.add(
        EnrolmentToken(
            token_hash=token_hash(token),
            created_by=person.id if person else None,
            created=now,
            expires=now + timedelta(minutes=minutes),
        ),
    )
    audit.record(session, person, "token.new", token_hash(token)[:16], f"{minutes} minutes")
    return token


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def alarms(session: Session, person: Person) -> tuple[Alarm, ...]:
    """Open alarms of the stations in scope, oldest first."""
    query = select(Alarm).where(Alarm.closed.is_(None), bench_in_scope(person, Alarm.station_id))
    return tuple(session.scalars(query.order_by(Alarm.id)))


def close_alarm(session: Session, person: Person, alarm_id: int) -> None:
    """Somebody looked at it. Raises Forbidden, NotFound."""
    require(person, *MANAGERS)
    query = select(Alarm).where(Alarm.id == alarm_id, bench_in_scope(person, Alarm.station_id))
    alarm = session.scalar(query)
    if alarm is None or alarm.closed is not None:
        raise NotFound("no such open alarm")
    alarm.closed = hub_of(session).clock()
    audit.record(session, person, "alarm.close", str(alarm_id), alarm.kind)


def _decide(
    session: Session, person: Person, station_id: str, state: StationState, allowed: set[StationState]
) -> Station:
    require(person, *MANAGERS)
    lock_ledger(session)  # before the row: intake takes them in this order
    query = select(Station).where(Station.id == station_id, bench_in_scope(person, Station.id))
    station = session.scalar(query.with_for_update())
    if station is None:
        raise NotFound("no such station")
    if station.state not in {word.value for word in allowed}:
        raise Conflict(f"this station is {station.state}")
    _register(session, person, station, state)
    station.state = state.value
    station.decided = hub_of(session).clock()
    station.decided_by = person.id
    tell(session)
    audit.record(session, person, f"station.{state.value}", station.id, station.kid)
    return station


def _register(session: Session, person: Person, station: Station, state: StationState) -> None:
    """Say it in the registry too. In a network only two people take a bench in; one alone may end it here."""
    known = standings(session).get(station.kid)
    if state is StationState.ACCEPTED:
        changing.say(session, Change("enrol", changing.spoken(station)), person.pseudonym)
    elif known is not None and known.status == "active" and hub_decides(session):
        changing.say(session, Change("retire", changing.spoken(station)), person.pseudonym)
