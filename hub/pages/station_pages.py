"""Stations: who asks to join, who is in, and one-off tokens."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Response

from hub import wording
from hub.models import Station, StationState
from hub.pages.formats import in_groups
from hub.pages.forms import SmallForm
from hub.pages.visit import Managers, Visit
from hub.stations import service

router = APIRouter(include_in_schema=False)
SHORT = 16  # digits of a fingerprint in the table


@dataclass(frozen=True, slots=True)
class StationRow:
    """One station as shown; the whole fingerprint is for comparison with the bench's screen."""

    id: str
    name: str
    demo: bool
    fingerprint: str
    short_fingerprint: str
    state: wording.State
    last_seen: datetime | None
    can_accept: bool
    can_refuse: bool


@router.get("/stations")
def show(visit: Managers) -> Response:
    """Every station, those that ask to join first."""
    return _page(visit)


@router.post("/stations/token")
def make_token(visit: Managers, _fields: SmallForm) -> Response:
    """Make a token and show it this once."""
    return _page(visit, service.new_token(visit.session, visit.someone))


@router.post("/stations/{station_id}/accept")
def accept(visit: Managers, station_id: str, _fields: SmallForm) -> Response:
    """Take a station in."""
    station = service.accept(visit.session, visit.someone, station_id)
    return visit.go("/stations", "station-accepted", name=station.name)


@router.post("/stations/{station_id}/refuse")
def refuse(visit: Managers, station_id: str, _fields: SmallForm) -> Response:
    """Turn a station away."""
    station = service.refuse(visit.session, visit.someone, station_id)
    return visit.go("/stations", "station-refused", name=station.name)


def _page(visit: Visit, token: str = "") -> Response:
    rows = [(station.state, _row(visit, station)) for station in service.stations(visit.session)]
    return visit.page(
        "stations.html",
        pending=[row for state, row in rows if state == StationState.PENDING],
        known=[row for state, row in rows if state != StationState.PENDING],
        token=token,
        hub_url=visit.hub.settings.public_url,
    )


def _row(visit: Visit, station: Station) -> StationRow:
    return StationRow(
        id=station.id,
        name=station.name,
        demo=station.demo,
        fingerprint=in_groups(station.kid),
        short_fingerprint=in_groups(station.kid[:SHORT]) + " …",
        state=wording.station_state(station.state, visit.lang),
        last_seen=service.heard(visit.session, station),
        can_accept=station.state == StationState.PENDING,
        can_refuse=station.state in {StationState.PENDING, StationState.ACCEPTED},
    )
