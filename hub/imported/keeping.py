"""Wipe reports of other programs: stored first, byte for byte, then read; matched to drives by their serial (INV-11).

A report explains nothing by itself. The same bytes given again for the same lot are the report that is there.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session, selectinload

from hub import audit
from hub.accounted import DriveRecord
from hub.context import hub_of
from hub.devices.observed import is_strong
from hub.errors import BadInput, NotFound, TooLarge
from hub.foreign import WipeReportDecision, WipeReportFile, WipeReportLine
from hub.imported.recognising import MOST_BYTES, read_report
from hub.imported.reported import Unreadable
from hub.models import Drive, Lot, Person
from hub.people.roles import BENCH, READERS, may, require
from hub.scope import in_scope, own_partner, written_in_scope

STORED, READ, UNREADABLE = "stored", "read", "unreadable"
ACCEPTED, SET_ASIDE = "accepted", "set-aside"
SHOWN = 200  # reports of a list, the newest first
MOST_MATCHES = 20


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of a report with the drives that have its serial, and the newest decision that still holds."""

    line: WipeReportLine
    drives: tuple[Drive, ...]
    decision: WipeReportDecision | None

    @property
    def waits(self) -> bool:
        """Whether nobody has decided about it."""
        return self.decision is None


def keep(session: Session, person: Person, lot: Lot | None, data: bytes) -> WipeReportFile:
    """Store a report as it came; the caller commits before it is read. Raises Forbidden, BadInput (empty), TooLarge."""
    require(person, *BENCH)
    if not data:
        raise BadInput("choose a file first", "file")
    if len(data) > MOST_BYTES:
        raise TooLarge("This file is too large.")
    digest, key = hashlib.sha256(data).hexdigest(), lot.id if lot else session.scalar(own_partner(person)) or ""
    same = select(WipeReportFile).where(WipeReportFile.sha256 == digest, WipeReportFile.lot_key == key)
    found = session.scalar(same)
    if found is not None:
        return found
    row = WipeReportFile(
        sha256=digest,
        lot_key=key,
        lot_id=lot.id if lot else None,
        content=data,
        size=len(data),
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "report.keep", str(row.id), f"sha256 {digest} for {lot.code if lot else 'no lot'}")
    return row


def read(session: Session, report: WipeReportFile) -> None:
    """Read a stored report, once; what cannot be read keeps its bytes and says why."""
    if report.state != STORED:
        return
    try:
        found = read_report(report.content)
    except Unreadable as error:
        report.state, report.trouble = UNREADABLE, error.trouble.value
        return
    report.state, report.tool, report.version = READ, found.tool, found.version
    report.form, report.signed = found.form, found.signed
    for number, one in enumerate(found.drives, 1):
        line = WipeReportLine(
            report_id=report.id,
            number=number,
            serial=one.serial,
            model=one.model,
            size=one.size,
            technique=one.technique,
            outcome=one.outcome.value,
            said=one.said,
            why=one.why.value,
            started=one.started,
            ended=one.ended,
        )
        session.add(line)
    session.flush()


def report_for(session: Session, person: Person, report_id: int) -> WipeReportFile:
    """One report. Raises NotFound outside the person's scope; donors see none."""
    row = session.scalar(select(WipeReportFile).where(WipeReportFile.id == report_id, _visible(person)))
    if row is None:
        raise NotFound("no such report")
    return row


def reports(session: Session, person: Person, lot: Lot | None = None) -> tuple[WipeReportFile, ...]:
    """The newest reports in the person's scope, of one lot or of all."""
    query = select(WipeReportFile).where(_visible(person))
    if lot is not None:
        query = query.where(WipeReportFile.lot_id == lot.id)
    return tuple(session.scalars(query.order_by(WipeReportFile.id.desc()).limit(SHOWN)))


def lines_of(session: Session, person: Person, report: WipeReportFile) -> tuple[ReportLine, ...]:
    """The lines of a report, each with the drives that it may mean and what was decided."""
    query = select(WipeReportLine).where(WipeReportLine.report_id == report.id).order_by(WipeReportLine.number)
    lines = session.scalars(query).all()
    decided, found = _decisions(session, lines), _drives(session, person, report, lines)
    return tuple(ReportLine(line, found.get(line.serial.lower(), ()), decided.get(line.id)) for line in lines)


def line_for(session: Session, person: Person, report_id: int, line_id: int) -> tuple[WipeReportFile, ReportLine]:
    """One line of a report. Raises NotFound."""
    report = report_for(session, person, report_id)
    found = next((one for one in lines_of(session, person, report) if one.line.id == line_id), None)
    if found is None:
        raise NotFound("no such line")
    return report, found


def _visible(person: Person) -> ColumnElement[bool]:
    if not may(person, *READERS):
        return false()
    of_no_lot = WipeReportFile.lot_id.is_(None) & written_in_scope(person, WipeReportFile.by)
    return or_(of_no_lot, WipeReportFile.lot_id.is_not(None) & in_scope(person, WipeReportFile.lot_id))


def _drives(
    session: Session, person: Person, report: WipeReportFile, lines: Sequence[WipeReportLine]
) -> dict[str, tuple[Drive, ...]]:
    """The drives in scope by serial in small letters. A report of a lot names drives of that lot only."""
    asked = {line.serial.lower() for line in lines if is_strong(line.serial)}
    query = select(Drive).options(selectinload(Drive.lot)).where(func.lower(Drive.serial).in_(asked))
    query = query.where(Drive.lot_id.is_not(None), in_scope(person, Drive.lot_id))
    if report.lot_id is not None:
        query = query.where(Drive.lot_id == report.lot_id)
    found: dict[str, list[Drive]] = {}
    for drive in session.scalars(query.order_by(Drive.created, Drive.id).limit(MOST_MATCHES * len(asked))):
        found.setdefault(drive.serial.lower(), []).append(drive)
    return {serial: tuple(drives) for serial, drives in found.items()}


def _decisions(session: Session, lines: Sequence[WipeReportLine]) -> dict[int, WipeReportDecision]:
    """The newest decision about each line; one whose record was taken back holds no more."""
    query = select(WipeReportDecision, DriveRecord.withdrawn)
    query = query.outerjoin(DriveRecord, DriveRecord.id == WipeReportDecision.record_id)
    query = query.where(WipeReportDecision.line_id.in_([line.id for line in lines])).order_by(WipeReportDecision.id)
    found: dict[int, WipeReportDecision] = {}
    for decision, withdrawn in session.execute(query):
        if withdrawn is None:
            found[decision.line_id] = decision
        else:
            found.pop(decision.line_id, None)
    return found
