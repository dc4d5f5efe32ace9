"""Asset tags: a new range of a series, its sheet as PDF, the same sheet again, and tags of chosen devices once more."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Response

from hub.devices import service as devices
from hub.devices.scans import devices_of
from hub.errors import BadInput, HubError
from hub.models import Device
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Staff, Visit
from hub.scanned import shown
from hub.tags import series
from hub.tags.formats import formats
from hub.tags.own_codes import tag_code
from hub.tags.sheets import draw_sheets, labels_of

router = APIRouter(include_in_schema=False)
FIRST_SERIES: Final = "A"
MOST: Final = 500
PARTS: Final = ("", mark("battery"), mark("charger"))


@router.get("/tags")
def show(visit: Staff) -> Response:
    """The ranges that were issued, and the forms for new tags and for tags once more."""
    return _page(visit)


@router.post("/tags")
def issue(visit: Staff, fields: SmallForm) -> Response:
    """Issue the next tags of a series."""
    sheet, start, each = fields.text("sheet"), whole(fields.text("start")), whole(fields.text("each"))
    number = whole(fields.text("number"))
    try:
        row = series.issue(
            visit.session, visit.someone, fields.text("series"), number, sheet=sheet, start=start, each=each
        )
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    first, last = series.body(row.series, row.first), series.body(row.series, row.last)
    return visit.go("/tags", "tags-issued", first=tag_code(first), last=tag_code(last))


@router.get("/tags/{number}.pdf")
def sheet_of_range(visit: Staff, number: str) -> Response:
    """The sheet of one range, as often as it is asked for."""
    row = series.range_for(visit.session, visit.someone, whole(number))
    return pdf_of(visit, [(body, True) for body in series.bodies(row)], row.sheet, row.start, row.each)


@router.post("/tags/again")
def again(visit: Staff, fields: SmallForm) -> Response:
    """Tags of chosen devices once more, as PDF; nothing is issued."""
    sheet, start, each = fields.text("sheet"), whole(fields.text("start")), whole(fields.text("each"))
    codes = [code for code in map(shown, fields.text("codes").splitlines()) if code]
    try:
        series.check_sheet(sheet, start, each)
        if not 1 <= len(codes) <= MOST:
            raise BadInput(f"name 1 to {MOST} tags, one on each line", "codes")
        found, left = devices_of(visit.session, visit.someone, codes)
        if left:
            raise BadInput(f"line {left[0].line}: {left[0].why}", "codes")
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status, codes="\n".join(codes))
    return pdf_of(visit, [tag_of(device) for _line, _code, device in found], sheet, start, each)


@router.get("/devices/{device_id}/tag.pdf")
def of_device(visit: Staff, device_id: str) -> Response:
    """The tag of one device, at the first place of a sheet."""
    device = devices.device_for(visit.session, visit.someone, device_id).device
    return pdf_of(visit, [tag_of(device)], next(iter(formats())), 1, 1)


def tag_of(device: Device) -> tuple[str, bool]:
    """What the label says, and whether it is a tag; else a device is found by its serial, or by its identifier."""
    return device.asset or device.serial or device.id, bool(device.asset)


def pdf_of(visit: Visit, tags: Sequence[tuple[str, bool]], sheet: str, start: int, each: int) -> Response:
    """The sheet of these words; those that are tags lead to the page about their device."""
    parts = [visit.say(part) if part else "" for part in PARTS[:each]]
    base = visit.hub.settings.public_url
    labels = [label for text, is_tag in tags for label in labels_of([text], parts, base if is_tag else "")]
    data = draw_sheets(labels, formats()[sheet], start)
    headers = {"Content-Disposition": 'attachment; filename="etabli-tags.pdf"', "Cache-Control": "no-store"}
    return Response(data, media_type="application/pdf", headers=headers)


def _page(visit: Visit, error: str = "", status: int = 200, codes: str = "") -> Response:
    rows = [
        (row, tag_code(series.body(row.series, row.first)), tag_code(series.body(row.series, row.last)))
        for row in series.ranges(visit.session, visit.someone)
    ]
    return visit.page(
        "tags.html",
        status,
        error=error,
        rows=rows,
        sheets=sheet_choices(),
        codes=codes,
        series=rows[0][0].series if rows else FIRST_SERIES,
        most=series.MOST,
        most_again=MOST,
        last_place=last_place(),
    )


def sheet_choices() -> list[tuple[str, str]]:
    """The sheets to choose from: name, and how many labels of which size."""
    return [
        (name, f"{one.columns} × {one.rows} · {one.width / 10:g} × {one.height / 10:g} mm")
        for name, one in formats().items()
    ]


def last_place() -> int:
    """The last place of the sheet with the most labels."""
    return max(one.labels for one in formats().values())
