"""The write pass: every sector once, with the bytes of a pattern, through the host's own writes.

Never BLKZEROOUT, never discard. A flush that fails is final and never repeated: after it nobody knows what was kept.
A sector that cannot be written is noted by its LBA and the pass goes on with the next.
"""

from collections.abc import Callable
from itertools import accumulate

from erasure.ahead import Ahead
from erasure.buffers import GROUP, REPEATED, VECTOR, aligned
from erasure.drive import DriveFacts
from erasure.errors import RunInterrupted
from erasure.outcome import Phase, Reason, ReasonCode
from erasure.pace import Cadence
from erasure.passes import Ports, Written
from erasure.pattern import Pattern
from erasure.ranges import RangeLedger
from erasure.transfer import Gone, Target, errno_name, move_or_bisect, size_reason

BAD_LIMIT = 65_536  # sectors; a drive with more is not worth another hour
SHORT_NS, LONG_NS = 50_000_000, 200_000_000  # nobody sees or stops a run while one request is under way

BeforeTail = Callable[[], Reason | None]


class WritePass:
    """One pass of `pattern` over the drive of `ports`, from `ports.offset` to its end.

    The last sector is written by itself, after `before_tail` looked at what still stands there; its reason, if any,
    ends the pass.
    """

    def __init__(self, ports: Ports, facts: DriveFacts, pattern: Pattern, before_tail: BeforeTail) -> None:
        self._ports, self._pattern, self._before_tail = ports, pattern, before_tail
        self._size, self._sector = facts.size_bytes, facts.logical_sector
        self._bad = RangeLedger(ports.bad)
        self._offset = self._settled = ports.offset
        self._moved = self._errors = 0
        self._cadence = Cadence(ports.clock, ports.offset)

    def carry_out(self) -> Written:
        """Write, flush, and say what was done. Raises RunInterrupted (after a flush) and JournalError."""
        start = self._ports.clock.monotonic_ns()
        failure = self._write_everything()
        if failure is not None:  # what was not flushed is not known to be there
            self._bad.add(self._settled // self._sector, (self._size - self._settled) // self._sector)
        end = self._ports.clock.monotonic_ns()
        phase = Phase("write", self._moved, self._errors, start // 1_000_000, end // 1_000_000)
        covered = self._settled if failure is None else 0
        return Written((phase,), self._bad.ranges(), covered, () if failure is None else (failure,))

    def _write_everything(self) -> Reason | None:
        tail = self._size - self._sector
        try:
            if self._offset < tail:
                self._write_range(self._offset, tail)
                self._settle()
                reason = self._before_tail()
                if reason is not None:
                    return reason
                self._ports.checkpoint(self._offset, self._bad.ranges())
            self._write_range(self._offset, self._size)
            self._settle()
        except Gone as gone:
            return gone.reason
        return None

    def _write_range(self, first: int, end: int) -> None:
        if self._pattern.constant:
            self._write_repeated(first, end)
            return
        with Ahead(self._pattern.fill, first, end) as pieces:
            for group in pieces.groups(GROUP):
                self._stop_if_asked()
                self._write_buffers([piece.buffer for piece in group])
                self._settle_if_due()

    def _write_repeated(self, first: int, end: int) -> None:
        """Write one filled buffer again and again, many times in each request, as the pace of the drive allows."""
        buffer = aligned(min(REPEATED, max(end - first, 1)))
        self._pattern.fill(buffer, first)
        repeats = 1
        while self._offset < end:
            self._stop_if_asked()
            start = self._ports.clock.monotonic_ns()
            whole, rest = divmod(min(repeats * len(buffer), end - self._offset), len(buffer))
            self._write_buffers([buffer] * whole + [buffer[:rest]] * (rest > 0))
            repeats = fitting(repeats, self._ports.clock.monotonic_ns() - start)
            self._settle_if_due()

    def _write_buffers(self, buffers: list[memoryview]) -> None:
        """Write `buffers` in one request, then singly from the first that was not taken whole.

        An error of the one request is judged by those that follow: it says neither where it was nor what was written.
        """
        taken = self._taken_at_once(buffers)
        count = sum(1 for end in accumulate(map(len, buffers)) if end <= taken)
        if count:
            self._advance(sum(map(len, buffers[:count])), 0)
        for place, buffer in enumerate(buffers[count:]):
            if place:
                self._stop_if_asked()
            self._write_chunk(buffer, self._offset)
            self._settle_if_due()

    def _taken_at_once(self, buffers: list[memoryview]) -> int:
        if len(buffers) == 1:
            return 0
        try:
            return self._ports.block.pwritev(buffers, self._offset)
        except OSError:
            return 0

    def _advance(self, length: int, bad: int) -> None:
        self._offset += length
        self._moved += length - bad * self._sector
        self._ports.progress("write", self._offset, self._errors)

    def _write_chunk(self, buffer: memoryview, offset: int) -> None:
        target, errors = Target(self._ports.block, self._size, self._sector), self._errors
        for lba in move_or_bisect(target, target.port.pwrite, buffer, offset):
            self._bad.add(lba)
            self._errors += 1
            if self._errors >= BAD_LIMIT:
                raise Gone(Reason(ReasonCode.WRITE_ERROR, f"gave up at LBA {lba} after {BAD_LIMIT} bad sectors"))
            self._stop_if_asked()
        self._advance(len(buffer), self._errors - errors)

    def _settle_if_due(self) -> None:
        if self._cadence.due(self._offset):
            self._settle()
            self._ports.checkpoint(self._offset, self._bad.ranges())

    def _settle(self) -> None:
        """Flush. A failure ends the pass: the cache may have dropped what it could not write."""
        try:
            self._ports.block.flush()
        except OSError as error:
            lost = size_reason(self._ports.block, self._size, f"flush failed with {errno_name(error)}")
            reason = lost or Reason(ReasonCode.WRITE_ERROR, f"flush failed with {errno_name(error)}")
            raise Gone(reason) from error
        self._settled = self._offset

    def _stop_if_asked(self) -> None:
        if self._ports.stop():
            self._settle()
            self._ports.checkpoint(self._offset, self._bad.ranges())
            raise RunInterrupted(f"stopped on request, {self._offset} of {self._size} bytes written")


def fitting(repeats: int, elapsed_ns: int) -> int:
    """Say how often the buffer goes into the next request, after one of `repeats` that took `elapsed_ns`."""
    if elapsed_ns > LONG_NS:
        return max(1, repeats // 2)
    return min(VECTOR, repeats * 2) if elapsed_ns < SHORT_NS else repeats
