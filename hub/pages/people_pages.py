"""People: who can sign in, and adding somebody. Administrators only."""

from fastapi import APIRouter, Response

from hub import wording
from hub.claims import donor_name
from hub.errors import HubError
from hub.lots.service import donors
from hub.models import Donor, Role
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.sentences import in_words
from hub.pages.visit import Administrators, Visit
from hub.people import service

router = APIRouter(include_in_schema=False)
EMPTY = {"name": "", "email": "", "role": Role.TECHNICIAN.value, "donor": ""}


@router.get("/people")
def show(visit: Administrators) -> Response:
    """Everybody with an account."""
    return _page(visit, dict(EMPTY))


@router.post("/people")
def add(visit: Administrators, fields: SmallForm) -> Response:
    """Open an account, or say why not."""
    form = {name: fields.text(name) for name in EMPTY}
    if form["role"] not in {role.value for role in Role}:
        return _page(visit, form, visit.say(mark("Choose a role.")), 422)
    donor = visit.session.get(Donor, form["donor"]) if form["donor"] else None
    try:
        person = service.add_person(
            visit.session,
            form["email"],
            form["name"] or form["email"],
            Role(form["role"]),
            fields.text("password"),
            donor=donor,
            lang=visit.lang,
        )
    except HubError as error:
        return _page(visit, form, in_words(error.message, visit.lang), error.status)
    return visit.go("/people", "person-added", name=person.name)


def _page(visit: Visit, form: dict[str, str], error: str = "", status: int = 200) -> Response:
    return visit.page(
        "people.html",
        status,
        people=[
            {
                "name": one.name,
                "email": one.email,
                "role": wording.role_word(one.role, visit.lang),
                "donor": donor_name(one.donor) if one.donor else "",
                "state": wording.state(wording.ACTIVE if one.active else wording.ENDED, visit.lang),
            }
            for one in service.people(visit.session)
        ],
        roles=[{"value": role.value, "word": wording.role_word(role, visit.lang)} for role in Role],
        donors=[(one.id, donor_name(one)) for one in donors(visit.session, visit.someone)],
        form=form,
        error=error,
    )
