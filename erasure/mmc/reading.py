"""Reads an eMMC or SD card, with harmless commands only.

JEDEC JESD84-B51 7.4 (extended CSD). The place of SEC_FEATURE_SUPPORT and the meaning of its bits are unverified in
drives 3.10; an SD card has no extended CSD and is never asked for one when its kind is known.
"""

import errno

from erasure.mmc.commands import EXT_CSD_BYTES, send_ext_csd
from erasure.mmc.facts import MmcFacts
from erasure.transport.ports import MmcPort

QUESTION_MS = 10_000
NO_ANSWER = frozenset({errno.ETIMEDOUT, errno.EILSEQ, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTTY, errno.ENOSYS})
NEWEST = 15  # EXT_CSD_REV: 8 is eMMC 5.1; what is far beyond is noise
UNIT = 128 << 10  # bytes, of boot and RPMB partitions
GROUP_UNIT = 512 << 10  # bytes, of the high-capacity erase group
GENERAL_PURPOSE = (143, 146, 149, 152)  # three bytes each


def read_mmc(port: MmcPort, *, kind: str = "") -> MmcFacts | None:
    """Read the card behind `port`; None when it does not answer legibly. Raises OSError when it left."""
    if kind == "SD":
        return sd_card()
    try:
        reply = port.command(send_ext_csd(), timeout_ms=QUESTION_MS, data_in=EXT_CSD_BYTES)
    except OSError as error:
        if error.errno in NO_ANSWER:
            return None
        raise
    return decode_ext_csd(reply.data)


def sd_card() -> MmcFacts:
    """An SD card: nothing of this."""
    return MmcFacts(
        "SD",
        None,
        sanitize=False,
        secure_erase=False,
        secure_trim=False,
        trim_multiplier=0,
        erase_multiplier=0,
        boot_bytes=0,
        rpmb_bytes=0,
        general_purpose_bytes=(),
    )


def decode_ext_csd(raw: bytes) -> MmcFacts | None:
    """Decode the extended CSD; None when it is short, blank, or of a revision that does not exist."""
    if len(raw) != EXT_CSD_BYTES or not any(raw) or raw[192] > NEWEST:
        return None
    group = raw[224] * GROUP_UNIT
    protection_group = raw[221] * group
    features = raw[231]
    return MmcFacts(
        kind="MMC",
        revision=raw[192],
        sanitize=bool(features & 0x40),
        secure_erase=bool(features & 0x01),
        secure_trim=bool(features & 0x10),
        trim_multiplier=raw[232],
        erase_multiplier=raw[223],
        boot_bytes=raw[226] * UNIT,
        rpmb_bytes=raw[168] * UNIT,
        general_purpose_bytes=tuple(
            count * protection_group for at in GENERAL_PURPOSE if (count := int.from_bytes(raw[at : at + 3], "little"))
        ),
        raw={"ext-csd": raw.hex()},
        sectors=int.from_bytes(raw[212:216], "little"),
        erase_group_bytes=group,
        secure_erase_multiplier=raw[230],
        temporarily_protected=bool(raw[171] & 0x01),
    )
