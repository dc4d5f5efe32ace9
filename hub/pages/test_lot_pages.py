"""The test lot of a partner, device by device: what was delivered, and the defects that the rate is counted from."""

from fastapi import APIRouter, Response

from hub.errors import HubError
from hub.pages import exit_words
from hub.pages.forms import SmallForm
from hub.pages.partner_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Networkers, Visit
from hub.partnered import Partner
from hub.partners import conformity, gates, register
from hub.returns.service import DEFECTS, Finding

router = APIRouter(include_in_schema=False)


@router.get("/partners/{partner_id}/test")
def show(visit: Networkers, partner_id: str) -> Response:
    """The devices of the test lot and the rate."""
    return _page(visit, register.partner_for(visit.session, visit.someone, partner_id))


@router.post("/partners/{partner_id}/test")
def note(visit: Networkers, partner_id: str, fields: SmallForm) -> Response:
    """Note a defect of one device, or take one back with a reason."""
    partner = register.partner_for(visit.session, visit.someone, partner_id)
    session, person, text = visit.session, visit.someone, fields.text
    back = text("about") == "defect-end"
    try:
        if back:
            conformity.take_back(session, person, partner, whole(text("row")), text("reason"))
        else:
            found = Finding(*(text(name) for name in ("reason", "day", "finding", "remedy")))
            conformity.note(session, person, partner, text("tag"), found)
    except HubError as error:
        return _page(visit, partner, in_words(error.message, visit.lang), error.status)
    done = "partner-taken-back" if back else "partner-noted"
    return visit.go(f"/partners/{partner.id}/test", done, name=partner.name)


def _page(visit: Visit, partner: Partner, error: str = "", status: int = 200) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    lot = conformity.test_lot_of(session, person, partner)
    rows = conformity.tested(session, person, lot) if lot is not None else ()
    return visit.page(
        "test_lot.html",
        status,
        error=error,
        partner=partner,
        lot=lot,
        rows=[
            (one, [(defect, exit_words.say(exit_words.REASONS[defect.reason], lang)) for defect in one.defects])
            for one in rows
        ],
        rate=conformity.rate_of_test(session, person, partner),
        limit=gates.shipped().nonconformity_below,
        reasons=[(code, word) for code, word in exit_words.choices(exit_words.REASONS, lang) if code in DEFECTS],
        today=visit.hub.clock().date().isoformat(),
    )
