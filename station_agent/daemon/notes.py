"""What people noted at this bench: lot, tags, who works, countdowns that were stopped. Durable before it is "noted".

One document in the state file, written whole. A tag names a drive when one is confirmed, so after a restart it comes
back to the very same presence only (kernel name and disk sequence number of one start of the machine), or, where these
cannot tell, to the one drive here that says itself who it is: never to a bridge's word, never to one of two alike.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from erasure.drive import BlockDevice, IdentityGrade
from station_agent.errors import StationError, StoreBroken
from station_agent.language import mark
from station_agent.members import Illegible, members
from station_agent.records import ILLEGIBLE, legible

if TYPE_CHECKING:
    from station_agent.daemon.drives import Seen
    from station_agent.daemon.foreman import Foreman

NAME: Final = "bench-notes"
VERSION: Final = 1
LOST: Final = mark(
    "What was noted here before (lot, tags) cannot be read any more: look at each tile, and note it again."
)


@dataclass(frozen=True, slots=True)
class DriveNote:
    """What was noted for one presence of one drive. `size_bytes` is that of the sighting."""

    boot_id: str
    name: str
    diskseq: int | None
    model: str
    serial: str
    wwn: str
    size_bytes: int
    lot: str
    asset: str
    held: bool

    def is_presence(self, device: BlockDevice, boot_id: str) -> bool | None:
        """Say whether this is the presence that was noted; None where the kernel's numbers cannot tell."""
        if not boot_id or boot_id != self.boot_id or self.diskseq is None or device.diskseq is None:
            return None
        return (self.name, self.diskseq) == (device.name, device.diskseq) and self.is_alike(device)

    def is_alike(self, device: BlockDevice) -> bool:
        """Say whether the kernel tells the same names of it."""
        own = device.identity
        return (self.model, self.serial, self.wwn) == (own.model, own.serial, own.wwn)

    def is_drive(self, device: BlockDevice) -> bool:
        """Say whether this is the same drive by its own word; a bridge's word is none, nor is a blank serial."""
        own = device.identity
        told = own.grade in (IdentityGrade.A, IdentityGrade.B) and not own.bridge and bool(own.serial.strip())
        return told and self.is_alike(device) and self.size_bytes == device.size_bytes


@dataclass(frozen=True, slots=True)
class BenchNotes:
    """Everything that was noted."""

    lot: str = ""
    asset: str = ""
    operator: str = ""
    drives: tuple[DriveNote, ...] = ()

    def to_text(self) -> str:
        """Write the document."""
        return json.dumps({"version": VERSION, **asdict(self)}, sort_keys=True)

    def of(self, device: BlockDevice, boot_id: str) -> tuple[DriveNote | None, bool]:
        """Give the note of a drive, and whether it is for this very presence; None where none is surely its own."""
        found = [note for note in self.drives if note.is_presence(device, boot_id)]
        if found:
            return (found[0], True) if len(found) == 1 else (None, False)
        found = [note for note in self.drives if note.is_presence(device, boot_id) is None and note.is_drive(device)]
        return (found[0], False) if len(found) == 1 else (None, False)


@legible()
def read_notes(text: str) -> BenchNotes:
    """Read the document; none is one without notes. Raises `StoreBroken` for what is no such document."""
    if not text:
        return BenchNotes()
    found = members(text)
    rows = found.get("drives")
    if found.get("version") != VERSION or not isinstance(rows, list):
        raise Illegible("notes of another version")
    plain = {name: _text(found, name) for name in ("lot", "asset", "operator")}
    return BenchNotes(**plain, drives=tuple(_drive(row) for row in rows))


def _drive(row: object) -> DriveNote:
    if not isinstance(row, dict) or row.keys() != {field.name for field in fields(DriveNote)}:
        raise Illegible("a note of no drive")
    diskseq, size, held = row["diskseq"], row["size_bytes"], row["held"]
    if type(size) is not int or type(held) is not bool or not (diskseq is None or type(diskseq) is int):
        raise Illegible("a note of no drive")
    texts = {name: _text(row, name) for name in ("boot_id", "name", "model", "serial", "wwn", "lot", "asset")}
    return DriveNote(diskseq=diskseq, size_bytes=size, held=held, **texts)


def _text(document: dict[str, Any], name: str) -> str:
    if not isinstance(found := document.get(name), str):
        raise Illegible(f"{name} with {type(found).__name__} instead of text")
    return found


class Notes:
    """Keeps what the foreman noted, and gives it back after a restart. Lives in the foreman's thread."""

    def __init__(self, foreman: "Foreman") -> None:
        self._foreman = foreman
        self._kept = BenchNotes()
        self._earlier = BenchNotes()  # of the last process, for drives that are here at the start
        self._taken: list[DriveNote] = []  # of these, the ones that were given back
        self._by_word: set[str] = set()  # keys of drives that got a note back by what they say of themselves
        self.lost = False

    def recall(self) -> None:
        """Take up lot, tag of the machine and person of the last process. Raises `StoreBroken` when nothing is read."""
        station, foreman = self._foreman.means.station, self._foreman
        text = station.store.noted(NAME)
        try:
            self._kept = self._earlier = read_notes(text)
        except (StoreBroken, *ILLEGIBLE):
            self.lost = True
            return
        foreman.lot, foreman.asset = self._kept.lot, self._kept.asset
        with suppress(StationError):  # a book of operators that cannot be read: nobody is signed in
            foreman.operator = self._kept.operator if foreman.means.operators.still(self._kept.operator) else ""

    def give_back(self, seen: "Seen") -> None:
        """Give a drive that is here at the start what was noted for it, unless another one could be meant."""
        note, presence = self._earlier.of(seen.device, self._boot_id())
        if note is None:
            return
        alike = [one for one in self._foreman.drives.by_key.values() if one is not seen and note.is_drive(one.device)]
        if presence or not alike:
            seen.lot, seen.asset, seen.held = note.lot, note.asset, note.held
            self._taken.append(note)
            self._by_word |= set() if presence else {seen.key}
            return
        for twin in (one for one in alike if one.key in self._by_word):
            twin.lot, twin.asset, twin.held = self._foreman.lot, self._foreman.asset, False

    def settle(self) -> None:
        """Forget what belongs to drives that did not come back: what comes now was plugged in anew."""
        self._earlier, self._taken, self._by_word = BenchNotes(), [], set()

    def keep(self) -> None:
        """Make durable what is noted now, if it changed. Raises `StoreError`."""
        now = self._now()
        if now != self._kept:
            self._foreman.means.station.store.note(NAME, now.to_text())
            self._kept = now

    @contextmanager
    def durably(self) -> Iterator[None]:
        """Keep what the block notes before anybody is told so; else nothing of it counts. Raises `StoreError`."""
        foreman = self._foreman
        before = (foreman.lot, foreman.asset, foreman.operator)
        drives = [(seen, seen.lot, seen.asset, seen.held) for seen in foreman.drives.by_key.values()]
        try:
            yield
            self.keep()
        except StationError:
            foreman.lot, foreman.asset, foreman.operator = before
            for seen, lot, asset, held in drives:
                seen.lot, seen.asset, seen.held = lot, asset, held
            raise

    def _now(self) -> BenchNotes:
        """Give what is noted now; notes of drives that may still come back are kept until the start is over."""
        foreman, boot_id = self._foreman, self._boot_id()
        here = tuple(foreman.drives.by_key.values())
        noted = [_note(seen, boot_id) for seen in here if seen.asset or seen.held or seen.lot]
        away = [note for note in self._earlier.drives if note not in self._taken]
        return BenchNotes(foreman.lot, foreman.asset, foreman.operator, (*noted, *away))

    def _boot_id(self) -> str:
        return self._foreman.means.station.clock.moment().boot_id


def _note(seen: "Seen", boot_id: str) -> DriveNote:
    device, own = seen.device, seen.device.identity
    return DriveNote(
        boot_id=boot_id,
        name=device.name,
        diskseq=device.diskseq,
        model=own.model,
        serial=own.serial,
        wwn=own.wwn,
        size_bytes=device.size_bytes,
        lot=seen.lot,
        asset=seen.asset,
        held=seen.held,
    )
