"""The tags of a lot: a sheet with a label for each device, the sheets printed so far, and where new tags are made."""

from fastapi import APIRouter, Response

from hub.errors import HubError
from hub.lots import service as lots
from hub.models import Lot
from hub.pages.forms import SmallForm
from hub.pages.places_of_lots import lot_path
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.tag_pages import last_place, pdf_of, sheet_choices, tag_of
from hub.pages.visit import Staff, Visit
from hub.tags import printing

router = APIRouter(include_in_schema=False)


@router.get("/lots/{code}/tags")
def show(visit: Staff, code: str) -> Response:
    """How many devices have no label yet, the form of the next sheet, and the sheets printed so far."""
    return _page(visit, lots.lot_for(visit.session, visit.someone, code))


@router.post("/lots/{code}/tags")
def print_next(visit: Staff, code: str, fields: SmallForm) -> Response:
    """Record a sheet of the devices without a label."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    sheet, start, each = fields.text("sheet"), whole(fields.text("start")), whole(fields.text("each"))
    try:
        row = printing.print_sheet(visit.session, visit.someone, lot, sheet=sheet, start=start, each=each)
    except HubError as error:
        return _page(visit, lot, in_words(error.message, visit.lang), error.status)
    return visit.go(f"{lot_path(lot.code)}/tags", "tags-printed", number=str(len(row.devices)))


@router.get("/lots/{code}/tags/{number}.pdf")
def sheet_of_lot(visit: Staff, code: str, number: str) -> Response:
    """One sheet, as often as it is asked for."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    row, devices = printing.sheet_for(visit.session, visit.someone, lot, whole(number))
    return pdf_of(visit, [tag_of(device) for device in devices], row.sheet, row.start, row.each)


def _page(visit: Visit, lot: Lot, error: str = "", status: int = 200) -> Response:
    return visit.page(
        "lot_tags.html",
        status,
        lot=lot,
        error=error,
        left=printing.unprinted(visit.session, visit.someone, lot),
        rows=printing.sheets_of(visit.session, visit.someone, lot),
        most=printing.MOST,
        sheets=sheet_choices(),
        last_place=last_place(),
    )
