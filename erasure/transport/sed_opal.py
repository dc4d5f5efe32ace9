"""The kernel's sed-opal on an open block node: the flags of the drive, and the revert by the PSID of its label.

The kernel speaks TCG; this hands on its answer. A PSID is wiped from memory after the call and never reaches a
message. Layouts of `opal_status` and `opal_key`: drives, sections 3.1, 3.2 and 3.11; `linux/sed-opal.h`.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass

from erasure.transport import ioctl

IOC_OPAL_GET_STATUS = 0x800870EC
IOC_OPAL_PSID_REVERT_TPR = 0x410870E8
STATUS = struct.Struct("=II")  # flags, reserved
KEY = struct.Struct("=BB6x256s")  # 264 bytes: locking range, key length, key
LONGEST_KEY = 255  # its length is told in one byte


def pack_key(key: bytes) -> bytes:
    """Lay out an `opal_key` for locking range 0. Raises ValueError for a key that is empty or over 255 bytes."""
    if not 0 < len(key) <= LONGEST_KEY:
        raise ValueError(f"an Opal key has 1 to {LONGEST_KEY} bytes, not {len(key)}")
    return KEY.pack(0, len(key), key)


@dataclass(frozen=True, slots=True)
class LinuxOpal:
    """`OpalPort` of an open node. `fileno` is asked at each call: a closed port sends nothing."""

    fileno: Callable[[], int]
    call: ioctl.Call = ioctl.call

    def status(self) -> int:
        """Flags of IOC_OPAL_GET_STATUS. Raises OSError where the kernel or the drive has no Opal."""
        buffer = ctypes.create_string_buffer(STATUS.size)
        self.call(self.fileno(), IOC_OPAL_GET_STATUS, buffer)
        return int(STATUS.unpack(buffer.raw)[0])

    def psid_revert(self, psid: bytes) -> int:
        """Revert the drive by its PSID, without dashes: destroys the key. 0, or the TCG status. Raises OSError."""
        try:
            packed = pack_key(psid)
        except ValueError as error:
            raise OSError(errno.EINVAL, f"{os.strerror(errno.EINVAL)}: {error}") from error
        buffer = ctypes.create_string_buffer(packed, KEY.size)
        try:
            return self.call(self.fileno(), IOC_OPAL_PSID_REVERT_TPR, buffer)
        finally:
            ctypes.memset(buffer, 0, KEY.size)
