"""What each erase method may claim, as data: the most it earns, what proves it. Ids are kept in certificates for ever.

IEEE 2883 through SP 800-88 Rev. 2, as the drives reference maps it (section 2.1). A method that is not listed here is
of a later version: it may claim Clear, never Purge.
"""

from typing import Final

PURGE: Final = frozenset(
    {
        *(f"nvme.sanitize.{action}" for action in ("block", "crypto", "overwrite")),
        *(f"ata.sanitize.{action}" for action in ("block", "crypto", "overwrite")),
        *(f"scsi.sanitize.{action}" for action in ("block", "crypto", "overwrite")),
        "ata.security.enhanced",
    }
)
CLEAR: Final = frozenset(
    {
        *("nvme.format.crypto", "nvme.format.user-data"),
        *("ata.security.normal", "emmc.sanitize", "emmc.secure-erase"),
        *("overwrite.zeros", "overwrite.keystream"),
    }
)
RECOVERY: Final = frozenset({"opal.psid-revert"})  # opens a drive: earns nothing, and erases nothing
READ_BACK: Final = ("full", "sample")  # how an overwrite is verified


def may_be_purge(method: str) -> bool:
    """Say whether a completed erasure by this method may have the level PURGE."""
    return method in PURGE


def overwrites(method: str) -> bool:
    """Say whether the computer wrote every sector, so that every sector can be read back and compared."""
    return method.startswith("overwrite.")


def destroys_a_key(method: str) -> bool:
    """Say whether only a key is destroyed: that nobody has another copy of it rests on the maker's word."""
    return method.endswith(".crypto")
