"""What the statements of a slice speak of, looked up once: runs, drives, devices, lots, words of people.

It is kept up to date while the statements are read, so that each sees what the ones before it made although nothing of
that is in the database yet. It decides nothing. One slice of one transaction, under the ledger's lock: nobody else
writes meanwhile.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.base import Base
from hub.derive.moments import Moments
from hub.devices.observed import clip, is_strong
from hub.models import Device, Diagnostic, Drive, DriveTie, Erasure, LedgerEntry, Lot

SPACE = UUID("6f1f6f0e-2f0c-5c3b-9a55-1b8a4f0f3c11")
Said = tuple[LedgerEntry, dict[str, Any]]
Row = TypeVar("Row", bound=Base)
Place = tuple[int, str | None, str | None]  # position of a run, and the lot and the device that it found


class Known:
    """What is on record of everything that some statements name. Raises KeyError, TypeError for what is no payload."""

    def __init__(self, session: Session, said: Sequence[Said]) -> None:
        self.session = session
        self.moments = Moments(session)
        named = _named(said)
        self.runs = {row.statement_id: row for row in _rows(session, Erasure.statement_id, named.runs)}
        self.diagnostics = {row.statement_id: row for row in _rows(session, Diagnostic.statement_id, named.diagnostics)}
        self.new_diagnostics: list[Diagnostic] = []
        self.read_before = {row.position for row in (*self.runs.values(), *self.diagnostics.values())}
        self.waits: list[tuple[int, frozenset[str]]] = []  # positions without a lot, and the names that may find it
        self.lots = {lot.code: lot for lot in _rows(session, Lot.code, named.lots)}
        self._look_up_drives(named.of_new(said, self.runs))
        self._look_up_devices(named)

    def drives_like(self, seen: dict[str, Any], moment: int) -> list[Drive]:
        """The drives that were known at a moment with this strong serial, or else this strong WWN; oldest first."""
        found = self._by_serial[serial_key(seen)] if is_strong(seen["serial"]) else self._of_wwn(seen)
        return sorted((one for one in found if one.known_from <= moment), key=lambda one: (one.known_from, one.id))

    def drive(self, drive_id: str) -> Drive | None:
        """The drive with this id, of those that were looked up."""
        return self._drives.get(drive_id)

    def add_drive(self, drive: Drive) -> None:
        """Note a drive that a statement was found to be the first of; a rebuild has it already."""
        self.moments.note(drive.known_from)
        if drive.id not in self._drives:
            self.session.add(drive)
            self._drives[drive.id] = drive
            self._by_serial[drive.serial].append(drive)

    def device(self, device_id: str | None) -> Device | None:
        """The device with this id."""
        if device_id is None:
            return None
        return self._devices.get(device_id) or self.session.get(Device, device_id)

    def tagged(self, tag: str) -> Device | None:
        """The device with this asset tag; none has the empty one."""
        return self._tags.get(tag) if tag else None

    def with_serial(self, serial: str) -> list[Device]:
        """The devices with this serial, exactly as it is written."""
        return [device for device in self._devices.values() if device.serial == serial]

    def add_device(self, device: Device) -> None:
        """Note a device that a bench stated."""
        self.session.add(device)
        self.moments.note(device.known_from)
        self._devices[device.id] = device
        if device.asset is not None:
            self._tags[device.asset] = device

    def ties(self, drive: Drive) -> list[DriveTie]:
        """What people said of a drive, the newest first."""
        found = self._ties.get(drive.id, []) if drive.tied_from is not None else []
        return sorted(found, key=lambda one: (one.known_from, one.id), reverse=True)

    def note_place(self, run: Erasure) -> None:
        """Note where a run was made."""
        self._places[run.drive_id][run.statement_id] = (run.position, run.lot_id, run.device_id)

    def newest_place(self, drive: Drive, lot_id: str | None) -> tuple[str | None, str | None]:
        """Lot and device of the newest run of a drive that found a lot: any, or this one."""
        runs = self._places[drive.id].values()
        found = [run for run in runs if run[1] is not None and lot_id in (None, run[1])]
        _, lot, device = max(found, key=lambda run: run[0], default=(0, None, None))
        return lot, device

    def _of_wwn(self, seen: dict[str, Any]) -> list[Drive]:
        wwn = wwn_key(seen)
        return [one for one in self._drives.values() if one.wwn == wwn] if is_strong(seen["wwn"]) else []

    def _look_up_drives(self, new: "_NewRuns") -> None:
        found = [
            *_rows(self.session, Drive.serial, new.serials),
            *_rows(self.session, Drive.wwn, new.wwns),
            *_rows(self.session, Drive.id, {*new.own_ids, *(row.drive_id for row in self.runs.values())}),
        ]
        self._drives = {drive.id: drive for drive in found}
        self._by_serial: dict[str, list[Drive]] = defaultdict(list)
        for drive in self._drives.values():
            self._by_serial[drive.serial].append(drive)
        self._places: dict[str, dict[str, Place]] = defaultdict(dict)
        columns = (Erasure.drive_id, Erasure.statement_id, Erasure.position, Erasure.lot_id, Erasure.device_id)
        if self._drives:
            for run in self.session.execute(select(*columns).where(Erasure.drive_id.in_(sorted(self._drives)))):
                self._places[run.drive_id][run.statement_id] = (run.position, run.lot_id, run.device_id)
        self._ties: dict[str, list[DriveTie]] = defaultdict(list)
        tied = {drive.id for drive in self._drives.values() if drive.tied_from is not None}
        for tie in _rows(self.session, DriveTie.drive_id, tied):
            self._ties[tie.drive_id].append(tie)

    def _look_up_devices(self, named: "_Named") -> None:
        inside = {one.declared_device_id for one in self._drives.values() if one.declared_device_id is not None}
        inside |= {tie.device_id for ties in self._ties.values() for tie in ties if tie.device_id is not None}
        tagged = _rows(self.session, Device.asset, named.tags)
        found = [*tagged, *_rows(self.session, Device.serial, named.serials), *_rows(self.session, Device.id, inside)]
        self._devices = {device.id: device for device in found}
        self._tags = {device.asset: device for device in tagged}


def serial_key(seen: dict[str, Any]) -> str:
    """The serial of a drive as its column has it."""
    return clip(seen["serial"].strip(), 120)


def wwn_key(seen: dict[str, Any]) -> str:
    """The WWN of a drive as its column has it."""
    return clip(seen["wwn"].strip(), 64)


def own_drive_id(entry: LedgerEntry) -> str:
    """The id of a drive that this statement is the first of."""
    return str(uuid5(SPACE, f"drive {entry.id}"))


@dataclass(slots=True)
class _NewRuns:
    """By what the drives of runs that were never read are found."""

    serials: set[str] = field(default_factory=set)
    wwns: set[str] = field(default_factory=set)
    own_ids: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Named:
    """The keys that statements name."""

    runs: set[str] = field(default_factory=set)
    diagnostics: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    lots: set[str] = field(default_factory=set)
    serials: set[str] = field(default_factory=set)  # of machines

    def of_new(self, said: Iterable[Said], runs: Collection[str]) -> _NewRuns:
        """By what the drives of those runs are found that are not among these."""
        new = _NewRuns()
        for entry, payload in said:
            seen = payload["subject"]["drive"] if entry.kind == "erasure" and entry.id not in runs else None
            if seen is None:
                continue
            new.own_ids.add(own_drive_id(entry))
            if is_strong(seen["serial"]):
                new.serials.add(serial_key(seen))
            elif is_strong(seen["wwn"]):
                new.wwns.add(wwn_key(seen))
        return new


def _named(said: Iterable[Said]) -> _Named:
    named = _Named()
    for entry, payload in said:
        if entry.kind in ("erasure", "diagnostics"):
            named.tags.add(payload["asset"].strip())
            named.lots.add(payload["lot"].strip())
        if entry.kind == "erasure":
            named.runs.add(entry.id)
        elif entry.kind == "diagnostics":
            named.diagnostics.add(entry.id)
            machine = payload["subject"]["machine"]
            named.serials |= {machine["serial"].strip()} if machine and is_strong(machine["serial"]) else set()
        elif entry.kind == "validation":
            named.runs.add(payload["statement"])
        elif entry.kind == "certificate":
            named.runs.add(payload["erasure"])
            named.lots.add(payload["lot"]["code"])
    return named


def _rows(session: Session, column: InstrumentedAttribute[Any], keys: Collection[str]) -> Sequence[Any]:
    wanted = sorted(key for key in keys if key)
    return session.scalars(select(column.class_).where(column.in_(wanted))).all() if wanted else ()
