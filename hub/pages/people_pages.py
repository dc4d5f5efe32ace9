"""People: who can sign in, adding somebody, and letting somebody in again. A lead does so for the people of donors."""

from fastapi import APIRouter, Response

from hub import wording
from hub.claims import donor_name
from hub.errors import HubError, NotFound
from hub.lots.service import donors
from hub.models import Donor, Person, Role
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.sentences import in_words
from hub.pages.visit import Administrators, Managers, Visit
from hub.people import invitations, second_factor, service

router = APIRouter(include_in_schema=False)
Link = dict[str, str]  # "name" of the person, "address" to open
EMPTY = {"name": "", "email": "", "role": Role.TECHNICIAN.value, "donor": ""}


@router.get("/people")
def show(visit: Administrators) -> Response:
    """Everybody with an account."""
    return _page(visit, dict(EMPTY))


@router.post("/people")
def add(visit: Administrators, fields: SmallForm) -> Response:
    """Open an account, or say why not; without a first password a link is shown, this once."""
    form = {name: fields.text(name) for name in EMPTY}
    if form["role"] not in {role.value for role in Role}:
        return _page(visit, form, visit.say(mark("Choose a role.")), 422)
    donor = visit.session.get(Donor, form["donor"]) if form["donor"] else None
    try:
        person = _opened(visit, form, Role(form["role"]), donor, fields.text("password"))
    except HubError as error:
        return _page(visit, form, in_words(error.message, visit.lang), error.status)
    if not person.password_hash:
        return _page(visit, dict(EMPTY), link=_link(visit, person))
    return visit.go("/people", "person-added", name=person.name)


@router.post("/people/{person_id}/link")
def make_link(visit: Managers, person_id: str, _fields: SmallForm) -> Response:
    """Make a link for a new password and show it this once."""
    person = service.person_by_id(visit.session, person_id)
    return _back(visit, person, _link(visit, person))


@router.post("/people/{person_id}/close")
def close(visit: Managers, person_id: str, _fields: SmallForm) -> Response:
    """Close an account."""
    person = service.person_by_id(visit.session, person_id)
    service.set_active(visit.session, person, active=False, by=visit.someone)
    return visit.go(_place(person), "person-closed", name=person.name)


@router.post("/people/{person_id}/open")
def reopen(visit: Managers, person_id: str, _fields: SmallForm) -> Response:
    """Open an account again."""
    person = service.person_by_id(visit.session, person_id)
    service.set_active(visit.session, person, active=True, by=visit.someone)
    return visit.go(_place(person), "person-opened", name=person.name)


@router.post("/people/{person_id}/codes-off")
def codes_off(visit: Managers, person_id: str, _fields: SmallForm) -> Response:
    """Ask somebody for no code any more: telephone and paper are lost."""
    person = service.person_by_id(visit.session, person_id)
    second_factor.remove(visit.session, person, visit.someone)
    return visit.go(_place(person), "codes-off", name=person.name)


@router.get("/donors/{donor_id}/people")
def show_of_donor(visit: Managers, donor_id: str) -> Response:
    """The accounts of one donor, and a form to invite somebody."""
    return _donor_page(visit, _donor(visit, donor_id), dict(EMPTY))


@router.post("/donors/{donor_id}/people")
def invite(visit: Managers, donor_id: str, fields: SmallForm) -> Response:
    """Open an account for somebody of a donor and show the link, this once; or say why not."""
    donor = _donor(visit, donor_id)
    form = {name: fields.text(name) for name in EMPTY}
    try:
        person = _opened(visit, form, Role.DONOR, donor, "")
    except HubError as error:
        return _donor_page(visit, donor, form, error)
    return _donor_page(visit, donor, dict(EMPTY), link=_link(visit, person))


def _opened(visit: Visit, form: dict[str, str], role: Role, donor: Donor | None, password: str) -> Person:
    name = form["name"] or form["email"]
    return service.add_person(
        visit.session, form["email"], name, role, password or None, donor=donor, lang=visit.lang, by=visit.someone
    )


def _link(visit: Visit, person: Person) -> Link:
    token = invitations.invite(visit.session, person, visit.someone)
    return {"name": person.name, "address": invitations.address_of(visit.hub.settings.public_url, token)}


def _donor(visit: Visit, donor_id: str) -> Donor:
    donor = visit.session.get(Donor, donor_id)
    if donor is None:
        raise NotFound("no such donor")
    return donor


def _place(person: Person) -> str:
    return f"/donors/{person.donor_id}/people" if person.role == Role.DONOR else "/people"


def _back(visit: Visit, person: Person, link: Link) -> Response:
    if person.role == Role.DONOR and person.donor_id is not None:
        return _donor_page(visit, _donor(visit, person.donor_id), dict(EMPTY), link=link)
    return _page(visit, dict(EMPTY), link=link)


def _rows(visit: Visit, people: tuple[Person, ...]) -> list[dict[str, object]]:
    return [
        {
            "id": one.id,
            "name": one.name,
            "email": one.email,
            "role": wording.role_word(one.role, visit.lang),
            "donor": donor_name(one.donor) if one.donor else "",
            "state": wording.state(wording.ACTIVE if one.active else wording.ENDED, visit.lang),
            "active": one.active,
            "invited": one.active and not one.password_hash,
            "codes": second_factor.is_on(visit.session, one),
        }
        for one in people
    ]


def _donor_page(
    visit: Visit,
    donor: Donor,
    form: dict[str, str],
    refused: HubError | None = None,
    link: Link | None = None,
) -> Response:
    error, status = (in_words(refused.message, visit.lang), refused.status) if refused else ("", 200)
    people = _rows(visit, service.people_of(visit.session, donor))
    name = donor_name(donor)
    return visit.page(
        "donor_people.html", status, people=people, donor=donor, name=name, form=form, error=error, link=link
    )


def _page(visit: Visit, form: dict[str, str], error: str = "", status: int = 200, link: Link | None = None) -> Response:
    return visit.page(
        "people.html",
        status,
        people=_rows(visit, service.people(visit.session)),
        roles=[{"value": role.value, "word": wording.role_word(role, visit.lang)} for role in Role],
        donors=[(one.id, donor_name(one)) for one in donors(visit.session, visit.someone)],
        form=form,
        error=error,
        link=link,
    )
