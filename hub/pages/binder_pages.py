"""All certificates of a lot as one PDF: asked for by a form, followed on a page, fetched when it is ready.

The page works without JavaScript: it is loaded again every few seconds while the file is being made.
"""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, JSONResponse

from hub.binders import requests, worker
from hub.bound import Binder
from hub.errors import HubError
from hub.lots import service as lots
from hub.models import Lot
from hub.pages.files import file_name
from hub.pages.forms import SmallForm
from hub.pages.language import LANGUAGES, mark
from hub.pages.places_of_lots import lot_path
from hub.pages.sentences import in_words
from hub.pages.visit import LotReaders, Visit

router = APIRouter(include_in_schema=False)
STATES = {
    requests.WAITING: mark("waits for its turn"),
    requests.RUNNING: mark("being made"),
    requests.READY: mark("ready"),
    requests.FAILED: mark("could not be made"),
    requests.EXPIRED: mark("kept no more"),
}
PROBLEMS = {
    worker.CHANGED: mark("The certificates of this lot changed meanwhile. Ask for the file again."),
    worker.BAD_FILE: mark(
        "A stored certificate is not what was issued. Tell the workshop, who look at the hub's record."
    ),
    worker.DISK: mark("The hub could not write the file. Tell the workshop: its disk may be full."),
    worker.TRIES: mark("The hub stopped several times while it made the file. Tell the workshop."),
}
GROUPS = {
    "erased-purge": mark("erased (Purge)"),
    "erased-clear": mark("erased (Clear)"),
    "exceptions": mark("erased with exceptions"),
    "overtaken": mark("issued, but no longer what explains the drive"),
}


@dataclass(frozen=True, slots=True)
class BinderRow:
    """A binder as a lot's page shows it."""

    path: str
    state: str
    asked: datetime
    total: int
    lang: str


@router.post("/lots/{code}/binders")
def ask(visit: LotReaders, code: str, fields: SmallForm) -> Response:
    """Ask for the file, or say why not."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    try:
        row = requests.ask(visit.session, visit.someone, lot, fields.text("lang"))
    except HubError as error:
        return visit.page("binder_refused.html", error.status, lot=lot, error=in_words(error.message, visit.lang))
    return visit.go(binder_path(lot, row.id))


@router.get("/lots/{code}/binders/{binder_id}.json")
def progress(visit: LotReaders, code: str, binder_id: str) -> Response:
    """How far the file is, for the script of the page."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    row = requests.binder_for(visit.session, visit.someone, lot, binder_id)
    _wake(visit, row)
    facts = {"schema": "etabli.binder/1", "state": row.state, "done": row.done, "total": row.total}
    return JSONResponse(facts, headers={"Cache-Control": "no-store"})


@router.get("/lots/{code}/binders/{binder_id}.pdf")
def fetch(visit: LotReaders, code: str, binder_id: str) -> Response:
    """The file."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    row, path = requests.file_of(visit.session, visit.someone, lot, binder_id)
    name = file_name(f"{lot.code}-{row.lang}.pdf", "certificates")
    return FileResponse(path, media_type="application/pdf", filename=name, headers={"Cache-Control": "no-store"})


@router.get("/lots/{code}/binders/{binder_id}")
def show(visit: LotReaders, code: str, binder_id: str) -> Response:
    """How far the file is, and the file."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    row = requests.binder_for(visit.session, visit.someone, lot, binder_id)
    _wake(visit, row)
    found = [one["group"] for one in row.contents]
    over = requests.is_over(row, visit.hub.clock())
    state = requests.EXPIRED if over else row.state
    return visit.page(
        "binder.html",
        lot=lot,
        row=row,
        path=binder_path(lot, row.id),
        state=state,
        word=visit.say(STATES[state]),
        problem=visit.say(PROBLEMS[row.problem]) if row.problem in PROBLEMS else "",
        moving=state in requests.OPEN,
        ready=state == requests.READY,
        groups=[(visit.say(word), found.count(group)) for group, word in GROUPS.items() if group in found],
        language=LANGUAGES[row.lang],
    )


def binder_rows(visit: Visit, lot: Lot) -> list[BinderRow]:
    """The binders of a lot that wait or can be fetched."""
    return [
        BinderRow(binder_path(lot, row.id), visit.say(STATES[row.state]), row.asked, row.total, row.lang)
        for row in requests.binders_of(visit.session, visit.someone, lot)
    ]


def binder_path(lot: Lot, binder_id: str) -> str:
    """The page of a binder."""
    return f"{lot_path(lot.code)}/binders/{binder_id}"


def _wake(visit: Visit, row: Binder) -> None:
    if row.state in requests.OPEN:
        visit.request.app.state.binders.wake()
