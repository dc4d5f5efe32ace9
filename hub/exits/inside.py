"""What is in a device when it is to leave: its drives with their explanation, its battery, its system.

Unknown is not there. A drive that came back with its device was used since: only a later run explains it (INV-7).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diagnostics.grading import DriveStanding, inputs_of
from hub.accounted import DeviceSaid
from hub.departed import DeviceReturn
from hub.devices.service import DeviceView
from hub.lots.account import Explained, Why
from hub.lots.drive_account import AccountLine, line_of
from hub.models import Device, Lot, Person
from hub.repaired import MissingPart, Part, Repair
from hub.repairs.hosts import moves_of, parts_fitted

ERASED = (Explained.ERASED_PURGE, Explained.ERASED_CLEAR)
OF_A_RUN = (*ERASED, Explained.EXCEPTIONS)
NEW = "new"
BATTERY, DRIVE, SYSTEM = "battery", "drive", "system"
_WHYS = {Why.AWAITING: "awaiting", Why.REJECTED: "rejected", Why.FAILED: "failed", Why.CONTRADICTED: "failed"}


@dataclass(frozen=True, slots=True)
class Contents:
    """The drives of a device: every one that is its own or was fitted (`lines`), and those that sit in it (`sitting`).

    `new` are drives bought for it; `since` is when it came back, None where it never did.
    """

    lines: tuple[AccountLine, ...]
    sitting: frozenset[str]
    new: tuple[Part, ...]
    since: datetime | None

    def open_lines(self) -> Iterator[AccountLine]:
        """The drives that keep the device here."""
        for line in self.lines:
            if line.standing.explained is Explained.OPEN or self.used_since(line):
                yield line

    def used_since(self, line: AccountLine) -> bool:
        """Whether what explains a drive is a run from before the device came back."""
        run = line.standing.run
        by_run = line.standing.explained in OF_A_RUN
        return self.since is not None and by_run and run is not None and run.received <= self.since

    def standings(self) -> tuple[DriveStanding, ...]:
        """The drives that sit in it, as the gate of the word « reconditionné » asks for them."""
        mine = [line for line in self.lines if line.drive.id in self.sitting and _there(line)]
        told = [DriveStanding(one.drive.serial, one.drive.model, self._state(one)) for one in mine]
        return (*told, *(DriveStanding(part.serial, part.what, NEW) for part in self.new))

    def _state(self, line: AccountLine) -> str:
        explained = line.standing.explained
        if explained is Explained.OPEN or self.used_since(line):
            return _WHYS.get(line.standing.why, "nothing")
        return "erased" if explained in ERASED else "exceptions"


def contents(session: Session, person: Person, device: Device, account: Sequence[AccountLine]) -> Contents:
    """What is in a device. `account` is the drive account of its lot."""
    own = [line for line in account if device.id in (line.drive.device_id, line.drive.declared_device_id)]
    moves = moves_of(session, [line.drive.id for line in own])
    parts = parts_fitted(session, device)
    guests = [line for part in parts if (line := _line(session, person, part)) is not None]
    known = {line.drive.id for line in own}
    lines = (*own, *(line for line in guests if line.drive.id not in known))
    sitting = {line.drive.id for line in own if moves.get(line.drive.id, device.id) == device.id}
    sitting |= {line.drive.id for line in guests}
    new = tuple(part for part in parts if part.kind == DRIVE and part.drive_id is None)
    return Contents(lines, frozenset(sitting), new, came_back(session, device))


def came_back(session: Session, device: Device) -> datetime | None:
    """When a device last came back; None where it never did."""
    query = select(DeviceReturn.at).where(
        DeviceReturn.device_id == device.id, DeviceReturn.came_back, DeviceReturn.withdrawn.is_(None)
    )
    return session.scalar(query.order_by(DeviceReturn.id.desc()).limit(1))


def there(session: Session, view: DeviceView, inside: Contents, ticked: Sequence[str]) -> frozenset[str]:
    """What a sale may count on: what is ticked as handed over, and what evidence shows; never what is known to lack."""
    report = view.diagnostic.payload["report"] if view.diagnostic else {}
    lacking = set(inputs_of(report).missing_parts or ())
    repaired = set(
        session.scalars(
            select(Repair.action).where(Repair.device_id == view.device.id, Repair.withdrawn.is_(None)),
        )
    )
    found = {one for one in ticked if one not in {BATTERY, SYSTEM, DRIVE}}
    if (BATTERY in ticked or report.get("batteries")) and BATTERY not in lacking - repaired:
        found.add(BATTERY)
    if BATTERY in repaired:
        found.add(BATTERY)
    if inside.standings():
        found.add(DRIVE)
    if SYSTEM in ticked or _installed(session, view.device):
        found.add(SYSTEM)
    return frozenset(found - open_needs(session, view.device))


def open_needs(session: Session, device: Device) -> set[str]:
    """The kinds of parts that people noted as missing and that no repair has met."""
    met = select(Repair.need_id).where(Repair.need_id.is_not(None), Repair.withdrawn.is_(None))
    query = select(MissingPart.kind).where(
        MissingPart.device_id == device.id, MissingPart.withdrawn.is_(None), MissingPart.id.not_in(met)
    )
    return set(session.scalars(query))


def _installed(session: Session, device: Device) -> bool:
    query = select(DeviceSaid.id).where(
        DeviceSaid.device_id == device.id,
        DeviceSaid.about == "step",
        DeviceSaid.word == "installed",
        DeviceSaid.withdrawn.is_(None),
    )
    return session.scalar(query.limit(1)) is not None


def _line(session: Session, person: Person, part: Part) -> AccountLine | None:
    lot = session.get(Lot, part.lot_id) if part.lot_id else None
    return line_of(session, person, lot, part.drive_id) if lot is not None and part.drive_id is not None else None


def _there(line: AccountLine) -> bool:
    """A drive that was destroyed, never there, given back or lost is in no device."""
    return line.standing.explained in {*OF_A_RUN, Explained.OPEN}
