"""What keeps a device from leaving, by whatever exit (INV-10): said one by one, with the drive that it is about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.devices.outcomes import REUSE, SOLDERED
from hub.devices.service import DeviceView
from hub.devices.triage import words_of
from hub.errors import Conflict
from hub.exits.gone import exits_of
from hub.exits.inside import OF_A_RUN, Contents, contents
from hub.exits.modes import Mode
from hub.inspection.storage import storage_id
from hub.lots.account import Explained
from hub.lots.blocking import NOT_HERE, unsettled_bays
from hub.lots.drive_account import AccountLine, account_of
from hub.lots.sameness import DEVICE, same_as
from hub.models import Device, Lot, LotState, Person
from hub.samples.reading import unread_runs, works_alone
from hub.scope import in_scope

LOOSE = "drive"
PROVEN = (*OF_A_RUN, Explained.IMPORTED)  # erased, with proof that a person decided about


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that keeps a device here: its tag, the sentence, and what it is about."""

    tag: str
    sentence: str
    drive_id: str = ""
    device_id: str = ""
    lot: str = ""
    reservation: int = 0


class Stays(Conflict):
    """Nothing left: `held` says what keeps each device here."""

    code = "stays"

    def __init__(self, held: Sequence[Held]) -> None:
        super().__init__("nothing has left: see below what keeps each device here")
        self.held = tuple(held)


@dataclass
class Visitor:
    """A device at the door: who lets it out, what is known of it, the drive account of its lot."""

    session: Session
    person: Person
    view: DeviceView
    account: tuple[AccountLine, ...]

    @cached_property
    def inside(self) -> Contents:
        """What is in it."""
        return contents(self.session, self.person, self.view.device, self.account)

    @property
    def tag(self) -> str:
        """How people name it."""
        return self.view.device.asset or self.view.device.serial or "?"

    def held(self, sentence: str, line: AccountLine | None = None) -> Held:
        """A reason of this device."""
        device = self.view.device
        drive = line.drive if line is not None else None
        lot = self.session.get(Lot, drive.lot_id) if drive is not None and drive.lot_id is not None else None
        return Held(self.tag, sentence, drive.id if drive else "", device.id, (lot or device.lot).code)


def held(one: Visitor, mode: Mode) -> Iterator[Held]:
    """Everything that keeps a device from leaving by an exit."""
    device = one.view.device
    line = exits_of(one.session, [device.id]).get(device.id)
    if line is not None:
        yield one.held(f"it has left already, with exit {line.batch_id}")
        return
    if device.lot.state == LotState.CANCELLED or (device.lot.state in NOT_HERE and device.received is None):
        yield one.held(f"lot {device.lot.code} has not been received: nothing of it leaves")
    words = words_of(one.session, one.person, [device.id])[device.id]
    if words.disposition is None:
        yield one.held("nobody has said where this device goes: it does not leave")
    elif words.disposition.word != mode.outcome:
        yield one.held("its triage sends it elsewhere: change that first, with a reason")
    yield from open_drives(one)
    yield from drawn_drives(one)
    yield from soldered(one, mode)
    if any(unsettled_bays(device, words, one.account)):
        yield one.held("its places for drives are not all explained: count them, and attest the empty ones")


def soldered(one: Visitor, mode: Mode) -> Iterator[Held]:
    """What keeps a device with soldered storage here: nobody noted it, or nobody erased it and it goes to a user."""
    if one.view.device.kind not in SOLDERED:
        return
    noted = storage_id(one.session, one.view.device.id)
    line = next((line for line in one.inside.lines if line.drive.id == noted), None)
    if line is None:
        yield one.held("nothing is known of its soldered storage: note it, it needs its explanation")
    elif mode.outcome == REUSE and line.standing.explained not in PROVEN:
        yield one.held("its storage cannot be taken out, and no erase of it is proven: nobody gets it for use", line)


def open_drives(one: Visitor) -> Iterator[Held]:
    """The drives that keep a device here; of a loose drive that nobody knows, itself."""
    for line in one.inside.open_lines():
        serial = line.drive.serial or "?"
        if one.inside.used_since(line):
            yield one.held(f"drive {serial} came back with the device: erase it again", line)
        else:
            yield one.held(f"drive {serial} is not explained: it does not leave", line)
    for line in _lines_of_twins(one):
        yield one.held(f"drive {line.drive.serial or '?'} is not explained: it does not leave", line)
    if one.view.device.kind == LOOSE and not one.inside.lines:
        yield one.held("nothing is known of this loose drive: note it in the triage, it needs its explanation")


def drawn_drives(one: Visitor) -> Iterator[Held]:
    """The drives that somebody else is still to read again: away from here, nobody could."""
    lines = {line.standing.run.statement_id: line for line in one.inside.lines if line.standing.run is not None}
    unread = unread_runs(one.session, lines) if lines else frozenset()
    if unread and not works_alone(one.session, one.view.device.lot):
        for line in (lines[run] for run in sorted(unread)):
            serial = line.drive.serial or "?"
            yield one.held(f"drive {serial} is drawn to be read again: it does not leave before", line)


def _lines_of_twins(one: Visitor) -> Iterator[AccountLine]:
    """The open drives of devices that people said are this one: a merge lets nothing out, it keeps more here."""
    device = one.view.device
    known = {line.drive.id for line in one.inside.lines}
    twins = same_as(one.session, DEVICE, [device.id]).get(device.id, frozenset())
    for twin in one.session.scalars(select(Device).where(Device.id.in_(twins), in_scope(one.person, Device.lot_id))):
        account = one.account if twin.lot_id == device.lot_id else account_of(one.session, one.person, twin.lot)
        for line in account:
            mine = twin.id in (line.drive.device_id, line.drive.declared_device_id)
            if mine and line.drive.id not in known and line.standing.explained is Explained.OPEN:
                yield line
