"""The lists behind the figures of the start page that have no page of their own: failed drives, grades, receptions."""

from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter, Response

from hub import waiting, wording
from hub.exits.leaving import lot_of
from hub.lots.late_runs import MOST, LateRun, late_runs
from hub.models import Device, Drive, Erasure, Lot
from hub.pages.language import mark
from hub.pages.places_of_lots import drive_path
from hub.pages.recall_words import why_words
from hub.pages.visit import Bench, Validators, Visit
from hub.sampled import SampleReading
from hub.samples.reading import DATA, UNREADABLE, refuting

router = APIRouter(include_in_schema=False)
NO_DIAGNOSIS = mark("No diagnosis yet: run one at a bench.")
IN_DISPUTE = mark("Signed by a compromised key: erase the drive again, or have it destroyed.")
OF_CLOSED, OF_EXIT = mark("lot %(code)s was closed"), mark("left with exit %(number)s")
OF_CERTIFICATE = mark("certificate %(number)s had been issued")
REREAD = {
    DATA: mark("read again for the sample after its certificate: data was found"),
    UNREADABLE: mark("read again for the sample after its certificate: it could not be read"),
}
NO_LETTER = mark("Diagnosed, and a check or a reading is missing: its page names it.")


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One thing that waits: what it is, where it is, why it waits and since when."""

    path: str
    name: str
    detail: str
    lot: str
    why: str
    since: datetime
    state: wording.State | None = None


@router.get("/waiting/failed")
def show_failed(visit: Bench) -> Response:
    """The drives whose erase failed and that nothing explains yet."""
    rows = [_failed(visit, erasure) for erasure in waiting.failed_drives(visit.session, visit.someone)]
    return visit.page("waiting.html", kind="failed", rows=rows, most=waiting.MOST)


@router.get("/waiting/disputed")
def show_disputed(visit: Bench) -> Response:
    """The drives whose run was signed by a key that somebody else may have had."""
    rows = [
        replace(_failed(visit, run), why=visit.say(IN_DISPUTE))
        for run in waiting.disputed_runs(visit.session, visit.someone)
    ]
    return visit.page("waiting.html", kind="disputed", rows=rows, most=waiting.MOST)


@router.get("/waiting/recalls")
def show_recalls(visit: Validators) -> Response:
    """The certificates that somebody asks to take back or replace."""
    rows = [
        WaitingRow(f"/certificates/{one.id}/recall", one.number, f"{one.drive.model} {one.drive.serial}",
                   one.lot.code if one.lot else "", f"{asked.by_name}: {why_words(asked.why, visit.lang)}", asked.at)
        for asked, one in waiting.recalls_asked_for(visit.session, visit.someone)
    ]  # fmt: skip
    return visit.page("waiting.html", kind="recalls", rows=rows, most=waiting.MOST)


@router.get("/waiting/contradicted")
def show_contradicted(visit: Bench) -> Response:
    """The drives with a certificate, of closed lots, or that left, against which something speaks since."""
    rows = [_late(visit, one) for one in late_runs(visit.session, visit.someone)]
    rows += [_reread(visit, *found) for found in refuting(visit.session, visit.someone, MOST)]
    return visit.page("waiting.html", kind="contradicted", rows=rows, most=waiting.MOST)


@router.get("/waiting/ungraded")
def show_ungraded(visit: Bench) -> Response:
    """The devices at work that have no grade."""
    found = waiting.ungraded_devices(visit.session, visit.someone)
    diagnosed = waiting.diagnosed(visit.session, found)
    rows = [_ungraded(visit, device, diagnosed=device.id in diagnosed) for device in found]
    return visit.page("waiting.html", kind="ungraded", rows=rows, most=waiting.MOST)


@router.get("/waiting/receptions")
def show_receptions(visit: Bench) -> Response:
    """The lots that are announced or collected, and not received."""
    rows = [
        WaitingRow(f"/lots/{lot.code}", lot.code, lot.label, "", lot.donor.name, lot.created,
                   wording.lot_state(lot.state, visit.lang))
        for lot in waiting.lots_to_receive(visit.session, visit.someone)
    ]  # fmt: skip
    return visit.page("waiting.html", kind="receptions", rows=rows, most=waiting.MOST)


def _failed(visit: Visit, erasure: Erasure) -> WaitingRow:
    lot = erasure.lot.code if erasure.lot else ""
    return WaitingRow(
        path=f"/devices/{erasure.device_id}" if erasure.device_id else f"/lots/{lot}",
        name=erasure.drive.serial or visit.say(mark("drive without a serial number")),
        detail=erasure.drive.model,
        lot=lot,
        why=" · ".join(wording.reasons(erasure.payload["result"]["reasons"], visit.lang)),
        since=erasure.received,
        state=wording.run_state(erasure.verdict, erasure.decision, visit.lang),
    )


def _late(visit: Visit, one: LateRun) -> WaitingRow:
    run, first = one.run, next(iter(one.lots), None)
    codes = {line.lot_id: lot_of(visit.session, line).code for line in one.exits}
    paper = next(iter(one.certificates), None)
    code = first.code if first else next(iter(codes.values()), paper.lot.code if paper and paper.lot else "")
    told = [visit.say(OF_CERTIFICATE) % {"number": each.number} for each in one.certificates]
    told += [visit.say(OF_CLOSED) % {"code": lot.code} for lot in one.lots]
    told += [visit.say(OF_EXIT) % {"number": line.batch_id} for line in one.exits]
    return WaitingRow(
        path=drive_path(code, paper.drive_id if paper and not one.lots and not one.exits else run.drive_id),
        name=run.drive.serial or visit.say(mark("drive without a serial number")),
        detail=run.drive.model,
        lot=code,
        why=" · ".join(told),
        since=run.received,
        state=wording.run_state(run.verdict, run.decision, visit.lang),
    )


def _reread(visit: Visit, reading: SampleReading, drive: Drive, lot: Lot) -> WaitingRow:
    return WaitingRow(
        path=drive_path(lot.code, drive.id),
        name=drive.serial or visit.say(mark("drive without a serial number")),
        detail=drive.model,
        lot=lot.code,
        why=visit.say(REREAD[reading.result]),
        since=reading.at,
    )


def _ungraded(visit: Visit, device: Device, *, diagnosed: bool) -> WaitingRow:
    return WaitingRow(
        path=f"/devices/{device.id}",
        name=device.asset or device.serial or visit.say(mark("device without a tag")),
        detail=" ".join(part for part in (device.maker, device.model) if part),
        lot=device.lot.code,
        why=visit.say(NO_LETTER if diagnosed else NO_DIAGNOSIS),
        since=device.created,
    )
