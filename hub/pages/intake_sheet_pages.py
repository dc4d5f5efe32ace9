"""The intake sheet of a lot on paper: the columns of the list that is imported and empty rows; the same as a CSV."""

from typing import Final

from fastapi import APIRouter, Response

from hub.lots import service as lots
from hub.pages.pre_approval_pages import whole
from hub.pages.visit import Staff

router = APIRouter(include_in_schema=False)
# The first name of each column that `hub.lots.listing` reads, in the order of somebody with a pen beside a pallet.
COLUMNS: Final = ("étiquette", "type", "marque", "modèle", "numéro de série", "disque série")
ROWS, MOST_ROWS = 25, 200


@router.get("/lots/{code}/intake")
def show(visit: Staff, code: str, rows: str = "") -> Response:
    """The sheet to print; the table has the very headers of the import."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    wanted = whole(rows)
    count = wanted if 1 <= wanted <= MOST_ROWS else ROWS
    return visit.page("intake_sheet.html", lot=lot, columns=COLUMNS, rows=range(1, count + 1), most=MOST_ROWS)


@router.get("/lots/{code}/intake.csv")
def template(visit: Staff, code: str) -> Response:
    """An empty list with the headers of the import, for a spreadsheet."""
    lots.lot_for(visit.session, visit.someone, code)
    headers = {"Content-Disposition": 'attachment; filename="etabli-intake.csv"', "Cache-Control": "no-store"}
    return Response(("\ufeff" + ";".join(COLUMNS) + "\r\n").encode(), media_type="text/csv", headers=headers)
