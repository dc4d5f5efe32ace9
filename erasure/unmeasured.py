"""What size 0 means: a dead drive or no medium, unless the drive came while it erased itself. Pure.

Linux asks a SCSI disk for its capacity when the disk comes, and a drive under sanitize does not tell it (SBC-5 4.11).
Until the kernel has looked again, size 0 says nothing of such a drive; `erasure.measuring` waits for that.
"""

from erasure.drive import BlockDevice, DriveFacts
from erasure.outcome import Reason, ReasonCode

READABLE = frozenset({512, 1024, 2048, 4096})  # bytes of a sector that the kernel can use at all
BUSES = ("scsi", "ata")


def size_zero(name: str) -> Reason:
    """Say what size 0 means of a drive about which nothing else is known."""
    return Reason(ReasonCode.SIZE, f"{name} has size 0: no medium, or a dead drive")


def may_be_settled(device: BlockDevice, reason: Reason) -> bool:
    """Say whether it is worth opening the drive to learn what its size 0 means."""
    return device.size_bytes == 0 and device.identity.bus in BUSES and reason == size_zero(device.name)


def awaited(facts: DriveFacts, planned: DriveFacts | None = None) -> bool:
    """Say whether a capacity is still to be read: the drive is at work, or was when `planned` and has just ended."""
    return facts.size_bytes == 0 and (facts.unmeasured or (planned is not None and planned.unmeasured))


def settles(facts: DriveFacts, reason: Reason, planned: DriveFacts | None = None) -> bool:
    """Say whether the open drive takes this reason away: it is no dead one, it erases itself, or just did."""
    return awaited(facts, planned) and reason == size_zero(facts.device.name)


def told_bytes(facts: DriveFacts) -> int:
    """Give the capacity that the drive itself tells the kernel (READ CAPACITY); 0 while it tells none."""
    scsi = facts.scsi
    return 0 if scsi is None or scsi.bridge else scsi.sectors * scsi.logical_sector


def measurable(facts: DriveFacts) -> bool:
    """Say whether the kernel shows nothing of a drive that tells its capacity: then it has to look again."""
    usable = facts.scsi is not None and facts.scsi.logical_sector in READABLE
    return facts.size_bytes == 0 and usable and told_bytes(facts) > 0
