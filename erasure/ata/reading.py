"""Reads an ATA drive through SAT, with harmless commands only (drives, 3.4 to 3.7).

A command that is refused or answered illegibly makes its own part unknown, never the whole, and never "none".
"""

from dataclasses import replace

from erasure.ata import sanitize_status
from erasure.ata.facts import AtaFacts
from erasure.ata.identify import BLOCK, Identify, parse
from erasure.ata.ledger import NativeSize, ledger, native_size, restorable, short_native_size
from erasure.ata.overlay import real_sectors
from erasure.ata.passthrough import ask_patiently
from erasure.ata.sanitize_status import SanitizeStatus
from erasure.ata.sense import AtaReply, Fate
from erasure.ata.taskfile import (
    ACCESSIBLE_NATIVE_MAX,
    DCO_IDENTIFY,
    IDENTIFY_DEVICE,
    READ_NATIVE_MAX,
    READ_NATIVE_MAX_EXT,
    SANITIZE_STATUS,
    SECURITY_CAPABILITIES,
)
from erasure.hidden import HiddenAreas
from erasure.sanitizing import SanitizeReport, SanitizeState
from erasure.scsi.facts import ScsiFacts
from erasure.transport.ports import ScsiPort

DISK = 0  # SCSI device type
PAGE_HEADER = 1 << 63 | 0x06 << 16  # of page 06h of log 30h, without its revision
HEADER_MASK = 1 << 63 | 0xFF << 16
CAPABILITIES = slice(48, 56)
CAPABILITIES_VALID, ENCRYPTS_ALL, OVERRIDES_LOCK = 1 << 63, 1 << 0, 1 << 7


def read_ata(port: ScsiPort, scsi: ScsiFacts) -> AtaFacts | None:
    """Read the drive behind `port`; None when no ATA drive answers legibly. Raises OSError when it left."""
    if scsi.device_type != DISK or not (scsi.translates_ata or scsi.bridge):
        return None
    answer = ask_patiently(port, IDENTIFY_DEVICE)
    identify = parse(answer.data) if answer.fate is Fate.GOOD else None
    return None if identify is None else facts_of(port, identify, answer)


def facts_of(port: ScsiPort, identify: Identify, answer: AtaReply) -> AtaFacts:
    """Ask for everything that IDENTIFY does not tell. Raises OSError when the drive left."""
    sanitize = ask_patiently(port, SANITIZE_STATUS) if identify.sanitize else None
    protected = ask_patiently(port, READ_NATIVE_MAX_EXT if identify.long_addresses else READ_NATIVE_MAX)
    accessible = ask_patiently(port, ACCESSIBLE_NATIVE_MAX) if identify.accessible_max else AtaReply()
    overlay = AtaReply() if identify.overlay is False else ask_patiently(port, DCO_IDENTIFY)
    page = ask_patiently(port, SECURITY_CAPABILITIES) if identify.logs else AtaReply()
    native = native_size(protected) if identify.long_addresses else short_native_size(protected)
    reachable = native_size(accessible)
    hidden = ledger(identify, native, reachable, overlay_size(overlay))
    facts = facts_from(identify, hidden, status_of(sanitize), page)
    return replace(
        facts,
        registers_readable=any(reply is not None and reply.whole is not None for reply in (sanitize, protected)),
        native_sectors=native.sectors,
        accessible_sectors=reachable.sectors,
        raw={
            "identify": answer.data.hex(),
            "sanitize-status": evidence(sanitize),
            "native-max": evidence(protected),
            "accessible-max": evidence(accessible),
            "dco": evidence(overlay),
            "log-30-06": evidence(page),
        },
    )


def facts_from(identify: Identify, hidden: HiddenAreas, status: SanitizeStatus, page: AtaReply) -> AtaFacts:
    """Put the facts together. Pure."""
    return AtaFacts(
        model=identify.model,
        serial=identify.serial,
        firmware=identify.firmware,
        wwn=identify.wwn,
        sectors=identify.sectors,
        logical_sector=identify.logical_sector,
        physical_sector=identify.physical_sector,
        rotation=identify.rotation,
        security=identify.security,
        sanitize_crypto=identify.sanitize_crypto,
        sanitize_block=identify.sanitize_block,
        sanitize_overwrite=identify.sanitize_overwrite,
        sanitize_antifreeze=identify.sanitize_antifreeze,
        encrypts_all=capability(page, ENCRYPTS_ALL) if identify.encrypts_all is None else identify.encrypts_all,
        sanitize_overrides_lock=capability(page, OVERRIDES_LOCK),
        trusted_computing=identify.trusted_computing,
        registers_readable=False,
        sanitize=status.report,
        sanitize_frozen=status.frozen,
        hidden=hidden,
        restorable=restorable(identify, hidden),
        long_addresses=identify.long_addresses,
    )


def status_of(reply: AtaReply | None) -> SanitizeStatus:
    """Decode the status; a drive that announces no sanitize was not asked."""
    if reply is None:
        return SanitizeStatus(SanitizeReport(SanitizeState.UNSUPPORTED))
    return sanitize_status.read(reply)


def overlay_size(reply: AtaReply) -> NativeSize:
    """Read the real size from a reply to DCO IDENTIFY."""
    sectors = real_sectors(reply.data) if reply.fate is Fate.GOOD else None
    return NativeSize(sectors, refused=reply.fate is Fate.ABORTED)


def capability(reply: AtaReply, bit: int) -> bool | None:
    """Read a bit of the security page of the IDENTIFY data log; None where it does not say."""
    if reply.fate is not Fate.GOOD or len(reply.data) != BLOCK:
        return None
    header = int.from_bytes(reply.data[:8], "little")
    told = int.from_bytes(reply.data[CAPABILITIES], "little")
    if header & HEADER_MASK != PAGE_HEADER or not told & CAPABILITIES_VALID:
        return None
    return bool(told & bit)


def evidence(reply: AtaReply | None) -> str:
    """Give the bytes of an answer as hex, or the raw numbers of one that has none; "" when nothing was asked."""
    if reply is None:
        return ""
    return reply.data.hex() or reply.sense.hex() or reply.words
