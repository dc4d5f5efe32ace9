"""Approving ordinary runs together: that it cannot be undone, each run with its box, what is left out and why."""

from fastapi import APIRouter, Response

from certificates.wording.techniques import method_words
from hub.errors import HubError
from hub.models import Erasure
from hub.pages import formats, proof
from hub.pages.forms import TickForm
from hub.pages.language import mark
from hub.pages.places_of_lots import decision_path
from hub.pages.sentences import in_words
from hub.pages.visit import Validators, Visit
from hub.validation import together
from hub.validation.together import Alone

router = APIRouter(include_in_schema=False)
SHOWN = 50  # of those that are decided alone
UNSURE = mark("Tick the box first: it says that you have read the evidence.")
WHYS = {
    Alone.LOT_OVER: mark("its lot is closed or cancelled"),
    Alone.LEVEL: mark("the level of the partner of its lot does not open erasure"),
    Alone.EXCEPTIONS: mark("it has exceptions"),
    Alone.STATION: mark("its bench is not accepted, or locked"),
    Alone.ALARM: mark("an alarm of its bench is open"),
    Alone.OWN: mark("you ran it, or allowed it beforehand"),
    Alone.NOBODY: mark("it names nobody who ran it"),
    Alone.UNDONE: mark("the same bench ran this drive again, and that did not complete"),
    Alone.DOUBT: mark("something speaks against it: it needs a remark"),
}


@router.get("/approve-together")
def show(visit: Validators) -> Response:
    """The ordinary runs that wait, and what is left out."""
    return _page(visit)


@router.post("/approve-together")
def approve(visit: Validators, fields: TickForm) -> Response:
    """Approve the ticked runs, each by itself."""
    if fields.text("sure") != "yes":
        return _page(visit, visit.say(UNSURE), 422)
    ids = fields.every("run")
    try:
        done = together.approve_together(visit.session, visit.someone, ids, visit.hub.clock())
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    if done.left:
        why = " · ".join(sorted({in_words(reason, visit.lang) for _id, reason in done.left}))
        return _page(visit, visit.say(LEFT, number=len(done.left), approved=len(done.certificates), why=why))
    return visit.go("/approve-together", "approved-together", number=str(len(done.certificates)))


LEFT = mark("%(approved)s approved; %(number)s left out: %(why)s")


def _page(visit: Visit, error: str = "", status: int = 200) -> Response:
    found = together.ordinary(visit.session, visit.someone)
    return visit.page(
        "together.html",
        status,
        error=error,
        runs=[_row(visit, run) for run in found.runs],
        alone=[(_row(visit, run), visit.say(WHYS[why])) for run, why in found.alone[:SHOWN]],
        others=found.others,
        later=found.later + max(0, len(found.alone) - SHOWN),
    )


def _row(visit: Visit, run: Erasure) -> dict[str, str]:
    seen, lang = run.payload["subject"]["drive"], visit.lang
    return {
        "id": run.statement_id,
        "path": decision_path(run.statement_id),
        "model": seen["model"],
        "serial": seen["serial"],
        "capacity": formats.size_text(seen["size_bytes"], lang),
        "lot": run.lot.code if run.lot else "",
        "method": method_words(run.method, lang),
        "verification": proof.short_verification(run.payload, lang),
        "operator": run.operator,
    }
