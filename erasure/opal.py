"""Opal drives: what the kernel's sed-opal says of them. Reads only.

IOC_OPAL_GET_STATUS, drives 3.1 and 3.11. A shadow boot area in front of the sectors keeps reads and writes away as a
lock does, so it counts as one.
"""

import errno

from erasure.drive import OpalFacts
from erasure.transport.ports import OpalPort

SUPPORTED, LOCKING_ENABLED, LOCKED, SHADOW_ENABLED, SHADOW_DONE = 0x01, 0x04, 0x08, 0x10, 0x20
KNOWN = 0xFFF  # flags of the kernel so far, with room
NO_OPAL = frozenset({errno.EOPNOTSUPP, errno.ENOTTY, errno.ENOSYS, errno.EINVAL, 524})  # 524: ENOTSUPP of the kernel


def read_opal(port: OpalPort) -> OpalFacts | None:
    """Read the Opal flags; None where the kernel or the drive has none. Raises OSError when the drive left."""
    try:
        flags = port.status()
    except OSError as error:
        if error.errno in NO_OPAL:
            return None
        raise
    return decode_flags(flags)


def decode_flags(flags: int) -> OpalFacts | None:
    """Decode the flags; None for a drive without Opal, and for a word that the kernel never writes."""
    if not flags & SUPPORTED or flags & ~KNOWN:
        return None
    shadowed = bool(flags & SHADOW_ENABLED) and not flags & SHADOW_DONE
    return OpalFacts(
        supported=True,
        locking_enabled=bool(flags & LOCKING_ENABLED),
        locked=bool(flags & LOCKED) or shadowed,
        flags=flags,
    )
