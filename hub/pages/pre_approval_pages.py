"""The pre-approval of a lot: a lead lets its drives be erased with nobody at the bench, and undoes it."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from certificates.assignments import LEAST_COUNTDOWN_S, LONGEST_COUNTDOWN_S
from hub.errors import HubError
from hub.lots import service as lots
from hub.models import Lot, Person, PreApproval
from hub.pages.formats import moment_text
from hub.pages.forms import Fields, SmallForm
from hub.pages.language import mark
from hub.pages.places_of_lots import lot_path
from hub.pages.sentences import in_words
from hub.pages.visit import Validators, Visit
from hub.partners import levels
from hub.stations import pre_approvals
from hub.stations.assignments import expected_serials

router = APIRouter(include_in_schema=False)
USUAL = {"policy": "", "drives": "expected", "exceptions": "", "countdown": "60", "hours": "24"}
UNSURE = mark("Tick the box: nobody confirms these drives again at the bench.")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One pre-approval as shown."""

    id: int
    policy: str
    any_drive: bool
    exceptions: bool
    countdown_s: int
    approved: object
    approver: str
    valid_until: object
    state: str
    in_force: bool


@router.get("/lots/{code}/pre-approval")
def show(visit: Validators, code: str) -> Response:
    """The rule in force, the form of a new one, and what was approved before."""
    return _page(visit, lots.lot_for(visit.session, visit.someone, code), USUAL)


@router.post("/lots/{code}/pre-approval")
def approve(visit: Validators, code: str, fields: SmallForm) -> Response:
    """Approve beforehand, or say why not."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    form = {name: fields.text(name) for name in USUAL}
    if fields.text("sure") != "yes":
        return _page(visit, lot, form, visit.say(UNSURE), 422)
    try:
        rule = pre_approvals.pre_approve(visit.session, visit.someone, lot, _rules(fields))
    except HubError as error:
        return _page(visit, lot, form, in_words(error.message, visit.lang), error.status)
    until = moment_text(rule.valid_until, visit.lang)
    return visit.go(f"{lot_path(code)}/pre-approval", "pre-approved", code=code, moment=until, rule=str(rule.id))


@router.post("/lots/{code}/pre-approval/undo")
def undo(visit: Validators, code: str, fields: SmallForm) -> Response:
    """Take the pre-approval back."""
    assert fields is not None
    lot = lots.lot_for(visit.session, visit.someone, code)
    pre_approvals.undo(visit.session, visit.someone, lot)
    return visit.go(f"{lot_path(code)}/pre-approval", "pre-approval-undone", code=code)


def _page(visit: Visit, lot: Lot, form: dict[str, str], error: str = "", status: int = 200) -> Response:
    in_force = pre_approvals.rule_of(visit.session, lot)
    number = in_force[0].id if in_force else 0
    past = pre_approvals.history(visit.session, lot)
    return visit.page(
        "pre_approval.html",
        status,
        lot=lot,
        opened=levels.opened_in(visit.session, lot.id),
        expected=len(expected_serials(visit.session, lot)),
        policies=pre_approvals.usable_policies(visit.session),
        rows=[_row(visit, rule, person, in_force=rule.id == number) for rule, person in past],
        form=form,
        error=error,
        countdown=(LEAST_COUNTDOWN_S, LONGEST_COUNTDOWN_S),
        longest_hours=pre_approvals.LONGEST_HOURS,
    )


def _rules(fields: Fields) -> pre_approvals.Rules:
    return pre_approvals.Rules(
        policy=fields.text("policy"),
        any_drive=fields.text("drives") == "any",
        exceptions=fields.text("exceptions") == "yes",
        countdown_s=whole(fields.text("countdown")),
        hours=whole(fields.text("hours")),
    )


def whole(text: str) -> int:
    """A number of at most six figures; -1, which no limit allows, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("999999") else -1


def _row(visit: Visit, rule: PreApproval, person: Person, *, in_force: bool) -> RuleRow:
    word = mark("in force") if in_force else mark("undone") if rule.revoked else mark("ended")
    return RuleRow(
        id=rule.id,
        policy=rule.policy,
        any_drive=rule.any_drive,
        exceptions=rule.exceptions,
        countdown_s=rule.countdown_s,
        approved=rule.approved,
        approver=person.name,
        valid_until=rule.valid_until,
        state=visit.say(word),
        in_force=in_force,
    )
