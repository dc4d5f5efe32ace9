"""A simulated eMMC: raw commands in, R1 words and the extended CSD out, with the vices of its firmware.

Sanitize removes only what is not mapped any more: whoever forgets to erase first keeps every file. The user area is
all that it has for the host; boot partitions and RPMB are only announced. JESD84-B51; drives, 3.10.
"""

import errno
import os
from dataclasses import dataclass
from typing import NoReturn

from erasure.simulated.firmware import Firmware, Medium, Memory, Time, Vice
from erasure.simulated.mmc_table import SECTOR, MmcTable, extended_csd
from erasure.simulated.reach import HALFWAY, WHOLE, Deed, absence, erase_part
from erasure.simulated.unwritten import with_written
from erasure.transport.ports import MmcCommand, MmcReply

SWITCH, SEND_EXT_CSD, SEND_STATUS, ERASE_START, ERASE_END, ERASE = 6, 8, 13, 35, 36, 38
WRITE_BYTE, SANITIZE_START = 3, 165
ERASE_ALL, TRIM, DISCARD, SECURE_ERASE = 0, 1, 3, 0x80000000
BYTE_ADDRESSED = 2 << 30  # cards up to 2 GiB count in bytes, larger ones in sectors
TRANSFER_STATE = 0x900  # R1: state "tran", ready for data
OUT_OF_RANGE, ERASE_SEQUENCE, ERASE_PARAMETER, GENERAL, LOCKED, SWITCH_ERROR = (
    1 << 31,
    1 << 28,
    1 << 27,
    1 << 19,
    1 << 25,
    1 << 7,
)


@dataclass(slots=True)
class MmcDrive:
    """`MmcPort` and the card behind it. `serial` is the one on its label."""

    firmware: Firmware
    table: MmcTable
    serial_number: str
    medium: Medium
    memory: Memory
    time: Time

    @property
    def gone(self) -> bool:
        """Say whether it has left; only a power cycle brings it back."""
        return bool(self.memory.get("gone"))

    @property
    def serial(self) -> str:
        """Serial number that it gives now."""
        return f"{self.serial_number}-OTHER" if self.memory.get("renamed") else self.serial_number

    @property
    def remains(self) -> list[list[int]]:
        """Erased places whose old content still lies in the flash: what a sanitize is for. [0, first byte, end]."""
        return list(self.memory.get("remains", []))

    def command(self, command: MmcCommand, *, timeout_ms: int, data_in: int = 0) -> MmcReply:
        """Answer one command. Raises OSError: a card does not answer what it does not know."""
        if Vice.NO_PASSTHROUGH in self.firmware:
            fail(errno.ENOTTY)
        self.refuse_if_gone()
        data = b""
        match command.opcode:
            case 8 if self.table.kind == "mmc":
                data, bits = extended_csd(self.table, self.medium.native_bytes()), 0
            case 13:
                bits = self.take_errors()
            case 6 if self.table.kind == "mmc":
                bits = self.switch(command.argument, timeout_ms)
            case 35 | 36:
                bits = self.select(command)
            case 38:
                bits = self.erase(command.argument, timeout_ms)
            case _:
                fail(errno.ETIMEDOUT)
        self.refuse_if_gone()
        locked = LOCKED if Vice.LOCKED in self.firmware else 0
        return MmcReply((TRANSFER_STATE | bits | locked, 0, 0, 0), data[:data_in].ljust(data_in, b"\0"))

    def switch(self, argument: int, timeout_ms: int) -> int:
        """Write one byte of the extended CSD; return the error bits. Only SANITIZE_START does anything."""
        access, index, value = argument >> 24 & 3, argument >> 16 & 0xFF, argument >> 8 & 0xFF
        if access != WRITE_BYTE or index != SANITIZE_START or not self.table.sanitize or Vice.ABORTS in self.firmware:
            return self.remember(SWITCH_ERROR)
        if not value:
            return 0
        end = self.work(timeout_ms)
        if Vice.LIES not in self.firmware and end == WHOLE:
            self.memory.put(remains=[])
        return self.outcome(end, SWITCH_ERROR)

    def select(self, command: MmcCommand) -> int:
        """Take the first or the last sector of what will be erased; return the error bits."""
        sector = command.argument // (SECTOR if self.medium.native_bytes() <= BYTE_ADDRESSED else 1)
        if sector >= self.medium.native_bytes() // SECTOR:
            return self.remember(OUT_OF_RANGE)
        if command.opcode == ERASE_START:
            self.memory.put(first=sector, last=None)
            return 0
        if self.memory.get("first") is None:
            return self.remember(ERASE_SEQUENCE)
        self.memory.put(last=sector)
        return 0

    def erase(self, argument: int, timeout_ms: int) -> int:
        """Erase what was selected; return the error bits."""
        first, last = self.memory.get("first"), self.memory.get("last")
        self.memory.put(first=None, last=None)
        if first is None or last is None:
            return self.remember(ERASE_SEQUENCE)
        kinds = {ERASE_ALL: True, TRIM: self.table.trim, DISCARD: True, SECURE_ERASE: self.table.secure_erase}
        if last < first or not kinds.get(argument) or Vice.ABORTS in self.firmware:
            return self.remember(ERASE_PARAMETER)
        start, end = self.place(first, last, whole_groups=argument in (ERASE_ALL, SECURE_ERASE))
        share = self.work(timeout_ms)
        stop = start + (end - start) * share // WHOLE // SECTOR * SECTOR
        if argument != DISCARD:
            self.unmap(start, stop, secure=argument == SECURE_ERASE)
        return self.outcome(share, GENERAL)

    def place(self, first: int, last: int, *, whole_groups: bool) -> tuple[int, int]:
        """Bytes that an erase of these sectors reaches: whole groups, unless it is a trim."""
        grain = self.table.erase_group_bytes if whole_groups else SECTOR
        start, end = first * SECTOR // grain * grain, -(-(last + 1) * SECTOR // grain) * grain
        return start, min(end, self.medium.native_bytes())

    def unmap(self, start: int, end: int, *, secure: bool) -> None:
        """Let the host see erased memory; the flash keeps the old content, unless the erase is secure."""
        if Vice.LIES in self.firmware:
            return
        window = Window(self.medium, start, end)
        erase_part((window,), Deed(b"\xff" if self.table.erased_ones else b"\0"), 0, WHOLE, self.firmware)
        if not secure:
            self.memory.put(remains=with_written(self.remains, 0, start, end - start))

    def work(self, timeout_ms: int) -> int:
        """Take the time; return how far it came, of 65536. Raises OSError when no answer comes."""
        timeout = timeout_ms / 1000
        if Vice.HANGS in self.firmware or Vice.STUCK in self.firmware or timeout < self.table.seconds:
            self.time.sleep(timeout)
            fail(errno.ETIMEDOUT)
        breaks = any(vice in self.firmware for vice in (Vice.FAILS, Vice.VANISHES, Vice.RESETS, Vice.POWER_LOSS))
        share = HALFWAY if breaks and not self.memory.get("interrupted") else WHOLE
        self.time.sleep(self.table.seconds * share / WHOLE)
        return share

    def outcome(self, share: int, error: int) -> int:
        """End as the vices want; return the error bits. Raises OSError."""
        if share == WHOLE:
            self.memory.put(renamed=Vice.RENAMES in self.firmware)
            return 0
        if Vice.FAILS in self.firmware:
            return self.remember(error)
        if Vice.RESETS in self.firmware:
            fail(errno.EIO)
        self.memory.put(gone=str(absence(self.firmware)), interrupted=True)
        return fail(errno.ENOMEDIUM)

    def remember(self, bits: int) -> int:
        """Keep error bits for the next SEND_STATUS, and return them."""
        self.memory.put(errors=self.memory.get("errors", 0) | bits)
        return bits

    def take_errors(self) -> int:
        """Error bits since the last SEND_STATUS; reading clears them."""
        bits = int(self.memory.get("errors", 0))
        self.memory.put(errors=0)
        return bits

    def refuse_if_gone(self) -> None:
        """Raise OSError when the card is not there."""
        if self.gone:
            fail(errno.ENOMEDIUM)

    def check(self) -> None:
        """Refuse an access of the host to a card that is locked or away. Raises OSError."""
        self.refuse_if_gone()
        if Vice.LOCKED in self.firmware:
            fail(errno.EIO)

    def power_up(self, power: int) -> None:
        """Notice that the power was off: the bench counts power cycles, and a power loss ends when it is opened."""
        known = self.memory.get("power", power)
        if power > known or self.memory.get("gone") == Vice.POWER_LOSS:
            self.power_cycle()
        self.memory.put(power=max(power, known))

    def power_cycle(self) -> None:
        """Take it out and put it in again."""
        self.memory.put(gone="", first=None, last=None, errors=0)


def fail(code: int) -> NoReturn:
    """Raise the OSError of this number."""
    raise OSError(code, os.strerror(code))


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a medium, as if it were a whole one: a `Surface`."""

    medium: Medium
    first: int
    end: int

    def native_bytes(self) -> int:
        """Length of the part."""
        return self.end - self.first

    def wipe(self, first: int, end: int, fill: bytes) -> None:
        """Set some bytes to the pattern."""
        self.medium.wipe(self.first + first, self.first + end, fill)

    def scramble(self, first: int, end: int) -> None:
        """Make some bytes unintelligible."""
        self.medium.scramble(self.first + first, self.first + end)
