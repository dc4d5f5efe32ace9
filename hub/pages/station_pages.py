"""Stations: who asks to join, who is in, and one-off tokens."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from fastapi import APIRouter, Response

from hub import wording
from hub.keys.root_files import hub_decides
from hub.models import Station, StationState
from hub.pages.formats import in_groups
from hub.pages.forms import SmallForm
from hub.pages.visit import Managers, Visit
from hub.settings import Settings
from hub.stations import service

router = APIRouter(include_in_schema=False)
LOOPBACK = ("127.0.0.1", "localhost", "::1")  # where a bench takes plain http without being told to
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
    commands: tuple[tuple[str, str], ...]


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
    rows = [(station.state, _row(visit, station)) for station in service.stations(visit.session, visit.someone)]
    return visit.page(
        "stations.html",
        pending=[row for state, row in rows if state == StationState.PENDING],
        known=[row for state, row in rows if state != StationState.PENDING],
        token=token,
        command=enrol_command(visit.hub.settings, token),
        two=not hub_decides(visit.session),
    )


def registry_commands(kid: str) -> tuple[tuple[str, str], ...]:
    """What two people of a network run to take this bench in, word for word: where (hub, offline), and the command.

    Words in capitals are the person's own; `/media/stick` is where the stick is.
    """
    request = f"/media/stick/{kid[:SHORT]}.request"
    return (
        ("hub", f"etabli-hub key registry enrol --key {kid[:SHORT]} --request {request}"),
        ("offline", f"etabli-hub key registry sign {request} --key FIRST.registry.key --by FIRST"),
        ("offline", f"etabli-hub key registry approve {request} --key SECOND.registry.key --by SECOND"),
        ("hub", f"etabli-hub key registry bring {request}"),
    )


def enrol_command(settings: Settings, token: str) -> str:
    """What a person types on the bench, with the options without which this hub's bench would refuse."""
    url = urlsplit(settings.public_url)
    words = ["etabli-station enrol --hub", settings.public_url, "--token", token]
    words += ["--demo"] if settings.demo else []
    words += ["--allow-http"] if url.scheme == "http" and url.hostname not in LOOPBACK else []
    return " ".join(words)


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
        commands=registry_commands(station.kid),
    )
