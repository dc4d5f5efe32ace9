"""What lists, benches and people observed of a device, dated, one by one (INV-1). Nothing here is a key, nothing decides.

Blank and filler values are kept as they were said, and marked: no match looks at them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.devices.observed import is_strong
from hub.models import Device, Diagnostic, Erasure, Person
from hub.people.roles import STAFF, require

ROW = "row"


@dataclass(frozen=True, slots=True)
class Observation:
    """One observation: who said it (`list`, `bench`, `person`), when, and the identity that was said."""

    source: str
    at: datetime
    asset: str
    maker: str
    model: str
    serial: str
    uuid: str
    usable: bool  # whether its serial may match anything
    statement_id: str = ""


def observations_of(session: Session, person: Person, device: Device) -> tuple[Observation, ...]:
    """Everything observed of a device that was asked for in scope, oldest first. Raises Forbidden."""
    require(person, *STAFF)
    return tuple(sorted(_all(session, device), key=lambda one: (one.at, one.statement_id)))


def _all(session: Session, device: Device) -> Iterator[Observation]:
    serial = device.serial
    yield Observation(device.source, device.created, device.asset or "", device.maker, device.model, serial, "",
                      is_strong(serial))  # fmt: skip
    for table in (Diagnostic, Erasure):
        for row in session.scalars(select(table).where(table.device_id == device.id)):
            machine = row.payload["subject"]["machine"] or {}
            said = [str(machine.get(name, "")) for name in ("maker", "model", "serial", "uuid")]
            yield Observation("bench", row.received, row.payload["asset"], *said, is_strong(said[2]), row.statement_id)
