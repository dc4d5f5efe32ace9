"""What people say of devices: the list of a lot by pages, and one device with its forms."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Response

from hub import wording
from hub.accounted import DeviceSaid
from hub.devices import service as devices
from hub.devices import triage
from hub.devices.outcomes import LOOSE, OUT, STEPS, WITH_BAYS
from hub.errors import HubError
from hub.inspection import storage
from hub.lots import life
from hub.lots import service as lots
from hub.lots.drive_account import account_of
from hub.models import Device
from hub.pages import account_words
from hub.pages.blocker_words import tag_of
from hub.pages.drive_account_pages import row_of
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.places_of_lots import device_triage_path, lot_path
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Bench, Readers, Visit
from hub.partners import levels

router = APIRouter(include_in_schema=False)
SIZE = 50  # devices of one page
LONGEST_KEY = 36
ABOUT = {
    triage.DISPOSITION: mark("Where it goes"),
    triage.STEP: mark("How far it is"),
    triage.BAYS: mark("Places for drives"),
    triage.EMPTY: mark("Of these empty"),
    triage.DRIVE: mark("Drive seen in it"),
    storage.ABOUT: mark("Soldered storage"),
}


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device of the list."""

    tag: str
    path: str
    kind: str
    name: str
    outcome: wording.State
    step: str
    bays: str
    attention: bool


@dataclass(frozen=True, slots=True)
class SaidRow:
    """One thing that a person said of the device."""

    id: int
    about: str
    word: str
    reason: str
    at: object
    who: str
    withdrawn: object
    withdrawn_reason: str


@router.get("/lots/{code}/devices")
def list_devices(visit: Readers, code: str, after: str = "") -> Response:
    """A page of the devices of a lot, those after one of them."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    found = triage.page_of(visit.session, visit.someone, lot, after[:LONGEST_KEY], SIZE + 1)
    shown = found[:SIZE]
    words = triage.words_of(visit.session, visit.someone, [device.id for device in shown])
    return visit.page(
        "lot_devices.html",
        lot=lot,
        rows=[_line(device, words[device.id], visit.lang) for device in shown],
        following=f"{lot_path(lot.code)}/devices?after={shown[-1].id}" if len(found) > SIZE else "",
        first=not after,
    )


@router.get("/devices/{device_id}/triage")
def show(visit: Readers, device_id: str) -> Response:
    """What people said of one device, and the forms to say more."""
    return _page(visit, device_id)


@router.post("/devices/{device_id}/triage")
def dispose(visit: Bench, device_id: str, fields: SmallForm) -> Response:
    """Say where the device goes."""
    word, reason = fields.text("word"), fields.text("reason")
    return _act(visit, device_id, lambda device: triage.dispose(visit.session, visit.someone, device, word, reason))


@router.post("/devices/{device_id}/step")
def take_step(visit: Bench, device_id: str, fields: SmallForm) -> Response:
    """Say how far the device is."""
    word, reason = fields.text("word"), fields.text("reason")
    return _act(visit, device_id, lambda device: triage.take_step(visit.session, visit.someone, device, word, reason))


@router.post("/devices/{device_id}/bays")
def count_bays(visit: Bench, device_id: str, fields: SmallForm) -> Response:
    """Say how many places for drives it has, and attest those that are empty."""
    bays, empty, reason = whole(fields.text("bays")), whole(fields.text("empty")), fields.text("reason")
    person = visit.someone
    return _act(
        visit,
        device_id,
        lambda device: triage.count_bays(visit.session, person, device, bays, empty, reason=reason),
    )


@router.post("/devices/{device_id}/drives")
def declare_drive(visit: Bench, device_id: str, fields: SmallForm) -> Response:
    """Note a drive that was seen in the device."""
    serial, reason = fields.text("serial"), fields.text("reason")
    person = visit.someone
    return _act(visit, device_id, lambda device: triage.declare_drive(visit.session, person, device, serial, reason))


@router.post("/devices/{device_id}/said/withdraw")
def withdraw(visit: Bench, device_id: str, fields: SmallForm) -> Response:
    """Take a word back, with a reason."""
    said_id, reason = whole(fields.text("said")), fields.text("reason")
    return _act(visit, device_id, lambda device: triage.withdraw(visit.session, visit.someone, device, said_id, reason))


def _act(visit: Visit, device_id: str, act: Callable[[Device], object]) -> Response:
    device = devices.device_for(visit.session, visit.someone, device_id).device
    try:
        act(device)
    except HubError as error:
        return _page(visit, device_id, in_words(error.message, visit.lang), error.status)
    return visit.go(device_triage_path(device_id), "said", tag=tag_of(device))


def _page(visit: Visit, device_id: str, error: str = "", status: int = 200) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    device = devices.device_for(session, person, device_id).device
    held = triage.words_of(session, person, [device.id])[device.id]
    opened = levels.opened_in(session, device.lot_id)
    lines = account_of(session, person, device.lot)
    return visit.page(
        "device_triage.html",
        status,
        error=error,
        device=device,
        tag=tag_of(device),
        kind=wording.kind_word(device.kind, lang),
        outcome=account_words.disposition_state(held.disposition.word if held.disposition else "", lang),
        chosen=held.disposition is not None,
        step=account_words.say(account_words.STEPS[held.step.word], lang) if held.step else "",
        bays=held.bays,
        empty=held.empty,
        loose=device.kind == LOOSE,
        with_bays=device.kind in WITH_BAYS,
        dispositions=account_words.dispositions(lang),
        steps=account_words.choices(account_words.STEPS, lang, _steps(opened)),
        opened=opened,
        drives=[row_of(one, device.lot.code, lang) for one in lines if one.drive.device_id == device.id],
        said=[_said(visit, one) for one in reversed(triage.history(session, person, device))],
        over=device.lot.state in life.OVER,
    )


def _steps(opened: levels.Opened) -> list[str]:
    """The steps that a person may note here."""
    return [step for step in STEPS if step != OUT and levels.OF_DEVICE_STEP.get(step) not in opened.closed]


def _line(device: Device, held: triage.Words, lang: str) -> DeviceLine:
    known = held.bays is not None
    return DeviceLine(
        tag_of(device),
        device_triage_path(device.id),
        wording.kind_word(device.kind, lang),
        " ".join(part for part in (device.maker, device.model) if part),
        account_words.disposition_state(held.disposition.word if held.disposition else "", lang),
        account_words.say(account_words.STEPS[held.step.word], lang) if held.step else "",
        f"{held.bays} ({held.empty})" if known else "",
        attention=held.disposition is None or (not known and device.kind in WITH_BAYS),
    )


def _said(visit: Visit, one: DeviceSaid) -> SaidRow:
    lang, word = visit.lang, one.word
    if one.about == triage.DISPOSITION:
        word = account_words.disposition_state(one.word, lang).word
    elif one.about == triage.STEP:
        word = account_words.say(account_words.STEPS[one.word], lang)
    elif one.about in {triage.DRIVE, storage.ABOUT}:
        word = ""
    about = account_words.say(ABOUT[one.about], lang)
    return SaidRow(one.id, about, word, one.reason, one.at, one.by_name, one.withdrawn, one.withdrawn_reason)
