"""What anybody may read of a delivered device by its tag (S2-19): how good it is, its warranty, how to ask for service.

A tag can be guessed: alone it opens the kind, the model and the warranty of a device that is out, nothing of one that
is here. The key of the delivery note opens the grade, the checks, the system and the certificates. No donor, no serial
number, no lot, no price, nobody's name; nothing of what was on a drive, for nobody ever looked.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.departed import ExitBatch, ExitLine
from hub.devices.service import device_for
from hub.distribution.codes import ALPHABET
from hub.distribution.eyes import own_eyes
from hub.exits.gone import exits_of
from hub.exits.inside import OF_A_RUN, contents
from hub.exits.modes import DELIVERED
from hub.inspected import HandCheck, InstalledSystem
from hub.inspection.checking import newest
from hub.inspection.systems import installed
from hub.lots.drive_account import account_of
from hub.models import Certificate, Device, Lot
from hub.scanned import words

KEY = 8  # symbols of 31: 39 bits


@dataclass(frozen=True, slots=True)
class Details:
    """What the key opens. `certificates` are number and id; `report` is the newest diagnosis of a bench."""

    line: ExitLine
    report: Mapping[str, Any]
    by_hand: HandCheck | None
    system: InstalledSystem | None
    certificates: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A delivered device. `day` and the warranty are YYYY-MM-DD, "" for none; `details` only with the right key."""

    tag: str
    kind: str
    name: str
    mode: str
    day: str
    warranty: tuple[str, str, str]
    details: Details | None = field(default=None)


def key_of(line: ExitLine) -> str:
    """The key of one line of a delivery note, from identifiers that are random and told to nobody outside."""
    digest = hashlib.sha256(f"etabli sheet {line.device_id} {line.id}".encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:KEY])


def sheet_of(session: Session, tag: str, key: str = "") -> Sheet | None:
    """The sheet of a tag; None for a tag that is unknown or whose device is not with somebody."""
    asked = words(tag[:64])
    device = session.scalar(select(Device).where(func.lower(Device.asset).in_(asked)).limit(1)) if asked else None
    line = exits_of(session, [device.id]).get(device.id) if device is not None else None
    batch = session.get(ExitBatch, line.batch_id) if line is not None else None
    if device is None or line is None or batch is None or batch.mode not in DELIVERED:
        return None
    opened = _plain(key) == key_of(line)
    return Sheet(
        device.asset or "",
        device.kind,
        f"{device.maker} {device.model}".strip(),
        batch.mode,
        batch.day,
        (line.warranty_start, line.warranty_end, line.presumption_end),
        _details(session, device, line) if opened else None,
    )


def _plain(key: str) -> str:
    return "".join(key[: 2 * KEY].split()).replace("-", "").upper()


def _details(session: Session, device: Device, line: ExitLine) -> Details:
    eyes = own_eyes()
    view = device_for(session, eyes, device.id)
    report = view.diagnostic.payload["report"] if view.diagnostic else {}
    return Details(line, report, newest(session, device.id), installed(session, device.id), _numbers(session, device))


def _numbers(session: Session, device: Device) -> tuple[tuple[str, str], ...]:
    """The certificates of the drives that sit in it."""
    eyes, lot = own_eyes(), session.get(Lot, device.lot_id)
    assert lot is not None
    inside = contents(session, eyes, device, account_of(session, eyes, lot))
    mine = [
        line.run for line in inside.lines if line.drive.id in inside.sitting and line.standing.explained in OF_A_RUN
    ]
    ids = [run.certificate_id for run in mine if run is not None and run.certificate_id]
    query = select(Certificate.number, Certificate.id).where(Certificate.id.in_(ids)).order_by(Certificate.number)
    return tuple((row[0], row[1]) for row in session.execute(query))
