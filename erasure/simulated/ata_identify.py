"""The IDENTIFY DEVICE block and log 30h of a simulated ATA drive, word by word from its table (ACS; drives 3.4)."""

from dataclasses import dataclass

from erasure.simulated.ata_limits import Limits
from erasure.simulated.ata_sanitize import Feature, Sanitize
from erasure.simulated.ata_security import Security
from erasure.simulated.firmware import Firmware
from erasure.simulated.nameplate import Nameplate

WORDS = 256
SIGNATURE = 0xA5
LBA_28, LBA_48 = 0x0FFFFFFF, 0xFFFFFFFF
VALID = 1 << 63
LONGEST_SHORT_FORM = 0xFF
EXTENDED_FORM = 0x8000
LOG_DIRECTORY, IDENTIFY_LOG = 0x00, 0x30
PAGES = (0x00, 0x01, 0x06)
STANDARD_SECTOR = 512


@dataclass(frozen=True, slots=True)
class SelfPortrait:
    """What the drive says of itself now."""

    firmware: Firmware
    nameplate: Nameplate
    limits: Limits
    security: Security
    sanitize: Sanitize

    def block(self, serial: str) -> bytes:
        """Build the 512 bytes of IDENTIFY DEVICE, checksum included."""
        words = [0] * WORDS
        words[0:7] = [0x0040, 16383, 0xC837, 16, 0, 0, 63]
        words[10:20] = swapped(serial, 20)
        words[23:27] = swapped(self.nameplate.revision, 8)
        words[27:47] = swapped(self.nameplate.model, 40)
        words[47:51] = [0x8010, self._bit("trusted_computing", 0) | 0x4000, 0x2F00, 0x4000]
        words[53] = 0x0006
        words[59] = self._sanitize_word()
        words[60:62] = low_first(min(self.limits.current, LBA_28), 2)
        words[63:69] = [0x0007, 0x0003, 120, 120, 120, 120]
        words[69] = self._bit("encrypts_all", 4)
        words[75:81] = [31, 0x0006, 0, 0, 0, 0x07F0]
        words[82:88] = self._feature_words()
        words[88] = 0x007F
        words[89:91] = [self._minutes("erase_minutes"), self._minutes("enhanced_minutes")]
        words[92] = self.security.shelf.get("master_id") if self._security else 0
        words[100:104] = low_first(self.limits.current, 4)
        words[106:119] = self._sector_words()
        words[108:112] = self._wwn_words()
        words[119] = 0x4000 | (0x0100 if self.limits.amac else 0)
        words[120] = words[119]
        words[128] = self.security.word() if self._security else 0
        words[217] = 7200 if self.nameplate.rotational else 1
        words[222] = 0x10FF
        return sealed(words)

    def log(self, address: int, page: int, serial: str) -> bytes | None:
        """Build one page (512 bytes) of a log; None when there is none."""
        if not self.firmware.feature("log30", True):
            return None
        if address == LOG_DIRECTORY and page == 0:
            directory = bytearray(512)
            directory[0:2] = (1).to_bytes(2, "little")
            directory[2 * IDENTIFY_LOG] = max(PAGES) + 1
            return bytes(directory)
        if address != IDENTIFY_LOG or page not in PAGES:
            return None
        bodies = {0x00: bytes([len(PAGES), *PAGES]), 0x01: self.block(serial), 0x06: self._security_page()}
        if page == 0x01:
            return bodies[page]
        return (page << 16 | 1).to_bytes(8, "little") + bodies[page].ljust(504, b"\0")

    @property
    def _security(self) -> bool:
        return bool(self.firmware.feature("security", True))

    def _bit(self, name: str, bit: int) -> int:
        return 1 << bit if self.firmware.feature(name, False) else 0

    def _sanitize_word(self) -> int:
        if not self.sanitize.supported:
            return 0
        bits = {Feature.CRYPTO: 13, Feature.OVERWRITE: 14, Feature.BLOCK: 15}
        word = sum(1 << bit for feature, bit in bits.items() if self.sanitize.offers(feature))
        return word | 1 << 12 | self._bit("antifreeze", 10)

    def _feature_words(self) -> list[int]:
        """Build words 82 to 87: supported, then enabled."""
        supported_82 = 0x4061 | (0x0400 if self.limits.hpa else 0) | (0x0002 if self._security else 0)
        password = 0x0100 if self.firmware.feature("hpa_password", False) else 0
        supported_83 = 0x7400 | (0x0800 if self.limits.dco else 0) | password
        enabled_85 = supported_82 & ~0x0002 | (0x0002 if self._security and self.security.enabled else 0)
        enabled_86 = supported_83 & 0x3FFF | 0x8000  # bit 15: words 119 and 120 are valid
        general = 0x4023 | (0x0100 if self.nameplate.wwn_bytes else 0)
        return [supported_82, supported_83, general, enabled_85, enabled_86, general]

    def _minutes(self, name: str) -> int:
        """Tell an erase time: minutes / 2 in a byte, or with bit 15 in 15 bits; raw words pass (`*_word`)."""
        raw = self.firmware.feature(name.replace("minutes", "word"))
        if raw is not None or not self._security:
            return int(raw or 0)
        halves = int(self.firmware.feature(name, 2)) // 2
        return halves if halves < LONGEST_SHORT_FORM else EXTENDED_FORM | halves

    def _sector_words(self) -> list[int]:
        """Build words 106 to 118."""
        words = [0] * 13
        logical, physical = self.nameplate.logical_sector, self.nameplate.physical_sector
        exponent = (max(physical, logical) // logical).bit_length() - 1
        long_sectors = 0x1000 if logical != STANDARD_SECTOR else 0
        words[0] = 0x4000 | (0x2000 if exponent else 0) | long_sectors | exponent
        if long_sectors:
            words[11:13] = low_first(logical // 2, 2)
        return words

    def _wwn_words(self) -> list[int]:
        raw = self.nameplate.wwn_bytes.ljust(8, b"\0")
        return [int.from_bytes(raw[index : index + 2], "big") for index in range(0, 8, 2)]

    def _security_page(self) -> bytes:
        """Build page 06h from byte 8: master id, status, times, trusted computing, capabilities at byte 48."""
        capabilities = self._bit("encrypts_all", 0) | self._bit("overrides_lock", 7)
        values = [
            self.security.shelf.get("master_id") if self._security else 0,
            self.security.word() if self._security else 0,
            self._minutes("enhanced_minutes"),
            self._minutes("erase_minutes"),
            self._bit("trusted_computing", 0),
            capabilities,
        ]
        return b"".join((VALID | value).to_bytes(8, "little") for value in values)


def swapped(text: str, length: int) -> list[int]:
    """Give an ATA string: padded with blanks, the first character of a pair in the high byte."""
    raw = text.encode("ascii", "replace").ljust(length)[:length]
    return [raw[index] << 8 | raw[index + 1] for index in range(0, length, 2)]


def low_first(number: int, words: int) -> list[int]:
    """Cut a number into words, the lowest first."""
    return [number >> 16 * index & 0xFFFF for index in range(words)]


def sealed(words: list[int]) -> bytes:
    """Turn 256 words into bytes and close them with signature and checksum (word 255)."""
    block = bytearray(b"".join(word.to_bytes(2, "little") for word in words))
    block[510] = SIGNATURE
    block[511] = -sum(block[:511]) & 0xFF
    return bytes(block)
