"""ATA PASS-THROUGH (16): a taskfile as a CDB, and one exchange with the drive. Interprets nothing (drives, 3.3).

Commands without data ask for their registers (CK_COND); those with data answer with a plain status when all is well.
"""

import errno

from erasure.ata.sense import UNIT_ATTENTION, AtaReply, decode
from erasure.ata.taskfile import Protocol, Taskfile
from erasure.transport.ports import ScsiPort

SECTOR = 512  # bytes of one data block of the commands used here
READ_MS = 20_000  # of a command that only reads
START_MS = 30_000  # of one that changes something and answers at once
SECOND_BYTE = {Protocol.NON_DATA: 0x20, Protocol.DATA_IN: 0x0E, Protocol.DATA_OUT: 0x06}
GONE = frozenset({errno.ENODEV, errno.ENXIO, errno.ESHUTDOWN, errno.ENOMEDIUM})


def cdb(sent: Taskfile) -> bytes:
    """Return the 16 bytes. Raises ValueError for values that the registers cannot hold."""
    width, address = (0xFFFF, 48) if sent.extended else (0xFF, 24)
    if sent.feature > width or sent.count > width or sent.lba >> address:
        raise ValueError("a register value is too large for this command")
    lba = sent.lba.to_bytes(6, "little")
    return bytes(
        (
            0x85,
            sent.protocol << 1 | sent.extended,
            SECOND_BYTE[sent.protocol],
            *sent.feature.to_bytes(2, "big"),
            *sent.count.to_bytes(2, "big"),
            *(lba[3], lba[0], lba[4], lba[1], lba[5], lba[2]),
            sent.device,
            sent.command,
            0,
        )
    )


def ask(port: ScsiPort, sent: Taskfile, *, timeout_ms: int = READ_MS, data_out: bytes = b"") -> AtaReply:
    """Send a command once and decode what came back. Raises OSError, NotAnnounced."""
    data_in = SECTOR * sent.count if sent.protocol is Protocol.DATA_IN else 0
    return decode(port.command(cdb(sent), timeout_ms=timeout_ms, data_out=data_out, data_in=data_in), sent)


def ask_whatever_comes(port: ScsiPort, sent: Taskfile, *, timeout_ms: int = READ_MS, data_out: bytes = b"") -> AtaReply:
    """Send a command once; an error of the kernel is an unreadable reply. Raises OSError when the drive is gone."""
    try:
        return ask(port, sent, timeout_ms=timeout_ms, data_out=data_out)
    except OSError as error:
        if error.errno in GONE:
            raise
        return AtaReply(words=f"errno {errno.errorcode.get(error.errno or 0, 'unknown')}")


def ask_patiently(port: ScsiPort, sent: Taskfile) -> AtaReply:
    """Send a harmless command; a unit attention in its way is passed over once. Raises OSError when it is gone."""
    reply = ask_whatever_comes(port, sent)
    return ask_whatever_comes(port, sent) if reply.key == UNIT_ATTENTION else reply
