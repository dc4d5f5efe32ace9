"""The maturity audit of a partner: the questionnaire, the level that it proposes and why, and every audit so far."""

from fastapi import APIRouter, Response

from hub.errors import HubError
from hub.pages.forms import SmallForm
from hub.pages.sentences import in_words
from hub.pages.visit import Networkers, Visit
from hub.partnered import Partner
from hub.partners import evaluating, maturity, register

router = APIRouter(include_in_schema=False)


@router.get("/partners/{partner_id}/maturity")
def show(visit: Networkers, partner_id: str) -> Response:
    """The questionnaire, begun from the last audit, and what the last one proposes."""
    return _page(visit, register.partner_for(visit.session, visit.someone, partner_id))


@router.post("/partners/{partner_id}/maturity")
def keep(visit: Networkers, partner_id: str, fields: SmallForm) -> Response:
    """Keep an audit, or say why not. It gives no level: a person does."""
    partner = register.partner_for(visit.session, visit.someone, partner_id)
    told = {name: fields.text(name) for name in ("day", *(one.id for one in maturity.shipped().questions))}
    try:
        note = fields.text("note")
        evaluating.evaluate(visit.session, visit.someone, partner, evaluating.MATURITY, told, note=note)
    except HubError as error:
        return _page(visit, partner, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/partners/{partner.id}/maturity", "partner-noted", name=partner.name)


def _page(visit: Visit, partner: Partner, error: str = "", status: int = 200) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    audits = [row for row in evaluating.evaluations(session, person, partner) if row.kind == evaluating.MATURITY]
    before = {row["id"]: row["answer"] for row in audits[0].document["lines"]} if audits else {}
    asked = maturity.shipped()
    return visit.page(
        "maturity.html",
        status,
        error=error,
        partner=partner,
        level=register.level_of(session, person, partner),
        audits=[(row, maturity.missing(row.document, lang)) for row in audits],
        questions=[(one.id, one.level, one.texts[lang], before.get(one.id, "")) for one in asked.questions],
        asked=asked,
    )
