"""What lists, benches and people observed of a device, dated, one by one (INV-1). Nothing here is a key.

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
    read = session.scalars(select(Diagnostic).where(Diagnostic.device_id == device.id))
    wiped = session.scalars(select(Erasure).where(Erasure.device_id == device.id))
    for row in (*read, *wiped):
        machine = row.payload["subject"]["machine"] or {}
        maker, model, told, uuid = (str(machine.get(name, "")) for name in ("maker", "model", "serial", "uuid"))
        asset = row.payload["asset"]
        yield Observation(
            "bench",
            row.received,
            asset,
            maker,
            model,
            told,
            uuid,
            usable=is_strong(told),
            statement_id=row.statement_id,
        )
