"""One act on many devices: a scanner names them one after another, and each gets the same word. One undo for all.

A line that names no device, or one that may not get the word, is left out with its reason; the others are done. Each
device keeps its own row and its own line in the audit trail. An undo leaves what somebody has changed since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub import audit
from hub.accounted import DeviceSaid
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.devices import triage
from hub.devices.outcomes import DISPOSITIONS, OUT, STEPS
from hub.devices.scans import Left, devices_of
from hub.errors import BadInput, Conflict, Forbidden, HubError, NotFound
from hub.handled import HandledDevice, Handling
from hub.models import Device, Person
from hub.people.roles import MANAGERS, STAFF, require
from hub.repairs import places
from hub.scanned import shown
from hub.scope import in_scope, written_in_scope
from hub.typed import one_line

STEP, PLACE, OUTCOME = "step", "place", "outcome"
ACTIONS = (STEP, PLACE, OUTCOME)
MOST = 500  # codes of one act
LONGEST = 500
RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Order:
    """What is done to each device: a step, a place or an outcome, with the reason that a change of mind needs."""

    action: str
    word: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act; `row` is None where no line could be done."""

    row: Handling | None
    devices: int
    left: tuple[Left, ...]


def handle(session: Session, person: Person, order: Order, text: str) -> Done:
    """Do one act to every device that a line of `text` names. Raises Forbidden, BadInput (act, number of lines)."""
    require(person, *STAFF)
    codes = [code for code in map(shown, text.splitlines()) if code]
    if not 1 <= len(codes) <= MOST:
        raise BadInput(f"name 1 to {MOST} tags, one on each line", "codes")
    found, left = devices_of(session, person, codes)
    return _do(session, person, order, found, left)


def handle_one(session: Session, person: Person, order: Order, device: Device) -> Handling:
    """Do an act to one device; it is taken back as the others are. Raises Forbidden, BadInput, Conflict."""
    require(person, *STAFF)
    done = _do(session, person, order, [(1, device.asset or device.serial, device)], [])
    if done.row is None:
        raise Conflict(done.left[0].why)
    return done.row


def undo(session: Session, person: Person, row: Handling) -> Handling:
    """Take an act back: the word before it holds again for each device. What changed since stays, with its reason.

    Raises Forbidden (somebody else's act, for a technician), Conflict (taken back already, or nothing is left of it).
    """
    require(person, *(STAFF if row.by == person.id else MANAGERS))
    session.refresh(row, with_for_update=True)
    if row.undone is not None:
        raise Conflict("this was taken back already")
    lines = lines_of(session, person, row)
    for line, device in lines:
        try:
            _take_back(session, person, row, line, device)
        except Forbidden:
            raise
        except HubError as error:
            line.kept = error.message[:200]
    if lines and all(line.kept for line, _device in lines):
        raise Conflict(f"nothing of this can be taken back any more: {lines[0][0].kept}")
    row.undone, row.undone_by = hub_of(session).clock(), person.id
    session.flush()
    audit.record(session, person, "devices.undo", f"act {row.id}", f"{row.action} {row.word}")
    return row


def act_for(session: Session, person: Person, number: int) -> Handling:
    """One act of somebody who works where the person does. Raises Forbidden, NotFound."""
    require(person, *STAFF)
    row = session.scalar(select(Handling).where(Handling.id == number, written_in_scope(person, Handling.by)))
    if row is None:
        raise NotFound("no such act")
    return row


def lines_of(session: Session, person: Person, row: Handling) -> list[tuple[HandledDevice, Device]]:
    """The devices of an act, in the order in which they were named."""
    query = select(HandledDevice, Device).join(Device, Device.id == HandledDevice.device_id)
    query = query.options(selectinload(Device.lot))
    query = query.where(HandledDevice.handling_id == row.id, in_scope(person, HandledDevice.lot_id))
    return [(found[0], found[1]) for found in session.execute(query.order_by(HandledDevice.id))]


def _do(
    session: Session, person: Person, order: Order, found: Sequence[tuple[int, str, Device]], left: list[Left]
) -> Done:
    order = _checked(order)
    made: list[HandledDevice] = []
    for line, code, device in found:
        try:
            made.append(_one(session, person, order, device))
        except Forbidden:
            raise
        except HubError as error:
            left.append(Left(line, code, error.message))
    left.sort(key=lambda one: one.line)
    row = _written(session, person, order, made, left) if made else None
    return Done(row, len(made), tuple(left))


def _written(
    session: Session, person: Person, order: Order, made: list[HandledDevice], left: Sequence[Left]
) -> Handling:
    told: list[dict[str, Any]] = [{"line": one.line, "code": one.code, "why": one.why} for one in left]
    row = Handling(
        action=order.action,
        word=order.word,
        reason=order.reason,
        left_out=told,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    for line in made:
        line.handling_id = row.id
    session.add_all(made)
    session.flush()
    audit.record(session, person, "devices.act", f"act {row.id}", f"{order.action} {order.word}: {len(made)}")
    return row


def _checked(order: Order) -> Order:
    wanted = {STEP: STEPS, OUTCOME: DISPOSITIONS}
    if order.action not in ACTIONS or (order.action in wanted and order.word not in wanted[order.action]):
        raise BadInput("choose what is done to the devices", "action")
    if order.word == OUT:
        raise Conflict("a device leaves by an exit: note it there")
    reason = one_line(order.reason, LONGEST)
    refuse_claims(reason)
    word = places.checked_place(order.word) if order.action == PLACE else order.word
    return Order(order.action, word, reason)


def _one(session: Session, person: Person, order: Order, device: Device) -> HandledDevice:
    line = HandledDevice(device_id=device.id, lot_id=device.lot_id)
    if order.action == PLACE:
        before = places.moves_of_device(session, person, device)
        line.place_before = before[0].place if before else ""
        line.placement_id = places.put_device(session, person, device, order.word).id
        return line
    if order.action == STEP:
        held = triage.words_of(session, person, [device.id])[device.id].step
        if held is not None and held.word == order.word:
            raise Conflict("it is at this step already")
        announced = device.received is None
        line.said_id = triage.take_step(session, person, device, order.word, order.reason).id
        line.received_now = announced and device.received is not None
        return line
    line.said_id = triage.dispose(session, person, device, order.word, order.reason).id
    return line


def _take_back(session: Session, person: Person, row: Handling, line: HandledDevice, device: Device) -> None:
    changed = "somebody has said something newer of it"
    if line.placement_id is not None:
        moves = places.moves_of_device(session, person, device)
        if not moves or moves[0].id != line.placement_id:
            raise Conflict(changed)
        places.put_back(session, person, device, line.place_before)
        return
    said = session.get(DeviceSaid, line.said_id)
    assert said is not None
    words_now = triage.words_of(session, person, [device.id])[device.id]
    held = words_now.step if said.about == triage.STEP else words_now.disposition
    if held is None or held.id != said.id:
        raise Conflict(changed)
    triage.withdraw(session, person, device, said.id, f"act {row.id}")
    if line.received_now and not triage.worked_on(session, device):
        device.received = None
