"""Many tags, one act: a field in which a scanner enters one after another, what came of each line, and the undo."""

from fastapi import APIRouter, Response

from hub.devices import together
from hub.devices.outcomes import OUT, STEPS
from hub.devices.scans import Left
from hub.errors import HubError
from hub.handled import Handling
from hub.pages import account_words
from hub.pages.blocker_words import tag_of
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.places_of_lots import lot_path
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Staff, Visit

router = APIRouter(include_in_schema=False)
NOTHING = mark("Nothing was done: each line is left out, see why below.")
SHOWN = 500  # devices of one act


@router.get("/scan")
def show(visit: Staff, what: str = "", place: str = "") -> Response:
    """The field for the scanner, with what was chosen last."""
    return _form(visit, {"what": what, "place": place, "reason": "", "codes": ""})


@router.post("/scan")
def handle(visit: Staff, fields: SmallForm) -> Response:
    """Do the chosen act to every device that was scanned, or say why not."""
    form = {name: fields.text(name) for name in ("what", "place", "reason", "codes")}
    action, _, word = form["what"].partition(":")
    order = together.Order(action, form["place"] if action == together.PLACE else word, form["reason"])
    try:
        done = together.handle(visit.session, visit.someone, order, form["codes"])
    except HubError as error:
        return _form(visit, form, in_words(error.message, visit.lang), error.status)
    if done.row is None:
        return _form(visit, form, visit.say(NOTHING), 422, done.left)
    return visit.go(f"/acts/{done.row.id}", "handled", number=str(done.devices))


@router.get("/acts/{number}")
def show_act(visit: Staff, number: str) -> Response:
    """What one act did, to which devices, and which lines it left out."""
    return _act(visit, together.act_for(visit.session, visit.someone, whole(number)))


@router.post("/acts/{number}/undo")
def undo(visit: Staff, number: str, fields: SmallForm) -> Response:
    """Take an act back; from a board, go back there."""
    row = together.act_for(visit.session, visit.someone, whole(number))
    try:
        together.undo(visit.session, visit.someone, row)
    except HubError as error:
        return _act(visit, row, in_words(error.message, visit.lang), error.status)
    lines = together.lines_of(visit.session, visit.someone, row)
    back = f"{lot_path(lines[0][1].lot.code)}/board" if fields.text("back") == "board" and lines else f"/acts/{row.id}"
    return visit.go(back, "handled-undone")


def _form(
    visit: Visit, form: dict[str, str], error: str = "", status: int = 200, left: tuple[Left, ...] = ()
) -> Response:
    steps = account_words.choices(account_words.STEPS, visit.lang, [step for step in STEPS if step != OUT])
    return visit.page(
        "scan.html",
        status,
        error=error,
        form=form,
        steps=steps,
        outcomes=account_words.dispositions(visit.lang),
        left=[(one.line, one.code, in_words(one.why, visit.lang)) for one in left],
        most=together.MOST,
    )


def _act(visit: Visit, row: Handling, error: str = "", status: int = 200) -> Response:
    lines = together.lines_of(visit.session, visit.someone, row)
    return visit.page(
        "act.html",
        status,
        error=error,
        row=row,
        word=act_words(row, visit.lang),
        devices=[
            (tag_of(device), f"/devices/{device.id}", device.lot.code, in_words(line.kept, visit.lang))
            for line, device in lines[:SHOWN]
        ],
        left=[(one["line"], one["code"], in_words(one["why"], visit.lang)) for one in row.left_out],
        again="place" if row.action == together.PLACE else f"{row.action}:{row.word}",
        own=row.by == visit.someone.id,
    )


def act_words(row: Handling, lang: str) -> str:
    """What an act said of its devices, in one word."""
    if row.action == together.STEP:
        return account_words.say(account_words.STEPS[row.word], lang)
    if row.action == together.OUTCOME:
        return account_words.disposition_state(row.word, lang).word
    return row.word
