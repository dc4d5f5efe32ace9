"""The data of DEVICE CONFIGURATION IDENTIFY: what the overlay calls the real capacity. Pure (drives, 3.7)."""

from erasure.ata.identify import BLOCK, SIGNATURE

REVISIONS = (1, 2)


def real_sectors(block: bytes) -> int | None:
    """Count the sectors without the overlay (bytes 6 to 13 hold the last address); None when not believed."""
    if len(block) != BLOCK or int.from_bytes(block[:2], "little") not in REVISIONS:
        return None
    if block[510] != SIGNATURE or sum(block) % 256:
        return None
    return int.from_bytes(block[6:14], "little") + 1
