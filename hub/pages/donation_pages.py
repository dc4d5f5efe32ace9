"""What a donor takes home of a lot: devices, drives and impact as files, and the donation list to print."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response

from hub import sheets, wording
from hub.claims import donor_of, label_of
from hub.lots import donation
from hub.lots import service as lots
from hub.lots.blocking import book_of
from hub.models import Lot
from hub.pages.files import download, file_name
from hub.pages.language import mark
from hub.pages.visit import LotReaders, Visit

router = APIRouter(include_in_schema=False)
COLUMNS = {
    "kind": mark("kind"),
    "maker": mark("maker"),
    "model": mark("model"),
    "serial": mark("serial number"),
    "tag": mark("tag"),
    "drives": mark("drives"),
    "drive_serials": mark("serial numbers of the drives"),
    "value": mark("declared value (filled in by the donor)"),
}


@router.get("/lots/{code}/devices.csv")
def devices_sheet(visit: LotReaders, code: str) -> Response:
    """The devices of a lot for a spreadsheet."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    return _sheet(lot, "devices", donation.DEVICE_MEMBERS, donation.device_rows(visit.session, visit.someone, lot))


@router.get("/lots/{code}/devices.json")
def devices_document(visit: LotReaders, code: str) -> Response:
    """The devices of a lot for a program."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    return _document(lot, "devices", donation.device_rows(visit.session, visit.someone, lot))


@router.get("/lots/{code}/drives.csv")
def drives_sheet(visit: LotReaders, code: str) -> Response:
    """The drive account of a lot for a spreadsheet."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    return _sheet(lot, "drives", donation.DRIVE_MEMBERS, donation.drive_rows(visit.session, visit.someone, lot))


@router.get("/lots/{code}/drives.json")
def drives_document(visit: LotReaders, code: str) -> Response:
    """The drive account of a lot for a program."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    return _document(lot, "drives", donation.drive_rows(visit.session, visit.someone, lot))


@router.get("/lots/{code}/impact.json")
def impact_document(visit: LotReaders, code: str) -> Response:
    """The impact estimate of a lot for a program, and whether a closing has frozen it."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    book = book_of(visit.session, visit.someone, lot)
    section, frozen = donation.impact_of(visit.session, visit.someone, lot, book)
    return _document(lot, "impact", {**section, "frozen": frozen})


@router.get("/lots/{code}/donation.csv")
def donation_sheet(visit: LotReaders, code: str) -> Response:
    """The donation list for a spreadsheet, with an empty column for the value that the donor declares."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    names = {name: visit.say(word) for name, word in COLUMNS.items()}
    rows = [{names[name]: row[name] for name in names} for row in _units(visit, lot)]
    return _sheet(lot, "donation", tuple(names.values()), rows)


@router.get("/lots/{code}/donation")
def donation_list(visit: LotReaders, code: str) -> Response:
    """The donation list to read and to print."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    return visit.page(
        "donation.html",
        lot=lot,
        donor=donor_of(lot),
        label=label_of(lot),
        columns=[(name, visit.say(word)) for name, word in COLUMNS.items()],
        rows=_units(visit, lot),
        issuer=visit.hub.identity.issuer,
        now=visit.hub.clock(),
    )


def _units(visit: Visit, lot: Lot) -> list[dict[str, str]]:
    found = donation.device_rows(visit.session, visit.someone, lot)
    return [{**row, "kind": wording.kind_word(row["kind"], visit.lang), "value": ""} for row in found]


def _sheet(lot: Lot, word: str, members: Sequence[str], rows: Sequence[Mapping[str, str]]) -> Response:
    return download(sheets.sheet(members, rows), "text/csv; charset=utf-8", file_name(f"{lot.code}.csv", word))


def _document(lot: Lot, word: str, found: Any) -> Response:
    document = {"schema": f"etabli.{word}/1", "lot": lot.code, word: found}
    data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return download(data, "application/json", file_name(f"{lot.code}.json", word))
