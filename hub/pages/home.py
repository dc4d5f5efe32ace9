"""The start page: what waits for this person."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Response

from hub import waiting, wording
from hub.devices import service as devices
from hub.devices import tying
from hub.lots import service as lots
from hub.lots.overview import codes_in_hand, erased_in_scope
from hub.models import Alarm, Erasure, Role, Station
from hub.pages import waiting_words
from hub.pages.distribution_home import distribution_home
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.lot_rows import lots_in_hand
from hub.pages.lot_steps import way_of_lots
from hub.pages.network_home import network_tiles
from hub.pages.sentences import in_words
from hub.pages.tie_words import because
from hub.pages.visit import Managers, SignedIn, Visit
from hub.pages.waiting_words import WaitingTile
from hub.people.roles import BENCH, READERS
from hub.stations import service as stations

router = APIRouter(include_in_schema=False)
SHOWN = 8  # lots on the start page
MOST_SUMMED = 50  # lots in hand whose open drives a donor's figure adds up


@router.get("/")
def start(visit: SignedIn) -> Response:
    """What waits for the reader, by role."""
    if visit.has_role(Role.DISTRIBUTOR, Role.PRESCRIBER):
        return distribution_home(visit)
    facts: dict[str, Any] = {
        "lots": lots_in_hand(visit, SHOWN),
        "show_donor": not visit.has_role(Role.DONOR),
        "alarms": [],
        "unmatched": [],
    }
    facts["manager"] = visit.has_role(Role.LEAD, Role.ADMIN)
    facts["reads_lots"] = visit.has_role(Role.DONOR, *READERS)
    facts["steps"] = way_of_lots(visit) if facts["manager"] else ()
    if visit.has_role(Role.DONOR):
        facts["tiles"] = _donor_tiles(visit)
    elif not visit.has_role(*BENCH):
        facts["tiles"] = network_tiles(visit)
    else:
        unmatched = devices.unmatched(visit.session, visit.someone)
        facts["codes"] = codes_in_hand(visit.session, visit.someone) if unmatched else ()
        found = waiting.waiting(visit.session, visit.someone)
        facts["tiles"] = waiting_words.tiles(found, visit.hub.clock(), visit.lang)
        facts["unmatched"] = [_unmatched(visit, erasure) for erasure in unmatched]
        facts["alarms"] = _alarms(visit, stations.alarms(visit.session, visit.someone))
    return visit.page("home.html", **facts)


@router.post("/drives/{drive_id}/tie")
def tie(visit: Managers, drive_id: str, fields: SmallForm) -> Response:
    """A person says to which lot, and to which device in it, a drive belongs."""
    lot = lots.lot_for(visit.session, visit.someone, fields.text("lot"))
    drive = tying.tie(
        visit.session,
        visit.someone,
        drive_id,
        lot,
        fields.text("asset"),
        reason=fields.text("reason"),
        note=fields.text("note"),
    )
    return visit.go("/", "tied", serial=drive.serial, lot=lot.code)


@router.post("/alarms/{alarm_id}/close")
def close_alarm(visit: Managers, alarm_id: int, _fields: SmallForm) -> Response:
    """Somebody has looked at an alarm."""
    stations.close_alarm(visit.session, visit.someone, alarm_id)
    return visit.go("/", "alarm-closed")


def _donor_tiles(visit: Visit) -> list[WaitingTile]:
    erased = erased_in_scope(visit.session, visit.someone)
    open_ = sum(row.open for row in lots_in_hand(visit, MOST_SUMMED))
    say = visit.say
    return [
        WaitingTile(
            "/lots",
            erased,
            "ok",
            "seal",
            say(mark("drives erased, with a certificate")),
            say(mark("Ready to download, lot by lot.")),
            "",
            say(mark("See the lots")),
        ),
        WaitingTile(
            "/lots",
            open_,
            "wait" if open_ else "ok",
            "clock",
            say(mark("drives still to be explained")),
            say(mark("The workshop is working on them.")),
            "",
            say(mark("See the lots")),
        ),
    ]


def _unmatched(visit: Visit, erasure: Erasure) -> dict[str, Any]:
    seen = erasure.payload["subject"]["drive"]
    return {
        "model": seen["model"],
        "serial": seen["serial"],
        "verdict": wording.run_state(erasure.verdict, erasure.decision, visit.lang),
        "drive_id": erasure.drive_id,
        "because": because(visit, erasure.drive),
        "lot": erasure.payload["lot"],
        "received": erasure.received,
    }


def _alarms(visit: Visit, alarms: Iterable[Alarm]) -> list[dict[str, Any]]:
    shown = []
    for alarm in alarms:
        station = visit.session.get(Station, alarm.station_id) if alarm.station_id else None
        shown.append(
            {
                "id": alarm.id,
                "word": visit.say(wording.ALARMS[alarm.kind]) if alarm.kind in wording.ALARMS else alarm.kind,
                "station": station.name if station else "–",
                "detail": in_words(alarm.detail, visit.lang),
                "created": alarm.created,
            }
        )
    return shown
