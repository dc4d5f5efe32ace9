"""The system put on a device (S2-16): image, version, sort of licence, and how the final test ended.

It says what is installed. It is no proof that what was there before is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.devices import triage
from hub.errors import BadInput, NotFound
from hub.exits.gone import require_here
from hub.inspected import InstalledSystem
from hub.lots.life import require_open
from hub.models import Device, Person
from hub.partners import levels
from hub.partners.register import reason_for
from hub.people.roles import BENCH, require
from hub.scope import in_scope
from hub.typed import one_line

LICENCES = ("free", "with-device", "refurbisher", "volume", "none")
PASSED, FAILED, NOT_DONE = "passed", "failed", "not-done"
TESTS = (PASSED, FAILED, NOT_DONE)
INSTALLED = "installed"


@dataclass(frozen=True, slots=True)
class System:
    """A system as somebody types it."""

    image: str
    version: str
    licence: str
    test: str = NOT_DONE
    note: str = ""


def install(session: Session, person: Person, device: Device, system: System) -> InstalledSystem:
    """Note the system; the device is at the step "installed" then, unless the final test failed.

    Raises Forbidden, BadInput (image, version, licence, test; a failed one without words), Conflict (lot is over).
    """
    require(person, *BENCH)
    require_open(session, device.lot)
    require_here(session, device)
    levels.require_step(session, device.lot_id, levels.REINSTALL)
    image, version, note = one_line(system.image, 120), one_line(system.version, 60), one_line(system.note, 500)
    if not image or not version:
        raise BadInput("name the image and its version", "image")
    if system.licence not in LICENCES or system.test not in TESTS:
        raise BadInput("choose the licence and the final test of the list", "licence")
    if system.test == FAILED and not note:
        raise BadInput("say what the final test found", "note")
    for typed in (image, version, note):
        refuse_claims(typed)
    row = InstalledSystem(
        device_id=device.id,
        lot_id=device.lot_id,
        image=image,
        version=version,
        licence=system.licence,
        test=system.test,
        note=note,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    told = f"{image} {version} {system.licence} {system.test}"
    audit.record(session, person, "device.install", device.id, told)
    if system.test != FAILED:
        triage.take_step(session, person, device, INSTALLED, f"{image} {version}")
    return row


def take_back(session: Session, person: Person, device: Device, number: int, reason: str) -> InstalledSystem:
    """Take a record back, with a reason; the step is taken back in the triage. Raises Forbidden, NotFound, BadInput."""
    require(person, *BENCH)
    require_open(session, device.lot)
    require_here(session, device)
    row = session.get(InstalledSystem, number)
    if row is None or row.device_id != device.id or row.withdrawn is not None:
        raise NotFound("no such record")
    row.withdrawn_reason = reason_for(reason)
    row.withdrawn, row.withdrawn_by = hub_of(session).clock(), person.id
    audit.record(session, person, "device.install.withdraw", device.id, f"{row.id}: {row.withdrawn_reason}")
    return row


def systems_of(session: Session, person: Person, device: Device) -> Sequence[InstalledSystem]:
    """Every system of a device in scope, those taken back too, oldest first."""
    query = select(InstalledSystem).where(InstalledSystem.device_id == device.id)
    return session.scalars(query.where(in_scope(person, InstalledSystem.lot_id)).order_by(InstalledSystem.id)).all()


def installed(session: Session, device_id: str) -> InstalledSystem | None:
    """The system that is on a device which the caller may see; None where nobody noted one."""
    query = select(InstalledSystem).where(InstalledSystem.device_id == device_id, InstalledSystem.withdrawn.is_(None))
    return session.scalar(query.order_by(InstalledSystem.id.desc()).limit(1))
