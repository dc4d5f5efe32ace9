"""Canaries for a firmware erase: keyed marks and fingerprints of old content, of which afterwards none may be left.

A drive that reports success and did nothing, or half of it, or forgot a namespace, still shows them (drives, section
7). They lie at both ends, around the powers of two and the middle, and at random places drawn from the secret of the
run; 1024 draws show an unerased part of 0.29 % with 95 % probability. They cover the addressable sectors only: spare
and retired sectors are beyond every host. What a drive shows instead of its old content is not judged.
"""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace

from erasure.buffers import aligned
from erasure.drive import DriveFacts
from erasure.errors import RunInterrupted
from erasure.outcome import Phase, Reason, ReasonCode, Verification
from erasure.passes import Bare, Evidence, Fingerprint, Marks, Ports
from erasure.probe import places, tag
from erasure.ranges import RangeLedger
from erasure.transfer import Transfer, move_all, size_reason
from erasure.transport.ports import BlockPort
from erasure.verification import sample_lbas

DRAWS = 1024  # single sectors, on each disk, for canaries and again for fingerprints
PATTERN = "canaries"
PERIOD = 16  # bytes: erased drives show constants, or short patterns such as 33 CC 55 AA (drives, section 7)


@dataclass(frozen=True, slots=True)
class Disk:
    """One disk of the medium: 0 is the drive that was planned, the others are its companions."""

    number: int
    port: BlockPort
    sectors: int
    sector: int  # bytes
    secret: bytes

    @property
    def label(self) -> str:
        """Which disk it is, and its shape: both decide where its canaries lie."""
        return f"{self.port.device.identity.wwn}/{self.sectors}/{self.sector}"

    def canaries(self) -> tuple[int, ...]:
        """The LBAs that carry a canary, sorted; at most half of a small disk."""
        draws = min(DRAWS, max(1, self.sectors // 4))
        drawn = {*sample_lbas(self.sectors, draws, self.secret.hex()), *places(self.sectors, self.secret)}
        return tuple(sorted(drawn))

    def elsewhere(self) -> tuple[int, ...]:
        """The LBAs whose old content is noted: none of them carries a canary."""
        draws = min(DRAWS, max(1, self.sectors // 4))
        seed = hmac.digest(self.secret, b"old content", hashlib.sha256).hex()
        marked = frozenset(self.canaries())
        return tuple(lba for lba in sample_lbas(self.sectors, draws, seed) if lba not in marked)

    def tag(self, lba: int) -> bytes:
        """The canary of one sector."""
        return tag(self.secret, lba, self.sector)

    def fingerprint(self, lba: int, content: memoryview) -> str:
        """Salted hash of what a sector holds, hex."""
        return hmac.digest(self.secret, lba.to_bytes(8, "big") + bytes(content), hashlib.sha256).hex()


def disks_of(ports: Ports, facts: DriveFacts) -> tuple[Disk, ...]:
    """Give the drive and its companions. Raises OSError when one cannot be asked for its size."""
    found = [Disk(0, ports.block, facts.sectors, facts.logical_sector, _secret(ports, 0))]
    for number, port in enumerate(ports.companions, 1):
        sector = port.sector_sizes()[0]
        found.append(Disk(number, port, port.size_bytes() // sector, sector, _secret(ports, number)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Planting:
    """What was planted, and why the drive cannot be trusted, if so."""

    marks: Marks
    phase: Phase
    failures: tuple[Reason, ...]


def plant(ports: Ports, facts: DriveFacts, earlier: tuple[Fingerprint, ...] = ()) -> Planting:
    """Note old content, write the canaries, flush, and read them back through fresh descriptors.

    Where a canary does not stand, what the sector held before is looked for in its place: a drive that takes no marks
    is known by its old content. `earlier` are fingerprints of the same run, from before an interruption: they are kept.
    Raises RunInterrupted, OSError when a disk has left.
    """
    gardener = _Gardener(ports)
    disks = disks_of(ports, facts)
    noted = {(one.disk, one.lba): one for one in earlier}
    if not earlier:
        noted |= {(one.disk, one.lba): one for disk in disks for one in gardener.note(disk, disk.elsewhere())}
    before = {(one.disk, one.lba): one for disk in disks for one in gardener.note(disk, disk.canaries())}
    taken = {disk.number: gardener.write(disk) for disk in disks}
    failures, bare = list[Reason](), list[Bare]()
    for disk in disks:
        standing, reason = gardener.count(disk, taken[disk.number])
        failures += [reason] if reason else []
        noted = {place: one for place, one in noted.items() if place[0] != disk.number or place[1] not in standing}
        lost = [(disk.number, lba) for lba in disk.canaries() if lba not in standing]
        noted = {**{place: before[place] for place in lost if place in before}, **noted}
        bare.append(Bare(len(disk.canaries()), len(lost), sum(place in noted for place in lost)))
    planted, gone = sum(one.asked - one.lost for one in bare), sum(one.lost for one in bare)
    fingerprints = tuple(noted[place] for place in sorted(noted))
    marks = Marks(planted, fingerprints, gone, tuple(disk.label for disk in disks), tuple(bare))
    return Planting(marks, gardener.phase("plant", gone), tuple(failures))


def look(ports: Ports, facts: DriveFacts) -> Evidence:
    """Look for every canary and every noted content, through fresh descriptors. Raises RunInterrupted, OSError.

    A sector that cannot be read counts as unreadable, unless the drive announced that its sectors have to be written
    first. A canary of another sector counts as survivor too: then addresses wrap around. On other disks than those
    that were marked, or of another size, nobody would find what survived: that proves nothing.
    """
    seeker, disks = _Seeker(ports), disks_of(ports, facts)
    found = tuple(disk.label for disk in disks)
    if ports.marks.disks and ports.marks.disks != found:
        detail = f"{' '.join(ports.marks.disks)} were marked, {' '.join(found)} are there"
        return replace(seeker.evidence(), failures=(Reason(ReasonCode.SIZE, detail),))
    for disk in disks:
        seeker.search(disk)
    evidence = seeker.evidence()
    if evidence.mismatch or evidence.unreadable:
        ports.found(evidence.unreadable, evidence.mismatch)
    return evidence


class _Gardener:
    """Reads, writes and counts single sectors before the erase."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._start_ns = ports.clock.monotonic_ns()
        self._moved = 0

    def note(self, disk: Disk, lbas: tuple[int, ...]) -> Iterator[Fingerprint]:
        """Give what tells of the present content of these sectors."""
        buffer = aligned(disk.sector)
        for lba in lbas:
            self._tell(disk)
            if self._move(disk, disk.port.pread_into, buffer, lba) and _tells_apart(buffer):
                yield Fingerprint(disk.number, lba, disk.fingerprint(lba, buffer))

    def write(self, disk: Disk) -> frozenset[int]:
        """Write the canaries of a disk and flush; give the LBAs that took theirs."""
        buffer = aligned(disk.sector)
        taken = set()
        for lba in disk.canaries():
            self._tell(disk)
            buffer[:] = disk.tag(lba)
            if self._move(disk, disk.port.pwrite, buffer, lba):
                taken.add(lba)
        try:
            disk.port.flush()
        except OSError:
            return frozenset()  # nothing of it is known to be on the medium
        return frozenset(taken)

    def count(self, disk: Disk, taken: frozenset[int]) -> tuple[frozenset[int], Reason | None]:
        """Find the LBAs whose canary stands; the reason says that one address answers for another."""
        buffer = aligned(disk.sector)
        standing: set[int] = set()
        owners = {disk.tag(lba): lba for lba in disk.canaries()}
        with disk.port.reopen_for_reading() as reader:
            for lba in sorted(taken):
                self._tell(disk)
                if not self._move(disk, reader.pread_into, buffer, lba):
                    continue
                owner = owners.get(bytes(buffer))
                if owner not in (None, lba):
                    detail = f"LBA {lba} holds the mark of LBA {owner}: addresses wrap around, the capacity is not real"
                    return frozenset(standing), Reason(ReasonCode.SIZE, detail)
                if owner == lba:
                    standing.add(lba)
        return frozenset(standing), None

    def phase(self, op: str, errors: int) -> Phase:
        end_ns = self._ports.clock.monotonic_ns()
        return Phase(op, self._moved, errors, self._start_ns // 1_000_000, end_ns // 1_000_000)

    def _tell(self, disk: Disk) -> None:
        if self._ports.stop():
            raise RunInterrupted(f"stopped on request while canaries were planted on disk {disk.number}")
        self._ports.progress("plant", self._moved, 0)

    def _move(self, disk: Disk, transfer: Transfer, buffer: memoryview, lba: int) -> bool:
        """Move one sector; a single bad sector is passed over. Raises OSError when the disk has left."""
        try:
            move_all(transfer, buffer, lba * disk.sector)
        except OSError:
            if size_reason(disk.port, disk.sectors * disk.sector) is not None:
                raise
            return False
        self._moved += disk.sector
        return True


class _Seeker:
    """Reads single sectors after the erase, and compares."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._start_ns = ports.clock.monotonic_ns()
        self._looked = self._moved = 0
        self._alive, self._unread = RangeLedger(), RangeLedger()
        self._elsewhere: list[str] = []  # survivors on companions
        self._dark: list[str] = []  # what cannot be read there: their LBAs are not those of the drive
        self._survivors = self._errors = 0

    def search(self, disk: Disk) -> None:
        """Look at every place of one disk."""
        tags = {disk.tag(lba) for lba in disk.canaries()}
        noted = {one.lba: one.digest for one in self._ports.marks.fingerprints if one.disk == disk.number}
        where = disk.canaries() if self._ports.marks.planted else ()
        buffer = aligned(disk.sector)
        with disk.port.reopen_for_reading() as reader:
            for lba in sorted({*where, *noted}):
                if self._ports.stop():
                    raise RunInterrupted("stopped on request while canaries were looked for")
                self._ports.progress("look", self._moved, self._survivors)
                if self._read(disk, reader, buffer, lba):
                    alive = bytes(buffer) in tags or noted.get(lba) == disk.fingerprint(lba, buffer)
                    self._note(disk, lba, alive=alive)

    def evidence(self) -> Evidence:
        """Say what was found."""
        told = hashlib.sha256(self._ports.secret).hexdigest()
        seen = Verification("canaries", PATTERN, told, "", self._looked, self._survivors, self._errors)
        if not self._looked:
            seen = Verification("none", "", "", "", 0, 0, 0)
        end_ms = self._ports.clock.monotonic_ns() // 1_000_000
        phase = Phase("look", self._moved, self._errors + self._survivors, self._start_ns // 1_000_000, end_ms)
        return Evidence((phase,), seen, self._unread.ranges(), self._alive.ranges(), tuple(self._failures()))

    def _failures(self) -> Iterator[Reason]:
        if self._survivors:
            where = self._alive.ranges()
            first = f"first at LBA {where[0].first}" if where else self._elsewhere[0]
            detail = f"{self._survivors} of {self._looked} marks and old contents are still there, {first}"
            yield Reason(ReasonCode.CANARY_SURVIVED, detail)
        if self._dark:
            detail = f"{len(self._dark)} of {self._looked} marks and old contents cannot be read, first {self._dark[0]}"
            yield Reason(ReasonCode.READ_ERROR, detail)

    def _read(self, disk: Disk, reader: BlockPort, buffer: memoryview, lba: int) -> bool:
        self._looked += 1
        try:
            move_all(reader.pread_into, buffer, lba * disk.sector)
        except OSError:
            if size_reason(disk.port, disk.sectors * disk.sector) is not None:
                raise
            if not self._ports.needs_write:
                self._errors += 1
                if disk.number == 0:
                    self._unread.add(lba)
                else:
                    self._dark.append(f"at LBA {lba} of {disk.port.device.name}")
            return False
        self._moved += disk.sector
        return True

    def _note(self, disk: Disk, lba: int, *, alive: bool) -> None:
        if not alive:
            return
        self._survivors += 1
        if disk.number == 0:
            self._alive.add(lba)
        else:
            self._elsewhere.append(f"one at LBA {lba} of {disk.port.device.name}")


def _secret(ports: Ports, number: int) -> bytes:
    return hmac.digest(ports.secret, f"disk {number}".encode("ascii"), hashlib.sha256)


def _tells_apart(content: memoryview) -> bool:
    """Say whether a content is worth noting: an erased drive may show a constant or a short pattern by right."""
    whole = bytes(content)
    return whole != whole[:PERIOD] * (len(whole) // PERIOD)
