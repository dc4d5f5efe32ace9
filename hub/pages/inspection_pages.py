"""One device that people inspect by hand: its number, its soldered storage, the checklist, the system put on it."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from hub import wording
from hub.devices import service as devices
from hub.devices.outcomes import NUMBERED, SOLDERED
from hub.errors import HubError, NotFound
from hub.inspection import checking, checklists, numbers, storage, systems
from hub.inspection.systems import System
from hub.lots.drive_account import line_of
from hub.models import Device
from hub.pages import account_words
from hub.pages import distribution_words as said
from hub.pages.blocker_words import tag_of
from hub.pages.forms import Fields, SmallForm
from hub.pages.places_of_lots import drive_path
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Bench, Visit
from hub.partners import levels

router = APIRouter(include_in_schema=False)


@router.get("/devices/{device_id}/inspection")
def show(visit: Bench, device_id: str) -> Response:
    """What was read off a device and tried on it, and the forms to say more."""
    return _page(visit, device_id)


@router.post("/devices/{device_id}/inspection")
def act(visit: Bench, device_id: str, fields: SmallForm) -> Response:
    """One act of the page: a number, the storage, the checklist, a system; or the taking back of one."""
    device = devices.device_for(visit.session, visit.someone, device_id).device
    chosen = ACTS.get(fields.text("act"))
    if chosen is None:
        raise NotFound("no such record")
    try:
        chosen(visit, device, fields)
    except HubError as error:
        return _page(visit, device_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/devices/{device_id}/inspection", "said", tag=tag_of(device))


def _imei(visit: Visit, device: Device, fields: Fields) -> None:
    numbers.note_imei(visit.session, visit.someone, device, fields.text("imei"))


def _imei_back(visit: Visit, device: Device, fields: Fields) -> None:
    number, reason = whole(fields.text("record")), fields.text("reason")
    numbers.take_back(visit.session, visit.someone, device, number, reason)


def _storage(visit: Visit, device: Device, fields: Fields) -> None:
    storage.note_storage(visit.session, visit.someone, device, fields.text("serial"))


def _checks(visit: Visit, device: Device, fields: Fields) -> None:
    checklist = checking.checklist_for(device)
    asked = [check.id for check in checklist.checks] if checklist is not None else []
    answers = {name: fields.text(f"check-{name}") for name in asked}
    checking.answer(visit.session, visit.someone, device, answers)


def _system(visit: Visit, device: Device, fields: Fields) -> None:
    told = System(*(fields.text(name) for name in ("image", "version", "licence", "test", "note")))
    systems.install(visit.session, visit.someone, device, told)


def _system_back(visit: Visit, device: Device, fields: Fields) -> None:
    number, reason = whole(fields.text("record")), fields.text("reason")
    systems.take_back(visit.session, visit.someone, device, number, reason)


ACTS: dict[str, Callable[[Visit, Device, Fields], None]] = {
    "imei": _imei,
    "imei-back": _imei_back,
    "storage": _storage,
    "checks": _checks,
    "system": _system,
    "system-back": _system_back,
}


def _page(visit: Visit, device_id: str, error: str = "", status: int = 200) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    device = devices.device_for(session, person, device_id).device
    checklist, given = checking.checklist_for(device), checking.newest(session, device.id)
    noted = storage.storage_id(session, device.id)
    line = line_of(session, person, device.lot, noted) if noted else None
    numbered = device.kind in NUMBERED
    return visit.page(
        "inspection.html",
        status,
        error=error,
        device=device,
        tag=tag_of(device),
        opened=levels.opened_in(session, device.lot_id),
        kind=wording.kind_word(device.kind, lang),
        numbered=numbered,
        numbers=numbers.numbers_of(session, person, device) if numbered else (),
        twins=[(one.id, tag_of(one)) for one in numbers.also_on(session, person, device)] if numbered else [],
        soldered=device.kind in SOLDERED,
        storage=account_words.class_state(line.standing.explained, lang) if line else None,
        storage_path=drive_path(device.lot.code, line.drive.id) if line else "",
        checks=_rows(checklist, dict(given.answers) if given else {}, lang) if checklist else [],
        given=given,
        results=said.choices(said.RESULTS, lang),
        looks=checklists.LOOKS,
        systems=[
            (one, said.say(said.LICENCES[one.licence], lang), said.say(said.TESTS[one.test], lang))
            for one in systems.systems_of(session, person, device)
        ],
        licences=said.choices(said.LICENCES, lang),
        tests=said.choices(said.TESTS, lang),
    )


def _rows(checklist: checklists.Checklist, answers: dict[str, str], lang: str) -> list[tuple[str, str, str, str]]:
    """Id, name, role and present answer of each check."""
    named = "fr" if lang == "fr" else "en"
    return [(one.id, one.names[named], one.role, answers.get(one.id, "")) for one in checklist.checks]
