"""Reads a SCSI device, or the bridge that speaks for a drive, with harmless commands only."""

from erasure.scsi.facts import ScsiFacts
from erasure.transport.ports import ScsiPort


def read_scsi(port: ScsiPort, *, bus: str) -> ScsiFacts | None:  # noqa: ARG001
    """Read the device behind `port`; None when it does not answer legibly. Raises OSError when it left."""
    return None
