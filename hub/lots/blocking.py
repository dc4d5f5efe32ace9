"""What keeps a lot from closing (INV-6, INV-8): open drives, open decisions, devices without outcome, wrong sums."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.context import hub_of
from hub.devices.outcomes import LOOSE, WITH_BAYS
from hub.devices.triage import Words, words_in
from hub.lots.account import ABSENT, ERASED, EXCEPTIONS, Explained
from hub.lots.counts import RECEIVED, Quantities, quantities
from hub.lots.drive_account import AccountLine, account_of
from hub.lots.explaining import BAY_EMPTY
from hub.lots.seen import DeviceSeen, RunSeen, devices_of
from hub.models import DecisionWord, Device, Diagnostic, Lot, LotState, Person
from hub.samples.reading import sample_of, works_alone
from hub.samples.service import undrawn
from hub.scope import in_scope

NOT_HERE = (LotState.ANNOUNCED, LotState.COLLECTED)
COMPLETE = (ERASED, EXCEPTIONS)


class Block(StrEnum):
    """The sorts of blockers, in the order in which they are listed."""

    NOT_RECEIVED = "not-received"
    NOT_COUNTED = "not-counted"
    SUMS = "sums"
    DRIVE = "drive"
    DECISION = "decision"
    DEVICE = "device"
    BAYS_UNKNOWN = "bays-unknown"
    BAYS = "bays"
    UNDRAWN = "undrawn"
    SAMPLE = "sample"
    __hash__ = str.__hash__  # a page counts by it, hundreds of times


class Blocker(NamedTuple):
    """One thing that must be settled first. `wanted` and `found` are units or bays, where it is about a sum."""

    block: Block
    line: AccountLine | None = None
    device: Device | DeviceSeen | None = None
    run: RunSeen | None = None  # that awaits a decision
    wanted: int = 0
    found: int = 0


@dataclass(frozen=True, slots=True)
class Ledgerbook:
    """Everything that a closing looks at, read at one moment."""

    lines: tuple[AccountLine, ...]
    counted: Quantities
    devices: tuple[DeviceSeen, ...]  # those that are here
    every: tuple[DeviceSeen, ...]  # those of the lot, be they only announced
    words: Mapping[str, Words]
    unread: frozenset[str] = frozenset()  # runs of the sample that another person has to read: none where one is alone
    undrawn: int = 0  # approved drives from which a sample must still be drawn; 0 where none is asked of this house

    @property
    def outcomes(self) -> Counter[str]:
        """Units by where they go: tagged devices and those sorted by number."""
        found = Counter(said.disposition.word for said in self.words.values() if said.disposition is not None)
        found.update(self.counted.sorted)
        return found


def book_of(session: Session, person: Person, lot: Lot) -> Ledgerbook:
    """Read a lot's account, counts, devices and what people said of them."""
    every = devices_of(session, person, lot)
    words = words_in(session, person, lot, [device.id for device in every])
    lines = account_of(session, person, lot, every)
    doubtful = {one.id for one in every if not one.received and words[one.id].disposition is None}
    seen = _seen(session, person, lot, lines) if doubtful else frozenset()
    here = tuple(one for one in every if one.id not in doubtful or one.id in seen)
    required = hub_of(session).settings.require_sample
    unread = frozenset(one.sampled.run_id for one in sample_of(session, person, lot) if one.reading is None)
    alone = works_alone(session, lot) if required or unread else False
    return Ledgerbook(
        lines,
        quantities(session, person, lot),
        here,
        every,
        {device.id: words[device.id] for device in here},
        frozenset() if alone else unread,
        len(undrawn(session, person, lot, lines)) if required and not alone else 0,
    )


def blockers(session: Session, person: Person, lot: Lot, book: Ledgerbook | None = None) -> tuple[Blocker, ...]:
    """What keeps a lot from closing; empty: it can be closed."""
    return tuple(_blockers(lot, book or book_of(session, person, lot)))


def _blockers(lot: Lot, book: Ledgerbook) -> Iterator[Blocker]:
    if lot.state in NOT_HERE:
        yield Blocker(Block.NOT_RECEIVED)
    received, told = book.counted.total(RECEIVED), sum(book.outcomes.values())
    if RECEIVED not in book.counted.told:
        yield Blocker(Block.NOT_COUNTED)
    elif received != told:
        yield Blocker(Block.SUMS, wanted=received, found=told)
    yield from (Blocker(Block.DRIVE, line) for line in book.lines if line.standing.explained is Explained.OPEN)
    yield from (Blocker(Block.DECISION, line, run=run) for line in book.lines for run in undecided(line)[:1])
    yield from (Blocker(Block.DEVICE, device=one) for one in book.devices if book.words[one.id].disposition is None)
    if book.undrawn:
        yield Blocker(Block.UNDRAWN, found=book.undrawn)
    yield from (
        Blocker(Block.SAMPLE, line)
        for line in book.lines
        if line.standing.run is not None and line.standing.run.statement_id in book.unread
    )
    inside = _by_device(book.lines)
    for device in book.devices:
        yield from unsettled_bays(device, book.words[device.id], inside[device.id])


def undecided(line: AccountLine) -> tuple[RunSeen, ...]:
    """The runs of an explained drive, newer than what explains it, that await a decision; the newest first."""
    standing = line.standing
    if standing.explained is Explained.OPEN or (standing.run is not None and len(line.runs) == 1):
        return ()  # its only run is what explains it
    waiting = [run for run in line.runs if run.verdict in COMPLETE and run.decision == DecisionWord.AWAITING]
    if standing.run is not None:
        after = standing.run.position
        waiting = [run for run in waiting if run.position > after]
    elif standing.record is not None:
        recorded = standing.record.at
        waiting = [run for run in waiting if run.received > recorded]
    return tuple(sorted(waiting, key=lambda run: -run.position))


def unsettled_bays(device: Device | DeviceSeen, words: Words, lines: Sequence[AccountLine]) -> Iterator[Blocker]:
    """What is wrong with the places for drives of a device: nobody counted them, or the sum is none (INV-6)."""
    if device.kind == LOOSE or (device.kind not in WITH_BAYS and words.bays is None):
        return
    if words.bays is None:
        yield Blocker(Block.BAYS_UNKNOWN, device=device)
        return
    mine = [line for line in lines if device.id in (line.drive.device_id, line.drive.declared_device_id)]
    filled = sum(_takes_a_bay(line) for line in mine)
    if filled + words.empty != words.bays:
        yield Blocker(Block.BAYS, device=device, wanted=words.bays, found=filled + words.empty)


def _by_device(lines: Sequence[AccountLine]) -> Mapping[str | None, list[AccountLine]]:
    found: dict[str | None, list[AccountLine]] = defaultdict(list)
    for line in lines:
        inside, declared = line.drive.device_id, line.drive.declared_device_id
        found[inside].append(line)
        if declared != inside:
            found[declared].append(line)
    return found


def _takes_a_bay(line: AccountLine) -> bool:
    """An absent drive takes the bay that was found empty; one that never came, or is not real, takes none."""
    record = line.record
    return record is None or record.how != ABSENT or record.reason == BAY_EMPTY


def _seen(session: Session, person: Person, lot: Lot, lines: Sequence[AccountLine]) -> frozenset[str | None]:
    """The devices that a bench saw in this lot."""
    wiped = {run.device_id for line in lines for run in line.runs}
    read = select(Diagnostic.device_id).where(Diagnostic.lot_id == lot.id, in_scope(person, Diagnostic.lot_id))
    return frozenset(wiped | set(session.scalars(read)))
