"""Harmless questions to a controller: one command, and its data or nothing. Never sends what could change a drive.

A question that the drive or the kernel refuses has no answer; a drive that has left is an OSError (drives, 3.8).
"""

import errno

from erasure.nvme.commands import IDENTIFY_BYTES, SANITIZE_LOG_BYTES, get_sanitize_log, identify
from erasure.nvme.sanitize_log import SanitizeLog, decode_sanitize_log
from erasure.nvme.status import StatusKind, decode_status
from erasure.passes import Ports
from erasure.transport.ports import NvmeCommand, NvmePort

QUESTION_MS = 15_000
LOST = frozenset({errno.ENODEV, errno.ENXIO, errno.ESHUTDOWN, errno.EBADF, errno.ENOMEDIUM, errno.ENOENT})


def ask(port: NvmePort, command: NvmeCommand, length: int) -> bytes | None:
    """Send a harmless command; its `length` bytes, or None when there is no good answer. Raises OSError: it left."""
    try:
        reply = port.admin(command, timeout_ms=QUESTION_MS, data_in=length)
    except OSError as error:
        if error.errno in LOST:
            raise
        return None
    good = decode_status(reply.status).kind is StatusKind.GOOD and len(reply.data) == length
    return reply.data if good else None


def ask_identify(port: NvmePort, cns: int, nsid: int = 0) -> bytes | None:
    """Send an Identify; 4096 bytes or None. Raises OSError when the drive left."""
    return ask(port, identify(cns, nsid), IDENTIFY_BYTES)


def ask_sanitize_log(port: NvmePort) -> SanitizeLog:
    """Read the sanitize log. Raises OSError whenever it cannot be read, with the words of the drive."""
    reply = port.admin(get_sanitize_log(), timeout_ms=QUESTION_MS, data_in=SANITIZE_LOG_BYTES)
    status = decode_status(reply.status)
    if status.kind is not StatusKind.GOOD:
        raise OSError(errno.EIO, f"the sanitize log was refused: {status.words}")
    log = decode_sanitize_log(reply.data)
    if log is None:
        raise OSError(errno.EIO, f"the sanitize log has {len(reply.data)} bytes")
    return log


def nvme_port(ports: Ports) -> NvmePort:
    """Give the way to send NVMe commands. Raises OSError where there is none."""
    if ports.commands.nvme is None:
        raise OSError(errno.ENOTTY, "no NVMe command reaches the drive")
    return ports.commands.nvme
