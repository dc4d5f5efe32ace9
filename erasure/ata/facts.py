"""What an ATA drive says of itself: decoded once, with the raw words kept. Data only (drives, 3.4 to 3.7)."""

from dataclasses import dataclass, field

from erasure.hidden import HiddenAreas
from erasure.sanitizing import SanitizeReport


@dataclass(frozen=True, slots=True)
class AtaSecurity:
    """Security feature set: words 82, 85, 89, 90, 92, 128. Minutes are None where the drive does not say."""

    supported: bool
    enabled: bool
    locked: bool
    frozen: bool
    count_expired: bool
    enhanced: bool  # enhanced erase supported
    maximum: bool  # master password capability: at maximum level it can only erase
    normal_minutes: int | None
    enhanced_minutes: int | None
    master_id: int


@dataclass(frozen=True, slots=True)
class AtaFacts:
    """One ATA drive. `sectors` counts logical sectors of `logical_sector` bytes, as the drive itself reports now."""

    model: str
    serial: str
    firmware: str
    wwn: str  # lower-case hex, "" when there is none
    sectors: int
    logical_sector: int
    physical_sector: int
    rotation: int | None  # revolutions per minute; 1 = does not rotate; None when not told
    security: AtaSecurity
    sanitize_crypto: bool
    sanitize_block: bool
    sanitize_overwrite: bool
    sanitize_antifreeze: bool
    encrypts_all: bool | None  # word 69 bit 4
    sanitize_overrides_lock: bool | None  # restricted sanitize overrides security (log 30h page 06h)
    trusted_computing: bool | None
    registers_readable: bool  # a good status came back with its registers: sanitize can be followed
    sanitize: SanitizeReport
    hidden: HiddenAreas
    restorable: bool  # a clip was found, and nothing is known to keep it from being removed
    raw: dict[str, str] = field(default_factory=dict, hash=False, compare=False)  # hex: "identify", "log-30-06" ...
    sanitize_frozen: bool = False  # freeze lock: stands beside every state of the sanitize
    native_sectors: int | None = None  # what READ NATIVE MAX said, counted; None when not told
    accessible_sectors: int | None = None  # what GET NATIVE MAX (AMAC) said, counted; None when not told
    long_addresses: bool = True  # 48-bit commands

    @property
    def bytes(self) -> int:
        """Capacity as the drive reports it now."""
        return self.sectors * self.logical_sector
