"""Work on one device (repairs, missing parts, parts taken out, its place) and what came after it left; the stock."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from hub import wording
from hub.departed import DeviceReturn, NonConformity
from hub.devices import service as devices
from hub.errors import HubError, NotFound
from hub.exits.gone import exits_of
from hub.exits.listing import departures_of_device
from hub.lots import service as lots
from hub.models import Device, Person
from hub.pages import exit_words
from hub.pages.blocker_words import tag_of
from hub.pages.forms import Fields, SmallForm
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Bench, Readers, Visit
from hub.partners import levels
from hub.repaired import MissingPart, Part, Repair
from hub.repairs import listing, places
from hub.repairs import service as repairs
from hub.returns import service as returns
from hub.returns.service import Finding

router = APIRouter(include_in_schema=False)
Act = Callable[[Session, Person, Device], object]
Record = Repair | MissingPart | Part | DeviceReturn | NonConformity
RECORDS: dict[str, type[Record]] = {
    "repair": Repair,
    "need": MissingPart,
    "part": Part,
    "return": DeviceReturn,
    "defect": NonConformity,
}


@router.get("/devices/{device_id}/work")
def show(visit: Readers, device_id: str) -> Response:
    """Everything that was done to a device, and the forms to say more."""
    return _page(visit, device_id)


@router.post("/devices/{device_id}/work")
def act(visit: Bench, device_id: str, fields: SmallForm) -> Response:
    """One act of the page: a repair, a missing part, a part taken out, a place, a return, a defect."""
    device = devices.device_for(visit.session, visit.someone, device_id).device
    chosen = ACTS.get(fields.text("act"))
    if chosen is None:
        raise NotFound("no such record")
    try:
        chosen(fields)(visit.session, visit.someone, device)
    except HubError as error:
        return _page(visit, device_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/devices/{device_id}/work", "said", tag=tag_of(device))


@router.post("/devices/{device_id}/withdraw-work")
def take_back(visit: Bench, device_id: str, fields: SmallForm) -> Response:
    """Take one of its records back, with a reason."""
    device = devices.device_for(visit.session, visit.someone, device_id).device
    table = RECORDS.get(fields.text("what"))
    row: Record | None = visit.session.get(table, whole(fields.text("record"))) if table else None  # type: ignore[assignment]
    if row is None or row.device_id != device.id:
        raise NotFound("no such record")
    try:
        service = returns if isinstance(row, DeviceReturn | NonConformity) else repairs
        service.withdraw(visit.session, visit.someone, row, fields.text("reason"))
    except HubError as error:
        return _page(visit, device_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/devices/{device_id}/work", "work-withdrawn")


@router.get("/parts")
def stock(visit: Bench, lot: str = "") -> Response:
    """The parts to find, by kind and lot or of one lot, and those in stock with where they come from."""
    return _stock(visit, lot_code=lot)


@router.post("/parts")
def add_part(visit: Bench, fields: SmallForm) -> Response:
    """Put a part that came from no device into the stock."""
    kind, origin = fields.text("kind"), fields.text("origin")
    more = {name: fields.text(name) for name in ("what", "serial")}
    try:
        repairs.add_part(visit.session, visit.someone, kind, origin, **more)
    except HubError as error:
        return _stock(visit, in_words(error.message, visit.lang), error.status)
    return visit.go("/parts", "exit-noted")


@router.post("/parts/{number}/place")
def put_part(visit: Bench, number: str, fields: SmallForm) -> Response:
    """Say where a part lies."""
    part = listing.part_for(visit.session, visit.someone, whole(number))
    if part is None:
        raise NotFound("no such part in stock")
    try:
        places.put_part(visit.session, visit.someone, part, fields.text("place"))
    except HubError as error:
        return _stock(visit, in_words(error.message, visit.lang), error.status)
    return visit.go("/parts", "exit-noted")


def _finding(fields: Fields) -> Finding:
    return Finding(*(fields.text(name) for name in ("reason", "day", "finding", "remedy")))


ACTS: dict[str, Callable[[Fields], Act]] = {
    "repair": lambda fields: (
        lambda session, who, device: repairs.repair(
            session,
            who,
            device,
            repairs.Work(
                fields.text("action"),
                max(whole(fields.text("part")), 0),
                max(whole(fields.text("need")), 0),
                fields.text("note"),
            ),
        )
    ),
    "miss": lambda fields: (
        lambda session, who, device: repairs.miss(session, who, device, fields.text("kind"), fields.text("note"))
    ),
    "take": lambda fields: (
        lambda session, who, device: repairs.take_part(
            session, who, device, fields.text("kind"), what=fields.text("what"), drive_id=fields.text("drive")
        )
    ),
    "place": lambda fields: lambda session, who, device: places.put_device(session, who, device, fields.text("place")),
    "return": lambda fields: (
        lambda session, who, device: returns.take_return(
            session, who, device, _finding(fields), came_back=fields.text("back") == "yes"
        )
    ),
    "defect": lambda fields: (
        lambda session, who, device: returns.note_defect(
            session, who, device, _finding(fields), counted=fields.text("uncounted") != "yes"
        )
    ),
}


def _page(visit: Visit, device_id: str, error: str = "", status: int = 200) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    device = devices.device_for(session, person, device_id).device
    out = exits_of(session, [device.id]).get(device.id)
    stock = [(part, exit_words.say(exit_words.PARTS[part.kind], lang)) for part in listing.stock(session, person)]
    needs = [
        (need, exit_words.say(exit_words.PARTS[need.kind], lang)) for need in listing.needs_of(session, person, device)
    ]
    return visit.page(
        "device_work.html",
        status,
        error=error,
        device=device,
        tag=tag_of(device),
        opened=levels.opened_in(session, device.lot_id),
        kind=wording.kind_word(device.kind, lang),
        out=out,
        exits=[
            (one, exit_words.say(exit_words.MODES[one.batch.mode], lang))
            for one in departures_of_device(session, person, device)
        ],
        moves=places.moves_of_device(session, person, device),
        needs=needs,
        stock=stock,
        drives=listing.drives_in(session, device),
        told=_told(visit, device),
        actions=exit_words.choices(exit_words.ACTIONS, lang),
        parts_list=exit_words.choices(exit_words.PARTS, lang),
        reasons=exit_words.choices(exit_words.REASONS, lang),
        defects=[
            (code, word) for code, word in exit_words.choices(exit_words.REASONS, lang) if code in returns.DEFECTS
        ],
        rate=returns.rate_of(session, person, device.lot),
        today=visit.hub.clock().date().isoformat(),
    )


def _told(visit: Visit, device: Device) -> list[tuple[str, str, str, object]]:
    """Records of a device that can be taken back: table, what it is in words, details, row."""
    session, person, lang = visit.session, visit.someone, visit.lang
    found: list[tuple[str, str, str, object]] = []
    for repair, part in listing.repairs_of(session, person, device):
        origin = f"n° {part.id}, {exit_words.say(exit_words.ORIGINS[part.origin], lang)} {part.serial}" if part else ""
        word = exit_words.say(exit_words.ACTIONS[repair.action], lang)
        found.append(("repair", word, " · ".join(one for one in (origin.strip(), repair.note) if one), repair))
    found += [
        ("need", exit_words.say(exit_words.PARTS[need.kind], lang), need.note, need)
        for need in listing.needs_of(session, person, device)
    ]
    for part, used in listing.parts_of(session, person, device):
        place = tag_of(taker) if used and (taker := session.get(Device, used.device_id)) else ""
        told = " · ".join(one for one in (f"n° {part.id}", part.what, part.serial, place and f"→ {place}") if one)
        found.append(("part", exit_words.say(exit_words.PARTS[part.kind], lang), told, part))
    for back in returns.returns_of(session, person, device):
        told = " · ".join(one for one in (back.day, back.finding, back.remedy) if one)
        found.append(("return", exit_words.say(exit_words.REASONS[back.reason], lang), told, back))
    for defect in returns.defects_of(session, person, device):
        told = " · ".join(one for one in (defect.day, defect.finding, defect.remedy) if one)
        found.append(("defect", exit_words.say(exit_words.REASONS[defect.reason], lang), told, defect))
    return found


def _stock(visit: Visit, error: str = "", status: int = 200, lot_code: str = "") -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    lot = lots.lot_for(session, person, lot_code) if lot_code else None
    found, lying = listing.to_find(session, person, lot), listing.stock(session, person)
    counts = listing.in_stock(session, person)
    origins = {part.id: session.get(Device, part.device_id) for part in lying if part.device_id}
    return visit.page(
        "parts_stock.html",
        status,
        error=error,
        lot=lot,
        needs=[
            (
                need,
                exit_words.say(exit_words.PARTS[need.row.kind], lang),
                tag_of(need.device),
                counts.get(need.row.kind, 0),
            )
            for need in found
        ],
        stock=[
            (
                part,
                exit_words.say(exit_words.PARTS[part.kind], lang),
                exit_words.say(exit_words.ORIGINS[part.origin], lang),
                _tag(origins.get(part.id)),
                next((move.place for move in places.moves_of_part(session, person, part)), ""),
            )
            for part in lying
        ],
        kinds=exit_words.choices(exit_words.PARTS, lang),
        origins=[(code, word) for code, word in exit_words.choices(exit_words.ORIGINS, lang) if code != "device"],
    )


def _tag(device: Device | None) -> str:
    return tag_of(device) if device is not None else ""
