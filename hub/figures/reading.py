"""Reads the rows that the indicators of one period count, in the reader's scope and by source or workshop."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.accounted import DeviceSaid, DriveRecord, LotCount, LotStep
from hub.claims import donor_name
from hub.figures.periods import Period
from hub.figures.rows import Book, Change, LotRow, RunRow
from hub.figures.social import typed
from hub.intake.channels import channels_of
from hub.lots.life import UNDO
from hub.models import Donor, Erasure, Lot, LotState, Person
from hub.partnered import LotPartner
from hub.people.roles import NETWORKERS, require
from hub.scope import LotColumn, in_scope


@dataclass(frozen=True, slots=True)
class Choice:
    """Which lots are counted: of one donor, of one partner's work; "" for all."""

    donor_id: str = ""
    partner_id: str = ""


def read(session: Session, person: Person, period: Period, choice: Choice) -> Book:
    """The rows of a period. Raises Forbidden."""
    require(person, *NETWORKERS)
    whole = not (choice.donor_id or choice.partner_id)
    return Book(
        period.begin,
        period.end,
        _lots(session, person, period, choice),
        _runs(session, person, period, choice),
        _records(session, person, period, choice),
        (*_lot_changes(session, person, period, choice), *_device_changes(session, person, period, choice)),
        typed(session, person, period) if whole else {},
    )


def _chosen(person: Person, lot_id: LotColumn, choice: Choice) -> ColumnElement[bool]:
    found = in_scope(person, lot_id)
    if choice.donor_id:
        found &= lot_id.in_(select(Lot.id).where(Lot.donor_id == choice.donor_id))
    if choice.partner_id:
        mine = select(LotPartner.lot_id).where(LotPartner.partner_id == choice.partner_id)
        found &= lot_id.in_(mine.where(LotPartner.withdrawn.is_(None)))
    return found


def _lots(session: Session, person: Person, period: Period, choice: Choice) -> tuple[LotRow, ...]:
    query = (
        select(Lot.id, Lot.code, Donor)
        .join(Donor, Donor.id == Lot.donor_id)
        .where(Lot.received >= period.begin, Lot.received < period.end, Lot.state != LotState.CANCELLED)
        .where(_chosen(person, Lot.id, choice))
    )
    rows = session.execute(query.order_by(Lot.code)).all()
    counts = _counts(session, [row[0] for row in rows])
    ways = channels_of(session, person, [row[0] for row in rows])
    return tuple(
        LotRow(row[1], donor_name(row[2]), counts[row[0]], frozenset(counts[row[0]]), ways.get(row[0], ""))
        for row in rows
    )


def _counts(session: Session, lot_ids: Sequence[str]) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """Of each lot (asked for in scope): step -> kind -> units, the newest of each step, kind and reason."""
    query = select(LotCount).where(LotCount.lot_id.in_(lot_ids)).order_by(LotCount.id)
    held = {(row.lot_id, row.step, row.kind, row.reason): row.number for row in session.scalars(query)}
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for (lot_id, step, kind, _reason), number in held.items():
        kinds = found[lot_id].setdefault(step, {})
        kinds[kind] = kinds.get(kind, 0) + number
    return found


def _runs(session: Session, person: Person, period: Period, choice: Choice) -> tuple[RunRow, ...]:
    query = select(Erasure.method, Erasure.verdict).where(
        Erasure.received >= period.begin, Erasure.received < period.end, _chosen(person, Erasure.lot_id, choice)
    )
    return tuple(RunRow(row.method, row.verdict) for row in session.execute(query))


def _records(session: Session, person: Person, period: Period, choice: Choice) -> tuple[str, ...]:
    query = select(DriveRecord.how).where(
        DriveRecord.at >= period.begin,
        DriveRecord.at < period.end,
        DriveRecord.withdrawn.is_(None),
        _chosen(person, DriveRecord.lot_id, choice),
    )
    return tuple(session.scalars(query))


def _lot_changes(session: Session, person: Person, period: Period, choice: Choice) -> tuple[Change, ...]:
    """The announcement and the steps of each lot; a step that was taken back is none."""
    query = (
        select(LotStep, Lot)
        .join(Lot, Lot.id == LotStep.lot_id)
        .where(LotStep.at < period.end, _chosen(person, LotStep.lot_id, choice))
    )
    found: dict[str, list[Change]] = {}
    for step, lot in session.execute(query.order_by(LotStep.id)):
        walked = found.setdefault(lot.id, [Change("lot", lot.id, LotState.ANNOUNCED.value, lot.created)])
        if step.kind == UNDO:
            del walked[-1:]
            continue
        day = lot.received if step.after == LotState.RECEIVED else None
        walked.append(Change("lot", lot.id, step.after, day or step.at))
    return tuple(change for walked in found.values() for change in walked)


def _device_changes(session: Session, person: Person, period: Period, choice: Choice) -> tuple[Change, ...]:
    query = select(DeviceSaid.device_id, DeviceSaid.word, DeviceSaid.at).where(
        DeviceSaid.about == "step",
        DeviceSaid.withdrawn.is_(None),
        DeviceSaid.at < period.end,
        _chosen(person, DeviceSaid.lot_id, choice),
    )
    rows = session.execute(query.order_by(DeviceSaid.device_id, DeviceSaid.id))
    return tuple(Change("device", row.device_id, row.word, row.at) for row in rows)
