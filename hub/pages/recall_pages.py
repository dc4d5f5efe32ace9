"""A lead takes a certificate back or replaces it; where two people are needed another agrees. Nothing is deleted."""

from typing import Final

from fastapi import APIRouter, Response

from certificates.statement import REPLACED
from hub.errors import AlreadyDecided, BadInput, Conflict, Forbidden
from hub.models import Certificate
from hub.pages.forms import SmallForm
from hub.pages.recall_words import WHYS, why_words
from hub.pages.sentences import in_words
from hub.pages.visit import Validators
from hub.validation import recalling

router = APIRouter(include_in_schema=False)
DONE: Final = {True: "certificate-replaced", False: "certificate-taken-back"}


@router.get("/certificates/{certificate_id}/recall")
def show(visit: Validators, certificate_id: str) -> Response:
    """How the certificate stands, and the form."""
    return _page(visit, certificate_id)


@router.post("/certificates/{certificate_id}/recall")
def ask(visit: Validators, certificate_id: str, fields: SmallForm) -> Response:
    """Ask for it, or do it where one person is enough."""
    why, note = fields.text("why"), fields.text("reason")
    try:
        asked = recalling.ask(visit.session, visit.someone, certificate_id, visit.hub.clock(), why=why, note=note)
    except (AlreadyDecided, BadInput, Conflict, Forbidden) as error:
        return _page(visit, certificate_id, in_words(error.message, visit.lang), error.status)
    done = DONE[why in REPLACED] if asked.agreed else "certificate-recall-asked"
    return visit.go(f"/certificates/{certificate_id}/recall", done)


@router.post("/certificates/{certificate_id}/recall/agree")
def agree(visit: Validators, certificate_id: str, _fields: SmallForm) -> Response:
    """Agree to what another lead asked for."""
    try:
        asked = recalling.agree(visit.session, visit.someone, certificate_id, visit.hub.clock())
    except (AlreadyDecided, BadInput, Conflict, Forbidden) as error:
        return _page(visit, certificate_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/certificates/{certificate_id}/recall", DONE[asked.why in REPLACED])


@router.post("/certificates/{certificate_id}/recall/withdraw")
def withdraw(visit: Validators, certificate_id: str, _fields: SmallForm) -> Response:
    """Take the request back."""
    try:
        recalling.withdraw(visit.session, visit.someone, certificate_id, visit.hub.clock())
    except (AlreadyDecided, Conflict) as error:
        return _page(visit, certificate_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/certificates/{certificate_id}/recall", "certificate-recall-withdrawn")


def _page(visit: Validators, certificate_id: str, error: str = "", status: int = 200) -> Response:
    session = visit.session
    if status != 200:  # noqa: PLR2004  (what this request wrote is taken back before the page is made)
        session.rollback()
    certificate: Certificate = recalling.certificate_for(session, visit.someone, certificate_id)
    said = recalling.superseded_by(session, certificate.statement_id)
    return visit.page(
        "recall.html",
        status,
        certificate=certificate,
        lot=certificate.lot,
        said=said,
        said_why=why_words(said.why, visit.lang) if said else "",
        waiting=recalling.open_recall(session, certificate),
        recalls=[(one, why_words(one.why, visit.lang)) for one in recalling.recalls_of(session, certificate)],
        whys=[(code, visit.say(word)) for code, word in WHYS.items()],
        doubts=[in_words(one, visit.lang) for one in recalling.doubts_of(session, certificate)] if not said else (),
        two=recalling.needs_two(session),
        error=error,
    )
