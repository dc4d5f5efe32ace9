"""Media in memory, a clock that only moves when told, and a rig around a simulated controller."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from erasure.simulated.firmware import Firmware, Memory, Vice
from erasure.simulated.nvme_drive import NvmeCard, NvmeDrive
from erasure.simulated.nvme_identify import NvmeIdentity
from erasure.simulated.nvme_table import nvme_table
from erasure.transport.ports import NvmeCommand, NvmeReply

OLD = b"of the donor...."
NEW_KEY = hashlib.sha256(b"another key").digest()


@dataclass
class Tape:
    """A medium in memory."""

    content: bytearray

    @staticmethod
    def of(size: int) -> "Tape":
        return Tape(bytearray(OLD * (size // len(OLD))))

    def native_bytes(self) -> int:
        return len(self.content)

    def wipe(self, first: int, end: int, fill: bytes) -> None:
        self.content[first:end] = (fill * (end // len(fill) + 2))[first % len(fill) :][: end - first]

    def scramble(self, first: int, end: int) -> None:
        self.wipe(first, end, NEW_KEY)

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self.content[offset : offset + length])

    def write(self, offset: int, data: bytes) -> None:
        self.content[offset : offset + len(data)] = data

    def flush(self) -> None:
        """Nothing is ever held back."""

    def old_bytes(self) -> int:
        """How many bytes are still as the donor left them."""
        return self.content.count(OLD) * len(OLD)


@dataclass
class StoppedClock:
    """Time that moves when somebody waits, and when a test says so."""

    ns: int = 5_000_000_000
    slept: list[float] = field(default_factory=list)

    def monotonic_ns(self) -> int:
        return self.ns

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_seconds(seconds)

    def pass_seconds(self, seconds: float) -> None:
        self.ns += round(seconds * 1e9)


SIZE = 1 << 20
SANITIZES = ("crypto", "block", "overwrite")


@dataclass
class NvmeRig:
    """One controller on the table, its media and its clock."""

    folder: Path
    clock: StoppedClock = field(default_factory=StoppedClock)
    tapes: dict[int, Tape] = field(default_factory=dict)
    drive: NvmeDrive = field(init=False)

    def build(self, *vices: Vice, sizes: tuple[int, ...] = (SIZE,), **table: Any) -> "NvmeRig":
        rows = [{"size_bytes": size} for size in sizes]
        document = {"sanitize": SANITIZES, "seconds": 10.0, "namespaces": rows, **table}
        self.tapes = {nsid: Tape.of(size) for nsid, size in enumerate(sizes, 1)}
        card = NvmeCard(
            Firmware("nvme", vices=frozenset(vices)),
            NvmeIdentity("DEMO NVMe", "DEMO-0001", "1.0"),
            nvme_table(document, sizes[0]),
        )
        self.drive = NvmeDrive(card, self.tapes, Memory.of(self.folder / "memory.json"), self.clock)
        return self

    def send(self, opcode: int, *, data_in: int = 0, timeout_ms: int = 60_000, **words: int) -> NvmeReply:
        return self.drive.admin(NvmeCommand(opcode, **words), timeout_ms=timeout_ms, data_in=data_in)

    def identify(self, cns: int, nsid: int = 0) -> NvmeReply:
        return self.send(0x06, data_in=4096, nsid=nsid, cdw10=cns)

    def sanitize(self, cdw10: int, **words: int) -> int:
        return self.send(0x84, cdw10=cdw10, **words).status

    def log(self) -> bytes:
        reply = self.send(0x02, data_in=512, nsid=0xFFFFFFFF, cdw10=0x007F0081)
        assert reply.status == 0
        return reply.data

    def sstat(self) -> int:
        return int.from_bytes(self.log()[2:4], "little")

    def sprog(self) -> int:
        return int.from_bytes(self.log()[0:2], "little")

    def old_bytes(self) -> int:
        return sum(tape.old_bytes() for tape in self.tapes.values())
