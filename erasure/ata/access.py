"""Whether firmware erases of ATA may be tried on a drive at all, whatever the method. Pure (drives, 2.2 and 5.1)."""

from erasure.ata.facts import AtaFacts
from erasure.drive import DriveFacts
from erasure.outcome import Reason, ReasonCode
from erasure.sanitizing import SanitizeState
from erasure.scsi.bridge import bridge_reason


def direct(facts: DriveFacts) -> bool:
    """Say whether the drive hangs on an ATA port, with nothing in between that may change commands."""
    identity = facts.device.identity
    behind_bridge = facts.scsi is not None and facts.scsi.bridge
    return identity.bus == "ata" and not identity.bridge and not behind_bridge


def no_way(facts: DriveFacts) -> Reason | None:
    """Say why ATA commands do not reach this drive as they are; None when they do."""
    if facts.ata is None or "scsi" not in facts.commands:
        unsupported = Reason(ReasonCode.UNSUPPORTED, "no ATA drive answers here")
        return (bridge_reason(facts) or unsupported) if facts.device.identity.bridge else unsupported
    if facts.device.identity.bus not in ("ata", "usb"):
        return Reason(ReasonCode.RAID_VOLUME, "ATA commands are not sent through a storage controller")
    return None


def busy_or_stuck(ata: AtaFacts) -> Reason | None:
    """Say why a sanitize that came before keeps other erases away; None when none does."""
    if ata.sanitize.state is SanitizeState.RUNNING:
        return Reason(ReasonCode.IN_USE, "a sanitize is running on the drive: it is followed, not started again")
    return None
