"""An ATA drive as Linux shows it: behind the translation of libata, which answers CDBs and passes ATA commands through.

Members of its table: `hardware-fixtures/README.md`. Unknown commands abort, and so does everything that its state
forbids: frozen, locked, sanitizing, failed (ACS; SAT; drives 3.3 to 3.7).
"""

import errno
from dataclasses import replace

from erasure.simulated.ata_identify import SelfPortrait
from erasure.simulated.ata_limits import Limits
from erasure.simulated.ata_registers import (
    PASS_THROUGH_12,
    PASS_THROUGH_16,
    PROTOCOLS,
    Aborted,
    Command,
    Taskfile,
    taskfile,
)
from erasure.simulated.ata_sanitize import Sanitize
from erasure.simulated.ata_security import Security, TimedOut
from erasure.simulated.erasing import Stage
from erasure.simulated.firmware import Vice
from erasure.simulated.logical_unit import INVALID_FIELD, LogicalUnit, Request
from erasure.simulated.sense import Key, Refused, Registers, SenseForm, ata_sense, check, good, timed_out
from erasure.simulated.specification import INQUIRY_MODEL, revision_shown
from erasure.transport.ports import ScsiReply

SMART_STATUS, SMART_PASSED = 0xDA, 0xC24F00
ACTIVE = 0xFF
LONGEST_LOG = 16
EMULATED = frozenset({0x00, 0x03, 0x12, 0x1A, 0x25, 0x5A, 0x9E, 0xA0, 0xA3})  # libata answers without asking the drive
SECURITY = range(Command.SET_PASSWORD, Command.DISABLE_PASSWORD + 1)
WHILE_SANITIZING = frozenset(
    {
        Command.IDENTIFY,
        Command.SANITIZE,
        Command.CHECK_POWER,
        Command.READ_LOG_EXT,
        Command.READ_LOG_DMA_EXT,
        Command.SMART,
    }
)
WHILE_LOCKED = WHILE_SANITIZING | {*SECURITY, Command.READ_NATIVE_MAX, Command.READ_NATIVE_MAX_EXT}
SENSE_VICES = {
    Vice.NO_SENSE: SenseForm.NONE,
    Vice.OLD_FIXED_SENSE: SenseForm.OLD_FIXED,
    Vice.FIXED_SENSE: SenseForm.FIXED,
}


class AtaDrive(LogicalUnit):
    """One ATA drive: `ScsiPort`."""

    default_sense = SenseForm.LIBATA

    def assemble(self) -> None:
        """Put the feature sets together."""
        sector = self.nameplate.logical_sector
        factory, visible = self.medium.native_bytes() // sector, self.nameplate.size_bytes // sector
        self.limits = Limits(self.firmware, self.shelf, factory, sector, visible)
        self.security = Security(self.firmware, self.medium, self.shelf, self.time, self.visible_bytes)
        self.sanitize = Sanitize(self.firmware, self.medium, self.shelf, self.erasing, self.security)
        self.portrait = SelfPortrait(self.firmware, self.nameplate, self.limits, self.security, self.sanitize)
        self._previous: int | None = None
        self._sense_form = SenseForm(self.feature("sense", self.default_sense))
        for vice, form in SENSE_VICES.items():
            self._sense_form = form if vice in self.firmware else self._sense_form

    def first_power(self) -> None:
        """Come as the donor left it."""
        for part in (self.limits, self.security, self.sanitize):
            part.first_power()

    def power_cycle(self) -> None:
        """Lose the power and get it back."""
        super().power_cycle()
        self._previous = None
        for part in (self.limits, self.security, self.sanitize):
            part.power_cycle()

    # The drive --------------------------------------------------------------------------------------------------

    def ata(self, task: Taskfile) -> tuple[bytes, Registers]:
        """Carry out one ATA command: data, output registers. Raises Aborted, Refused, TimedOut, OSError."""
        previous, self._previous = self._previous, task.command
        stage = self.sanitize.stage()
        if stage in (Stage.RUNNING, Stage.FAILED) and task.command not in WHILE_SANITIZING:
            raise Aborted
        if self.security.locked and task.command not in WHILE_LOCKED:
            raise Aborted
        data, registers = self._carry_out(task, previous)
        return data, replace(registers, extended=task.extended)

    def _carry_out(self, task: Taskfile, previous: int | None) -> tuple[bytes, Registers]:
        if task.command in SECURITY and self.feature("security", True):
            self.security.carry_out(task, prepared=previous == Command.ERASE_PREPARE)
            return b"", Registers()
        with_data = {
            Command.IDENTIFY: lambda: self.portrait.block(self.serial()),
            Command.DEVICE_CONFIGURATION: lambda: self.limits.overlay(task),
            Command.READ_LOG_EXT: lambda: self._log(task),
            Command.READ_LOG_DMA_EXT: lambda: self._log(task),
        }
        without = {
            Command.SANITIZE: lambda: self.sanitize.carry_out(task),
            Command.READ_NATIVE_MAX: lambda: self.limits.read_native(task),
            Command.READ_NATIVE_MAX_EXT: lambda: self.limits.read_native(task),
            Command.SET_MAX: lambda: self.limits.set_max(task, previous),
            Command.SET_MAX_EXT: lambda: self.limits.set_max(task, previous),
            Command.ACCESSIBLE_MAX: lambda: self.limits.accessible(task),
        }
        if task.command in with_data:
            return with_data[Command(task.command)](), Registers()
        carry_out = without.get(Command(task.command)) if task.command in without else None
        return b"", carry_out() if carry_out else self._small_commands(task)

    def _small_commands(self, task: Taskfile) -> Registers:
        if task.command == Command.CHECK_POWER:
            return Registers(count=ACTIVE)
        if task.command in (Command.FLUSH, Command.FLUSH_EXT):
            self.medium.flush()
            return Registers()
        if task.command == Command.STANDBY_IMMEDIATE:
            return Registers()
        if task.command == Command.SMART and task.feature == SMART_STATUS:
            return Registers(lba=SMART_PASSED)
        raise Aborted

    def _log(self, task: Taskfile) -> bytes:
        first = task.lba >> 8 & 0xFF
        pages = [
            self.portrait.log(task.lba & 0xFF, page, self.serial())
            for page in range(first, first + max(1, min(task.count, LONGEST_LOG)))
        ]
        if pages[0] is None:
            raise Aborted
        return b"".join(page or bytes(512) for page in pages)

    # Its translation --------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> ScsiReply:
        """Carry out a command: ATA as it is, SCSI translated. Raises Refused, OSError."""
        if request.cdb[0] in (PASS_THROUGH_12, PASS_THROUGH_16):
            return self._pass_through(request)
        if request.cdb[0] not in EMULATED:
            self._previous = None  # the host reads or writes: nothing is "directly after" any more
        return super().answer(request)

    def _pass_through(self, request: Request) -> ScsiReply:
        task = taskfile(request.cdb, request.timeout_ms, request.data_out)
        if task.protocol not in PROTOCOLS:
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_FIELD)
        try:
            data, registers = self.ata(task)
        except Aborted as aborted:
            registers = replace(aborted.registers, extended=task.extended)
            return check(ata_sense(registers, self._sense_form), asked=request.data_in)
        except TimedOut:
            return timed_out(request.timeout_ms, request.data_in)
        if registers.failed or task.wants_registers:
            return check(ata_sense(registers, self._sense_form), data, request.data_in)
        return good(data, request.data_in)

    def inquiry(self) -> bytes:
        """Build the 96 bytes that libata makes: vendor "ATA", the first 16 characters of the model."""
        shown = revision_shown(self.nameplate.revision)
        text = f"ATA     {self.nameplate.model.ljust(INQUIRY_MODEL)[:INQUIRY_MODEL]}{shown.ljust(4)}"
        return (bytes([0, 0, 5, 2, 91, 0, 0, 2]) + text.encode("ascii", "replace")).ljust(96, b"\0")

    def vital_pages(self) -> dict[int, bytes]:
        """Build pages 80h, 83h, 89h, B0h and B1h."""
        serial = self.serial().ljust(20)[:20].encode("ascii", "replace")
        model = self.nameplate.model.ljust(40)[:40].encode("ascii", "replace")
        names = bytes([2, 0, 0, 20]) + serial + bytes([2, 1, 0, 68]) + b"ATA     " + model + serial
        wwn = self.nameplate.wwn_bytes
        signature = bytes([0x34, 0, 0x40, 0, 1]) + bytes(15)
        rotation = 7200 if self.nameplate.rotational else 1
        return {
            0x80: serial,
            0x83: names + (bytes([1, 3, 0, 8]) + wwn if wwn else b""),
            0x89: bytes(4)
            + b"linux   libata          3.00"
            + signature
            + bytes([Command.IDENTIFY, 0, 0, 0])
            + self.portrait.block(self.serial()),
            0xB0: bytes(60),
            0xB1: rotation.to_bytes(2, "big") + bytes(58),
        }

    def supports(self, opcode: int, action: int | None) -> bool:
        """Say whether the translation knows a command."""
        return opcode in (PASS_THROUGH_12, PASS_THROUGH_16) or super().supports(opcode, action)

    def visible_bytes(self) -> int:
        """Capacity that commands reach."""
        return self.limits.current * self.nameplate.logical_sector

    def kernel_bytes(self) -> int:
        """Capacity as the kernel believes it."""
        return self.limits.believed * self.nameplate.logical_sector

    def check_medium(self, offset: int, length: int, *, writing: bool) -> None:
        """Raise Refused while it is locked, sanitizes, or failed, and where a write is due first."""
        self._previous = None
        if self.security.locked or self.sanitize.stage() in (Stage.RUNNING, Stage.FAILED):
            raise Refused(Key.ABORTED_COMMAND, 0)
        super().check_medium(offset, length, writing=writing)

    def kernel_error(self, sense: bytes, *, writing: bool) -> int:  # noqa: ARG002
        """Say what the block layer makes of sense data: libata's errors are EIO."""
        return errno.EIO
