"""Asks a drive that is at a sanitize, or that let a question time out, with little patience: others wait behind it.

A drive under sanitize answers at once or not at all (SBC-5 4.11), and one that left a harmless question without an
answer would take as long for each of the next dozen. Nothing else changes: no question is left out, none is repeated.
"""

from dataclasses import dataclass

from erasure.scsi.sense import SANITIZE_IN_PROGRESS, decode_sense
from erasure.transport.ports import ScsiPort, ScsiReply

HURRIED_MS = 2_000
TIMED_OUT = 0x03  # host status DID_TIME_OUT


@dataclass(slots=True)
class Hurried:
    """`ScsiPort` whose timeouts shrink once the drive gave a reason."""

    inner: ScsiPort
    hurried: bool = False

    def command(self, cdb: bytes, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> ScsiReply:
        """Send one harmless CDB. Raises OSError."""
        patience = min(timeout_ms, HURRIED_MS) if self.hurried else timeout_ms
        reply = self.inner.command(cdb, timeout_ms=patience, data_out=data_out, data_in=data_in)
        self.hurried = self.hurried or reply.host_status == TIMED_OUT or at_work(reply)
        return reply


def at_work(reply: ScsiReply) -> bool:
    """Say whether a reply tells of a sanitize in progress."""
    sense = decode_sense(reply.sense)
    return sense is not None and sense.code == SANITIZE_IN_PROGRESS
