"""MMC_IOC_CMD on the open node of a whole card: one command, one call, its response handed on raw.

No application commands and no data to the card: nothing here needs them. Layout of `mmc_ioc_cmd`: drives, sections
3.1, 3.2 and 3.10; `linux/mmc/ioctl.h`.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass

from erasure.buffers import aligned
from erasure.transport import ioctl
from erasure.transport.memory import address
from erasure.transport.ports import MmcCommand, MmcReply

MMC_IOC_CMD = 0xC048B300
COMMAND = struct.Struct("=iiII4IIIIIIII4xQ")  # 72 bytes
BLOCK = 512
LARGEST = 512 << 10  # bytes in one call (MMC_IOC_MAX_BYTES)
LONGEST_TIMEOUT = 0xFFFF_FFFF  # milliseconds for the command, nanoseconds for its data


def pack_command(command: MmcCommand, place: int, length: int, timeout_ms: int) -> bytes:
    """Lay out an `mmc_ioc_cmd`. `place` is the address of `length` bytes of data-in; 0 both without data."""
    size = min(length, BLOCK)
    return COMMAND.pack(
        int(command.write),
        0,
        command.opcode,
        command.argument,
        *(0, 0, 0, 0),
        command.flags,
        size,
        length // size if size else 0,
        0,
        0,
        min(timeout_ms * 1_000_000, LONGEST_TIMEOUT),
        timeout_ms,
        place,
    )


def response_of(raw: bytes) -> tuple[int, int, int, int]:
    """Take the four response words out of an `mmc_ioc_cmd`."""
    one, two, three, four = COMMAND.unpack(raw)[4:8]
    return one, two, three, four


@dataclass(frozen=True, slots=True)
class LinuxMmc:
    """`MmcPort` of an open card. `fileno` is asked at each call: a closed port sends nothing."""

    fileno: Callable[[], int]
    call: ioctl.Call = ioctl.call

    def command(self, command: MmcCommand, *, timeout_ms: int, data_in: int = 0) -> MmcReply:
        """Send one command once. `data_in` is below 512 bytes, or whole blocks. Raises OSError (EINVAL: not sent)."""
        check_shape(command, timeout_ms, data_in)
        data = aligned(max(1, data_in))
        packed = pack_command(command, address(data) if data_in else 0, data_in, timeout_ms)
        buffer = ctypes.create_string_buffer(packed, COMMAND.size)
        self.call(self.fileno(), MMC_IOC_CMD, buffer)
        return MmcReply(response_of(buffer.raw), bytes(data[:data_in]))


def check_shape(command: MmcCommand, timeout_ms: int, into: int) -> None:
    """Refuse what cannot be sent as it is meant. Raises OSError with EINVAL."""
    ragged = into > BLOCK and into % BLOCK
    if ragged or not 0 <= into <= LARGEST or (into and command.write) or not 0 < timeout_ms <= LONGEST_TIMEOUT:
        raise OSError(errno.EINVAL, f"{os.strerror(errno.EINVAL)}: MMC CMD{command.opcode}")
