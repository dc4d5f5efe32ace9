"""A native SCSI (SAS) disk: names, capacity, SANITIZE with its progress, sectors that need a write (SBC-4; drives 3.9).

Members of its table: `vendor`, `crypto`, `block`, `overwrite` (booleans), `seconds`, `sector` (520 makes the kernel see
no capacity), `native_bytes`, `protection` (type), `wabereq`, `wacereq` (0 to 3), `report_opcodes`, `sanitizing` (an
action that somebody else started: it runs when the drive comes). Of one that comes at work the kernel shows size 0.
"""

from erasure.simulated.erasing import Order, Stage, hang
from erasure.simulated.firmware import Vice
from erasure.simulated.logical_unit import INVALID_FIELD, INVALID_OPCODE, Handler, LogicalUnit, Request
from erasure.simulated.scsi_capacity import MODE_SELECT_6, MODE_SELECT_10, Capacity
from erasure.simulated.sense import Key, Refused, good, timed_out
from erasure.transport.ports import ScsiReply

SANITIZE, EXIT_FAILURE = 0x48, 0x1F
ACTIONS = {0x01: "overwrite", 0x02: "block", 0x03: "crypto"}
NOT_READY, SANITIZE_IN_PROGRESS = 0x04, 0x1B
FORMAT_CORRUPTED, SANITIZE_FAILED = 0x31, 0x03
MAINTENANCE_IN = 0xA3
USABLE_SECTORS = (512, 1024, 2048, 4096)
NEEDS_WRITE = 2
INVALID_PARAMETER = 0x26


class ScsiDrive(LogicalUnit):
    """One logical unit, number 0."""

    def handlers(self) -> dict[int, Handler]:
        """List the commands by operation code."""
        shown = super().handlers() | {MODE_SELECT_6: self._mode_select, MODE_SELECT_10: self._mode_select}
        if not self.feature("report_opcodes", True):
            del shown[MAINTENANCE_IN]
        return shown

    def answer(self, request: Request) -> ScsiReply:
        """Carry out a command. Raises Refused, OSError."""
        return self._sanitize(request) if request.cdb[0] == SANITIZE else super().answer(request)

    def supports(self, opcode: int, action: int | None) -> bool:
        """Say whether a command is there."""
        if opcode != SANITIZE:
            return super().supports(opcode, action)
        return any(map(self._offers, ACTIONS)) if action is None else action == EXIT_FAILURE or self._offers(action)

    def sector(self) -> int:
        """Bytes per logical sector, 520 on drives from storage systems."""
        return int(self.feature("sector", self.nameplate.logical_sector))

    def assemble(self) -> None:
        """Put the limits of the medium together."""
        sector, native = self.sector(), int(self.feature("native_bytes", self.nameplate.size_bytes))
        self.capacity = Capacity(self.shelf, self.nameplate.size_bytes // sector, native // sector, sector)

    def power_cycle(self) -> None:
        """Lose the power and get it back: the kernel looks again."""
        super().power_cycle()
        self.shelf.put(believed=self.capacity.blocks)
        self._come()

    def first_power(self) -> None:
        """Come to the bench, perhaps while it erases itself: somebody else began that."""
        if action := str(self.feature("sanitizing", "")):
            end = self.medium.native_bytes()
            self.erasing.start(Order(action, self._seconds(), b"" if action == "crypto" else b"\0", end))
        self._come()

    def _come(self) -> None:
        """Be asked for its capacity by the kernel, once: while it erases itself it does not tell."""
        self.shelf.put(unread=self.shelf.get("stage") == Stage.RUNNING)

    def look_again(self) -> None:
        """Be asked for its capacity again."""
        if not self.gone() and self.erasing.stage() not in (Stage.RUNNING, Stage.FAILED):
            self.shelf.put(unread=False, believed=self.capacity.blocks)

    def visible_bytes(self) -> int:
        """Capacity in whole sectors of its own size."""
        return self.capacity.blocks * self.sector()

    def block_descriptor(self) -> bytes:
        """Build the short block descriptor."""
        return self.capacity.descriptor()

    def _mode_select(self, request: Request) -> bytes:
        self.check_ready()
        self.capacity.select(request.cdb[0], request.data_out)
        return b""

    def kernel_bytes(self) -> int:
        """Capacity as the kernel believes it: none with sectors that it cannot use, or that it could not ask for."""
        believed = self.shelf.get("believed", self.capacity.visible)
        blocks = int(believed) if Vice.KEEPS_SIZE in self.firmware else self.capacity.blocks
        unread = bool(self.shelf.get("unread", False))
        return 0 if unread or self.sector() not in USABLE_SECTORS else blocks * self.sector()

    def protection(self) -> int:
        """Byte 12 of READ CAPACITY (16)."""
        kind = int(self.feature("protection", 0))
        return (kind - 1) << 1 | 1 if kind else 0

    def inquiry(self) -> bytes:
        """Build 36 bytes: a disk, SPC-4."""
        vendor = str(self.feature("vendor", "DEMO")).ljust(8)[:8]
        text = f"{vendor}{self.nameplate.model.ljust(16)[:16]}{self.nameplate.revision.ljust(4)[:4]}"
        protect = 1 if self.feature("protection", 0) else 0
        return bytes([0, 0, 6, 2, 31, protect, 0, 2]) + text.encode("ascii", "replace")

    def vital_pages(self) -> dict[int, bytes]:
        """Build pages 80h, 83h, B0h and B1h."""
        wwn = self.nameplate.wwn_bytes
        rotation = 7200 if self.nameplate.rotational else 1
        write_first = int(self.feature("wabereq", self._default_need())) << 6
        write_first |= int(self.feature("wacereq", self._default_need())) << 4
        return {
            0x80: self.serial().encode("ascii", "replace"),
            0x83: bytes([0x01, 0x03, 0, len(wwn)]) + wwn if wwn else b"",
            0xB0: bytes(60),
            0xB1: rotation.to_bytes(2, "big") + bytes([0, write_first]) + bytes(56),
        }

    def _default_need(self) -> int:
        return NEEDS_WRITE if Vice.NEEDS_WRITE in self.firmware else 0

    def check_ready(self) -> None:
        """Raise Refused while it sanitizes and after it failed."""
        stage = self.erasing.stage()
        if stage is Stage.RUNNING:
            raise Refused(Key.NOT_READY, NOT_READY, SANITIZE_IN_PROGRESS, progress=self.erasing.progress())
        if stage is Stage.FAILED:
            raise Refused(Key.MEDIUM_ERROR, FORMAT_CORRUPTED, SANITIZE_FAILED)

    def check_medium(self, offset: int, length: int, *, writing: bool) -> None:
        """Raise Refused while it sanitizes, after it failed, and where a write is due first."""
        self.check_ready()
        super().check_medium(offset, length, writing=writing)

    def _offers(self, action: int) -> bool:
        return bool(self.feature(ACTIONS[action], True)) if action in ACTIONS else False

    def _sanitize(self, request: Request) -> ScsiReply:
        action = request.cdb[1] & 0x1F
        if not any(map(self._offers, ACTIONS)):
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_OPCODE)
        if self.erasing.stage() is Stage.RUNNING:
            self.check_ready()
        if action == EXIT_FAILURE:
            return self._exit_failure(request)
        if not self._offers(action) or Vice.ABORTS in self.firmware:
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_FIELD)
        may_exit = bool(request.cdb[1] & 0x20)
        restricted = self.erasing.stage() is Stage.FAILED and not self.shelf.get("may_exit")
        if restricted and may_exit:  # only a restricted one helps after a restricted failure
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_FIELD)
        end, fill = self.medium.native_bytes(), self._fill(action, request)
        order = Order(ACTIONS[action], self._seconds(), fill, end, may_exit)
        return self._carry_out(order, request)

    def _carry_out(self, order: Order, request: Request) -> ScsiReply:
        if Vice.HANGS in self.firmware:
            if self.feature("hangs_running", False):
                self.erasing.start(order)
            hang(self.time, request.timeout_ms)
        self.erasing.start(order)
        if request.cdb[1] & 0x80:  # IMMED: the answer comes at once
            return good(b"", request.data_in)
        if not self.erasing.wait(request.timeout_ms):
            return timed_out(request.timeout_ms, request.data_in)
        self.attend()
        self.check_ready()
        return good(b"", request.data_in)

    def _seconds(self) -> float:
        return float(self.feature("seconds", 2))

    def _fill(self, action: int, request: Request) -> bytes:
        if ACTIONS[action] == "crypto":
            return b""
        if ACTIONS[action] == "block":
            return b"\0"
        header, length = request.data_out[:4], int.from_bytes(request.data_out[2:4], "big")
        pattern = request.data_out[4 : 4 + length]
        if not header or not header[0] & 0x1F or not 1 <= length <= self.sector() or len(pattern) != length:
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_PARAMETER)
        inverted = header[0] & 0x80 and not header[0] & 1  # an even number of passes ends on the inverted pattern
        return bytes(byte ^ 0xFF for byte in pattern) if inverted else pattern

    def _exit_failure(self, request: Request) -> ScsiReply:
        if self.erasing.stage() is Stage.FAILED:
            if not self.shelf.get("may_exit"):
                raise Refused(Key.ILLEGAL_REQUEST, INVALID_FIELD)
            self.erasing.forget()
        return good(b"", request.data_in)
