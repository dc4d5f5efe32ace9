"""The inside of a simulated drive: a sparse file, what was moved so far, and the vices acting on each request.

Shared by every port that is open on the drive, as a real drive is. Written from the behaviour of real drives, not from
the engine that it tests.
"""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from erasure.simulated.assembly import NO_FIRMWARE, Insides
from erasure.simulated.faults import Fault, FaultKind
from erasure.simulated.plugged import place_of
from erasure.simulated.specification import SimulatedDrive


class Pace(Protocol):
    """What a simulated drive needs of time: the present and a way to wait."""

    def monotonic_ns(self) -> int:
        """Nanoseconds that never go back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class DriveState:
    """One powered drive. Offsets and lengths in bytes."""

    def __init__(self, drive: SimulatedDrive, backing: Path, pace: Pace, inside: Insides = NO_FIRMWARE) -> None:
        self.drive = drive
        self.inside = inside
        self.written = 0
        self.read = 0
        self.gone = False
        self._fd = os.open(backing, os.O_RDWR | os.O_CLOEXEC)
        self._backing, self._place = backing, place_of(backing)
        self._pace = pace
        self._ready_ns = 0
        self._requests = 0
        self._flush_failed = False
        self._stale: dict[int, bytes] = {}
        self._unflushed: list[tuple[int, bytes]] = []
        self._remembers = any(fault.kind in (FaultKind.POWER_LOSS, FaultKind.BAD_FLUSH) for fault in drive.faults)

    def close(self) -> None:
        """Let go of the backing file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def cut_power(self) -> None:
        """Lose the power now: the drive is gone, with what was not flushed where it keeps that apart."""
        self._lose_unflushed()
        self.gone = True

    def size(self) -> int:
        """Capacity as reported now; 0 once the drive has left."""
        self._check_presence()
        return 0 if self.gone else self._capacity()

    def serial(self) -> str:
        """Serial number as reported now."""
        renamed = any(True for _ in self._active(FaultKind.RENAMED))
        serial = self.inside.shown_serial() or self.drive.kernel_serial
        return f"{serial}-OTHER" if renamed else serial

    def write(self, data: memoryview, offset: int) -> int:
        """Take `data` at `offset`; return the bytes taken. Raises OSError."""
        self._begin(offset, len(data))
        self.inside.admit(offset, len(data), writing=True)
        length = self._allowed(offset, len(data), errno.ENOSPC)
        self._take_time(offset, length)
        if any(True for _ in self._hitting(FaultKind.BAD_WRITE, offset, length)):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        for start, end in self._kept(offset, length):
            self._store(data[start - offset : end - offset], start)
        self.inside.wrote(offset, length)
        self.written += length
        return length

    def load(self, buffer: memoryview, offset: int) -> int:
        """Fill `buffer` from `offset`; return the bytes read, 0 at the end of the drive. Raises OSError."""
        self._begin(offset, len(buffer))
        self.inside.admit(offset, len(buffer), writing=False)
        length = self._allowed(offset, len(buffer), 0)
        self._take_time(offset, length)
        if any(True for _ in self._hitting(FaultKind.BAD_READ, offset, length)):
            code = errno.EIO if self.drive.bus == "ata" else errno.ENODATA
            raise OSError(code, os.strerror(code))
        for start, end in self._contiguous(offset, length):
            os.preadv(self._fd, [buffer[start - offset : end - offset]], start % self.drive.real_bytes)
        self._show_stale(buffer[:length], offset)
        self.read += length
        return length

    def flush(self) -> None:
        """Make what was written durable. Raises OSError."""
        self._check_presence()
        self._refuse_if_gone()
        self.inside.admit(0, 0, writing=True)
        if any(True for _ in self._active(FaultKind.BAD_FLUSH)) and not self._flush_failed:
            self._flush_failed = True
            self._lose_unflushed()
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._unflushed.clear()

    def _begin(self, offset: int, length: int) -> None:
        self._check_presence()
        self._refuse_if_gone()
        sector = self.drive.logical_sector
        if offset % sector or length % sector:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._requests += 1
        if self._requests % 2 and any(True for _ in self._active(FaultKind.INTERRUPTED_IO)):
            code = errno.EINTR if self._requests % 4 == 1 else errno.EAGAIN
            raise OSError(code, os.strerror(code))

    def _take_time(self, offset: int, length: int) -> None:
        """Wait as long as what is really moved takes; a short transfer costs its own bytes only."""
        seconds = sum(fault.seconds for fault in self._hitting(FaultKind.SLOW, offset, length))
        if self.drive.bytes_per_second:
            now = self._pace.monotonic_ns()
            self._ready_ns = max(self._ready_ns, now) + length * 1_000_000_000 // self.drive.bytes_per_second
            seconds += (self._ready_ns - now) / 1e9
        if seconds:
            self._pace.sleep(seconds)

    def _capacity(self) -> int:
        changes = [fault.real_bytes for fault in self._active(FaultKind.WRONG_SIZE)]
        believed = self.inside.kernel_bytes()
        return changes[-1] if changes else self.drive.size_bytes if believed is None else believed

    def _allowed(self, offset: int, length: int, code_at_end: int) -> int:
        """How much of the request one call moves: up to the end of the drive, less when calls are short."""
        length = min(length, max(0, self._capacity() - offset))
        if length == 0 and code_at_end:
            raise OSError(code_at_end, os.strerror(code_at_end))
        for fault in self._active(FaultKind.SHORT_IO):
            length = min(length, max(1, fault.count) * self.drive.logical_sector)
        return length

    def _store(self, data: memoryview, offset: int) -> None:
        for start, end in self._contiguous(offset, len(data)):
            place = start % self.drive.real_bytes
            if self._remembers:
                self._unflushed.append((place, os.pread(self._fd, end - start, place)))
            self._remember_stale(start, end)
            os.pwrite(self._fd, data[start - offset : end - offset], place)

    def _remember_stale(self, start: int, end: int) -> None:
        sector = self.drive.logical_sector
        for fault in self._hitting(FaultKind.STALE_READS, start, end - start):
            first = max(start // sector, fault.first_lba)
            last = min(end // sector, fault.first_lba + fault.count) if fault.count else end // sector
            for lba in range(first, last):
                place = lba * sector % self.drive.real_bytes
                self._stale.setdefault(lba, os.pread(self._fd, sector, place))

    def _show_stale(self, buffer: memoryview, offset: int) -> None:
        sector = self.drive.logical_sector
        if not self._stale:
            return
        for position in range(0, len(buffer), sector):
            old = self._stale.get((offset + position) // sector)
            if old is not None:
                buffer[position : position + sector] = old

    def _contiguous(self, offset: int, length: int) -> Iterator[tuple[int, int]]:
        """Cut a request where the address wraps around."""
        real, end = self.drive.real_bytes, offset + length
        while offset < end:
            stop = min(end, (offset // real + 1) * real)
            yield offset, stop
            offset = stop

    def _kept(self, offset: int, length: int) -> Iterator[tuple[int, int]]:
        """Leave out the parts of a write that are silently dropped."""
        sector = self.drive.logical_sector
        holes = sorted(
            (fault.first_lba * sector, (fault.first_lba + fault.count) * sector)
            if fault.count
            else (0, self.drive.native_bytes)
            for fault in self._hitting(FaultKind.DROP_WRITES, offset, length)
        )
        end = offset + length
        for first, last in holes:
            if offset < min(first, end):
                yield offset, min(first, end)
            offset = max(offset, last)
        if offset < end:
            yield offset, end

    def _hitting(self, kind: FaultKind, offset: int, length: int) -> Iterator[Fault]:
        sector = self.drive.logical_sector
        for fault in self._active(kind):
            first, last = fault.first_lba * sector, (fault.first_lba + fault.count) * sector
            if not fault.count or (offset < last and first < offset + length):
                yield fault

    def _active(self, kind: FaultKind) -> Iterator[Fault]:
        for fault in self.drive.faults:
            if fault.kind is kind and self.written >= fault.after_bytes and self.read >= fault.after_read_bytes:
                yield fault

    def _check_presence(self) -> None:
        if any(True for _ in self._active(FaultKind.POWER_LOSS)) and not self.gone:
            self._lose_unflushed()
            self.gone = True
        pulled = place_of(self._backing) != self._place
        if pulled or self.inside.gone() or any(True for _ in self._active(FaultKind.VANISH)):
            self.gone = True

    def _refuse_if_gone(self) -> None:
        if self.gone:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    def _lose_unflushed(self) -> None:
        for place, old in reversed(self._unflushed):
            os.pwrite(self._fd, old, place)
        self._unflushed.clear()
