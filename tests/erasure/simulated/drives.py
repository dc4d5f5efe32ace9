"""Simulated ATA and SCSI drives on a table of their own: their medium, their memory, their time, their commands.

Commands are written out as the standard has them (drives, 3.3 and 3.9), not made by the engine.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from erasure.simulated.ata_drive import AtaDrive
from erasure.simulated.bridge import BridgedDrive
from erasure.simulated.file_medium import FileMedium
from erasure.simulated.firmware import Firmware, Memory, Vice
from erasure.simulated.nameplate import Nameplate
from erasure.simulated.scsi_drive import ScsiDrive
from erasure.transport.ports import ScsiReply
from tests.erasure.simulated_bench import FakeClock

SIZE = 64 * 512
OLD = b"donor's letters "
IDENTIFY = "85 08 0e 00 00 00 01 00 00 00 00 00 00 40 ec 00"
SANITIZE_STATUS = "85 07 20 00 00 00 00 00 00 00 00 00 00 40 b4 00"
CLEAR_FAILURE = "85 07 20 00 00 00 01 00 00 00 00 00 00 40 b4 00"
CRYPTO = "85 07 20 00 11 00 00 43 70 00 79 00 72 40 b4 00"
BLOCK = "85 07 20 00 12 00 00 42 72 00 45 00 6b 40 b4 00"
BLOCK_MAY_EXIT = "85 07 20 00 12 00 10 42 72 00 45 00 6b 40 b4 00"
OVERWRITE = "85 07 20 00 14 00 41 00 00 57 00 4f 00 40 b4 00"
FREEZE_SANITIZE = "85 07 20 00 20 00 00 46 6b 00 4c 00 72 40 b4 00"
ANTIFREEZE = "85 07 20 00 40 00 00 41 69 00 74 00 6e 40 b4 00"
PREPARE = "85 06 20 00 00 00 00 00 00 00 00 00 00 40 f3 00"
FREEZE = "85 06 20 00 00 00 00 00 00 00 00 00 00 40 f5 00"
READ_10 = "28 00 00 00 00 00 00 00 01 00"
NATIVE_MAX_EXT = "85 07 20 00 00 00 00 00 00 00 00 00 00 40 27 00"
SENSE_ABORT = "f0 00 0b 04 51 40 00 0a"
PASSWORD = b"a published one".ljust(32, b"\0")
WRONG = b"a wrong one".ljust(32, b"\0")
ALL_SANITIZE = {"crypto": True, "block": True, "overwrite": True}


def block(password: bytes = PASSWORD, *, first: int = 0, level: int = 0) -> bytes:
    """The 512 bytes of a security command."""
    return bytes([first, level]) + password + (0xFFFE).to_bytes(2, "little") + bytes(476)


def security(code: int) -> str:
    """SECURITY SET PASSWORD f1, UNLOCK f2, ERASE UNIT f4, DISABLE PASSWORD f6."""
    return f"85 0a 06 00 00 00 01 00 00 00 00 00 00 40 {code:02x} 00"


@dataclass
class Table:
    """One drive on the table. `drive` is made anew by `replug`, as by another process."""

    folder: Path
    kind: str = "ata"
    features: dict[str, Any] = field(default_factory=dict)
    vices: tuple[Vice, ...] = ()
    bridge: str = ""
    size: int = SIZE
    native: int = SIZE
    power: int = 1
    logical: int = 512
    physical: int = 512
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.backing.write_bytes(OLD * (self.native // len(OLD)))
        self.drive = self.plugged()

    @property
    def backing(self) -> Path:
        return self.folder / "drive.img"

    def plugged(self) -> Any:
        make = ScsiDrive if self.kind == "scsi" else BridgedDrive if self.bridge else AtaDrive
        firmware = Firmware(self.kind, tuple(self.features.items()), frozenset(self.vices))
        names = ("DEMO DRIVE 32K", "DEMO-0001", "1.00ABCD", "5000000000000001")
        plate = Nameplate(*names, self.size, self.logical, self.physical, rotational=False, bridge=self.bridge)
        memory = Memory.of(self.folder / "memory.json")
        return make(firmware, plate, FileMedium(self.backing), memory, self.clock, power=self.power)

    def replug(self, *, power: int = 0) -> None:
        """Open it in another process, after `power` power cycles."""
        self.power += power
        self.drive.close()
        self.drive = self.plugged()

    def send(self, cdb: str, *, out: bytes = b"", data_in: int = 0, timeout_ms: int = 30_000) -> ScsiReply:
        reply: ScsiReply = self.drive.command(bytes.fromhex(cdb), timeout_ms=timeout_ms, data_out=out, data_in=data_in)
        return reply

    def words(self) -> list[int]:
        """IDENTIFY DEVICE as 256 words."""
        data = self.send(IDENTIFY, data_in=512).data
        return [int.from_bytes(data[index : index + 2], "little") for index in range(0, 512, 2)]

    def registers(self, cdb: str, **more: Any) -> dict[str, int]:
        """Send with CK_COND and read the descriptor: offsets of the ATA status return descriptor of SAT."""
        sense = self.send(cdb, **more).sense
        assert (sense[0], sense[1], sense[2], sense[3], sense[7], sense[8], sense[9]) == (0x72, 1, 0, 0x1D, 14, 9, 12)
        low, high = (sense[15], sense[17], sense[19]), (sense[14], sense[16], sense[18])
        lba = int.from_bytes(bytes([*low, *high]), "little")
        return {"count": sense[12] << 8 | sense[13], "lba": lba, "status": sense[21], "device": sense[20]}

    def aborts(self, cdb: str, *, reason: int = 0, **more: Any) -> bool:
        """Say whether a command ends in ABRT with this reason in LBA 7:0 (fixed format, as libata has it)."""
        reply = self.send(cdb, **more)
        return reply.status == 2 and reply.sense[:8].hex(" ") == SENSE_ABORT and reply.sense[9] == reason

    def pass_seconds(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    def content(self) -> bytes:
        return self.backing.read_bytes()

    def old_bytes(self) -> int:
        """How many bytes still hold what the donor wrote."""
        content = self.content()
        return sum(len(OLD) for place in range(0, len(content), len(OLD)) if content[place : place + len(OLD)] == OLD)
