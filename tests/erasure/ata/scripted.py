"""A port that plays a script: which command must come next, and which bytes go back. Knows nothing of its meaning.

Sense data are laid out here by hand from SAT, not by the code that is tested.
"""

import errno
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from erasure.announcement import Announced
from erasure.ata.facts import AtaFacts
from erasure.ata.identify import parse
from erasure.ata.ledger import NativeSize, ledger
from erasure.ata.reading import facts_from, status_of
from erasure.ata.sense import AtaReply
from erasure.drive import BlockDevice, DriveFacts, DriveIdentity, IdentityGrade
from erasure.hidden import AreaState, HiddenAreas
from erasure.passes import Ports
from erasure.sanitizing import SanitizeReport, SanitizeState
from erasure.scsi.facts import ScsiFacts
from erasure.transport.ports import CommandPorts, ScsiReply
from tests.erasure.simulated_bench import FakeClock

SECTORS = 0x1_0000_2000  # needs more than 32 bits of LBA
IDENTIFY, STATUS, NATIVE, SET_MAX, AMAC, DCO, LOG = 0xEC, 0xB4, 0x27, 0x37, 0x78, 0xB1, 0x2F
SET_PASSWORD, UNLOCK, PREPARE, ERASE, DISABLE = 0xF1, 0xF2, 0xF3, 0xF4, 0xF6
RUNNING, DONE, IDLE, FROZEN = 0x4000, 0x8000, 0x0000, 0x2000


def words_of(**changes: int) -> dict[int, int]:
    """A drive with everything: sanitize, security, HPA, DCO, 48-bit addresses. `w59=0` and the like change a word."""
    words = {0: 0x0040, 53: 6, 59: 0xF000, 82: 0x0402, 83: 0x4C00, 84: 0x4120, 85: 0x0400, 86: 0x0400, 87: 0x4000}
    words |= {89: 10, 90: 5, 92: 0xFFFE, 106: 0x4000, 128: 0x0021, 217: 1, 60: 0xFFFF, 61: 0x0FFF}
    words |= {100 + at: SECTORS >> 16 * at & 0xFFFF for at in range(4)}
    words |= {108: 0x5000, 109: 0xC500, 110: 0x0000, 111: 0x0001}
    words |= letters(10, "DEMO-0001".ljust(20)) | letters(23, "FW01".ljust(8)) | letters(27, "Demo Disk".ljust(40))
    return words | {int(name[1:]): value for name, value in changes.items()}


def letters(first: int, text: str) -> dict[int, int]:
    """Text as words: the first letter of a pair in the upper byte."""
    return {first + at // 2: ord(text[at]) << 8 | ord(text[at + 1]) for at in range(0, len(text), 2)}


def block_of(words: dict[int, int], *, checksum: bool = True) -> bytes:
    """512 bytes with these words, and a right checksum."""
    raw = bytearray(b"".join(words.get(at, 0).to_bytes(2, "little") for at in range(256)))
    if checksum:
        raw[510] = 0xA5
        raw[511] = -sum(raw[:511]) % 256
    return bytes(raw)


def identify(**changes: int) -> ScsiReply:
    """A good answer to IDENTIFY."""
    return plain(block_of(words_of(**changes)))


def plain(data: bytes = b"") -> ScsiReply:
    """Status GOOD, nothing else."""
    return ScsiReply(0, 0, 0, 0, 0, 1, b"", data)


def check(sense: bytes, **changes: Any) -> ScsiReply:
    """CHECK CONDITION as Linux reports it: driver status 8 and the info bit come with it."""
    return replace(ScsiReply(2, 0, 8, 1, 0, 1, sense, b""), **changes)


def descriptor(
    *,
    error: int = 0,
    status: int = 0x50,
    count: int = 0,
    lba: int = 0,
    extend: int = 1,
    device: int = 0x40,
    key: int = 1,
) -> bytes:
    """Descriptor sense with an ATA Status Return descriptor."""
    code = (0x00, 0x1D) if key == 1 else (0, 0)
    low = lba.to_bytes(6, "little")
    registers = (error, *count.to_bytes(2, "big"), low[3], low[0], low[4], low[1], low[5], low[2], device, status)
    return bytes((0x72, key, *code, 0, 0, 0, 14, 0x09, 0x0C, extend, *registers))


def good(count: int = 0, lba: int = 0, **changes: int) -> ScsiReply:
    """A good answer with its registers."""
    return check(descriptor(count=count, lba=lba, **changes))


def aborted(reason: int = 0) -> ScsiReply:
    """An abort as Linux before 6.11 reports it: fixed sense, registers shifted."""
    sense = bytearray(bytes.fromhex("70000b000000000a0441400100000000 0000".replace(" ", "")))
    sense[17] = reason
    return check(bytes(sense))


def fixed(*, error: int = 0, status: int = 0x50, count: int = 0, lba: int = 0, flags: int = 0, key: int = 1) -> bytes:
    """Fixed sense as SAT lays it out."""
    code = (0x00, 0x1D) if key == 1 else (0, 0)
    head = (0xF0, 0, key, error, status, 0x40, count & 0xFF, 10, flags, *lba.to_bytes(6, "little")[:3])
    return bytes((*head, *code, 0, 0, 0, 0))


RESET = check(bytes.fromhex("700006000000000a00000000290000000000"))
LOST = OSError(errno.EINTR, "interrupted")
GONE = OSError(errno.ENODEV, "no such device")
TIMED_OUT = ScsiReply(0, 3, 0, 1, 0, 1, b"", b"")


@dataclass
class Script:
    """Plays `steps`: (command that must come, reply or error), and keeps every CDB, data block and timeout."""

    steps: list[tuple[int, ScsiReply | OSError]]
    sent: list[tuple[bytes, bytes, int]] = field(default_factory=list)

    def command(self, cdb: bytes, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> ScsiReply:
        self.sent.append((cdb, data_out, timeout_ms))
        assert self.steps, f"nothing was expected any more, and {cdb.hex(' ')} came"
        opcode, reply = self.steps.pop(0)
        assert cdb[14] == opcode, f"{opcode:02x}h was expected, and {cdb.hex(' ')} came"
        if isinstance(reply, OSError):
            raise reply
        return reply

    @property
    def opcodes(self) -> list[int]:
        return [cdb[14] for cdb, _data, _timeout in self.sent]


@dataclass
class Desk:
    """A script behind the guard, with what was announced and accepted."""

    script: Script
    announced: list[dict[str, Any]] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    size_bytes: int = SECTORS * 512

    @property
    def ports(self) -> Ports:
        guard = Announced(CommandPorts(scsi=self.script), self._durable)
        return Ports(
            block=SimpleNamespace(size_bytes=lambda: self.size_bytes),
            secret=bytes(32),
            offset=0,
            begun=False,
            bad=(),
            verification="full",
            sample_sectors=0,
            seed="",
            checkpoint=lambda offset, bad: None,
            found=lambda unreadable, mismatch: None,
            progress=lambda phase, done, bad: None,
            clock=FakeClock(),
            stop=lambda: False,
            commands=guard.ports,
            announce=guard.announce,
            accepted=self.accepted.append,
        )

    def _durable(self, document: dict[str, Any]) -> None:
        self.announced.append(document)
        self.log.append(f"announced {document['command'][42:44]}")


def desk(*steps: tuple[int, ScsiReply | OSError]) -> Desk:
    """A desk with a script."""
    return Desk(Script(list(steps)))


NO_CLIP = HiddenAreas(AreaState.NONE, AreaState.NONE, AreaState.NONE, SECTORS * 512, None, SECTORS * 512)


def ata_facts(*, native: int = SECTORS, overlay: int = SECTORS, **changes: int) -> AtaFacts:
    """Facts of the drive of `words_of`, idle and readable, with these native sizes."""
    found = parse(block_of(words_of(**changes)))
    assert found is not None
    hidden = ledger(found, NativeSize(native), NativeSize(), NativeSize(overlay))
    facts = facts_from(found, hidden, status_of(None), AtaReply())
    idle = SanitizeReport(SanitizeState.IDLE)
    return replace(facts, registers_readable=True, sanitize=idle, native_sectors=native)


def facts(ata: AtaFacts | None = None, *, bus: str = "ata", bridge: str = "") -> DriveFacts:
    """Facts of a whole drive."""
    identity = DriveIdentity("Demo Disk", "DEMO-0001", "5000c50000000001", "FW01", bus, bridge, "udev", IdentityGrade.B)
    size = SECTORS * 512
    return DriveFacts(
        device=BlockDevice("/dev/sdz", "sdz", 8, 400, 7, size, identity),
        size_bytes=size,
        logical_sector=512,
        physical_sector=512,
        read_only=False,
        rotational=False,
        removable=False,
        zoned="none",
        hidden=NO_CLIP,
        ata=ata or ata_facts(),
        scsi=scsi_facts(bridge=bus == "usb"),
        commands=("scsi",),
    )


def scsi_facts(*, bridge: bool = False, translates: bool = True, device_type: int = 0) -> ScsiFacts:
    """What the SCSI side says of it."""
    return ScsiFacts(
        vendor="ATA",
        product="Demo Disk",
        revision="FW01",
        serial="DEMO-0001",
        wwn="",
        device_type=device_type,
        translates_ata=translates,
        bridge=bridge,
        logical_sector=512,
        sectors=SECTORS,
        protection=0,
        sanitize_crypto=None,
        sanitize_block=None,
        sanitize_overwrite=None,
        write_needed_after_block=False,
        write_needed_after_crypto=False,
        rotation=1,
        sanitize=SanitizeReport(SanitizeState.UNSUPPORTED),
        hidden=NO_CLIP,
    )
