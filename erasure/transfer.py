"""Moving every byte of one request: short transfers, interruptions, and bisection of what fails down to the sector.

Raises `Gone` when there is no point in going on.
"""

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from erasure.buffers import BLOCK
from erasure.errors import ErasureError
from erasure.outcome import Reason, ReasonCode
from erasure.transport.ports import BlockPort

PATIENCE = 1000  # interruptions in a row without a byte moved, before they count as an error
_AGAIN = (errno.EINTR, errno.EAGAIN)
_LEFT = (errno.ENODEV, errno.ENXIO, errno.ENOSPC)

Transfer = Callable[[memoryview, int], int]


class Gone(ErasureError):
    """The drive left, or is no longer the size that it was: the pass ends here."""

    code = "gone"

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"{reason.code}: {reason.detail}")
        self.reason = reason


def errno_name(error: OSError) -> str:
    """Name an errno as C does ("EIO"); "errno N" for one without a name."""
    return errno.errorcode.get(error.errno or 0, f"errno {error.errno}")


def size_reason(port: BlockPort, size: int, cause: str = "") -> Reason | None:
    """Ask the drive for its size again; None when it is still `size` bytes, else why the pass must end."""
    told = f" after {cause}" if cause else ""
    try:
        now = port.size_bytes()
    except OSError as error:
        return Reason(ReasonCode.DEVICE_LOST, f"size unreadable{told}: {errno_name(error)}")
    if now == 0:
        return Reason(ReasonCode.DEVICE_LOST, f"size is 0{told}")
    if now != size:
        return Reason(ReasonCode.SIZE, f"{now} bytes now, {size} before{told}")
    return None


def check_alive(port: BlockPort, size: int, error: OSError) -> None:
    """Look at the drive after `error`: raises Gone when it left or changed its size; returns when it is still there."""
    reason = size_reason(port, size, errno_name(error))
    if reason is None and error.errno in _LEFT:
        reason = Reason(ReasonCode.DEVICE_LOST, errno_name(error))
    if reason is not None:
        raise Gone(reason)


def move_all(transfer: Transfer, buffer: memoryview, offset: int) -> None:
    """Call `transfer` until the whole `buffer` was moved at byte `offset`. Raises OSError; a transfer of 0 is one."""
    done = interruptions = 0
    while done < len(buffer):
        try:
            moved = transfer(buffer[done:], offset + done)
        except OSError as error:
            interruptions += 1
            if error.errno not in _AGAIN or interruptions > PATIENCE:
                raise
            continue
        if moved <= 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        done += moved
        interruptions = 0


@dataclass(frozen=True, slots=True)
class Target:
    """The drive that is asked, and what it was when the run began: `size` and `sector` in bytes."""

    port: BlockPort
    size: int
    sector: int


def move_or_bisect(target: Target, transfer: Transfer, buffer: memoryview, offset: int) -> Iterator[int]:
    """Move `buffer` at byte `offset`; on an error try 64 KiB pieces, then single sectors.

    Gives the LBA of each sector that cannot be moved, while it goes. Raises Gone.
    """
    try:
        move_all(transfer, buffer, offset)
    except OSError as error:
        check_alive(target.port, target.size, error)
        if len(buffer) <= target.sector:
            yield offset // target.sector
            return
        step = BLOCK if len(buffer) > BLOCK else target.sector
        for start in range(0, len(buffer), step):
            yield from move_or_bisect(target, transfer, buffer[start : start + step], offset + start)
