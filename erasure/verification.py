"""Reading back through a second descriptor, past the host's caches, and comparing each byte with what must be there.

Full by default; a sample only by policy and named so. A read of nothing is an error, never a pass. What does not match
is narrowed down chunk -> 64 KiB -> sector.
"""

import hashlib
import threading
from collections.abc import Iterator

from erasure.abreast import Abreast, Look
from erasure.buffers import BLOCK, aligned
from erasure.drive import DriveFacts
from erasure.errors import RunInterrupted
from erasure.outcome import Phase, Reason, ReasonCode, Verification
from erasure.pace import Cadence
from erasure.passes import Evidence, Ports
from erasure.pattern import Pattern
from erasure.ranges import RangeLedger
from erasure.transfer import Gone, Target, move_or_bisect, size_reason
from erasure.transport.ports import BlockPort

UNREADABLE_LIMIT = 65_536  # sectors, each may cost the drive half a minute
RANGE_LIMIT = 65_536  # separate ranges of mismatches


def sample_lbas(sectors: int, draws: int, seed: str) -> tuple[int, ...]:
    """Draw single sectors: one in each of `draws` equal strata, and the first and the last LBA; sorted.

    Draw i lies SHA-256(seed ":" i), first eight bytes big-endian, modulo the width of stratum i, above its start:
    anyone can repeat it from the seed that is printed.
    """
    draws = min(draws, sectors)
    lbas = {0, sectors - 1}
    for i in range(draws):
        start, end = sectors * i // draws, sectors * (i + 1) // draws
        digest = hashlib.sha256(f"{seed}:{i}".encode("ascii")).digest()
        lbas.add(start + int.from_bytes(digest[:8], "big") % (end - start))
    return tuple(sorted(lbas))


class Readback:
    """One verification of `pattern` on the drive of `ports`."""

    def __init__(self, ports: Ports, facts: DriveFacts, pattern: Pattern) -> None:
        self._ports, self._pattern = ports, pattern
        self._size, self._sector = facts.size_bytes, facts.logical_sector
        self._unreadable, self._mismatch = RangeLedger(), RangeLedger()
        self._bytes = 0
        self._compared = 0
        self._errors = 0
        self._expected = aligned(BLOCK)
        self._abandoned = threading.Event()
        self._news: tuple[RangeLedger, RangeLedger] = (RangeLedger(), RangeLedger())  # not durable yet
        self._cadence = Cadence(ports.clock, 0)

    def carry_out(self) -> Evidence:
        """Read, compare, and say what was found. Raises RunInterrupted; OSError when no reader can be opened."""
        start = self._ports.clock.monotonic_ns()
        failure = None
        try:
            with self._ports.block.reopen_for_reading() as reader:
                self._read_everything(reader)
            failure = size_reason(self._ports.block, self._size)
        except Gone as gone:
            failure = gone.reason
        self._keep_findings()
        return self._evidence(start, failure)

    def _read_everything(self, reader: BlockPort) -> None:
        if self._ports.verification == "full":
            self._full(reader)
        else:
            self._sample(reader)

    def _full(self, reader: BlockPort) -> None:
        patterns = (self._pattern, *(self._pattern.another() for _ in range(1, reader.abreast)))
        looks = [self._look_with(reader, pattern) for pattern in patterns]
        with Abreast(looks, self._size, self._stop_if_asked) as pieces:
            try:
                for piece in pieces:
                    if piece.found is not None:
                        self._blame(piece.buffer, piece.offset, piece.found)
                    self._count(piece.offset, len(piece.buffer), piece.found or [])
                    self._stop_if_asked()
            finally:
                self._abandoned.set()

    def _look_with(self, reader: BlockPort, pattern: Pattern) -> Look[list[int]]:
        def look(buffer: memoryview, offset: int) -> list[int] | None:
            unreadable = list(self._load(reader, buffer, offset))
            return None if not unreadable and pattern.matches(buffer, offset) else unreadable

        return look

    def _sample(self, reader: BlockPort) -> None:
        buffer = aligned(self._sector)
        for lba in sample_lbas(self._size // self._sector, self._ports.sample_sectors, self._ports.seed):
            offset = lba * self._sector
            unreadable = list(self._load(reader, buffer, offset))
            self._blame(buffer, offset, unreadable)
            self._count(offset, len(buffer), unreadable)
            self._stop_if_asked()

    def _load(self, reader: BlockPort, buffer: memoryview, offset: int) -> Iterator[int]:
        """Read `buffer` from byte `offset`; give each LBA that cannot be read."""
        target = Target(reader, self._size, self._sector)
        for lba in move_or_bisect(target, reader.pread_into, buffer, offset):
            yield lba
            if self._abandoned.is_set():
                raise RunInterrupted("verification abandoned")

    def _blame(self, buffer: memoryview, offset: int, unreadable: list[int]) -> None:
        """Find each sector of a piece that does not match; the `unreadable` ones are noted as such."""
        for lba in unreadable:
            self._unreadable.add(lba)
            self._news[0].add(lba)
        skipped = frozenset(unreadable)
        for start in range(0, len(buffer), BLOCK):
            self._compare_sectors(buffer[start : start + BLOCK], offset + start, skipped)

    def _count(self, offset: int, length: int, unreadable: list[int]) -> None:
        """Count a piece that was compared, tell how far it went, and see whether there is a point in going on."""
        self._bytes += length - len(unreadable) * self._sector
        self._compared += length // self._sector - len(unreadable)
        self._errors += len(unreadable)
        self._ports.progress("verify", offset + length, self._errors + self._mismatch.sectors())
        if self._cadence.due(offset + length):
            self._keep_findings()
        self._give_up_if_hopeless(offset + length)

    def _keep_findings(self) -> None:
        """Make durable what was found since the last time: whoever interrupts this does not undo it."""
        unreadable, mismatch = self._news
        if unreadable.sectors() or mismatch.sectors():
            self._ports.found(unreadable.ranges(), mismatch.ranges())
            self._news = (RangeLedger(), RangeLedger())

    def _compare_sectors(self, block: memoryview, offset: int, skipped: frozenset[int]) -> None:
        expected = self._expected[: len(block)]
        self._pattern.fill(expected, offset)
        found, wanted, sector = bytes(block), bytes(expected), self._sector
        if found == wanted and not skipped:
            return
        for start in range(0, len(found), sector):
            lba = (offset + start) // sector
            if lba not in skipped and found[start : start + sector] != wanted[start : start + sector]:
                self._mismatch.add(lba)
                self._news[1].add(lba)

    def _give_up_if_hopeless(self, offset: int) -> None:
        told = f"gave up after byte {offset}"
        if self._errors >= UNREADABLE_LIMIT and offset < self._size:
            raise Gone(Reason(ReasonCode.READ_ERROR, f"{told}: {self._errors} sectors cannot be read"))
        if len(self._mismatch) >= RANGE_LIMIT and offset < self._size:
            raise Gone(Reason(ReasonCode.MISMATCH, f"{told}: {len(self._mismatch)} separate ranges do not match"))

    def _stop_if_asked(self) -> None:
        if self._ports.stop():
            self._keep_findings()
            raise RunInterrupted(f"stopped on request, {self._bytes} of {self._size} bytes verified")

    def _evidence(self, start_ns: int, failure: Reason | None) -> Evidence:
        mode, total = self._ports.verification, self._size // self._sector
        if mode == "full" and failure is not None and self._compared + self._errors < total:
            first = self._compared + self._errors  # the chunks come in order
            self._unreadable.add(first, total - first)
        errors = self._errors + self._mismatch.sectors()
        end_ns = self._ports.clock.monotonic_ns()
        return Evidence(
            phases=(Phase("verify", self._bytes, errors, start_ns // 1_000_000, end_ns // 1_000_000),),
            verification=Verification(
                mode=mode,
                pattern=self._pattern.name,
                key_sha256=self._pattern.key_sha256,
                seed=self._ports.seed if mode == "sample" else "",
                sectors=self._compared,
                nonmatching=self._mismatch.sectors(),
                unreadable=self._unreadable.sectors(),
            ),
            unreadable=self._unreadable.ranges(),
            mismatch=self._mismatch.ranges(),
            failures=() if failure is None else (failure,),
        )
