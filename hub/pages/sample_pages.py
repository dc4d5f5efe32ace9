"""The sample of a lot: what was drawn by which rule and seed, what another person read, and the forms for both."""

from fractions import Fraction

from fastapi import APIRouter, Response

from hub import wording
from hub.errors import HubError
from hub.lots import life
from hub.lots import service as lots
from hub.lots.drive_account import account_of
from hub.models import Erasure, Lot, Role
from hub.pages.blocker_words import tag_of
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.partner_words import rounded
from hub.pages.places_of_lots import lot_path
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Managers, Staff, Visit
from hub.samples import reading
from hub.samples import service as samples
from hub.samples.policy import policy_of, size_of
from hub.samples.reading import SampleLine

router = APIRouter(include_in_schema=False)
RESULTS = {
    reading.CLEAN: ("ok", "check", mark("clean: nothing of before is there")),
    reading.DATA: ("bad", "alert", mark("data was found")),
    reading.UNREADABLE: ("bad", "question", mark("could not be read")),
}
OPEN = ("wait", "clock", mark("waits for another person"))


@router.get("/lots/{code}/sample")
def show(visit: Staff, code: str) -> Response:
    """What was drawn and read of a lot."""
    return _page(visit, lots.lot_for(visit.session, visit.someone, code))


@router.post("/lots/{code}/sample")
def draw(visit: Staff, code: str, fields: SmallForm) -> Response:
    """Draw, or say why not."""
    assert fields is not None
    lot = lots.lot_for(visit.session, visit.someone, code)
    try:
        samples.draw(visit.session, visit.someone, lot)
    except HubError as error:
        return _page(visit, lot, in_words(error.message, visit.lang), error.status)
    return visit.go(f"{lot_path(code)}/sample", "sample-drawn")


@router.post("/lots/{code}/sample/read")
def note(visit: Staff, code: str, fields: SmallForm) -> Response:
    """Record what was read on one drive, or say why not."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    read = samples.Read(*(fields.text(name) for name in ("result", "tool", "found", "serial")))
    try:
        row = samples.note(visit.session, visit.someone, lot, whole(fields.text("drawn")), read)
    except HubError as error:
        return _page(visit, lot, in_words(error.message, visit.lang), error.status)
    return visit.go(f"{lot_path(code)}/sample", "sample-read", serial=row.serial)


@router.post("/lots/{code}/sample/withdraw")
def take_back(visit: Managers, code: str, fields: SmallForm) -> Response:
    """Take a record back, with a reason."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    try:
        samples.take_back(visit.session, visit.someone, lot, whole(fields.text("record")), fields.text("reason"))
    except HubError as error:
        return _page(visit, lot, in_words(error.message, visit.lang), error.status)
    return visit.go(f"{lot_path(code)}/sample", "work-withdrawn")


def _page(visit: Visit, lot: Lot, error: str = "", status: int = 200) -> Response:
    session, person = visit.session, visit.someone
    policy = policy_of(visit.hub.settings.data_dir)
    waiting = len(samples.undrawn(session, person, lot, account_of(session, person, lot)))
    return visit.page(
        "sample.html",
        status,
        error=error,
        lot=lot,
        path=lot_path(lot.code),
        policy=policy,
        share=f"{rounded(Fraction(policy.per_mille, 10), visit.lang)}\u00a0%",
        waiting=waiting,
        size=size_of(policy, waiting),
        draws=reading.draws_of(session, person, lot),
        lines=[_line(visit, one) for one in reading.sample_of(session, person, lot)],
        results=[(code, visit.say(entry[2])) for code, entry in RESULTS.items()],
        required=visit.hub.settings.require_sample,
        alone=reading.works_alone(session, lot),
        can_take_back=visit.has_role(Role.LEAD, Role.ADMIN),
        over=lot.state in life.OVER,
    )


def _line(visit: Visit, one: SampleLine) -> dict[str, object]:
    run = visit.session.get(Erasure, one.sampled.run_id)
    entry = RESULTS[one.reading.result] if one.reading else OPEN
    return {
        "drawn": one.sampled.id,
        "serial": one.drive.serial,
        "model": one.drive.model,
        "tag": tag_of(run.device) if run is not None and run.device is not None else "",
        "statement": one.sampled.run_id,
        "operator": run.operator if run is not None else "",
        "state": wording.state(entry, visit.lang),
        "reading": one.reading,
        "own": one.reading is None and samples.answers_for(visit.session, visit.someone, one.sampled),
    }
