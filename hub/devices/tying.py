"""A person says where a drive belongs, where evidence found nothing or contradicts what was declared.

Each word is a row of its own: the declaration, the runs and earlier words stay as they were said. It answers for the
runs that waited for it and for later ones that name nothing; one that contradicts itself later asks again.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import String, bindparam, or_, select
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.database import narrowed
from hub.derive.moments import next_moment
from hub.derive.reading import read_runs_of, rematch
from hub.errors import BadInput, Conflict, NotFound
from hub.ledger.append import lock_ledger
from hub.models import Device, Drive, DriveTie, Erasure, Lot, Person
from hub.people.roles import MANAGERS, require
from hub.scope import drive_in_scope, in_scope
from hub.typed import one_line

LIST_WRONG, BENCH_WRONG, MOVED, GIVEN_AGAIN, OTHER = "list-wrong", "bench-wrong", "moved", "given-again", "other"
REASONS = (LIST_WRONG, BENCH_WRONG, MOVED, GIVEN_AGAIN, OTHER)
LONGEST_NOTE = 500


def tie(
    session: Session, person: Person, drive_id: str, lot: Lot, asset: str = "", *, reason: str = "", note: str = ""
) -> Drive:
    """Put a drive into a lot, and into the tagged device in it if there is one.

    A drive that has a lot already needs a reason of `REASONS`, and a run that waits for the answer. Raises Forbidden,
    NotFound (drive, or no such tag in this lot), Conflict (no run waits), BadInput (no reason).
    """
    require(person, *MANAGERS)
    lock_ledger(session)  # before the drive, as whoever reads the ledger: in another order the two stop each other
    query = select(Drive).where(Drive.id == drive_id, drive_in_scope(person)).with_for_update()
    drive = session.scalar(query, execution_options={"populate_existing": True})
    if drive is None:
        raise NotFound("no such drive")
    note = one_line(note, LONGEST_NOTE)
    if drive.lot_id is not None:
        _judge(session, drive, reason, note)
    refuse_claims(note)
    device = _tagged_in(session, lot, asset.strip()) if asset.strip() else None
    row = DriveTie(
        drive_id=drive.id,
        lot_id=lot.id,
        device_id=device.id if device else None,
        before_lot_id=drive.lot_id,
        known_from=next_moment(session),
        reason=reason if reason in REASONS else "",
        note=note,
        at=hub_of(session).clock(),
        by=person.id,
    )
    session.add(row)
    drive.lot_id, drive.device_id, drive.tied_by, drive.tied_from = lot.id, row.device_id, person.id, row.known_from
    session.flush()
    audit.record(session, person, "drive.tie", drive.id, f"{lot.code} {asset} {row.reason} {note}".strip())
    read_runs_of(session, drive.id)
    rematch(session, None)
    return drive


def ties_of(session: Session, drive_id: str) -> Sequence[DriveTie]:
    """Every word of a person about one drive, oldest first."""
    return session.scalars(select(DriveTie).where(DriveTie.drive_id == drive_id).order_by(DriveTie.known_from)).all()


def ties_out_of(session: Session, person: Person, lot: Lot) -> Sequence[tuple[DriveTie, Drive, Lot]]:
    """The drives of this lot that a person put into another one in scope: they stay in its account."""
    query = narrowed(_OUT_OF, in_scope(person, DriveTie.lot_id))
    return [(row[0], row[1], row[2]) for row in session.execute(query, {"lot": lot.id})]


_OF: Final = bindparam("lot", type_=String)
_OUT_OF: Final = (
    select(DriveTie, Drive, Lot)
    .join(Drive, Drive.id == DriveTie.drive_id)
    .join(Lot, Lot.id == DriveTie.lot_id)
    .where(or_(DriveTie.before_lot_id == _OF, Drive.declared_lot_id == _OF), DriveTie.lot_id != _OF)
    .where(Drive.lot_id != _OF)
    .order_by(DriveTie.known_from)
)


def _judge(session: Session, drive: Drive, reason: str, note: str) -> None:
    waiting = select(Erasure.statement_id).where(Erasure.drive_id == drive.id, Erasure.lot_id.is_(None)).limit(1)
    if session.scalar(waiting) is None:
        raise Conflict("this drive belongs to a lot already")
    if reason not in REASONS or (reason == OTHER and not note):
        raise BadInput("this drive has a lot already: say why it belongs elsewhere, in words if need be", "reason")


def _tagged_in(session: Session, lot: Lot, asset: str) -> Device:
    device = session.scalar(select(Device).where(Device.asset == asset, Device.lot_id == lot.id))
    if device is None:
        raise NotFound(f"no device {asset} in lot {lot.code}")
    return device
