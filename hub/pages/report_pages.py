"""Wipe reports of other programs: giving one, the queue of those that nobody has decided, one report line by line."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from hub import wording
from hub.errors import HubError
from hub.foreign import WipeReportDecision, WipeReportFile
from hub.imported import deciding, keeping
from hub.imported.reported import Outcome
from hub.lots import service as lots
from hub.models import Lot, Role
from hub.pages import report_words
from hub.pages.forms import DocumentForm, SmallForm
from hub.pages.places_of_lots import drive_path, lot_path
from hub.pages.sentences import in_words
from hub.pages.visit import Bench, Readers, Validators, Visit

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report of the list: how many of its lines wait for a decision, and how many match no drive."""

    report: WipeReportFile
    lot: str
    state: wording.State
    trouble: str
    lines: int
    waiting: int
    unmatched: int


@dataclass(frozen=True, slots=True)
class DriveRow:
    """A drive that a line may mean."""

    id: str
    path: str
    serial: str
    lot: str
    early: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a report as shown."""

    id: int
    serial: str
    model: str
    facts: tuple[str, ...]
    said: str
    state: wording.State
    why: str
    drives: tuple[DriveRow, ...]
    decision: WipeReportDecision | None
    can_accept: bool
    can_set_aside: bool


@router.get("/reports")
def show_reports(visit: Readers) -> Response:
    """Every report, those that wait first."""
    return _list(visit, None)


@router.post("/reports")
def give(visit: Bench, fields: DocumentForm) -> Response:
    """Take a report that belongs to no lot in particular."""
    return _keep(visit, None, fields.file("file"))


@router.get("/lots/{code}/reports")
def show_reports_of_lot(visit: Readers, code: str) -> Response:
    """The reports that were given for one lot."""
    return _list(visit, lots.lot_for(visit.session, visit.someone, code))


@router.post("/lots/{code}/reports")
def give_for_lot(visit: Bench, code: str, fields: DocumentForm) -> Response:
    """Take a report for one lot: its lines match drives of that lot only."""
    return _keep(visit, lots.lot_for(visit.session, visit.someone, code), fields.file("file"))


@router.get("/reports/{report_id}")
def show_report(visit: Readers, report_id: int) -> Response:
    """One report, line by line."""
    return _page(visit, report_id)


@router.get("/reports/{report_id}/original")
def original(visit: Readers, report_id: int) -> Response:
    """The bytes as they came, as a download that no browser opens."""
    report = keeping.report_for(visit.session, visit.someone, report_id)
    headers = {
        "Content-Disposition": f'attachment; filename="report-{report.id}.bin"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(report.content, media_type="application/octet-stream", headers=headers)


@router.post("/reports/{report_id}/read")
def read_again(visit: Bench, report_id: int, _fields: SmallForm) -> Response:
    """Read a report that was stored and not read, because the hub stopped in between."""
    keeping.read(visit.session, keeping.report_for(visit.session, visit.someone, report_id))
    return visit.go(f"/reports/{report_id}")


@router.post("/reports/{report_id}/lines/{line_id}")
def decide(visit: Validators, report_id: int, line_id: int, fields: SmallForm) -> Response:
    """Let a line enter the account, or set it aside, or say why not."""
    session, person, reason = visit.session, visit.someone, fields.text("reason")
    try:
        if fields.text("word") == keeping.ACCEPTED:
            drive, timely = fields.text("drive"), fields.text("timely") == "yes"
            deciding.accept(session, person, report_id, line_id, drive_id=drive, reason=reason, timely=timely)
        else:
            deciding.set_aside(session, person, report_id, line_id, reason)
    except HubError as error:
        return _page(visit, report_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/reports/{report_id}", "report-decided")


def _keep(visit: Visit, lot: Lot | None, data: bytes) -> Response:
    try:
        report = keeping.keep(visit.session, visit.someone, lot, data)
    except HubError as error:
        return _list(visit, lot, in_words(error.message, visit.lang), error.status)
    known = report.state != keeping.STORED
    visit.session.commit()  # the bytes are safe before anybody interprets them
    keeping.read(visit.session, report)
    return visit.go(f"/reports/{report.id}", "report-known" if known else "report-kept")


def _list(visit: Visit, lot: Lot | None, error: str = "", status: int = 200) -> Response:
    codes = {one.id: one.code for one in lots.visible_lots(visit.session, visit.someone)}
    rows = [_row(visit, report, codes) for report in keeping.reports(visit.session, visit.someone, lot)]
    rows.sort(key=lambda row: not (row.waiting or row.trouble))
    path = f"{lot_path(lot.code)}/reports" if lot else "/reports"
    return visit.page("wipe_reports.html", status, rows=rows, lot=lot, path=path, error=error)


def _row(visit: Visit, report: WipeReportFile, codes: dict[str, str]) -> ReportRow:
    lines = keeping.lines_of(visit.session, visit.someone, report)
    return ReportRow(
        report,
        codes.get(report.lot_id or "", ""),
        report_words.report_state(report, visit.lang),
        report_words.trouble_words(report, visit.lang),
        len(lines),
        sum(line.waits for line in lines),
        sum(not line.drives for line in lines),
    )


def _page(visit: Visit, report_id: int, error: str = "", status: int = 200) -> Response:
    report = keeping.report_for(visit.session, visit.someone, report_id)
    lines = keeping.lines_of(visit.session, visit.someone, report)
    return visit.page(
        "wipe_report.html",
        status,
        report=report,
        state=report_words.report_state(report, visit.lang),
        trouble=report_words.trouble_words(report, visit.lang),
        signature=report_words.signature_words(report, visit.lang),
        lines=[_line(visit, line) for line in lines],
        error=error,
    )


def _line(visit: Visit, found: keeping.ReportLine) -> LineRow:
    line, is_lead = found.line, visit.has_role(Role.LEAD)
    accepted = found.decision is not None and found.decision.word == keeping.ACCEPTED
    success = line.outcome == Outcome.SUCCESS
    return LineRow(
        line.id,
        line.serial,
        line.model,
        tuple(fact for fact in (line.size, line.technique, line.started, line.ended) if fact),
        line.said,
        report_words.outcome_state(line.outcome, visit.lang),
        report_words.why_words(line.why, visit.lang),
        tuple(
            DriveRow(one.id, drive_path(one.lot.code, one.id), one.serial, one.lot.code, deciding.too_early(one, found))
            for one in found.drives
            if one.lot is not None
        ),
        found.decision,
        is_lead and success and bool(found.drives) and not accepted,
        is_lead and found.decision is None,
    )
