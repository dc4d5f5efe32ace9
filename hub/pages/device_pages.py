"""One device: who it is, its story from the evidence, its drives, its grade and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Response

from hub import wording
from hub.claims import name_of
from hub.devices import photos
from hub.devices import service as devices
from hub.devices.service import DeviceView
from hub.grades.assessing import assessments_of
from hub.grades.overriding import overrides_of
from hub.inspection.numbers import masked_of
from hub.issued.service import listed
from hub.models import Role
from hub.pages import standing
from hub.pages.certificate_rows import rows_of
from hub.pages.grade_words import PastGrade, grade_facts, past_grades
from hub.pages.measured_facts import MeasuredFacts, measured_facts
from hub.pages.override_words import OverrideFacts, OverrideForm, override_facts, override_form, override_history
from hub.pages.places_of_lots import device_triage_path
from hub.pages.proof import drive_facts
from hub.pages.report_facts import report_facts
from hub.pages.story import LOOSE, story
from hub.pages.triage_words import triage_state
from hub.pages.visit import LotReaders, Visit
from hub.partners import levels
from hub.pictured import DevicePhoto

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """Who a device is and where it stands."""

    id: str
    tag: str
    lot: str
    asset: str
    kind: str
    maker: str
    model: str
    serial: str
    received: datetime | None
    outcome: wording.State


@router.get("/devices/{device_id}")
def show(visit: LotReaders, device_id: str) -> Response:
    """One device in the reader's scope."""
    return device_page(visit, device_id)


def device_page(visit: Visit, device_id: str, error: str = "", status: int = 200) -> Response:
    """The page of a device, with what went wrong in its form about the grade."""
    view = devices.device_for(visit.session, visit.someone, device_id)
    inside = not visit.has_role(Role.DONOR)  # names of people stay in the workshop
    certificates = rows_of(visit, [listed(drive.certificate) for drive in view.drives if drive.certificate])
    return visit.page(
        "device.html",
        status,
        error=error,
        device=_facts(visit, view, {one.id for one in certificates if one.later.doubted}),
        steps=story(visit, view),
        drives=[drive_facts(drive.drive, drive.erasure, visit.lang) for drive in view.drives],
        grade=grade_facts(view, visit.lang, inside=inside),
        grades=_history(visit, view) if inside else (),
        override=override_facts(view.override, visit.lang, inside=inside),
        overrides=_overrides(visit, view) if inside else (),
        override_form=_override_form(visit, view),
        diagnosis=view.diagnostic.statement_id if view.diagnostic else "",
        triage=triage_state(view.diagnostic, visit.lang),
        report=report_facts(view.diagnostic, visit.lang, inside=inside),
        measured=_measured(view, visit.lang, inside=inside),
        loose=view.device.kind == LOOSE,
        certificates=certificates,
        imei=masked_of(visit.session, [view.device.id]).get(view.device.id, ()),
        triage_path=device_triage_path(view.device.id) if inside else "",
        photos=_photos(visit, view) if inside else (),
    )


def _measured(view: DeviceView, lang: str, *, inside: bool) -> MeasuredFacts | None:
    report = None if view.diagnostic is None else view.diagnostic.payload.get("report")
    return measured_facts(report, lang, inside=inside) if isinstance(report, dict) else None


def _photos(visit: Visit, view: DeviceView) -> list[DevicePhoto]:
    found = photos.photos_of(visit.session, visit.someone, view.device)
    return [row for row in found if row.withdrawn is None]


def _override_form(visit: Visit, view: DeviceView) -> OverrideForm | None:
    may = visit.has_role(Role.LEAD) and levels.GRADE not in levels.opened_in(visit.session, view.device.lot_id).closed
    return override_form(visit.session, visit.lang) if may else None


def _history(visit: Visit, view: DeviceView) -> tuple[PastGrade, ...]:
    if view.diagnostic is None:
        return ()
    found = assessments_of(visit.session, view.diagnostic.statement_id)
    return past_grades(view.diagnostic, found, visit.lang)


def _overrides(visit: Visit, view: DeviceView) -> tuple[OverrideFacts, ...]:
    if view.diagnostic is None:
        return ()
    return override_history(overrides_of(visit.session, view.diagnostic.statement_id), visit.lang)


def _facts(visit: Visit, view: DeviceView, doubted: Collection[str]) -> DeviceFacts:
    device = view.device
    return DeviceFacts(
        id=device.id,
        tag=device.asset or device.serial or "?",
        lot=device.lot.code,
        asset=device.asset or "",
        kind=wording.kind_word(device.kind, visit.lang),
        maker=device.maker if name_of(device) else "",
        model=device.model if name_of(device) else "",
        serial=device.serial,
        received=device.received,
        outcome=standing.outcome_state(standing.outcome_of_device(view, doubted), visit.lang),
    )
