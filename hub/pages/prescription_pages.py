"""Prescriptions: the list with its figures, a new code, the slip to print, and the cancelling of one."""

from fastapi import APIRouter, Response

from hub import wording
from hub.distribution import prescribing
from hub.distribution.members import partner_of, partners_of_kind
from hub.distribution.prescribing import Choice, Standing, Wanted
from hub.distribution.standing import State
from hub.errors import HubError
from hub.models import Role
from hub.pages import distribution_words as said
from hub.pages.forms import SmallForm
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Prescribing, PrescriptionReaders, Visit
from hub.partners.register import PRESCRIBER
from hub.scope import works_here
from hub.wording import state

router = APIRouter(include_in_schema=False)


@router.get("/prescriptions")
def list_prescriptions(visit: PrescriptionReaders, state: str = "", prescriber: str = "", before: str = "") -> Response:
    """The prescriptions in scope, the newest first."""
    return _list(visit, Choice(state[:16], prescriber[:36], max(whole(before), 0)))


@router.post("/prescriptions")
def issue(visit: Prescribing, fields: SmallForm) -> Response:
    """Issue a code, or say why not."""
    days = whole(fields.text("days")) if fields.text("days") else prescribing.USUAL_DAYS
    wanted = Wanted(fields.text("kind"), fields.text("category"), days)
    try:
        row = prescribing.issue(visit.session, visit.someone, wanted, fields.text("prescriber"))
    except HubError as error:
        return _list(visit, Choice(), in_words(error.message, visit.lang), error.status)
    return visit.go(f"/prescriptions/{row.id}", "prescription-issued", code=row.code)


@router.get("/prescriptions/{number}")
def show(visit: PrescriptionReaders, number: str) -> Response:
    """One prescription as a slip to print."""
    return _page(visit, whole(number))


@router.post("/prescriptions/{number}/cancel")
def cancel(visit: Prescribing, number: str, fields: SmallForm) -> Response:
    """Cancel a code, with a reason of the list."""
    try:
        row = prescribing.cancel(visit.session, visit.someone, whole(number), fields.text("reason"))
    except HubError as error:
        if error.status in {403, 404}:
            raise
        return _page(visit, whole(number), in_words(error.message, visit.lang), error.status)
    return visit.go(f"/prescriptions/{row.id}", "prescription-cancelled", code=row.code)


def _list(visit: Visit, choice: Choice, error: str = "", status: int = 200) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    found = prescribing.prescriptions(session, person, choice)
    counts = prescribing.count_by_prescriber(session, person)
    names = sorted({name for name, _ in counts})
    more = (
        f"/prescriptions?state={choice.state}&prescriber={choice.partner_id}&before={found[-1].row.id}" if found else ""
    )
    return visit.page(
        "prescriptions.html",
        status,
        error=error,
        rows=[(one, _state(one, lang), _wanted(one, lang)) for one in found],
        states=[(one.value, said.say(said.STATES[one][2], lang)) for one in State],
        figures=[(name, [counts.get((name, one), 0) for one in State]) for name in names],
        choice=choice,
        prescribers=[] if visit.has_role(Role.PRESCRIBER) else partners_of_kind(session, person, PRESCRIBER),
        kinds=[(kind, wording.kind_word(kind, lang)) for kind in prescribing.KINDS],
        letters=prescribing.LETTERS,
        usual=prescribing.USUAL_DAYS,
        most=prescribing.MOST_DAYS,
        at_home=works_here(session, person),
        own=visit.has_role(Role.PRESCRIBER),
        may_issue=_may_issue(visit),
        following=more if len(found) == prescribing.PAGE else "",
    )


def _may_issue(visit: Visit) -> bool:
    """Whether the reader may issue codes: staff, and people of a partner that prescribes."""
    if not visit.has_role(Role.PRESCRIBER):
        return visit.has_role(Role.LEAD, Role.ADMIN)
    try:
        partner_of(visit.session, visit.someone, PRESCRIBER)
    except HubError:
        return False
    return True


def _page(visit: Visit, number: int, error: str = "", status: int = 200) -> Response:
    found, lang = prescribing.prescription_for(visit.session, visit.someone, number), visit.lang
    return visit.page(
        "prescription.html",
        status,
        error=error,
        one=found,
        state=_state(found, lang),
        wanted=_wanted(found, lang),
        issuer=visit.hub.identity.issuer,
        reasons=said.choices(said.CANCELLED_BECAUSE, lang),
        because=said.say(said.CANCELLED_BECAUSE.get(found.row.withdrawn_reason, ""), lang),
        can_cancel=visit.has_role(Role.PRESCRIBER, Role.LEAD, Role.ADMIN)
        and found.state in {State.OPEN, State.EXPIRED},
    )


def _state(one: Standing, lang: str) -> wording.State:
    return state(said.STATES[one.state], lang)


def _wanted(one: Standing, lang: str) -> str:
    kind = wording.kind_word(one.row.kind, lang) if one.row.kind else said.say(said.ANY, lang)
    return f"{kind} · {one.row.category}" if one.row.category else kind
