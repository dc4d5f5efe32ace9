"""The address probe: sectors marked with their own number, before zeros would hide what a drive does with addresses.

A drive that wraps around at a smaller true capacity, or drops writes, passes a read-back of zeros. So canaries are
written first (both ends, around the powers of two, random places), flushed, and read back through a fresh descriptor.
The canary in the last sector then stands until the zero pass has reached it: on a drive that wraps around, wherever, a
zero written to a lower address has wiped it by then.
"""

import hashlib
import hmac
from collections.abc import Iterator

from erasure.buffers import aligned
from erasure.drive import DriveFacts
from erasure.errors import RunInterrupted
from erasure.outcome import LbaRange, Phase, Reason, ReasonCode
from erasure.passes import Ports
from erasure.ranges import RangeLedger
from erasure.transfer import Gone, Target, errno_name, move_or_bisect, size_reason
from erasure.transport.ports import BlockPort

RANDOM_PLACES = 64


def places(sectors: int, secret: bytes) -> tuple[int, ...]:
    """Choose the LBAs to mark on a drive of `sectors`: ends, powers of two, their neighbours, random ones; sorted."""
    chosen = {0, 1, sectors // 2, sectors - 2, sectors - 1}
    for exponent in range(sectors.bit_length()):
        chosen |= {(1 << exponent) - 1, 1 << exponent, (1 << exponent) + 1}
    for i in range(RANDOM_PLACES):
        digest = hmac.digest(secret, f"place {i}".encode("ascii"), hashlib.sha256)
        chosen.add(int.from_bytes(digest[:8], "big") % sectors)
    return tuple(sorted(lba for lba in chosen if 0 <= lba < sectors))


def tag(secret: bytes, lba: int, sector: int) -> bytes:
    """Make the mark of sector `lba`: its HMAC, repeated to `sector` bytes."""
    return hmac.digest(secret, f"lba {lba}".encode("ascii"), hashlib.sha256) * (sector // 32)


class AddressProbe:
    """Marks the drive of `ports` and looks whether every mark is where it was put."""

    def __init__(self, ports: Ports, facts: DriveFacts) -> None:
        self._ports = ports
        self._size, self._sector = facts.size_bytes, facts.logical_sector
        self._places = places(facts.sectors, ports.secret)
        self._buffer = aligned(self._sector)
        self._start_ns = ports.clock.monotonic_ns()
        self.bad = RangeLedger()
        self._moved = 0

    def carry_out(self) -> tuple[Reason, ...]:
        """Mark, flush, read back. Returns why the drive cannot be trusted, empty when it can. Raises RunInterrupted."""
        try:
            self._mark()
            with self._ports.block.reopen_for_reading() as reader:
                return tuple(self._look(reader))
        except Gone as gone:
            return (gone.reason,)

    def tail_stands(self) -> Reason | None:
        """Read the canary of the last sector just before zeros reach it; the reason when it is no longer there."""
        lba = self._places[-1]
        if LbaRange(lba, 1) in self.bad.ranges():
            return None  # it could not be marked; the pass will meet the same sector and say so
        try:
            with self._ports.block.reopen_for_reading() as reader:
                return self._look_at(reader, lba)
        except Gone as gone:
            return gone.reason

    def phase(self) -> Phase:
        """What the probe moved."""
        end_ns = self._ports.clock.monotonic_ns()
        return Phase("probe", self._moved, self.bad.sectors(), self._start_ns // 1_000_000, end_ns // 1_000_000)

    def _mark(self) -> None:
        block = self._ports.block
        target = Target(block, self._size, self._sector)
        for lba in self._places:
            if self._ports.stop():
                raise RunInterrupted("stopped on request during the address probe")
            self._buffer[:] = tag(self._ports.secret, lba, self._sector)
            offset = lba * self._sector
            for bad in move_or_bisect(target, block.pwrite, self._buffer, offset):
                self.bad.add(bad)
            self._moved += self._sector
            self._ports.progress("probe", self._moved, self.bad.sectors())
        try:
            block.flush()
        except OSError as error:
            reason = size_reason(block, self._size, f"flush failed with {errno_name(error)}")
            raise Gone(reason or Reason(ReasonCode.WRITE_ERROR, f"flush failed with {errno_name(error)}")) from error

    def _look(self, reader: BlockPort) -> Iterator[Reason]:
        unmarked = self.bad.ranges()
        for lba in self._places:
            if not any(item.first <= lba < item.first + item.count for item in unmarked):
                reason = self._look_at(reader, lba)
                if reason is not None:
                    yield reason
                    return

    def _look_at(self, reader: BlockPort, lba: int) -> Reason | None:
        offset = lba * self._sector
        target = Target(reader, self._size, self._sector)
        if list(move_or_bisect(target, reader.pread_into, self._buffer, offset)):
            return None  # unreadable: the verification will list it
        self._moved += self._sector
        found = bytes(self._buffer)
        if found == tag(self._ports.secret, lba, self._sector):
            return None
        owner = self._owner(found)
        if owner is not None:
            detail = f"LBA {lba} holds the mark of LBA {owner}: addresses wrap around, the true capacity is smaller"
            return Reason(ReasonCode.SIZE, detail)
        return Reason(ReasonCode.MISMATCH, f"LBA {lba} does not hold the mark that was written to it")

    def _owner(self, found: bytes) -> int | None:
        marks = {tag(self._ports.secret, lba, self._sector): lba for lba in self._places}
        return marks.get(found)
