"""What hdparm says of an ATA drive, out of `-I`, `--Istdout` and `--sanitize-status`. Nothing of the engine is here."""

import hashlib
import re

from tests.virtual_bench.agreement import Reading
from tests.virtual_bench.channel import Channel

SANITIZES = {
    "sanitize crypto": "CRYPTO_SCRAMBLE_EXT command",
    "sanitize block": "BLOCK_ERASE_EXT command",
    "sanitize overwrite": "OVERWRITE_EXT command",
    "sanitize antifreeze": "SANITIZE_ANTIFREEZE_LOCK_EXT command",
}
STATES = {"0": "idle", "1": "frozen", "2": "running", "3": "failed"}
COMPLETED = "Last Sanitize Operation Completed Without Error"


def hdparm_reading(guest: Channel, node: str) -> Reading:
    """Ask hdparm in the guest. Raises BenchError."""
    text = guest.shell(f"hdparm -I {node}").out
    words = guest.shell(f"hdparm --Istdout {node}").out
    status = guest.shell(f"hdparm --sanitize-status {node}").out if listed(text, "SANITIZE feature set") else ""
    return {**identity(text), **sizes(text), **security(text), **sanitize(text, status), "block": block(words)}


def identity(text: str) -> Reading:
    """Read who it is."""
    return {
        "model": word(text, r"Model Number: +(.*?) *\n"),
        "serial": word(text, r"Serial Number: +(.*?) *\n"),
        "firmware": word(text, r"Firmware Revision: +(.*?) *\n"),
        "wwn": word(text, r"WWN Device Identifier: +([0-9a-f]+)"),
    }


def sizes(text: str) -> Reading:
    """Read how large it is, in sectors and bytes, and how it turns."""
    sectors = number(text, r"LBA48  user addressable sectors: *(\d+)")
    sectors = number(text, r"LBA    user addressable sectors: *(\d+)") if sectors is None else sectors
    logical = number(text, r"Logical +Sector size: +(\d+)")
    solid = "Rotation Rate: Solid State" in text
    return {
        "sectors": sectors,
        "logical sector": logical,
        "physical sector": number(text, r"Physical Sector size: +(\d+)"),
        "size": None if sectors is None or logical is None else sectors * logical,
        "rotation": 1 if solid else number(text, r"Rotation Rate: +(\d+)"),
    }


def security(text: str) -> Reading:
    """Read the security part; a drive without one supports nothing of it."""
    part = text.partition("Security: \n")[2]

    def stands(line: str) -> bool:
        return re.search(rf"^\t\t{line}$", part, re.MULTILINE) is not None

    return {
        "security supported": stands("supported"),
        "security enabled": stands("enabled"),
        "security locked": stands("locked"),
        "security frozen": stands("frozen"),
        "security count expired": stands("expired: security count"),
        "security enhanced": stands("supported: enhanced erase"),
        "security maximum": "Security level maximum" in part,
        "security normal minutes": number(part, r"(\d+)min for SECURITY ERASE UNIT"),
        "security enhanced minutes": number(part, r"(\d+)min for ENHANCED SECURITY ERASE UNIT"),
        "security master id": number(part, r"Master password revision code = (\d+)") or 0,
    }


def sanitize(text: str, status: str) -> Reading:
    """Read what it can sanitize by, and the state that it tells now."""
    state = STATES.get(word(status, r"State: +SD(\d)"), "unsupported")
    ended = state == "idle" and COMPLETED in status
    return {
        **{name: listed(text, line) for name, line in SANITIZES.items()},
        "sanitize state": "succeeded" if ended else state,
    }


def block(words: str) -> str:
    """Give the digest of the IDENTIFY block that was printed as words."""
    raw = b"".join(bytes.fromhex(one)[::-1] for one in re.findall(r"\b[0-9a-f]{4}\b", words.partition(":\n")[2]))
    return hashlib.sha256(raw).hexdigest()


def listed(text: str, feature: str) -> bool:
    """Say whether a feature stands in the list, enabled or not."""
    return re.search(rf"^\t( {{3}}\*| {{4}})\t{feature}$", text, re.MULTILINE) is not None


def word(text: str, pattern: str) -> str:
    """Find a word, "" when it is not there."""
    found = re.search(pattern, text)
    return found[1] if found else ""


def number(text: str, pattern: str) -> int | None:
    """Find a number."""
    found = word(text, pattern)
    return int(found) if found else None
