"""Commitments of a donor or a partner (S1-6): what a convention promises, what came; and the department of a donor."""

from fastapi import APIRouter, Response

from hub import wording
from hub.claims import donor_name
from hub.devices.outcomes import KINDS
from hub.errors import BadInput, HubError
from hub.figures import periods, regions
from hub.figures.reen_reading import donor_for
from hub.models import Donor
from hub.pages.forms import Fields, SmallForm
from hub.pages.language import mark
from hub.pages.partner_words import rounded
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Managers, Networkers, Visit
from hub.partners import promises, register
from hub.partners.documents import Owner

router = APIRouter(include_in_schema=False)
ANY = mark("any kind")
UNSURE = mark("Say first what is to be noted.")


@router.get("/donors/{donor_id}/commitments")
def of_donor(visit: Managers, donor_id: str) -> Response:
    """What a donor promised, and what came."""
    return _page(visit, donor_for(visit.session, visit.someone, donor_id))


@router.post("/donors/{donor_id}/commitments")
def note_of_donor(visit: Managers, donor_id: str, fields: SmallForm) -> Response:
    """Note a promise or a department of a donor, or take a promise back."""
    return _noted(visit, donor_for(visit.session, visit.someone, donor_id), fields)


@router.get("/partners/{partner_id}/commitments")
def of_partner(visit: Networkers, partner_id: str) -> Response:
    """What a partner's convention promises, and what came of its lots."""
    return _page(visit, register.partner_for(visit.session, visit.someone, partner_id))


@router.post("/partners/{partner_id}/commitments")
def note_of_partner(visit: Networkers, partner_id: str, fields: SmallForm) -> Response:
    """Note a promise of a partner, or take one back."""
    return _noted(visit, register.partner_for(visit.session, visit.someone, partner_id), fields)


def _noted(visit: Visit, owner: Owner, fields: Fields) -> Response:
    try:
        done = _note(visit, owner, fields)
    except HubError as error:
        return _page(visit, owner, in_words(error.message, visit.lang), error.status)
    return visit.go(_path(owner), done) if done else _page(visit, owner, visit.say(UNSURE), 422)


def _note(visit: Visit, owner: Owner, fields: Fields) -> str:
    """Do what the form asks; the code of the message, "" where it asks nothing that is known."""
    session, person, text = visit.session, visit.someone, fields.text
    match text("about"):
        case "promise":
            papers = {row.id: row for row in promises.conventions(session, person, owner)}
            if text("document") not in papers:
                raise BadInput("a promise stands in a signed convention: file it first", "document")
            period = periods.period_between(text("first"), text("last"))
            document = papers[text("document")]
            promises.promise(session, person, document, text("kind"), whole(text("number")), period=period)
            return "exit-noted"
        case "promise-end":
            promises.withdraw(session, person, owner, whole(text("row")), text("reason"))
            return "partner-taken-back"
        case "department" if isinstance(owner, Donor):
            regions.set_department(session, person, owner.id, text("department"))
            return "exit-noted"
        case _:
            return ""


def _page(visit: Visit, owner: Owner, error: str = "", status: int = 200) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    donor = isinstance(owner, Donor)
    code = regions.departments_of(session, person).get(owner.id, "") if donor else ""
    return visit.page(
        "commitments.html",
        status,
        error=error,
        name=donor_name(owner) if isinstance(owner, Donor) else owner.name,
        path=_path(owner),
        back=f"/donors/{owner.id}/documents" if donor else f"/partners/{owner.id}",
        documents=f"/{'donors' if donor else 'partners'}/{owner.id}/documents",
        donor_id=owner.id if donor else "",
        rows=[
            (one, _kind(visit, one.promise.kind), rounded(one.share, lang))
            for one in promises.kept_of(session, person, owner)
        ],
        papers=promises.conventions(session, person, owner),
        kinds=[(kind, _kind(visit, kind)) for kind in (promises.ALL, *KINDS)],
        department=code,
        region=regions.region_of(code),
    )


def _kind(visit: Visit, kind: str) -> str:
    return visit.say(ANY) if kind == promises.ALL else wording.kind_word(kind, visit.lang)


def _path(owner: Owner) -> str:
    return f"/{'donors' if isinstance(owner, Donor) else 'partners'}/{owner.id}/commitments"
