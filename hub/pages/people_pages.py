"""People: who can sign in, adding somebody, and letting somebody in again. A lead does so for the people of donors."""

from typing import TypeVar

from fastapi import APIRouter, Response

from hub import wording
from hub.claims import donor_name
from hub.errors import BadInput, HubError, NotFound
from hub.lots.service import cared_for, donors
from hub.models import Donor, Person, Role
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.role_words import role_rows
from hub.pages.sentences import in_words
from hub.pages.visit import Administrators, Managers, Visit
from hub.partnered import Network, Partner
from hub.partners import register
from hub.people import invitations, second_factor, service
from hub.people.houses import House, house_of
from hub.people.roles import OF_A_WORKSHOP
from hub.post.asked import tell_link
from hub.scope import works_here

router = APIRouter(include_in_schema=False)
Row = TypeVar("Row", Donor, Partner, Network)
Link = dict[str, str]  # "name" of the person, "address" to open, "sent" to which e-mail address, or ""
EMPTY = {"name": "", "email": "", "role": Role.TECHNICIAN.value, "donor": "", "partner": "", "network": ""}


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
    try:
        person = _opened(visit, form, Role(form["role"]), _house(visit, form), fields.text("password"))
    except HubError as error:
        return _page(visit, form, in_words(error.message, visit.lang), error.status)
    if not person.password_hash:
        return _page(visit, dict(EMPTY), link=_link(visit, person))
    return visit.go("/people", "person-added", name=person.name)


@router.post("/people/{person_id}/link")
def make_link(visit: Managers, person_id: str, _fields: SmallForm) -> Response:
    """Make a link for a new password and show it this once."""
    person = service.person_by_id(visit.session, visit.someone, person_id)
    return _back(visit, person, _link(visit, person))


@router.post("/people/{person_id}/close")
def close(visit: Managers, person_id: str, _fields: SmallForm) -> Response:
    """Close an account."""
    person = service.person_by_id(visit.session, visit.someone, person_id)
    service.set_active(visit.session, person, active=False, by=visit.someone)
    return visit.go(_place(person), "person-closed", name=person.name)


@router.post("/people/{person_id}/open")
def reopen(visit: Managers, person_id: str, _fields: SmallForm) -> Response:
    """Open an account again."""
    person = service.person_by_id(visit.session, visit.someone, person_id)
    service.set_active(visit.session, person, active=True, by=visit.someone)
    return visit.go(_place(person), "person-opened", name=person.name)


@router.post("/people/{person_id}/codes-off")
def codes_off(visit: Managers, person_id: str, _fields: SmallForm) -> Response:
    """Ask somebody for no code any more: telephone and paper are lost."""
    person = service.person_by_id(visit.session, visit.someone, person_id)
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
        person = _opened(visit, form, Role.DONOR, House(donor), "")
    except HubError as error:
        return _donor_page(visit, donor, form, error)
    return _donor_page(visit, donor, dict(EMPTY), link=_link(visit, person))


def _opened(visit: Visit, form: dict[str, str], role: Role, house: House, password: str) -> Person:
    name = form["name"] or form["email"]
    return service.add_person(
        visit.session, form["email"], name, role, password or None, house=house, lang=visit.lang, by=visit.someone
    )


def _house(visit: Visit, form: dict[str, str]) -> House:
    """Where the new account belongs, of what the reader may choose. Raises BadInput for anything else."""
    return House(
        _chosen(form["donor"], _donors(visit)),
        _chosen(form["partner"], _partners(visit)),
        _chosen(form["network"], _networks(visit)),
    )


def _chosen(key: str, choices: tuple[Row, ...]) -> Row | None:
    found = next((one for one in choices if one.id == key), None)
    if key and found is None:
        raise BadInput("choose where this person belongs from the list", "house")
    return found


def _donors(visit: Visit) -> tuple[Donor, ...]:
    return donors(visit.session, visit.someone)


def _partners(visit: Visit) -> tuple[Partner, ...]:
    return register.partners(visit.session, visit.someone) if _at_home(visit) else ()


def _networks(visit: Visit) -> tuple[Network, ...]:
    return register.networks(visit.session, visit.someone) if _at_home(visit) else ()


def _at_home(visit: Visit) -> bool:
    return works_here(visit.session, visit.someone)


def _link(visit: Visit, person: Person) -> Link:
    token = invitations.invite(visit.session, person, visit.someone)
    sent = person.email if tell_link(visit.session, person, token) else ""
    address = invitations.address_of(visit.hub.settings.public_url, token)
    return {"name": person.name, "address": address, "sent": sent}


def _donor(visit: Visit, donor_id: str) -> Donor:
    donor = cared_for(visit.session, visit.someone, donor_id)
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
            "house": _house_name(visit, one),
            "state": wording.state(wording.ACTIVE if one.active else wording.ENDED, visit.lang),
            "active": one.active,
            "invited": one.active and not one.password_hash,
            "codes": second_factor.is_on(visit.session, one),
        }
        for one in people
    ]


def _house_name(visit: Visit, one: Person) -> str:
    """The donor, partner or network of somebody in a word; "" in the workshop that runs this hub."""
    house = house_of(visit.session, one)
    if house.donor is not None:
        return donor_name(house.donor)
    named = house.partner or house.network
    return named.name if named else ""


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
        people=_rows(visit, service.people(visit.session, visit.someone)),
        roles=role_rows(visit.lang, Role if _at_home(visit) else OF_A_WORKSHOP),
        at_home=_at_home(visit),
        donors=[(one.id, donor_name(one)) for one in _donors(visit)] if _at_home(visit) else [],
        partners=[(one.id, one.name) for one in _partners(visit)],
        networks=[(one.id, one.name) for one in _networks(visit)],
        form=form,
        error=error,
        link=link,
    )
