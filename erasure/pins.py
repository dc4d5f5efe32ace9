"""Is it still the same drive? Compared right before the first write, and again at the end.

While a run lasts everything must agree, the kernel's own sequence number included. A run that is taken up again may
meet the drive under another number: then model, serial, world-wide name and capacity decide. A drive that named itself
must be able to do so again.
"""

from erasure.drive import DriveFacts, DriveIdentity
from erasure.naming import fell_silent


def changes(before: DriveIdentity, now: DriveIdentity) -> str:
    """Name what changed between two readings of a drive's identity; "" when it is the same drive."""
    pairs = [
        ("model", before.model, now.model),
        ("serial", before.serial, now.serial),
        ("wwn", before.wwn, now.wwn),
    ]
    if fell_silent(before, now):
        pairs.append(("identity source", before.source, now.source))
    return "; ".join(f"{name} was {old!r}, is {new!r}" for name, old, new in pairs if old != new)


def moved(planned: DriveFacts, now: DriveFacts) -> str:
    """Name every pin that changed since the plan: identity, sequence number, capacity, sector size; "" for none."""
    pairs = (
        ("diskseq", planned.device.diskseq, now.device.diskseq),
        ("size", planned.size_bytes, now.size_bytes),
        ("logical sector", planned.logical_sector, now.logical_sector),
    )
    told = [changes(planned.device.identity, now.device.identity)]
    told += [f"{name} was {old}, is {new}" for name, old, new in pairs if old != new]
    return "; ".join(item for item in told if item)
