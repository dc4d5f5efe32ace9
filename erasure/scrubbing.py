"""Scrubbing: replaces every name of a drive in recorded bytes by an invented one of the same length. Pure.

A name is found wherever it stands: plain, with the bytes of each pair exchanged (ATA words, careless bridges), with its
bytes reversed, in either case, and written out in hexadecimal. The checksum of IDENTIFY data (word 255) is made anew.
`leaks` looks for what should be gone; who writes files asks it and writes nothing when it finds something.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from erasure.telltales import IDENTIFY_IN_VPD, SHORTEST, Telltale, named_number, parts_of, swapped

INVENTED = b"DEMO-"
NO_VENDOR = 7  # hexadecimal digits of an invented NAA name that stand for nobody: 5000000
NAMING = frozenset("356")  # first digits of NAA names
LONG_ENOUGH = len(INVENTED) + SHORTEST
SECTOR, SIGNATURE, SIGNATURE_AT = 512, 0xA5, 510
NGUID_BYTES = 16
TRIES = 100
Random = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Scrubber:
    """Pairs of what stood there and what stands there now, the longest first."""

    pairs: tuple[tuple[bytes, bytes], ...]

    def scrub(self, data: bytes) -> bytes:
        """Replace every name in `data`, the length and the checksums of IDENTIFY data kept."""
        clean = data
        for old, new in self.pairs:
            clean = clean.replace(old, new)
            for first in (0, 1):
                mixed = swapped(clean, first)
                if old in mixed:
                    clean = swapped(mixed.replace(old, new), first)
        return with_checksums(data, clean) if clean != data else data

    def scrub_document(self, value: Any) -> Any:
        """Replace every name in plain JSON types: texts, and world-wide names cut into numbers."""
        if isinstance(value, dict):
            return self._renumbered({key: self.scrub_document(item) for key, item in value.items()})
        if isinstance(value, list):
            return [self.scrub_document(item) for item in value]
        return self.scrub_text(value) if isinstance(value, str) else value

    def scrub_text(self, text: str) -> str:
        """Replace every name in a text."""
        return self.scrub(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")

    def scrub_line(self, line: dict[str, Any]) -> dict[str, Any]:
        """Replace every name in one line of a transcript, whose bytes stand in hexadecimal."""
        clean = {key: self._scrub_hex(value) if key in ("data_out", "cdb") else value for key, value in line.items()}
        reply = line.get("reply")
        if isinstance(reply, dict):
            clean["reply"] = {
                key: self._scrub_hex(value) if key in ("data", "sense") else value for key, value in reply.items()
            }
        return clean

    def leaks(self, data: bytes) -> bool:
        """Say whether any name of the drive is in `data`, in any of its forms."""
        return any(old in form for form in (data, swapped(data), swapped(data, 1)) for old, _ in self.pairs)

    def _scrub_hex(self, text: str) -> str:
        return self.scrub(bytes.fromhex(text)).hex()

    def _renumbered(self, document: dict[str, Any]) -> dict[str, Any]:
        number = named_number(document)
        if number is None:
            return document
        left = int.from_bytes(self.scrub(number.to_bytes(8, "big")), "big")
        for name, shift in parts_of(document):
            document[name], left = left >> shift, left & ((1 << shift) - 1)
        return document


def scrubber(names: Sequence[Telltale], random: Random) -> Scrubber:
    """Invent a name for each of `names`, the longest first. Raises ValueError for one that is too short to be found."""
    short = [one for one in names if len(one.value) < SHORTEST]
    if short:
        raise ValueError(f"a name of {len(short[0].value)} bytes cannot be told from chance")
    invented: list[tuple[Telltale, bytes]] = []
    for one in names:
        invented.append((one, derived(one, invented) or fresh(one, random)))
    pairs = [pair for one, new in invented for pair in forms(one, new)]
    return Scrubber(tuple(sorted(dict(reversed(pairs)).items(), key=lambda pair: -len(pair[0]))))


def derived(one: Telltale, longer: Sequence[tuple[Telltale, bytes]]) -> bytes:
    """Cut the new name out of that of a longer one which contains it, so that they still agree; b"" when none does."""
    for other, new in longer:
        for form in (bytes, swapped):
            place = form(other.value).find(one.value)
            if place >= 0:
                cut = form(new)[place : place + len(one.value)]
                return cut if cut != one.value else b""
    return b""


def fresh(one: Telltale, random: Random) -> bytes:
    """Invent a name of the same length and kind that is another one. Raises ValueError when chance gives none."""
    for _ in range(TRIES):
        new = invented_text(len(one.value), random) if one.text else invented_number(one.value, random)
        if new != one.value:
            return new
    raise ValueError("no other name was found")


def invented_text(length: int, random: Random) -> bytes:
    """Invent a serial number: DEMO- and digits where there is room."""
    digits = b"".join(b"%d" % (byte % 10) for byte in random(length))
    return (INVENTED + digits)[:length] if length >= LONG_ENOUGH else digits


def invented_number(value: bytes, random: Random) -> bytes:
    """Invent a binary name: an NAA name keeps its kind and has no vendor, any other begins with zeros."""
    length = len(value)
    chance = random(length).hex()
    kind = value.hex()[0]
    if length in (8, NGUID_BYTES) and kind in NAMING:
        return bytes.fromhex(kind + "0" * (NO_VENDOR - 1) + chance[NO_VENDOR:])
    zeros = 6 if length >= 8 else 0  # noqa: PLR2004  room for them
    return bytes.fromhex("0" * zeros + chance[zeros:])


def forms(one: Telltale, new: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give every way in which a name may stand in a recording, with its replacement."""
    pairs = [(one.value, new)]
    if one.text:
        pairs += [(one.value.upper(), new.upper()), (one.value.lower(), new.lower())]
    else:
        pairs += [(one.value[::-1], new[::-1])]
    for old, other in pairs:
        yield old, other
        yield old.hex().encode(), other.hex().encode()
        yield old.hex().upper().encode(), other.hex().upper().encode()
    if len(one.value) == NGUID_BYTES and not one.text:
        yield dashed(one.value), dashed(new)
        yield dashed(one.value).upper(), dashed(new).upper()


def dashed(value: bytes) -> bytes:
    """Write 16 bytes as a UUID."""
    text = value.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])).encode()


def with_checksums(before: bytes, after: bytes) -> bytes:
    """Make the checksum of every block of IDENTIFY data anew that had a right one before."""
    fixed = bytearray(after)
    for start in (*range(0, len(before) - SECTOR + 1, SECTOR), IDENTIFY_IN_VPD):
        old = before[start : start + SECTOR]
        if len(old) == SECTOR and old[SIGNATURE_AT] == SIGNATURE and sum(old) % 256 == 0:
            fixed[start + SECTOR - 1] = -sum(fixed[start : start + SECTOR - 1]) % 256
    return bytes(fixed)
