"""Which serial numbers identify a drive, and which only look as if they did. Pure.

Bridges and card readers answer with blanks, zeros, counting digits or the same number for every unit that was built
(drives, section 5.1; scenarios 26 to 30). Such a serial never pins a drive.
"""

import re
import string
from collections.abc import Callable

PLACEHOLDERS = frozenset(
    {"NONE", "NA", "NULL", "UNKNOWN", "DEFAULT", "TOBEFILLEDBYOEM", "NOTSPECIFIED", "SERIALNUMBER"}
)
PRINTABLE = range(0x20, 0x7F)
SHORTEST = 4  # characters; what a person types to confirm is never shorter
COUNTING = string.digits * 4 + string.ascii_uppercase + string.digits[1:] + "0" + string.digits[1:]


def visible(raw: bytes) -> str:
    r"""Return what a device said as printable ASCII, every other byte as `\xHH`; blanks and NULs around it go."""
    plain = raw.strip(b" \t\r\n\0")
    if plain.isascii() and (text := plain.decode("ascii")).isprintable():
        return text  # nearly always; the rest of this function takes twenty times as long
    return "".join(chr(byte) if byte in PRINTABLE else f"\\x{byte:02x}" for byte in plain)


def serial_fault(serial: str) -> str:
    """Say why a serial cannot identify a drive, "" when it can."""
    plain = re.sub(r"[^0-9A-Z]", "", serial.upper())
    if not plain:
        return "the serial number is blank"
    fault = next((text for wrong, text in FAULTS if wrong(plain)), "")
    return fault and f"the serial number {serial} {fault}"


def repeats(text: str) -> bool:
    """Say whether a text is one short piece (four characters at most) over and over, three times at least."""
    return any(
        len(text) >= 3 * width and text == (text[:width] * len(text))[: len(text)] for width in range(1, SHORTEST + 1)
    )


def swapped(text: str) -> str:
    """Return the text with the bytes of each pair exchanged, as careless bridges hand it on."""
    padded = text + " " * (len(text) % 2)
    return "".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2)).strip()


def same_serial(one: str, other: str) -> bool:
    """Say whether two serials can be the same drive: equal without case, or one the byte-swapped other."""
    return one.upper() in (other.upper(), swapped(other).upper())


FAULTS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda plain: len(plain) < SHORTEST, "is too short"),
    (lambda plain: set(plain) == {"0"}, "is all zeros"),
    (lambda plain: plain in PLACEHOLDERS, "is a placeholder"),
    (repeats, "is a repeated pattern"),
    (lambda plain: plain in COUNTING or plain[::-1] in COUNTING, "only counts"),
)
