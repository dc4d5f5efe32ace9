"""What is stated of the devices of a lot: bought, made, special duties, value; read and noted by workshop and donor."""

from fastapi import APIRouter, Response

from hub import wording
from hub.errors import HubError
from hub.lots import service as lots
from hub.lots import stating
from hub.lots.stated import DAYS, NO, SPECIAL, STATED, VALUE, YES
from hub.models import Lot, Role
from hub.pages import exit_words
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.places_of_lots import lot_path
from hub.pages.sentences import in_words
from hub.pages.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)
WORDS = {
    "purchased": mark("bought on"),
    "made": mark("made on"),
    "special": mark("under special security duties"),
    "value": mark("declared value"),
}
ANSWERS = {YES: mark("yes"), NO: mark("no")}


@router.get("/lots/{code}/stated")
def show(visit: SignedIn, code: str) -> Response:
    """What is stated of each device of a lot."""
    return _page(visit, lots.lot_for(visit.session, visit.someone, code))


@router.post("/lots/{code}/stated")
def note(visit: SignedIn, code: str, fields: SmallForm) -> Response:
    """Note the same of some devices, or of all; or say why not."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    tags = fields.text("tags").splitlines()
    try:
        number = stating.state(
            visit.session, visit.someone, lot, tags, about=fields.text("about"), text=fields.text("word")
        )
    except HubError as error:
        return _page(visit, lot, in_words(error.message, visit.lang), error.status)
    return visit.go(f"{lot_path(lot.code)}/stated", "stated", number=str(number))


def _page(visit: Visit, lot: Lot, error: str = "", status: int = 200) -> Response:
    own = visit.has_role(Role.DONOR)
    return visit.page(
        "stated.html",
        status,
        error=error,
        lot=lot,
        rows=[
            (
                device,
                wording.kind_word(device.kind, visit.lang),
                [_shown(visit, about, facts.get(about, "")) for about in STATED],
            )
            for device, facts in stating.listed(visit.session, visit.someone, lot)
        ],
        heads=[visit.say(WORDS[about]) for about in STATED],
        choices=[(about, visit.say(WORDS[about])) for about in STATED if own or about != VALUE],
        can_note=visit.has_role(Role.TECHNICIAN, Role.LEAD, Role.ADMIN, Role.DONOR),
    )


def _shown(visit: Visit, about: str, word: str) -> str:
    if not word or about in DAYS:
        return word
    if about == SPECIAL:
        return visit.say(ANSWERS[word])
    return exit_words.euros(int(word), visit.lang)
