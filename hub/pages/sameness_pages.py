"""Where a drive has been, what was observed of a device, what sits in it, and which things on record are one."""

from collections.abc import Sequence

from fastapi import APIRouter, Response
from sqlalchemy import select

from hub import wording
from hub.answered import SameThing
from hub.devices import service as devices
from hub.devices.observations import observations_of
from hub.devices.triage import words_of
from hub.errors import HubError, NotFound
from hub.exits.inside import contents, open_needs
from hub.lots import merging
from hub.lots import service as lots
from hub.lots.drive_account import account_of, line_of
from hub.lots.sameness import DEVICE, DRIVE
from hub.models import Device, Drive, Erasure, Lot
from hub.pages import exit_words
from hub.pages.blocker_words import tag_of
from hub.pages.drive_account_pages import row_of
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.places_of_lots import drive_path
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Managers, Staff, Visit
from hub.people.roles import MANAGERS
from hub.repairs.hosts import history_of, parts_fitted
from hub.scope import in_scope, run_in_scope

router = APIRouter(include_in_schema=False)
STAYS = {
    "came-with": mark("came with"),
    "seen-in": mark("seen by a bench in"),
    "taken-from": mark("taken out of"),
    "fitted-into": mark("fitted into"),
}
SOURCES = {"import": mark("list of the donor"), "bench": mark("bench"), "person": mark("person")}


@router.get("/lots/{code}/drives/{drive_id}/history")
def history(visit: Staff, code: str, drive_id: str) -> Response:
    """Where one drive has been, and the runs with the host of that time."""
    return _drive_page(visit, lots.lot_for(visit.session, visit.someone, code), drive_id)


@router.post("/lots/{code}/drives/{drive_id}/same")
def merge_drives(visit: Managers, code: str, drive_id: str, fields: SmallForm) -> Response:
    """Say that a drive of this account and another one of it are one, or say why not."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    try:
        merging.merge(visit.session, visit.someone, DRIVE, drive_id, fields.text("other"), reason=fields.text("reason"))
    except HubError as error:
        return _drive_page(visit, lot, drive_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"{drive_path(code, drive_id)}/history", "drive-recorded", code=code)


@router.get("/devices/{device_id}/record")
def record(visit: Staff, device_id: str) -> Response:
    """What was observed of one device, what sits in it, and what it is one with."""
    return _device_page(visit, device_id)


@router.post("/devices/{device_id}/same")
def merge_devices(visit: Managers, device_id: str, fields: SmallForm) -> Response:
    """Say that two devices are one, or say why not."""
    tag = fields.text("other").strip()
    query = select(Device.id).where(Device.asset == tag, in_scope(visit.someone, Device.lot_id))
    other = (visit.session.scalar(query) if tag else None) or ""
    try:
        merging.merge(visit.session, visit.someone, DEVICE, device_id, other, reason=fields.text("reason"))
    except HubError as error:
        return _device_page(visit, device_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/devices/{device_id}/record", "exit-noted")


@router.post("/merges/{number}/undo")
def undo(visit: Managers, number: str, fields: SmallForm) -> Response:
    """Take a merge back, with a reason."""
    row = merging.unmerge(visit.session, visit.someone, whole(number), fields.text("reason"))
    if row.kind == DEVICE:
        return visit.go(f"/devices/{row.one_id}/record", "exit-noted")
    drive = visit.session.get_one(Drive, row.one_id)
    lot_id = drive.lot_id or drive.declared_lot_id
    path = f"{drive_path(visit.session.get_one(Lot, lot_id).code, drive.id)}/history" if lot_id else "/lots"
    return visit.go(path, "exit-noted")


def _drive_page(visit: Visit, lot: Lot, drive_id: str, error: str = "", status: int = 200) -> Response:
    line = line_of(visit.session, visit.someone, lot, drive_id)
    if line is None:
        raise NotFound("no such drive")
    runs = visit.session.scalars(
        select(Erasure).where(Erasure.drive_id == drive_id, run_in_scope(visit.someone)).order_by(Erasure.position)
    ).all()
    account = account_of(visit.session, visit.someone, lot)
    return visit.page(
        "drive_history.html",
        status,
        error=error,
        lot=lot,
        row=row_of(line, lot.code, visit.lang),
        stays=[(visit.say(STAYS[one.how]), one, tag_of(one.device)) for one in
               history_of(visit.session, visit.someone, line.drive)],
        runs=[(run, wording.run_state(run.verdict, run.decision, visit.lang), run.lot.code if run.lot else "",
               run.payload["subject"]["machine"] or {}) for run in runs],
        merges=_merges(visit, DRIVE, drive_id),
        others=[row_of(one, lot.code, visit.lang) for one in account if one.drive.id != drive_id][:500],
        can_merge=visit.has_role(*MANAGERS),
    )  # fmt: skip


def _device_page(visit: Visit, device_id: str, error: str = "", status: int = 200) -> Response:
    view = devices.device_for(visit.session, visit.someone, device_id)
    device, say = view.device, visit.say
    account = account_of(visit.session, visit.someone, device.lot)
    inside = contents(visit.session, visit.someone, device, account)
    return visit.page(
        "device_record.html",
        status,
        error=error,
        device=device,
        tag=tag_of(device),
        said=words_of(visit.session, visit.someone, [device.id])[device.id],
        observations=[(say(SOURCES[one.source]), one) for one in observations_of(visit.session, visit.someone, device)],
        drives=[(row_of(one, device.lot.code, visit.lang), one.drive.id in inside.sitting) for one in inside.lines],
        fitted=[(exit_words.say(exit_words.PARTS[one.kind], visit.lang), one) for one in
                parts_fitted(visit.session, device)],
        missing=[exit_words.say(exit_words.PARTS[kind], visit.lang) for kind in
                 sorted(open_needs(visit.session, device))],
        merges=_merges(visit, DEVICE, device.id),
        can_merge=visit.has_role(*MANAGERS),
    )  # fmt: skip


def _merges(visit: Visit, kind: str, thing_id: str) -> Sequence[tuple[SameThing, str]]:
    rows = merging.merges_of(visit.session, visit.someone, kind, thing_id)
    return [(row, _name(visit, kind, row.other_id if row.one_id == thing_id else row.one_id)) for row in rows]


def _name(visit: Visit, kind: str, thing_id: str) -> str:
    if kind == DEVICE:
        return tag_of(visit.session.get_one(Device, thing_id))
    drive = visit.session.get_one(Drive, thing_id)
    return drive.serial or visit.say(mark("serial unreadable"))
