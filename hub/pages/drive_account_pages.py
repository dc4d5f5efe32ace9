"""The drive account of a lot, and one drive of it: what explains it, what people recorded, and the forms to do so."""

from dataclasses import dataclass

from fastapi import APIRouter, Response
from sqlalchemy import select

from hub import wording
from hub.accounted import DriveRecord
from hub.errors import HubError, NotFound
from hub.lots import explaining, late_runs, life
from hub.lots import service as lots
from hub.lots.account import Why
from hub.lots.drive_account import AccountLine, account_of, line_of, totals
from hub.models import Lot, Person, Role
from hub.pages import account_words, formats
from hub.pages.blocker_words import tag_of
from hub.pages.forms import Fields, SmallForm
from hub.pages.language import mark
from hub.pages.places_of_lots import drive_path
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Readers, Staff, Validators, Visit
from hub.people.roles import BENCH
from hub.scope import of_own_house

router = APIRouter(include_in_schema=False)
UNREAD = mark("serial unreadable")
EMPTY = explaining.Said("")


@dataclass(frozen=True, slots=True)
class LineRow:
    """One drive of the account as shown."""

    id: str
    path: str
    serial: str
    model: str
    device: str
    state: wording.State
    why: str
    open: bool


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record of a person as shown."""

    id: int
    how: str
    reason: str
    facts: tuple[str, ...]
    note: str
    at: object
    who: str
    withdrawn: object
    withdrawn_reason: str
    mine: bool  # whether this reader may take it back


@router.get("/lots/{code}/account")
def show_account(visit: Readers, code: str) -> Response:
    """Every drive of a lot, the open ones first."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    lines = account_of(visit.session, visit.someone, lot)
    rows = sorted((row_of(line, lot.code, visit.lang) for line in lines), key=lambda row: not row.open)
    return visit.page("drive_account.html", lot=lot, rows=rows, totals=class_totals(lines, visit.lang))


@router.get("/lots/{code}/drives/{drive_id}")
def show_drive(visit: Readers, code: str, drive_id: str) -> Response:
    """One drive of a lot."""
    return _page(visit, lots.lot_for(visit.session, visit.someone, code), drive_id, EMPTY)


@router.post("/lots/{code}/drives/{drive_id}/explain")
def explain(visit: Staff, code: str, drive_id: str, fields: SmallForm) -> Response:
    """Record what became of a drive, or say why not."""
    lot, said = lots.lot_for(visit.session, visit.someone, code), _said(fields)
    try:
        explaining.explain(visit.session, visit.someone, lot, drive_id, said)
    except NotFound:
        raise
    except HubError as error:
        return _page(visit, lot, drive_id, said, error=in_words(error.message, visit.lang), status=error.status)
    return visit.go(drive_path(code, drive_id), "drive-recorded", code=code)


@router.post("/lots/{code}/drives/{drive_id}/withdraw")
def withdraw(visit: Staff, code: str, drive_id: str, fields: SmallForm) -> Response:
    """Take a record back, or say why not."""
    lot, record_id = lots.lot_for(visit.session, visit.someone, code), whole(fields.text("record"))
    try:
        explaining.withdraw(visit.session, visit.someone, lot, record_id, fields.text("reason"))
    except HubError as error:
        return _page(visit, lot, drive_id, EMPTY, error=in_words(error.message, visit.lang), status=error.status)
    return visit.go(drive_path(code, drive_id), "drive-record-withdrawn", code=code)


@router.post("/lots/{code}/drives/{drive_id}/late-run")
def answer(visit: Validators, code: str, drive_id: str, fields: SmallForm) -> Response:
    """Say that the drive had left and was given again, or say why not."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    line = line_of(visit.session, visit.someone, lot, drive_id)
    if line is None:
        raise NotFound("no such drive")
    try:
        late_runs.answer(visit.session, visit.someone, lot, line, fields.text("statement"), note=fields.text("note"))
    except HubError as error:
        return _page(visit, lot, drive_id, EMPTY, error=in_words(error.message, visit.lang), status=error.status)
    return visit.go(drive_path(code, drive_id), "drive-recorded", code=code)


@router.post("/lots/{code}/drives/{drive_id}/late-run/withdraw")
def take_answer_back(visit: Validators, code: str, drive_id: str, fields: SmallForm) -> Response:
    """Take such an answer back, or say why not."""
    lot, answer_id = lots.lot_for(visit.session, visit.someone, code), whole(fields.text("answer"))
    try:
        late_runs.take_back(visit.session, visit.someone, lot, answer_id, fields.text("reason"))
    except HubError as error:
        return _page(visit, lot, drive_id, EMPTY, error=in_words(error.message, visit.lang), status=error.status)
    return visit.go(drive_path(code, drive_id), "drive-record-withdrawn", code=code)


def class_totals(lines: tuple[AccountLine, ...], lang: str) -> list[tuple[wording.State, int]]:
    """Each class and its number; never a sum of two."""
    return [(account_words.class_state(explained, lang), number) for explained, number in totals(lines).items()]


def row_of(line: AccountLine, code: str, lang: str) -> LineRow:
    """One line of the account in words."""
    drive, standing = line.drive, line.standing
    return LineRow(
        drive.id,
        drive_path(code, drive.id),
        drive.serial or account_words.say(UNREAD, lang),
        drive.model,
        tag_of(drive.device) if drive.device else "",
        account_words.class_state(standing.explained, lang),
        account_words.why_words(standing.why, lang),
        bool(standing.why),
    )


def _page(
    visit: Visit, lot: Lot, drive_id: str, form: explaining.Said, *, error: str = "", status: int = 200
) -> Response:
    line = line_of(visit.session, visit.someone, lot, drive_id)
    if line is None:
        raise NotFound("no such drive")
    is_lead, lang = visit.has_role(Role.LEAD), visit.lang
    free = lot.state not in life.OVER and line.standing.record is None
    codes = lots.codes(visit.session, visit.someone, [run.lot_id for run in line.against])
    return visit.page(
        "drive_record.html",
        status,
        error=error,
        lot=lot,
        row=row_of(line, lot.code, lang),
        runs=[
            (run, wording.run_state(run.verdict, run.decision, lang), wording.decision_state(run.decision, lang))
            for run in line.runs
        ],
        records=[
            _record(visit, lot, one) for one in explaining.records_of(visit.session, visit.someone, lot, drive_id)
        ],
        can_attest=free and not line.runs,
        can_record=free and is_lead,
        can_count=is_lead and lot.state not in life.OVER and line.standing.why is Why.EARLIER,
        is_lead=is_lead,
        against=[
            (run, wording.run_state(run.verdict, run.decision, lang), codes.get(run.lot_id, "")) for run in line.against
        ],
        answers=late_runs.answers_of(visit.session, visit.someone, lot, drive_id),
        form=form,
        today=visit.hub.clock().date().isoformat(),
        people=_people(visit) if is_lead else (),
        methods=account_words.choices(account_words.METHODS, lang),
        absences=account_words.choices(account_words.ABSENCES, lang),
    )


def _people(visit: Visit) -> tuple[tuple[str, str], ...]:
    query = (
        select(Person.id, Person.name)
        .where(Person.active, Person.role.in_(BENCH), of_own_house(visit.someone, Person.id))
        .order_by(Person.name)
    )
    return tuple((row.id, row.name) for row in visit.session.execute(query))


def _record(visit: Visit, lot: Lot, one: DriveRecord) -> RecordRow:
    lang = visit.lang
    tables = {"destroyed": account_words.METHODS, "absent": account_words.ABSENCES}
    reason = tables[one.how].get(one.reason, "") if one.how in tables else ""
    serial = one.serial or (account_words.say(UNREAD, lang) if one.how == "destroyed" else "")
    facts = (one.day and formats.day_text(one.day, lang), serial, one.operator, one.witness, one.reference)
    roles = explaining.ROLES[one.how]
    return RecordRow(
        one.id,
        account_words.say(account_words.HOWS[one.how], lang),
        account_words.say(reason, lang),
        tuple(fact for fact in facts if fact),
        one.note,
        one.at,
        one.by_name,
        one.withdrawn,
        one.withdrawn_reason,
        one.withdrawn is None and lot.state not in life.OVER and visit.has_role(*roles),
    )


def _said(fields: Fields) -> explaining.Said:
    return explaining.Said(
        how=fields.text("how"),
        reason=fields.text("reason"),
        serial=fields.text("serial"),
        unreadable=fields.text("unreadable") == "yes",
        day=fields.text("day"),
        operator_id=fields.text("operator"),
        witness=fields.text("witness"),
        reference=fields.text("reference"),
        note=fields.text("note"),
        sure=fields.text("sure") == "yes",
    )
