"""Partners and networks: the list, one partner with its level, contacts and lots."""

from fastapi import APIRouter, Response

from hub.errors import HubError
from hub.lots import service as lots
from hub.models import Role
from hub.pages import partner_words
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.sentences import in_words
from hub.pages.visit import Home, Networkers, Visit
from hub.partnered import Partner
from hub.partners import onboarding, register, trial_lots
from hub.partners.register import Reached

router = APIRouter(include_in_schema=False)
UNSURE = mark("Say first what is to be noted.")


@router.get("/partners")
def list_partners(visit: Networkers) -> Response:
    """Every partner, and the forms for another one and for a network."""
    return _list(visit)


@router.post("/networks")
def add_network(visit: Home, fields: SmallForm) -> Response:
    """Record a network, or say why not."""
    try:
        row = register.add_network(visit.session, visit.someone, fields.text("name"), fields.text("area"))
    except HubError as error:
        return _list(visit, in_words(error.message, visit.lang), error.status)
    return visit.go("/partners", "network-added", name=row.name)


@router.post("/partners")
def add_partner(visit: Networkers, fields: SmallForm) -> Response:
    """Record a partner, or say why not."""
    name, kind, network = (fields.text(one) for one in ("name", "kind", "network"))
    try:
        row = register.add_partner(visit.session, visit.someone, name, kind, network)
    except HubError as error:
        return _list(visit, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/partners/{row.id}", "partner-added", name=row.name)


@router.get("/partners/{partner_id}")
def show(visit: Networkers, partner_id: str) -> Response:
    """One partner: level, contacts, lots."""
    return _page(visit, register.partner_for(visit.session, visit.someone, partner_id))


@router.post("/partners/{partner_id}")
def note(visit: Networkers, partner_id: str, fields: SmallForm) -> Response:
    """Note a level, a contact or a lot; or take a contact or a lot back."""
    partner = register.partner_for(visit.session, visit.someone, partner_id)
    done = "partner-taken-back" if fields.text("about").endswith("-end") else "partner-noted"
    try:
        if not _noted(visit, partner, fields):
            return _page(visit, partner, visit.say(UNSURE), 422)
    except HubError as error:
        return _page(visit, partner, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/partners/{partner.id}", done, name=partner.name)


def _noted(visit: Visit, partner: Partner, fields: SmallForm) -> bool:
    """Do what the form asks; False where it asks nothing that is known."""
    session, person, text = visit.session, visit.someone, fields.text
    match text("about"):
        case "level":
            register.set_level(session, person, partner, whole(text("level")), text("note"))
        case "contact":
            reached = Reached(text("role"), text("name"), text("email"), text("phone"))
            register.add_contact(session, person, partner, reached)
        case "contact-end":
            register.end_contact(session, person, partner, whole(text("row")), text("reason"))
        case "lot":
            lot = lots.lot_for(session, person, text("lot"))
            trial_lots.give(session, person, lot, partner, test=text("test") == "yes")
        case "lot-end":
            trial_lots.take_back(session, person, partner, whole(text("row")), text("reason"))
        case _:
            return False
    return True


def _list(visit: Visit, error: str = "", status: int = 200) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    rows = [
        {
            "path": f"/partners/{one.id}",
            "name": one.name,
            "kind": partner_words.say(partner_words.KINDS[one.kind], lang),
            "network": one.network.name if one.network else "",
            "level": register.level_of(session, person, one),
            "stage": onboarding.stage_of(session, person, one),
        }
        for one in register.partners(session, person)
    ]
    return visit.page(
        "partners.html",
        status,
        error=error,
        rows=rows,
        gates=partner_words.GATES,
        kinds=partner_words.choices(partner_words.KINDS, lang),
        networks=register.networks(session, person),
        can_add_network=not visit.has_role(Role.COORDINATOR),
    )


def _page(visit: Visit, partner: Partner, error: str = "", status: int = 200) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    level = register.level_of(session, person, partner)
    return visit.page(
        "partner.html",
        status,
        error=error,
        partner=partner,
        kind=partner_words.say(partner_words.KINDS[partner.kind], lang),
        level=level,
        levels=register.levels(session, person, partner),
        steps=[
            (partner_words.say(word, lang), code in register.steps_of(level))
            for code, word in partner_words.STEPS.items()
        ],
        contacts=[
            (row, partner_words.say(partner_words.CONTACT_ROLES[row.role], lang))
            for row in register.contacts(session, person, partner)
        ],
        contact_roles=partner_words.choices(partner_words.CONTACT_ROLES, lang),
        lots=trial_lots.lots_of(session, person, partner),
        most=trial_lots.most(),
        stage=onboarding.stage_of(session, person, partner),
    )


def whole(text: str) -> int:
    """A typed whole number of a few digits; 0, which names nothing, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000000") else 0
