"""Public pages without an account: the sheet of a delivered device by its tag, and the receipt of what was brought.

Both are paced per address. The sheet shows little for a tag alone; the receipt opens by a code that cannot be guessed.
"""

from typing import Any

from fastapi import APIRouter, Response

from diagnostics.grading import check_line
from hub import wording
from hub.boundary import pace
from hub.distribution.eyes import own_eyes
from hub.distribution.sheets import Details, sheet_of
from hub.errors import NotFound
from hub.inspection.checklists import shipped
from hub.intake.counter import Receipt, receipt_of
from hub.lots.drive_account import account_of
from hub.pages import account_words, exit_words
from hub.pages import distribution_words as said
from hub.pages.files import download, file_name
from hub.pages.grade_words import diagnostics_words
from hub.pages.language import mark
from hub.pages.slip_words import receipt_slip
from hub.pages.visit import Anybody, Visit

router = APIRouter(include_in_schema=False)
COST = 3.0  # tokens of a look: tags can be guessed
UNKNOWN = mark("No delivered device is known by this tag. Check each character, or ask where you got it.")
NO_RECEIPT = mark("This code is not on record. Check each character of the receipt.")


@router.get("/t/{tag}")
def show_sheet(visit: Anybody, tag: str, key: str = "") -> Response:
    """What a device that was delivered is, and how to ask for service."""
    _pace(visit)
    found = sheet_of(visit.session, tag, key)
    issuer = visit.hub.identity.issuer
    if found is None:
        return visit.page("sheet.html", 404, sheet=None, error=visit.say(UNKNOWN), issuer=issuer)
    details = found.details
    return visit.page(
        "sheet.html",
        sheet=found,
        error="",
        kind=wording.kind_word(found.kind, visit.lang),
        mode=exit_words.say(exit_words.MODES[found.mode], visit.lang),
        details=details,
        word=exit_words.say(exit_words.WORDS.get(details.line.word, ""), visit.lang) if details else "",
        checks=_checks(details, visit.lang) if details else (),
        licence=said.say(said.LICENCES[details.system.licence], visit.lang) if details and details.system else "",
        issuer=issuer,
    )


@router.get("/receipts/{receipt}.pdf")
def receipt_pdf(visit: Anybody, receipt: str) -> Response:
    """The receipt to print or to keep. Raises NotFound for a code that is not on record."""
    _pace(visit)
    found = receipt_of(visit.session, receipt)
    if found is None:
        raise NotFound("no such receipt")
    from hub.slips_drawn import draw  # noqa: PLC0415  (loads reportlab)

    address = f"{visit.hub.settings.public_url}/receipts/{found.row.code}"
    slip = receipt_slip(found, _told(visit, found), visit.hub.identity.issuer, address, visit.lang)
    return download(draw(slip, visit.lang), "application/pdf", f"{file_name(found.row.code, 'receipt')}.pdf")


@router.get("/receipts/{receipt}")
def show_receipt(visit: Anybody, receipt: str) -> Response:
    """What became of a device that somebody brought."""
    _pace(visit)
    found = receipt_of(visit.session, receipt)
    issuer = visit.hub.identity.issuer
    if found is None:
        return visit.page("receipt.html", 404, receipt=None, error=visit.say(NO_RECEIPT), issuer=issuer)
    lang, eyes = visit.lang, own_eyes()
    lines = [
        (account_words.class_state(line.standing.explained, lang), line.run.certificate_id if line.run else None)
        for line in account_of(visit.session, eyes, found.lot)
        if line.drive.device_id == found.device.id
    ]
    return visit.page(
        "receipt.html",
        receipt=found,
        error="",
        **_told(visit, found),
        drives=lines,
        issuer=issuer,
    )


def _told(visit: Visit, found: Receipt) -> dict[str, Any]:
    return {
        "kind": wording.kind_word(found.device.kind, visit.lang),
        "condition": said.say(said.CONDITIONS[found.row.state], visit.lang),
        "told": said.say(said.DRIVES[found.row.drive], visit.lang),
    }


def _checks(details: Details, lang: str) -> list[tuple[str, str]]:
    """Name and result of each check, of the bench or by hand."""
    if details.by_hand is not None and not details.report:
        return _by_hand(details, lang)
    rows = details.report.get("checks", [])
    told = [check_line(row, diagnostics_words(lang)) for row in rows if isinstance(row, dict)]
    return [(name, result) for name, result, _ in told]


def _by_hand(details: Details, lang: str) -> list[tuple[str, str]]:
    assert details.by_hand is not None
    answers = details.by_hand.answers
    lists = {f"{one.name}/{one.id}": one for one in shipped().values()}
    checklist = lists.get(details.by_hand.checklist)
    if checklist is None:
        return []
    return [
        (
            check.names["fr" if lang == "fr" else "en"],
            said.say(said.RESULTS.get(answers[check.id], ""), lang) or answers[check.id],
        )
        for check in checklist.checks
        if check.id in answers
    ]


def _pace(visit: Visit) -> None:
    request = visit.request
    keeper: pace.Pace = request.app.state.pace
    keeper.take(request.client.host if request.client else "unknown", COST)
