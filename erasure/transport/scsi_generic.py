"""SG_IO on an open block node: one CDB, one call, every number of the answer handed on raw.

It never interprets, never retries, and never falls back to a default timeout: the kernel takes a timeout of 0 for its
own, so none is sent without one. Layout of `sg_io_hdr` and the numbers: drives, sections 3.1 and 3.2; `scsi/sg.h`.
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
from erasure.transport.ports import ScsiReply

SG_IO = 0x2285
INTERFACE = ord("S")
NO_DATA, TO_DEVICE, FROM_DEVICE = -1, -2, -3
SENSE_BYTES = 252
LONGEST_CDB = 32  # bytes; longer ones do not fit the kernel's own buffer
LONGEST_TIMEOUT = 0xFFFF_FFFF  # milliseconds
HEADER = struct.Struct("=iiBBHIQQQIIi4xQBBBBHHiII4x")  # 88 bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """The members that the kernel fills in."""

    status: int
    sense_bytes: int
    host_status: int
    driver_status: int
    resid: int
    duration_ms: int
    info: int


def pack_header(direction: int, cdb: tuple[int, int], data: tuple[int, int], sense: int, timeout_ms: int) -> bytes:
    """Lay out an `sg_io_hdr`. `cdb` and `data` are (length, address), `sense` is an address."""
    return HEADER.pack(
        INTERFACE, direction, cdb[0], SENSE_BYTES, 0, data[0], data[1], cdb[1], sense, timeout_ms, *(0,) * 12
    )


def unpack_header(raw: bytes) -> Answer:
    """Take the answer out of an `sg_io_hdr`."""
    status, _, _, sense_bytes, host, driver, resid, duration, info = HEADER.unpack(raw)[13:]
    return Answer(status, sense_bytes, host, driver, resid, duration, info)


def arrived(asked: int, resid: int) -> int:
    """Say how many of `asked` bytes came. A `resid` that cannot be true leaves none of them."""
    return asked - resid if 0 <= resid <= asked else 0


@dataclass(frozen=True, slots=True)
class LinuxScsi:
    """`ScsiPort` of an open node. `fileno` is asked at each call: a closed port sends nothing to its successor."""

    fileno: Callable[[], int]
    call: ioctl.Call = ioctl.call

    def command(self, cdb: bytes, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> ScsiReply:
        """Send one CDB once. Raises OSError; EINTR is one, EINVAL what no kernel takes, and then nothing was sent."""
        check_shape(cdb, timeout_ms, len(data_out), data_in)
        length = len(data_out) or data_in
        direction = TO_DEVICE if data_out else FROM_DEVICE if data_in else NO_DATA
        data, sense, order = aligned(max(1, length)), aligned(SENSE_BYTES), aligned(LONGEST_CDB)
        data[: len(data_out)], order[: len(cdb)] = data_out, cdb
        place = (length, address(data)) if length else (0, 0)
        packed = pack_header(direction, (len(cdb), address(order)), place, address(sense), timeout_ms)
        header = ctypes.create_string_buffer(packed, HEADER.size)
        self.call(self.fileno(), SG_IO, header)
        answer = unpack_header(header.raw)
        return ScsiReply(
            status=answer.status,
            host_status=answer.host_status,
            driver_status=answer.driver_status,
            info=answer.info,
            resid=answer.resid,
            duration_ms=answer.duration_ms,
            sense=bytes(sense[: min(answer.sense_bytes, SENSE_BYTES)]),
            data=bytes(data[: arrived(data_in, answer.resid)]),
        )


def check_shape(cdb: bytes, timeout_ms: int, out: int, into: int) -> None:
    """Refuse what cannot be sent as it is meant. Raises OSError with EINVAL."""
    if not 0 < len(cdb) <= LONGEST_CDB or not 0 < timeout_ms <= LONGEST_TIMEOUT or (out and into) or into < 0:
        raise OSError(errno.EINVAL, f"{os.strerror(errno.EINVAL)}: SCSI command {cdb.hex(' ')}")
