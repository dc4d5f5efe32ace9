"""What came back for an ATA command through SAT: readable registers, or not. Pure (drives, section 4).

Three layouts carry registers: the descriptor (all of them), and two of fixed format sense, which lose the upper half
of COUNT and LBA: those can prove an abort, never a completed sanitize. Whatever is not on this list is unknown;
nothing here raises on any bytes, and nothing takes an unknown for a success.
"""

from dataclasses import dataclass
from enum import StrEnum

from erasure.ata.taskfile import Protocol, Taskfile
from erasure.transport.ports import ScsiReply

GOOD, CHECK_CONDITION = 0x00, 0x02
DRIVER_SENSE = 0x08  # the kernel's way to say "there is sense data": it comes with every check condition
INFO_CHECK = 0x01  # set by the kernel with every check condition too
DESCRIPTOR, FIXED, FIXED_VALID = 0x72, 0x70, 0xF0
ATA_RETURN, ATA_RETURN_LENGTH = 0x09, 0x0C
HEADER = 8  # bytes before the first descriptor
FIXED_LENGTH = 18
RECOVERED, ILLEGAL_REQUEST, UNIT_ATTENTION, ABORTED_COMMAND = 0x1, 0x5, 0x6, 0xB
REGISTERS_FOLLOW = (RECOVERED, 0x00, 0x1D)  # ATA PASS THROUGH INFORMATION AVAILABLE
RESET_CODE = 0x29  # POWER ON, RESET, OR BUS DEVICE RESET OCCURRED
BUSY, READY, FAULT, DATA_REQUEST, ERROR = 0x80, 0x40, 0x20, 0x08, 0x01
ABORT = 0x04


class Fate(StrEnum):
    """What became of a command."""

    GOOD = "good"  # carried out, as far as its own status goes
    ABORTED = "aborted"  # the drive refused it: ERR and ABRT
    UNKNOWN = "unknown"  # anything else


@dataclass(frozen=True, slots=True)
class Registers:
    """The registers after a command. Not `whole`: COUNT(15:8) and LBA above what is given were lost."""

    error: int
    status: int
    count: int
    lba: int
    device: int
    whole: bool


@dataclass(frozen=True, slots=True)
class AtaReply:
    """A decoded reply. `registers` is None where none can be read; `words` are the raw numbers in plain ASCII."""

    fate: Fate = Fate.UNKNOWN
    registers: Registers | None = None
    key: int | None = None  # sense key, ASC; None without legible sense data
    asc: int | None = None
    data: bytes = b""
    sense: bytes = b""
    words: str = ""

    @property
    def was_reset(self) -> bool:
        """Say whether the drive reports that it was reset meanwhile (unit attention 29h)."""
        return self.key == UNIT_ATTENTION and self.asc == RESET_CODE

    @property
    def whole(self) -> Registers | None:
        """The registers of a good status, complete; None otherwise."""
        complete = self.fate is Fate.GOOD and self.registers is not None and self.registers.whole
        return self.registers if complete else None


def decode(reply: ScsiReply, sent: Taskfile) -> AtaReply:
    """Say what became of `sent`. Never raises."""
    key, asc, _ascq = sense_code(reply.sense)
    fate, registers = weighed(reply, sent)
    return AtaReply(fate, registers, key, asc, reply.data, reply.sense, words(reply))


def weighed(reply: ScsiReply, sent: Taskfile) -> tuple[Fate, Registers | None]:
    """Look at every number of a reply. A host or driver error leaves everything unknown."""
    if reply.host_status or reply.driver_status not in (0, DRIVER_SENSE):
        return Fate.UNKNOWN, None
    if reply.status == GOOD:
        return fate_of_plain_good(reply, sent), None
    if reply.status != CHECK_CONDITION:
        return Fate.UNKNOWN, None
    registers = registers_of(reply.sense, extended=sent.extended)
    return fate_of(registers, sense_code(reply.sense), sent), registers


def fate_of_plain_good(reply: ScsiReply, sent: Taskfile) -> Fate:
    """Judge a status of GOOD: enough for a data transfer that is complete, no answer where registers were asked for."""
    clean = reply.driver_status == 0 and not reply.info & INFO_CHECK and reply.resid == 0 and not any(reply.sense)
    if not clean or sent.protocol is Protocol.NON_DATA:
        return Fate.UNKNOWN
    complete = sent.protocol is Protocol.DATA_OUT or len(reply.data) == sent.count * 512
    return Fate.GOOD if complete else Fate.UNKNOWN


def fate_of(registers: Registers | None, code: tuple[int | None, int | None, int | None], sent: Taskfile) -> Fate:
    """Judge a check condition: good only with SAT's own words for it and a clean ATA status."""
    if registers is None:
        return Fate.UNKNOWN
    if registers.status & (BUSY | FAULT) or not registers.status & READY:
        return Fate.UNKNOWN
    if registers.status & ERROR:
        refused = registers.error & ABORT and code[0] in (ABORTED_COMMAND, ILLEGAL_REQUEST)
        return Fate.ABORTED if refused else Fate.UNKNOWN
    announced = code == REGISTERS_FOLLOW and sent.protocol is Protocol.NON_DATA
    return Fate.GOOD if announced and not registers.status & DATA_REQUEST else Fate.UNKNOWN


def sense_code(sense: bytes) -> tuple[int | None, int | None, int | None]:
    """Return sense key, ASC and ASCQ of current sense data; None where it is short or of another kind."""
    code = sense[0] & 0x7F if sense else 0
    if code == DESCRIPTOR and len(sense) >= HEADER:
        return sense[1] & 0xF, sense[2], sense[3]
    if code == FIXED and len(sense) >= FIXED_LENGTH:
        return sense[2] & 0xF, sense[12], sense[13]
    return None, None, None


def registers_of(sense: bytes, *, extended: bool) -> Registers | None:
    """Find the registers in sense data; None where they are absent, cut short, doubled or ambiguous."""
    if len(sense) >= HEADER and sense[0] & 0x7F == DESCRIPTOR:
        found = [part for part in descriptors(sense) if part[:2] == bytes((ATA_RETURN, ATA_RETURN_LENGTH))]
        return from_descriptor(found[0], extended=extended) if len(found) == 1 else None
    if len(sense) < FIXED_LENGTH:
        return None
    if sense[0] == FIXED_VALID:
        return Registers(sense[3], sense[4], sense[6], int.from_bytes(sense[9:12], "little"), sense[5], whole=False)
    if sense[0] == FIXED and not any(sense[3:7]):
        return Registers(sense[8], sense[9], sense[11], sense[17], sense[10], whole=False)
    return None


def descriptors(sense: bytes) -> list[bytes]:
    """Split descriptor sense into whole descriptors; one that is cut short is dropped."""
    end = min(len(sense), HEADER + sense[7])
    found, at = [], HEADER
    while at + 2 <= end and at + 2 + sense[at + 1] <= end:
        found.append(sense[at : at + 2 + sense[at + 1]])
        at += 2 + sense[at + 1]
    return found


def from_descriptor(part: bytes, *, extended: bool) -> Registers:
    """Read an ATA Status Return descriptor. Upper halves that were not returned leave it incomplete."""
    returned = bool(part[2] & 1)
    low = part[5], part[7] | part[9] << 8 | part[11] << 16
    high = (part[4] << 8, part[6] << 24 | part[8] << 32 | part[10] << 40) if returned else (0, 0)
    return Registers(part[3], part[13], high[0] | low[0], high[1] | low[1], part[12], whole=returned or not extended)


def words(reply: ScsiReply) -> str:
    """Name every number of a reply for people who check it."""
    return (
        f"status {reply.status:02x}h host {reply.host_status:02x}h driver {reply.driver_status:02x}h "
        f"info {reply.info:x}h resid {reply.resid} sense {reply.sense.hex() or 'none'}"
    )
