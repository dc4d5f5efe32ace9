"""What an eMMC or SD card says of itself: CSD, extended CSD. Data only (drives, 3.10)."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MmcFacts:
    """One card. An SD card has no extended CSD: `revision` is None and it can do nothing of this."""

    kind: str  # "MMC", "SD", "" when not told
    revision: int | None  # EXT_CSD_REV
    sanitize: bool  # SEC_FEATURE_SUPPORT bit 6
    secure_erase: bool  # bit 0
    secure_trim: bool  # bit 4
    trim_multiplier: int  # TRIM_MULT: 300 ms each
    erase_multiplier: int  # ERASE_TIMEOUT_MULT: 300 ms each
    boot_bytes: int  # of each of the two boot partitions
    rpmb_bytes: int
    general_purpose_bytes: tuple[int, ...]
    raw: dict[str, str] = field(default_factory=dict, hash=False, compare=False)
    sectors: int = 0  # SEC_COUNT: 512-byte sectors of the user area; 0 when not told there
    erase_group_bytes: int = 0  # high-capacity erase group; 0 when not told
    secure_erase_multiplier: int = 0  # SEC_ERASE_MULT: times the erase time of a group
    temporarily_protected: bool = False  # USER_WP, bit 0: write protection of the user area at power-on
