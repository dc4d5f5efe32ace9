"""Papers of a lot: destroyed and absent drives, its e-waste slip, and everything of it in one ZIP file."""

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from hub import wording
from hub.attested import reading
from hub.attested.reading import Held, Paper
from hub.exits.eee import categories
from hub.exits.shares import shares_of
from hub.lots import service as lots
from hub.models import Lot
from hub.pack import pack, spooled
from hub.pages import exit_words
from hub.pages.files import download, file_name
from hub.pages.language import LANGUAGES, mark
from hub.pages.places_of_lots import lot_path
from hub.pages.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)
WORDS = {
    Held.VALID: ("ok", "seal", mark("valid")),
    Held.SUPERSEDED: ("wait", "undo", mark("superseded")),
    Held.REVOKED: ("bad", "cross", mark("revoked")),
}
HOWS = {"destroyed": mark("record of destruction"), "absent": mark("attestation that there is no drive")}


@router.get("/lots/{code}/papers")
def of_lot(visit: SignedIn, code: str) -> Response:
    """The papers of destroyed and absent drives of a lot."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    rows = [(one, state(one, visit), visit.say(HOWS[one.row.how]), reading.account_of(visit.session, one, visit.lang))
            for one in reading.papers_of(visit.session, visit.someone, lot)]  # fmt: skip
    return visit.page("papers.html", lot=lot, rows=rows, path=lot_path(lot.code))


@router.get("/papers/{paper_id}.pdf")
def pdf(visit: SignedIn, paper_id: str, lang: str = "") -> Response:
    """The PDF of one paper, as issued."""
    paper = reading.paper_for(visit.session, visit.someone, paper_id)
    lang = lang if lang in LANGUAGES else visit.lang
    data = reading.pdf_of(visit.session, paper, lang)
    return download(data, "application/pdf", f"{paper.row.number}-{lang}.pdf")


@router.get("/papers/{paper_id}.json")
def statement(visit: SignedIn, paper_id: str) -> Response:
    """The signed statement of one paper, for `etabli-verify`."""
    paper = reading.paper_for(visit.session, visit.someone, paper_id)
    return download(paper.row.statement, "application/json", f"{paper.row.number}.json")


@router.get("/papers/{paper_id}")
def show(visit: SignedIn, paper_id: str) -> Response:
    """One paper to read: the accessible form of its PDF."""
    paper = reading.paper_for(visit.session, visit.someone, paper_id)
    lot = visit.session.get_one(Lot, paper.row.lot_id)  # in scope, as its paper is
    account = reading.account_of(visit.session, paper, visit.lang)
    return visit.page(
        "paper.html", paper=paper, lot=lot, state=state(paper, visit), account=account, path=lot_path(lot.code)
    )


@router.get("/lots/{code}/weee")
def weee(visit: SignedIn, code: str) -> Response:
    """What of the lot went as waste: category, weight, who took it, under which slip."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    named = categories()
    rows = [
        (
            one,
            named.get(one["category"], ""),
            "" if one["grams"] is None else exit_words.kilograms(one["grams"], visit.lang),
        )
        for one in shares_of(visit.session, visit.someone, lot)
    ]
    return visit.page("weee.html", lot=lot, rows=rows, path=lot_path(lot.code), issuer=visit.hub.identity.issuer)


@router.get("/lots/{code}/pack.zip")
def evidence_pack(visit: SignedIn, code: str) -> Response:
    """Everything that proves what became of a lot, in one file."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    file = pack(visit.session, visit.someone, lot, visit.lang)
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(lot.code, "pack")}.zip"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(spooled(file), media_type="application/zip", headers=headers)


def state(paper: Paper, visit: Visit) -> wording.State:
    """Whether a paper holds, as shown."""
    return wording.state(WORDS[paper.held], visit.lang)
