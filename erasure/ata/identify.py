"""The 512 bytes of IDENTIFY DEVICE, decoded. Pure (drives, 3.4; ACS, IDENTIFY DEVICE data).

A block that is short, blank, of another kind of device, or whose checksum is wrong, is not believed at all. A word is
read only where its own validity bits say that it means something.
"""

from dataclasses import dataclass

from erasure.ata.facts import AtaSecurity
from erasure.identity import visible

BLOCK = 512  # bytes
SIGNATURE = 0xA5  # low byte of word 255: the high byte is a checksum
NOT_ATA, INCOMPLETE = 1 << 15, 1 << 2  # word 0
SECTOR_SIZES = tuple(512 << power for power in range(8))  # bytes
VALID, VALIDITY = 0x4000, 0xC000  # bits 15:14 = 01
ROTATIONS = range(0x0401, 0xFFFF)  # revolutions per minute
EXTENDED_TIME = 1 << 15
MORE_THAN_TOLD = {False: 0xFF, True: 0x7FFF}  # longer than the field can say


@dataclass(frozen=True, slots=True)
class Identify:
    """What an ATA drive says of itself. A feature is None where the drive does not say whether it has it."""

    model: str
    serial: str
    firmware: str
    wwn: str
    sectors: int  # addressable now
    logical_sector: int  # bytes
    physical_sector: int
    rotation: int | None
    long_addresses: bool  # 48-bit
    security: AtaSecurity
    sanitize: bool
    sanitize_crypto: bool
    sanitize_block: bool
    sanitize_overwrite: bool
    sanitize_antifreeze: bool
    encrypts_all: bool | None
    trusted_computing: bool | None
    logs: bool  # general purpose logging
    protected_area: bool | None  # HPA feature set
    protected_area_password: bool | None  # a password keeps the maximum address (SET MAX security enabled)
    overlay: bool | None  # DCO feature set
    accessible_max: bool  # AMAC feature set


def parse(block: bytes) -> Identify | None:
    """Decode a block; None when it is not believed. Never raises."""
    if len(block) != BLOCK or not checksum_holds(block):
        return None
    word = tuple(int.from_bytes(block[at : at + 2], "little") for at in range(0, BLOCK, 2))
    if word[0] & (NOT_ATA | INCOMPLETE):
        return None
    model, serial = text(block, 27, 46), text(block, 10, 19)
    sectors, sizes = sectors_of(word), sector_sizes(word)
    if not model or not serial or not sectors or sizes is None:
        return None
    return Identify(
        model=model,
        serial=serial,
        firmware=text(block, 23, 26),
        wwn=world_wide_name(word),
        sectors=sectors,
        logical_sector=sizes[0],
        physical_sector=sizes[1],
        rotation=word[217] if word[217] == 1 or word[217] in ROTATIONS else None,
        long_addresses=bool(feature(word, 83, 10)),
        security=security_of(word),
        sanitize=sanitize_bit(word, 12),
        sanitize_crypto=sanitize_bit(word, 13),
        sanitize_block=sanitize_bit(word, 15),
        sanitize_overwrite=sanitize_bit(word, 14),
        sanitize_antifreeze=sanitize_bit(word, 10),
        encrypts_all=bool(word[69] >> 4 & 1) if word[53] & 2 else None,
        trusted_computing=bool(word[48] & 1) if valid(word[48]) else None,
        logs=bool(feature(word, 84, 5)) or bool(feature(word, 87, 5)),
        protected_area=feature(word, 82, 10),
        protected_area_password=feature(word, 86, 8),
        overlay=feature(word, 83, 11),
        accessible_max=accessible_max(word),
    )


def checksum_holds(block: bytes) -> bool:
    """Say whether the bytes add up; a block without the signature has no checksum, and one of zeros nothing else."""
    return block[510] != SIGNATURE or sum(block) % 256 == 0


def text(block: bytes, first: int, last: int) -> str:
    """Read words as text: the first letter of each pair stands in the upper byte."""
    raw = block[2 * first : 2 * last + 2]
    return visible(bytes(raw[at ^ 1] for at in range(len(raw))))


def valid(word: int) -> bool:
    """Say whether bits 15:14 declare the word valid."""
    return word & VALIDITY == VALID


def feature(word: tuple[int, ...], number: int, bit: int) -> bool | None:
    """Read a bit of words 82 to 87; None where the drive does not declare them valid."""
    guard = {82: 83, 83: 83, 84: 84, 85: 87, 86: 87, 87: 87}[number]
    return bool(word[number] >> bit & 1) if valid(word[guard]) else None


def sanitize_bit(word: tuple[int, ...], bit: int) -> bool:
    """Read a bit of word 59: it means something only where the sanitize feature set is announced (bit 12)."""
    return bool(word[59] >> 12 & 1 and word[59] >> bit & 1)


def accessible_max(word: tuple[int, ...]) -> bool:
    """Say whether the drive has accessible max address configuration (word 119, valid by 86.15; ACS-3 and later)."""
    return bool(feature(word, 86, 15)) and valid(word[119]) and bool(word[119] >> 8 & 1)


def sectors_of(word: tuple[int, ...]) -> int:
    """Count addressable sectors: the widest field that the drive declares; 0 when none says anything."""
    wide, long, short = number(word, 230, 4), number(word, 100, 4), number(word, 60, 2)
    if word[53] & 2 and word[69] >> 3 & 1 and wide:
        return wide
    return long if feature(word, 83, 10) and long else short


def number(word: tuple[int, ...], first: int, count: int) -> int:
    """Join `count` words to one number, the lowest first."""
    return sum(word[first + at] << 16 * at for at in range(count))


def sector_sizes(word: tuple[int, ...]) -> tuple[int, int] | None:
    """Give logical and physical sector size in bytes; None when they make no sense."""
    if not valid(word[106]):
        return 512, 512
    logical = 2 * number(word, 117, 2) if word[106] >> 12 & 1 else 512
    physical = logical << (word[106] & 0xF) if word[106] >> 13 & 1 else logical
    return (logical, physical) if logical in SECTOR_SIZES else None


def world_wide_name(word: tuple[int, ...]) -> str:
    """Give the name as 16 hex digits, "" when the drive has none."""
    name = "".join(f"{part:04x}" for part in word[108:112])
    announced = feature(word, 84, 8) or feature(word, 87, 8)
    return name if announced and name.strip("0") and name.strip("f") else ""


def security_of(word: tuple[int, ...]) -> AtaSecurity:
    """Read the security words; where two words disagree, the one that stands in the way is believed."""
    state = word[128]
    return AtaSecurity(
        supported=bool(state & 1) and feature(word, 82, 1) is not False,
        enabled=bool(state >> 1 & 1) or bool(feature(word, 85, 1)),
        locked=bool(state >> 2 & 1),
        frozen=bool(state >> 3 & 1),
        count_expired=bool(state >> 4 & 1),
        enhanced=bool(state >> 5 & 1),
        maximum=bool(state >> 8 & 1),
        normal_minutes=minutes(word[89]),
        enhanced_minutes=minutes(word[90]),
        master_id=word[92],
    )


def minutes(word: int) -> int | None:
    """Read an erase time; None when the drive does not say, or says that it takes longer than it can say."""
    extended = bool(word & EXTENDED_TIME)
    told = word & 0x7FFF if extended else word & 0xFF
    return None if told in (0, MORE_THAN_TOLD[extended]) else 2 * told
