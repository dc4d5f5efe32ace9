"""Whom this hub asks to cosign its log: how each stands, and who is asked from now on or no more."""

from fastapi import APIRouter, Response

from hub.errors import AlreadyDecided, BadInput, Conflict, Forbidden, NotFound
from hub.pages.forms import SmallForm
from hub.pages.sentences import in_words
from hub.pages.visit import Home, Visit
from hub.witnesses import deciding
from hub.witnesses.deciding import WitnessStanding

router = APIRouter(include_in_schema=False)
REFUSED = (AlreadyDecided, BadInput, Conflict, Forbidden, NotFound)
PATH = "/witnesses"


@router.get(PATH)
def show(visit: Home) -> Response:
    """Every witness, and what waits for a second person."""
    return _page(visit)


@router.post(PATH)
def add(visit: Home, fields: SmallForm) -> Response:
    """Ask another witness."""
    told = {name: fields.text(name) for name in ("name", "url", "vkey")}
    private = fields.text("private") == "yes"
    try:
        made = deciding.ask_to_add(visit.session, visit.someone, **told, private=private)
    except REFUSED as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go(PATH, "witness-added" if made.agreed else "witness-change-asked", name=made.name)


@router.post("/witnesses/remove")
def remove(visit: Home, fields: SmallForm) -> Response:
    """Ask a witness no more."""
    try:
        made = deciding.ask_to_remove(visit.session, visit.someone, fields.text("kid"))
    except REFUSED as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go(PATH, "witness-ended" if made.agreed else "witness-change-asked", name=made.name)


@router.post("/witnesses/agree")
def agree(visit: Home, fields: SmallForm) -> Response:
    """Agree to what another person asked for."""
    try:
        done = deciding.agree(visit.session, visit.someone, _number(fields.text("change")))
    except REFUSED as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go(PATH, "witness-added" if done.change == deciding.ADD else "witness-ended", name=done.name)


@router.post("/witnesses/withdraw")
def withdraw(visit: Home, fields: SmallForm) -> Response:
    """Take a request back."""
    try:
        done = deciding.withdraw(visit.session, visit.someone, _number(fields.text("change")))
    except REFUSED as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go(PATH, "witness-change-withdrawn", name=done.name)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


def _page(visit: Visit, error: str = "", status: int = 200) -> Response:
    if status >= 400:  # noqa: PLR2004
        visit.session.rollback()
    found = deciding.standings(visit.session)
    return visit.page(
        "witnesses.html",
        status,
        witnesses=[(one, _problem(visit, one)) for one in found],
        changes=deciding.waiting(visit.session),
        two=deciding.needs_two(visit.session),
        may=visit.someone.role == "admin" or deciding.needs_two(visit.session),
        error=error,
    )


def _problem(visit: Visit, one: WitnessStanding) -> str:
    return in_words(one.row.problem, visit.lang) if one.row.problem else ""
