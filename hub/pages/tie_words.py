"""What people said of the place of a drive, in words: the list's word stays beside it, for the workshop."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.claims import label_of
from hub.devices import tying
from hub.models import Device, Drive, DriveTie, Lot, Person
from hub.pages.language import mark
from hub.pages.visit import Visit
from hub.scope import in_scope

REASONS = {
    tying.LIST_WRONG: mark("the donor's list is wrong"),
    tying.BENCH_WRONG: mark("a wrong tag or lot was given at the bench"),
    tying.MOVED: mark("the drive was moved to another device"),
    tying.GIVEN_AGAIN: mark("the drive was given again, by somebody else"),
    tying.OTHER: mark("another reason"),
}


@dataclass(frozen=True, slots=True)
class TieFacts:
    """One word of a person: where to, from which lot, why, who, when. `reason` is "" where none was due."""

    serial: str
    lot: str
    before: str
    asset: str
    reason: str
    note: str
    who: str
    at: datetime


def because(visit: Visit, drive: Drive) -> tuple[tuple[str, str], ...]:
    """The reasons to choose from where a drive has a lot already; nothing where it has none."""
    if drive.lot_id is None:
        return ()
    return tuple((code, visit.say(word)) for code, word in REASONS.items())


def declared(visit: Visit, drive: Drive) -> str:
    """Lot and tag that a list declared for a drive; "" where none did."""
    lot = _lot(visit, drive.declared_lot_id)
    device = visit.session.get(Device, drive.declared_device_id) if lot and drive.declared_device_id else None
    parts = (lot.code if lot else "", label_of(lot) if lot else "", (device.asset or device.serial) if device else "")
    return " · ".join(part for part in parts if part)


def ties(visit: Visit, drive: Drive) -> tuple[TieFacts, ...]:
    """Everything that people said of a drive, oldest first."""
    return tuple(_facts(visit, row, drive) for row in tying.ties_of(visit.session, drive.id))


def gone(visit: Visit, lot: Lot) -> tuple[TieFacts, ...]:
    """The drives that were in a lot, and that a person put into another one."""
    return tuple(_facts(visit, row, drive) for row, drive, _to in tying.ties_out_of(visit.session, visit.someone, lot))


def _facts(visit: Visit, row: DriveTie, drive: Drive) -> TieFacts:
    session = visit.session
    lot, person, before = _lot(visit, row.lot_id), session.get(Person, row.by), _lot(visit, row.before_lot_id)
    device = session.get(Device, row.device_id) if lot and row.device_id else None
    return TieFacts(
        drive.serial,
        lot.code if lot else "",
        before.code if before else "",
        (device.asset or "") if device else "",
        visit.say(REASONS[row.reason]) if row.reason in REASONS else "",
        row.note if lot else "",
        person.name if person and lot else "",
        row.at,
    )


def _lot(visit: Visit, lot_id: str | None) -> Lot | None:
    """A lot that the reader may see; another workshop's has no name here."""
    return visit.session.scalar(select(Lot).where(Lot.id == lot_id, in_scope(visit.someone, Lot.id)))
