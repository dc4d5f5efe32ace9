"""Letting goods out: one movement with a head, and what goes with it. The only way out of the workshop (INV-10).

A device leaves when triage sent it that way, every drive of it is explained, its places for drives add up, and a draw
for the sample has seen its drives (`drawing`); a sale has more conditions (`selling`). All of a scan leave, or none.
What is written is frozen as of that moment. An exit is taken back with a reason, never deleted. Nobody's name but those
of organisations is kept: a prescription has a code.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.departed import DeviceReturn, ExitBatch, ExitLine
from hub.derive.reading import read_ledger
from hub.devices.service import device_for
from hub.distribution import standing
from hub.errors import BadInput, Conflict, NotFound
from hub.exits.checks import Held, Stays, Visitor, held
from hub.exits.drawing import undrawn_lots
from hub.exits.gone import exits_of
from hub.exits.modes import ACCESSORIES, MODES, SALE, Mode
from hub.exits.naming import Named, name
from hub.exits.selling import sold
from hub.exits.typed_day import day_of
from hub.ledger.append import lock_ledger
from hub.lots.drive_account import AccountLine, account_of
from hub.models import Device, Lot, Person
from hub.partners import levels
from hub.people.roles import BENCH, MANAGERS, require
from hub.scope import in_scope, written_in_scope
from hub.typed import one_line

LONGEST = 500
MOST = 500  # devices of one scan
MOST_CENTS = 10_000_000
PRESCRIPTION = re.compile(r"[A-Z0-9][A-Z0-9/-]{2,31}")
TICKS = (*ACCESSORIES, "battery", "system")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a movement: `day` is YYYY-MM-DD, "" for today; `receiver` and `producer` are organisations."""

    mode: str
    day: str = ""
    receiver: str = ""
    receiver_siret: str = ""
    receiver_address: str = ""
    prescription: str = ""
    producer: str = ""
    producer_siren: str = ""
    carrier: str = ""
    receipt: str = ""
    named_to_donor: bool = False


@dataclass(frozen=True, slots=True)
class Goods:
    """What leaves together: tags, what is handed over with each of them, and the price of each in cents."""

    tags: tuple[str, ...]
    ticked: tuple[str, ...] = field(default=())
    price_cents: int | None = None


def begin(session: Session, person: Person, head: Head) -> ExitBatch:
    """Begin a movement; nothing has left yet. Raises Forbidden, BadInput (a field is missing, or is no code)."""
    require(person, *MANAGERS)
    mode = MODES.get(head.mode)
    if mode is None:
        raise BadInput("choose how the goods leave", "mode")
    if mode.code == SALE:
        levels.require_own_step(session, person, levels.SALE)
    row = ExitBatch(
        mode=mode.code,
        day=day_of(session, head.day).isoformat(),
        receiver=one_line(head.receiver, 200),
        receiver_siret=_figures(head.receiver_siret, 14),
        receiver_address=one_line(head.receiver_address, 200),
        prescription=standing.written(session, _code(head.prescription)),
        producer=one_line(head.producer, 200),
        producer_siren=_figures(head.producer_siren, 9),
        carrier=one_line(head.carrier, 200),
        receipt=one_line(head.receipt, 200),
        named_to_donor=head.named_to_donor,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    for needed in mode.needed:
        if not getattr(row, needed):
            raise BadInput(_NEEDED[needed], needed)
    for typed in (row.receiver, row.receiver_address, row.producer, row.carrier, row.receipt):
        refuse_claims(typed)
    session.add(row)
    session.flush()
    audit.record(session, person, "exit.begin", str(row.id), f"{row.mode} {row.day} {row.receiver}".strip())
    return row


def send(session: Session, person: Person, batch: ExitBatch, goods: Goods) -> tuple[ExitLine, ...]:
    """Let devices out, all or none. No statement comes between the look and the exit.

    Raises Forbidden, BadInput (no tag, price), Stays (a Conflict that lists what keeps each device here).
    """
    require(person, *MANAGERS)
    lock_ledger(session)
    read_ledger(session)
    mode, tags = MODES[batch.mode], tuple(dict.fromkeys(tag.strip() for tag in goods.tags if tag.strip()))
    _check(mode, goods, tags)
    standing.require_unserved(session, batch)
    accounts: dict[str, tuple[AccountLine, ...]] = {}
    found, stays = [], list[Held]()
    for tag in tags:
        device = session.scalar(select(Device).where(Device.asset == tag, in_scope(person, Device.lot_id)))
        if device is None:
            stays.append(Held(tag, "no device with this tag"))
            continue
        session.refresh(device.lot, with_for_update=True)
        if device.lot_id not in accounts:
            accounts[device.lot_id] = account_of(session, person, device.lot)
        visitor = Visitor(session, person, device_for(session, person, device.id), accounts[device.lot_id])
        stays += held(visitor, mode)
        if mode.code == SALE and (refusal := levels.opened_in(session, device.lot_id).refusal(levels.SALE)):
            stays.append(visitor.held(refusal))
        if (kept := standing.kept_for_others(session, device.id, batch)) is not None:
            why = f"it is reserved until {kept.until}: deliver it from there, or release it first"
            stays.append(Held(tag, why, reservation=kept.id))
        found.append(visitor)
    stays += undrawn_lots(session, found)
    lines = [] if stays else [_line(one, batch, goods, stays) for one in found]
    if stays:
        raise Stays(stays)
    session.add_all(lines)
    session.flush()
    for line in lines:
        audit.record(session, person, "device.exit", line.device_id or "", f"exit {batch.id} {batch.mode}")
    return tuple(lines)


def take_back(session: Session, person: Person, line_id: int, reason: str) -> ExitLine:
    """Take an exit back: the device is here again. Raises Forbidden, NotFound, BadInput, Conflict (it came back)."""
    require(person, *MANAGERS)
    query = select(ExitLine).where(ExitLine.id == line_id, in_scope(person, ExitLine.lot_id))
    row = session.scalar(query.with_for_update(), execution_options={"populate_existing": True})
    if row is None or row.withdrawn is not None:
        raise NotFound("no such exit")
    reason = one_line(reason, LONGEST)
    if not reason:
        raise BadInput("say why the exit is taken back", "reason")
    refuse_claims(reason)
    noted = select(DeviceReturn.id).where(DeviceReturn.line_id == row.id, DeviceReturn.withdrawn.is_(None))
    if session.scalar(noted.limit(1)) is not None:
        raise Conflict("a return of this exit is noted: take that one back first")
    if row.device_id is not None and exits_of(session, [row.device_id]).get(row.device_id) is not row:
        raise Conflict("this device left again since: take the newest exit back first")
    row.withdrawn, row.withdrawn_by, row.withdrawn_reason = hub_of(session).clock(), person.id, reason
    session.flush()
    audit.record(session, person, "device.exit.withdraw", row.device_id or row.lot_id, f"exit {row.batch_id}: {reason}")
    return row


def batch_for(session: Session, person: Person, number: int) -> ExitBatch:
    """One movement, for the workshop. Raises Forbidden, NotFound."""
    require(person, *BENCH)
    query = select(ExitBatch).where(ExitBatch.id == number, written_in_scope(person, ExitBatch.by))
    found = session.scalar(query)
    if found is None:
        raise NotFound("no such exit")
    return found


def lot_of(session: Session, line: ExitLine) -> Lot:
    """The lot of a line."""
    lot = session.get(Lot, line.lot_id)
    assert lot is not None
    return lot


def _check(mode: Mode, goods: Goods, tags: Sequence[str]) -> None:
    if not tags or len(tags) > MOST:
        raise BadInput(f"name 1 to {MOST} tags, one on each line", "tags")
    if any(one not in TICKS for one in goods.ticked):
        raise BadInput("choose the accessories of the list", "accessories")
    if mode.code == SALE and not (goods.price_cents is not None and 0 < goods.price_cents <= MOST_CENTS):
        raise BadInput("a sale needs the price of each device in euros, more than zero", "price")
    if mode.code != SALE and goods.price_cents is not None:
        raise BadInput("only a sale has a price", "price")


def _line(one: Visitor, batch: ExitBatch, goods: Goods, stays: list[Held]) -> ExitLine:
    """The line of one device; what keeps it from being sold goes to `stays`."""
    device, named = one.view.device, name(one)
    hub = hub_of(one.session)
    row = ExitLine(
        batch_id=batch.id,
        lot_id=device.lot_id,
        device_id=device.id,
        kind=device.kind,
        units=1,
        accessories=",".join(tick for tick in TICKS if tick in goods.ticked),
        price_cents=goods.price_cents,
        **_told(named),
        at=hub.clock(),
        by=one.person.id,
        by_name=one.person.name,
    )
    if batch.mode == SALE:
        terms = sold(one, batch, goods.ticked, goods.price_cents or 0)
        stays += terms.held
        row.ceiling_cents, row.ceiling_policy = terms.ceiling_cents, terms.ceiling_policy
        row.warranty_start, row.warranty_end, row.presumption_end = terms.warranty
    return row


def _told(named: Named) -> dict[str, str]:
    missing = json.dumps(named.missing, ensure_ascii=False, sort_keys=True)
    return {"letter": named.letter, "grade_policy": named.policy, "word": named.word, "missing": missing}


def _code(text: str) -> str:
    """A prescription code, so written that no name passes for one."""
    found = one_line(text, 64).upper()
    if found and (PRESCRIPTION.fullmatch(found) is None or not any(c.isdigit() for c in found)):
        raise BadInput("a prescription has a code of letters, figures, / and -, with a figure; never a name", "code")
    return found


def _figures(text: str, length: int) -> str:
    found = "".join(text.split())
    if found and not (found.isascii() and found.isdigit() and len(found) == length):
        raise BadInput(f"this number has {length} figures", "figures")
    return found


_NEEDED = {
    "receiver": "name the organisation that takes the goods",
    "producer": "name the producer organisation of this e-waste",
    "receipt": "name the receipt that the donor signed",
}
