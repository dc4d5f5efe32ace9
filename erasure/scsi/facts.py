"""What a SCSI device says of itself, also when a bridge or a translation speaks for it. Data only (drives, 3.9)."""

from dataclasses import dataclass, field

from erasure.hidden import HiddenAreas
from erasure.sanitizing import SanitizeReport


@dataclass(frozen=True, slots=True)
class ScsiFacts:
    """One logical unit. A capability is None where the device would not say."""

    vendor: str
    product: str
    revision: str
    serial: str  # VPD 80h
    wwn: str  # VPD 83h, lower-case hex; "" when there is none
    device_type: int
    translates_ata: bool  # vendor "ATA", or VPD 89h: an ATA drive behind a translation
    bridge: bool  # on USB: what is said here may be the bridge's word
    logical_sector: int  # READ CAPACITY; 520 and 528 happen
    sectors: int
    protection: int  # type of protection information, 0 for none
    sanitize_crypto: bool | None
    sanitize_block: bool | None
    sanitize_overwrite: bool | None
    write_needed_after_block: bool  # WABEREQ: reads fail until written
    write_needed_after_crypto: bool  # WACEREQ
    rotation: int | None  # VPD B1h
    sanitize: SanitizeReport
    hidden: HiddenAreas
    raw: dict[str, str] = field(default_factory=dict, hash=False, compare=False)  # hex: "inquiry", "vpd-80" ...
    restorable: bool = False  # its maximum can be asked for: only then is it known whether something is hidden
