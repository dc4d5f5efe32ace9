"""What an NVMe controller says of itself and of every namespace: decoded, raw bytes kept. Data only (drives, 3.8)."""

from dataclasses import dataclass, field

from erasure.sanitizing import SanitizeReport


@dataclass(frozen=True, slots=True)
class NvmeNamespace:
    """One namespace, active or only allocated. Sizes in blocks of `block_bytes`."""

    nsid: int
    active: bool
    blocks: int  # NSZE
    capacity_blocks: int  # NCAP
    block_bytes: int
    metadata_bytes: int
    format_index: int  # the LBA format in use: kept by every Format
    metadata_extended: bool  # FLBAS bit 4
    protection: int  # DPS
    deallocated_reads: int  # DLFEAT 2:0: 0 not told, 1 zeros, 2 FFh
    nguid: str  # hex, "" when all zero
    eui64: str


@dataclass(frozen=True, slots=True)
class NvmeFacts:
    """One controller as seen through one of its namespaces, `nsid`."""

    model: str
    serial: str
    firmware: str
    subnqn: str
    controller_id: int
    nsid: int
    namespaces: tuple[NvmeNamespace, ...] | None  # None: they could not be counted
    shared: bool  # CMIC: more than one port or controller
    format_supported: bool  # OACS 1
    namespace_management: bool  # OACS 3
    security_commands: bool  # OACS 0
    format_reaches_all: bool  # FNA 0
    erase_reaches_all: bool  # FNA 1
    format_crypto: bool  # FNA 2
    format_broadcast: bool  # FNA 3 clear: NSID FFFFFFFFh is taken
    sanitize_crypto: bool
    sanitize_block: bool
    sanitize_overwrite: bool
    purge_reporting: bool  # SANICAP 5: PREQ and PRGD
    no_deallocate_inhibited: bool  # SANICAP 29
    media_verification: bool  # SANICAP 3
    total_bytes: int | None  # TNVMCAP; None when the controller does not say
    unallocated_bytes: int | None  # UNVMCAP
    rpmb: bool
    boot_partitions: bool | None
    sanitize: SanitizeReport
    sanitize_seconds: dict[str, int | None] = field(default_factory=dict, hash=False, compare=False)  # by action
    raw: dict[str, str] = field(default_factory=dict, hash=False, compare=False)  # hex: "identify-controller" ...

    @property
    def active(self) -> tuple[NvmeNamespace, ...]:
        """The active namespaces; empty when they could not be counted."""
        return tuple(one for one in self.namespaces or () if one.active)
