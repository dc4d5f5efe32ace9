"""Reads a SCSI device, or the bridge that speaks for a drive, with harmless commands only.

SPC-6, SBC-5, drives section 3.9. On USB only what every stick survives is asked: bridges hang on pages of vital product
data and on REPORT SUPPORTED OPERATION CODES, and the kernel does not ask them either.
"""

from dataclasses import dataclass, field

from erasure.sanitizing import SanitizeReport, SanitizeState
from erasure.scsi import commands
from erasure.scsi.asking import data_of
from erasure.scsi.capacity import (
    BRIDGED,
    TRANSLATED,
    Capacity,
    capacity_10,
    capacity_16,
    described_blocks,
    ledger,
    unknown_areas,
)
from erasure.scsi.commands import ATA_INFORMATION, SanitizeAction
from erasure.scsi.facts import ScsiFacts
from erasure.scsi.hurry import Hurried
from erasure.scsi.inquiry import (
    Inquiry,
    characteristics,
    decode_inquiry,
    supported_pages,
    unit_serial,
    world_wide_name,
)
from erasure.scsi.state import look_at
from erasure.transport.ports import ScsiPort

PAGES = (0x80, 0x83, ATA_INFORMATION, 0xB0, 0xB1, 0xB2, 0xB6)
NO_ANSWER, UNSUPPORTED, SUPPORTED = 0, 1, 3  # SUPPORT field of REPORT SUPPORTED OPERATION CODES
OPCODE_HEADER = 4
BLOCK_DESCRIPTOR_ONLY = 0x3F  # all pages: the block descriptor comes with whichever there are
NO_SANITIZE = SanitizeReport(SanitizeState.UNSUPPORTED)


def read_scsi(port: ScsiPort, *, bus: str) -> ScsiFacts | None:
    """Read the device behind `port`; None when it does not answer legibly. Raises OSError when it left."""
    reader = Reader(Hurried(port), on_usb=bus == "usb")
    inquiry = decode_inquiry(reader.ask("inquiry", commands.inquiry(), commands.INQUIRY_BYTES))
    return None if inquiry is None else reader.facts(inquiry)


@dataclass(frozen=True, slots=True)
class Reader:
    """Asks one device and keeps the raw bytes of every answer under a name."""

    port: ScsiPort
    on_usb: bool
    raw: dict[str, str] = field(default_factory=dict)

    def ask(self, name: str, cdb: bytes, length: int) -> bytes:
        """Put one question; b"" for no legible answer. Raises OSError."""
        data = data_of(self.port, cdb, length)
        if data:
            self.raw[name] = data.hex()
        return data

    def facts(self, inquiry: Inquiry) -> ScsiFacts:
        """Read all the rest. Raises OSError."""
        pages = {} if self.on_usb else self.pages()
        translates = inquiry.vendor == "ATA" or ATA_INFORMATION in pages
        own = not self.on_usb and not translates  # a SCSI drive that speaks for itself
        page = characteristics(pages.get(0xB1, b""))
        capacity = self.capacity(try_short_first=self.on_usb)
        described = described_blocks(self.mode_data()) if own else None
        crypto, block, overwrite = (self.supports(action) if own else None for action in ORDER)
        protected = capacity is not None and capacity.protection > 0
        return ScsiFacts(
            vendor=inquiry.vendor,
            product=inquiry.product,
            revision=inquiry.revision,
            serial=unit_serial(pages.get(0x80, b"")),
            wwn=world_wide_name(pages.get(0x83, b"")),
            device_type=inquiry.device_type,
            translates_ata=translates,
            bridge=self.on_usb,
            logical_sector=0 if capacity is None else capacity.block_bytes,
            sectors=0 if capacity is None else capacity.sectors,
            protection=0 if capacity is None else capacity.protection,
            sanitize_crypto=crypto,
            sanitize_block=block,
            sanitize_overwrite=overwrite,
            write_needed_after_block=page.write_after_block or protected,
            write_needed_after_crypto=page.write_after_crypto or protected,
            rotation=page.rotation,
            sanitize=self.sanitize(able=True in (crypto, block, overwrite)) if own else NO_SANITIZE,
            hidden=ledger(capacity, described) if own else unknown_areas(BRIDGED if self.on_usb else TRANSLATED),
            raw=self.raw,
            restorable=capacity is not None and described is not None,
        )

    def pages(self) -> dict[int, bytes]:
        """Every page of interest that the device lists. Raises OSError."""
        listed = supported_pages(self.page(0x00))
        return {page: data for page in PAGES if page in listed and (data := self.page(page))}

    def page(self, number: int) -> bytes:
        """One page of vital product data. Raises OSError."""
        return self.ask(f"vpd-{number:02x}", commands.vital_product_data(number), commands.page_bytes(number))

    def capacity(self, *, try_short_first: bool) -> Capacity | None:
        """Ask for the capacity, with the longer command first except on USB, where some devices die of it."""
        if try_short_first:
            return self.short_capacity() or self.long_capacity()
        return self.long_capacity() or self.short_capacity()

    def long_capacity(self) -> Capacity | None:
        """READ CAPACITY(16). Raises OSError."""
        return capacity_16(self.ask("capacity-16", commands.read_capacity_16(), commands.CAPACITY_16_BYTES))

    def short_capacity(self) -> Capacity | None:
        """READ CAPACITY(10). Raises OSError."""
        return capacity_10(self.ask("capacity-10", commands.read_capacity_10(), commands.CAPACITY_10_BYTES))

    def mode_data(self) -> bytes:
        """Mode data with its block descriptor. Raises OSError."""
        return self.ask("mode", commands.mode_sense_10(BLOCK_DESCRIPTOR_ONLY), commands.MODE_BYTES)

    def supports(self, action: SanitizeAction) -> bool | None:
        """Ask whether the device has this kind of SANITIZE; None when it would not say. Raises OSError."""
        cdb = commands.report_supported(commands.SANITIZE, action)
        return support_told(self.ask(f"supports-{action.name.lower()}", cdb, commands.OPCODE_BYTES))

    def sanitize(self, *, able: bool) -> SanitizeReport:
        """Look at the drive; one that announces no sanitize and is at rest has none to speak of. Raises OSError."""
        report = look_at(self.port).report
        at_work = report.state in (SanitizeState.RUNNING, SanitizeState.FAILED)
        return report if able or at_work else NO_SANITIZE


ORDER = (SanitizeAction.CRYPTO, SanitizeAction.BLOCK, SanitizeAction.OVERWRITE)


def support_told(raw: bytes) -> bool | None:
    """Decode REPORT SUPPORTED OPERATION CODES for one command (SPC-6 6.35.3); vendor ways of support are not known."""
    if len(raw) < OPCODE_HEADER:
        return None
    support, size = raw[1] & 0x07, int.from_bytes(raw[2:OPCODE_HEADER], "big")
    if support == UNSUPPORTED:
        return False
    whole = size > 0 and raw[OPCODE_HEADER : OPCODE_HEADER + 1] == bytes((commands.SANITIZE,))
    return True if support == SUPPORTED and whole else None
