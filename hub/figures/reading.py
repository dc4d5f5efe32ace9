"""Reads the rows that the indicators of one period count, in the reader's scope and as the reader chose."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounted import DeviceSaid, DriveRecord, LotCount, LotStep
from hub.claims import donor_name
from hub.context import hub_of
from hub.errors import BadInput
from hub.figures import prescribed, reading_exits, reading_sums
from hub.figures.choice import Choice, chosen
from hub.figures.periods import Period
from hub.figures.rows import Book, Change, LotRow, RunRow
from hub.figures.social import typed
from hub.intake.channels import channels_of
from hub.lots.factors import FactorSet, factors_of
from hub.lots.life import UNDO
from hub.models import Donor, Erasure, Lot, LotState, Person
from hub.people.roles import NETWORKERS, require

__all__ = ["Choice", "read"]
PART = 500  # ids of one query


def read(session: Session, person: Person, period: Period, choice: Choice) -> Book:
    """The rows of a period. Raises Forbidden."""
    require(person, *NETWORKERS)
    places = reading_exits.places(session, person)
    exits = reading_exits.exits(session, person, period, choice, places)
    lines = [row.line for row in exits]
    taken, used = reading_sums.parts(session, person, period, choice)
    return Book(
        period.begin,
        period.end,
        _lots(session, person, period, choice, places),
        _runs(session, person, period, choice),
        _records(session, person, period, choice),
        (*_lot_changes(session, person, period, choice), *_device_changes(session, person, period, choice)),
        typed(session, person, period) if choice.is_whole else {},
        exits=exits,
        returns=reading_exits.returns(session, lines, period),
        defects=reading_exits.defects(session, lines),
        parts_taken=taken,
        parts_used=used,
        needs=reading_sums.needs(session, person, period, choice),
        weighed=reading_exits.weighed(session, exits),
        factors=_factors(session),
        prescribed=prescribed.pending(session, person, period, choice),
        money=reading_sums.money(session, person, period, choice, exits),
        reen=reading_sums.reen(session, person, period, choice),
    )


def _factors(session: Session) -> FactorSet | None:
    try:
        return factors_of(hub_of(session).settings.data_dir)
    except BadInput:
        return None  # said as the reason why there is no estimate


def _lots(session: Session, person: Person, period: Period, choice: Choice, places: Any) -> tuple[LotRow, ...]:
    query = (
        select(Lot.id, Lot.code, Donor)
        .join(Donor, Donor.id == Lot.donor_id)
        .where(Lot.received >= period.begin, Lot.received < period.end, Lot.state != LotState.CANCELLED)
        .where(chosen(person, Lot.id, choice))
    )
    rows = session.execute(query.order_by(Lot.code)).all()
    counts = _counts(session, [row[0] for row in rows])
    ways = channels_of(session, person, [row[0] for row in rows])
    return tuple(
        LotRow(
            row[1],
            donor_name(row[2]),
            counts[row[0]],
            frozenset(counts[row[0]]),
            places.types.get(row[2].id, ""),
            places.region(row[0], row[2].id),
            ways.get(row[0], ""),
        )
        for row in rows
    )


def _counts(session: Session, lot_ids: Sequence[str]) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """Of each lot (asked for in scope): step -> kind -> units, the newest of each step, kind and reason."""
    held: dict[tuple[str, str, str, str], int] = {}
    for part in (lot_ids[at : at + PART] for at in range(0, len(lot_ids), PART)):
        query = select(LotCount).where(LotCount.lot_id.in_(part)).order_by(LotCount.id)
        held |= {(row.lot_id, row.step, row.kind, row.reason): row.number for row in session.scalars(query)}
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for (lot_id, step, kind, _reason), number in held.items():
        kinds = found[lot_id].setdefault(step, {})
        kinds[kind] = kinds.get(kind, 0) + number
    return found


def _runs(session: Session, person: Person, period: Period, choice: Choice) -> tuple[RunRow, ...]:
    query = select(Erasure.method, Erasure.verdict).where(
        Erasure.received >= period.begin, Erasure.received < period.end, chosen(person, Erasure.lot_id, choice)
    )
    return tuple(RunRow(row.method, row.verdict) for row in session.execute(query))


def _records(session: Session, person: Person, period: Period, choice: Choice) -> tuple[str, ...]:
    query = select(DriveRecord.how).where(
        DriveRecord.at >= period.begin,
        DriveRecord.at < period.end,
        DriveRecord.withdrawn.is_(None),
        chosen(person, DriveRecord.lot_id, choice),
    )
    return tuple(session.scalars(query))


def _lot_changes(session: Session, person: Person, period: Period, choice: Choice) -> tuple[Change, ...]:
    """The announcement and the steps of each lot; a step that was taken back is none."""
    query = (
        select(LotStep, Lot)
        .join(Lot, Lot.id == LotStep.lot_id)
        .where(LotStep.at < period.end, chosen(person, LotStep.lot_id, choice))
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
        chosen(person, DeviceSaid.lot_id, choice),
    )
    rows = session.execute(query.order_by(DeviceSaid.device_id, DeviceSaid.id))
    return tuple(Change("device", row.device_id, row.word, row.at) for row in rows)
