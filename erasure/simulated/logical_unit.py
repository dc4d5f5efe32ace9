"""The SCSI commands that every disk answers, native or translated: names, capacity, modes, reads, writes (SPC, SBC)."""

import errno
import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from erasure.simulated.powered import PoweredDrive
from erasure.simulated.sense import Key, Refused, check, good
from erasure.transport.ports import CommandPorts, ScsiReply

CDB_BYTES = 16
INVALID_OPCODE, INVALID_FIELD, OUT_OF_RANGE, RESET_OCCURRED = 0x20, 0x24, 0x21, 0x29
UNRECOVERED_READ = 0x11
LONGEST_28 = 0xFFFFFFFF
ALWAYS = frozenset({0x03, 0x12, 0xA0})  # REQUEST SENSE, INQUIRY, REPORT LUNS: never met by a unit attention
READ_CAPACITY_16 = 0x10
REPORT_OPCODES = 0x0C
ALL_PAGES = 0x3F
NO_BLOCK_DESCRIPTORS = 0x08
CACHING = bytes([0x08, 18, 0x04]) + bytes(17)  # write cache enabled
CONTROL = bytes([0x0A, 10, 0x02]) + bytes(9)


@dataclass(frozen=True, slots=True)
class Request:
    """One CDB with what goes with it."""

    cdb: bytes
    timeout_ms: int
    data_out: bytes
    data_in: int

    def number(self, first: int, length: int) -> int:
        """Read a big-endian field of the CDB."""
        return int.from_bytes(self.cdb[first : first + length], "big")


Handler = Callable[[Request], bytes]


class LogicalUnit(PoweredDrive, ABC):
    """A disk that answers CDBs: `ScsiPort`. Subclasses add their own commands and say when the medium is reachable."""

    def command(self, cdb: bytes, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> ScsiReply:
        """Answer one CDB; others wait. Raises OSError: ENODEV when the drive has left, EINTR when it hangs."""
        with self.one_at_a_time:
            self.present()
            request = Request(cdb.ljust(CDB_BYTES, b"\0"), timeout_ms, data_out, data_in)
            try:
                self._attend(request.cdb[0])
                return self.answer(request)
            except Refused as refused:
                return check(refused.sense, asked=data_in)

    def answer(self, request: Request) -> ScsiReply:
        """Carry out a command that may be carried out. Raises Refused, OSError."""
        handler = self.handlers().get(request.cdb[0])
        if handler is None:
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_OPCODE)
        return good(handler(request), request.data_in)

    def handlers(self) -> dict[int, Handler]:
        """List the commands by operation code."""
        return {
            0x00: self._test_unit_ready,
            0x03: self._request_sense,
            0x12: self._inquiry,
            0x1A: self._mode_sense_6,
            0x1B: self._nothing,
            0x25: self._read_capacity_10,
            0x28: self._read,
            0x2A: self._write,
            0x35: self._synchronize,
            0x5A: self._mode_sense_10,
            0x88: self._read,
            0x8A: self._write,
            0x91: self._synchronize,
            0x9E: self._service_action_in,
            0xA0: self._report_luns,
            0xA3: self._maintenance_in,
        }

    # What subclasses answer -------------------------------------------------------------------------------------

    @abstractmethod
    def inquiry(self) -> bytes:
        """Build the standard INQUIRY data."""

    @abstractmethod
    def vital_pages(self) -> dict[int, bytes]:
        """Build the bodies of the vital product data pages, without page 00h."""

    def check_ready(self) -> None:
        """Raise Refused when TEST UNIT READY would."""

    def check_medium(self, offset: int, length: int, *, writing: bool) -> None:
        """Raise Refused when these bytes cannot be read or written now."""
        if not writing and self.unwritten(offset, length):
            raise Refused(Key.MEDIUM_ERROR, UNRECOVERED_READ, lba=offset // self.sector())

    def visible_bytes(self) -> int:
        """Capacity that commands reach."""
        return self.nameplate.size_bytes

    def kernel_bytes(self) -> int:
        """Capacity as the kernel believes it."""
        return self.visible_bytes()

    def sector(self) -> int:
        """Bytes per logical sector."""
        return self.nameplate.logical_sector

    def attend(self) -> None:
        """Raise Refused for a unit attention that waits."""
        if self.erasing.take_attention():
            raise Refused(Key.UNIT_ATTENTION, RESET_OCCURRED)

    def shown_serial(self) -> str:
        """Serial number as the kernel goes on telling it: it asks when it meets a drive, and not again."""
        return self.nameplate.serial

    def commands(self) -> CommandPorts:
        """Give this drive as a port."""
        return CommandPorts(scsi=self)

    # The block port ---------------------------------------------------------------------------------------------

    def admit(self, offset: int, length: int, *, writing: bool) -> None:
        """Let a read or write of the block layer pass, or raise the OSError that the kernel makes of the refusal."""
        self.present()
        try:
            self.check_medium(offset, length, writing=writing)
        except Refused as refused:
            code = self.kernel_error(refused.sense, writing=writing)
            raise OSError(code, os.strerror(code)) from None

    def kernel_error(self, sense: bytes, *, writing: bool) -> int:
        """Say what the block layer makes of sense data: a bad medium is ENODATA when it is read."""
        return errno.ENODATA if sense[2] == Key.MEDIUM_ERROR and not writing else errno.EIO

    # Commands ---------------------------------------------------------------------------------------------------

    def _attend(self, opcode: int) -> None:
        self.erasing.stage()
        if opcode not in ALWAYS:
            self.attend()

    def _test_unit_ready(self, _request: Request) -> bytes:
        self.check_ready()
        return b""

    def _nothing(self, _request: Request) -> bytes:
        return b""

    def _request_sense(self, request: Request) -> bytes:
        try:
            self.check_ready()
        except Refused as refused:
            return refused.sense[: request.cdb[4]]
        return Refused(Key.NO_SENSE, 0).sense[: request.cdb[4]]

    def _inquiry(self, request: Request) -> bytes:
        limit = request.number(3, 2)
        if not request.cdb[1] & 1:
            return self.inquiry()[:limit]
        pages, page = self.vital_pages(), request.cdb[2]
        body = bytes([0, *sorted(pages)]) if page == 0 else pages.get(page)
        if body is None:
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_FIELD)
        return (bytes([0, page]) + len(body).to_bytes(2, "big") + body)[:limit]

    def _read_capacity_10(self, _request: Request) -> bytes:
        self.check_ready()
        last = max(0, self.visible_bytes() // self.sector() - 1)
        return min(last, LONGEST_28).to_bytes(4, "big") + self.sector().to_bytes(4, "big")

    def _service_action_in(self, request: Request) -> bytes:
        if request.cdb[1] & 0x1F != READ_CAPACITY_16:
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_FIELD)
        self.check_ready()
        last = max(0, self.visible_bytes() // self.sector() - 1)
        exponent = (self.nameplate.physical_sector // self.nameplate.logical_sector).bit_length() - 1
        tail = bytes([self.protection(), max(0, exponent)]) + bytes(18)
        return (last.to_bytes(8, "big") + self.sector().to_bytes(4, "big") + tail)[: request.number(10, 4)]

    def protection(self) -> int:
        """Byte 12 of READ CAPACITY (16): P_TYPE and PROT_EN."""
        return 0

    def _place(self, request: Request) -> tuple[int, int]:
        wide = request.cdb[0] & 0x80
        first, count = (
            (request.number(2, 8), request.number(10, 4)) if wide else (request.number(2, 4), request.number(7, 2))
        )
        if first + count > self.visible_bytes() // self.sector():
            raise Refused(Key.ILLEGAL_REQUEST, OUT_OF_RANGE)
        return first * self.sector(), count * self.sector()

    def _read(self, request: Request) -> bytes:
        offset, length = self._place(request)
        self.check_medium(offset, length, writing=False)
        return self.medium.read(offset, length)

    def _write(self, request: Request) -> bytes:
        offset, length = self._place(request)
        if len(request.data_out) < length:
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_FIELD)
        self.check_medium(offset, length, writing=True)
        self.medium.write(offset, request.data_out[:length])
        self.wrote(offset, length)
        return b""

    def _synchronize(self, _request: Request) -> bytes:
        self.check_ready()
        self.medium.flush()
        return b""

    def _report_luns(self, _request: Request) -> bytes:
        return (8).to_bytes(4, "big") + bytes(4) + bytes(8)

    def _pages(self, page: int) -> bytes:
        pages = {0x08: CACHING, 0x0A: CONTROL, ALL_PAGES: CACHING + CONTROL}
        if page not in pages:
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_FIELD)
        return pages[page]

    def _mode_sense_6(self, request: Request) -> bytes:
        pages, blocks = self._pages(request.cdb[2] & 0x3F), self._blocks(request)
        return (bytes([len(blocks + pages) + 3, 0, 0, len(blocks)]) + blocks + pages)[: request.cdb[4]]

    def _mode_sense_10(self, request: Request) -> bytes:
        pages, blocks = self._pages(request.cdb[2] & 0x3F), self._blocks(request)
        head = (len(blocks + pages) + 6).to_bytes(2, "big") + bytes(4) + len(blocks).to_bytes(2, "big")
        return (head + blocks + pages)[: request.number(7, 2)]

    def _blocks(self, request: Request) -> bytes:
        return b"" if request.cdb[1] & NO_BLOCK_DESCRIPTORS else self.block_descriptor()

    def block_descriptor(self) -> bytes:
        """Build the short block descriptor of MODE SENSE; libata has none."""
        return b""

    def _maintenance_in(self, request: Request) -> bytes:
        """Answer REPORT SUPPORTED OPERATION CODES for one command: 3 supported as the standard says, 1 not."""
        if request.cdb[1] & 0x1F != REPORT_OPCODES or request.cdb[2] & 0x07 == 0:
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_FIELD)
        opcode, action = request.cdb[3], request.number(4, 2)
        if not self.supports(opcode, action if request.cdb[2] & 0x07 > 1 else None):
            return bytes([0, 1, 0, 0])
        size = (6, 10, 10, 0, 16, 12, 0, 0)[opcode >> 5]
        return bytes([0, 3, 0, size, opcode]) + bytes(size - 1)

    def supports(self, opcode: int, action: int | None) -> bool:  # noqa: ARG002
        """Say whether a command is there, with a service action where one is asked for."""
        return opcode in self.handlers()
