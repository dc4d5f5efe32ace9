"""A validator's word about one line of a wipe report: it enters the drive account as such, or is set aside.

Nothing but a report's whole success can enter, under a reason; it stays a class of its own, never "erased" (INV-5).
"""

import re
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from hub import audit
from hub.accounted import DriveRecord
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.foreign import WipeReportDecision, WipeReportFile
from hub.imported.keeping import ACCEPTED, SET_ASIDE, ReportLine, line_for
from hub.imported.reported import Outcome
from hub.lots.account import IMPORTED, SLACK, Explained
from hub.lots.drive_account import line_of, since
from hub.lots.life import require_open
from hub.models import Drive, Person
from hub.people.roles import VALIDATORS, require
from hub.typed import one_line

LONGEST = 500
DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")


def accept(
    session: Session, person: Person, report_id: int, line_id: int, *, drive_id: str, reason: str, timely: bool
) -> DriveRecord:
    """Let a line enter the account of its drive. `timely`: the person stands for a wipe in this lot's time.

    Raises Forbidden, NotFound, BadInput (no reason; its day is unknown or too early and nobody stands for it), Conflict
    (no success; decided already; lot is over; the drive is explained already).
    """
    require(person, *VALIDATORS)
    report, found = line_for(session, person, report_id, line_id)
    drive = next((one for one in found.drives if one.id == drive_id), None)
    if drive is None or drive.lot is None:
        raise NotFound("no such drive")
    reason = _reason(reason)
    if found.line.outcome != Outcome.SUCCESS:
        raise Conflict("this report does not say that the drive is erased, whole and without errors")
    if found.decision is not None and found.decision.word == ACCEPTED:
        raise Conflict("this line is in the account already")
    require_open(session, drive.lot)
    standing = line_of(session, person, drive.lot, drive.id)
    if standing is None or standing.standing.explained is not Explained.OPEN or standing.standing.record is not None:
        raise Conflict("this drive is explained already")
    _in_time(drive, found, timely=timely)
    record = _record(session, person, report, found, drive=drive, reason=reason)
    _decide(session, person, found, ACCEPTED, reason, record_id=record.id)
    return record


def set_aside(session: Session, person: Person, report_id: int, line_id: int, reason: str) -> None:
    """Say that a line explains nothing. Raises Forbidden, NotFound, BadInput (no reason), Conflict (it is accepted)."""
    require(person, *VALIDATORS)
    _report, found = line_for(session, person, report_id, line_id)
    reason = _reason(reason)
    if found.decision is not None:
        raise Conflict("this line is decided already")
    _decide(session, person, found, SET_ASIDE, reason)


def day_of(text: str) -> date | None:
    """The day in a report's time, year first; None where there is none that can be read for sure."""
    found = DAY.search(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def too_early(drive: Drive, found: ReportLine) -> bool:
    """Whether the report's own clock places the wipe before its lot (INV-7), or says nothing."""
    day = day_of(found.line.started) or day_of(found.line.ended)
    if day is None or drive.lot is None:
        return True
    return datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC) < since(drive, drive.lot) - SLACK


def source_of(report: WipeReportFile) -> str:
    """Where imported evidence comes from, for every document: tool, version, form, digest of the bytes."""
    tool = " ".join(part for part in (report.tool, report.version) if part)
    return f"{tool[:100]}, {report.form.upper()}, signature not checked, SHA-256 {report.sha256[:16]}"


def _in_time(drive: Drive, found: ReportLine, *, timely: bool) -> None:
    if too_early(drive, found) and not timely:
        raise BadInput("by its own clock this wipe is not of this lot's time: tick that you stand for it", "timely")


def _reason(text: str) -> str:
    reason = one_line(text, LONGEST)
    if not reason:
        raise BadInput("a decision about a report needs a reason", "reason")
    refuse_claims(reason)
    return reason


def _record(
    session: Session, person: Person, report: WipeReportFile, found: ReportLine, *, drive: Drive, reason: str
) -> DriveRecord:
    day = day_of(found.line.ended) or day_of(found.line.started)
    row = DriveRecord(
        drive_id=drive.id,
        lot_id=drive.lot_id,
        how=IMPORTED,
        serial=found.line.serial,
        day=day.isoformat() if day else "",
        reference=source_of(report),
        note=reason,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    return row


def _decide(
    session: Session, person: Person, found: ReportLine, word: str, reason: str, *, record_id: int | None = None
) -> None:
    session.add(
        WipeReportDecision(
            line_id=found.line.id,
            word=word,
            record_id=record_id,
            reason=reason,
            at=hub_of(session).clock(),
            by=person.id,
            by_name=person.name,
        )
    )
    session.flush()
    told = f"report {found.line.report_id} line {found.line.number}, serial {found.line.serial}: {reason}"
    audit.record(session, person, f"report.{word}", str(found.line.report_id), told)
