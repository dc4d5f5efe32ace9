"""NVME_IOCTL_ADMIN_CMD on an open namespace node: one admin command, one call, its status handed on raw.

A positive return of the ioctl is the status of the drive, a negative one an errno of the kernel. EINTR means that the
kernel gave a timed-out command up: its fate is unknown, and it is never sent again here. Layout of
`nvme_passthru_cmd`: drives, sections 3.1 and 3.2; `linux/nvme_ioctl.h`.
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
from erasure.transport.ports import NvmeCommand, NvmeReply

NVME_IOCTL_ID = 0x4E40
NVME_IOCTL_ADMIN_CMD = 0xC0484E41
COMMAND = struct.Struct("=BBHIIIQQIIIIIIIIII")  # 72 bytes
TO_DRIVE, FROM_DRIVE = 1, 2  # the two lowest bits of an opcode: which way its data goes (NVMe, figure "Opcodes")
LONGEST_TIMEOUT = 0xFFFF_FFFF  # milliseconds


def pack_command(command: NvmeCommand, place: int, length: int, timeout_ms: int) -> bytes:
    """Lay out an `nvme_passthru_cmd`. `place` is the address of `length` bytes of data. Raises struct.error."""
    return COMMAND.pack(
        command.opcode,
        0,
        0,
        command.nsid,
        command.cdw2,
        command.cdw3,
        0,
        place,
        0,
        length,
        command.cdw10,
        command.cdw11,
        command.cdw12,
        command.cdw13,
        command.cdw14,
        command.cdw15,
        timeout_ms,
        0,
    )


def result_of(raw: bytes) -> int:
    """Take completion dword 0 out of an `nvme_passthru_cmd`."""
    return int(COMMAND.unpack(raw)[-1])


@dataclass(frozen=True, slots=True)
class LinuxNvme:
    """`NvmePort` of an open namespace node. `fileno` is asked at each call: a closed port sends nothing."""

    fileno: Callable[[], int]
    call: ioctl.Call = ioctl.call

    def admin(self, command: NvmeCommand, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> NvmeReply:
        """Send one admin command once. Raises OSError; EINTR: fate unknown; EINVAL: it was not sent."""
        check_shape(command, timeout_ms, len(data_out), data_in)
        length = len(data_out) or data_in
        data = aligned(max(1, length))
        data[: len(data_out)] = data_out
        packed = pack_command(command, address(data) if length else 0, length, timeout_ms)
        buffer = ctypes.create_string_buffer(packed, COMMAND.size)
        status = self.call(self.fileno(), NVME_IOCTL_ADMIN_CMD, buffer)
        return NvmeReply(status, result_of(buffer.raw), bytes(data[:data_in]))

    def namespace_id(self) -> int:
        """Namespace behind the open node (NVME_IOCTL_ID). Raises OSError."""
        return self.call(self.fileno(), NVME_IOCTL_ID, ctypes.create_string_buffer(4))


def check_shape(command: NvmeCommand, timeout_ms: int, out: int, into: int) -> None:
    """Refuse what cannot be sent as it is meant: the opcode decides which way data goes. Raises OSError (EINVAL)."""
    wrong_way = (out and command.opcode & 3 != TO_DRIVE) or (into and command.opcode & 3 != FROM_DRIVE)
    if wrong_way or into < 0 or not 0 < timeout_ms <= LONGEST_TIMEOUT:
        raise OSError(errno.EINVAL, f"{os.strerror(errno.EINVAL)}: NVMe admin command {command.opcode:02x}h")
