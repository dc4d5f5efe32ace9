"""Removing what hides a part of a drive, by the family of its commands: HPA, AMAC, DCO, a short SCSI drive."""

from erasure.ata import clip as ata_clip
from erasure.drive import DriveFacts
from erasure.passes import Ports
from erasure.restored import Restored
from erasure.scsi import clip as scsi_clip


def restorable(facts: DriveFacts) -> bool:
    """Say whether something may hide a part of this drive that can be tried to be removed."""
    return any(spoken is not None and spoken.restorable for spoken in (facts.ata, facts.scsi))


def restore(ports: Ports, facts: DriveFacts) -> Restored:
    """Remove the outermost clip. Raises JournalError; OSError when the drive left."""
    return ata_clip.restore(ports, facts) if facts.ata is not None else scsi_clip.restore(ports, facts)
