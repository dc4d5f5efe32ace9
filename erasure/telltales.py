"""Telltales: what in a recording names one particular drive, and where drives put it. Pure.

Serial numbers, world-wide names, EUI-64, NGUID, UUID. They are looked for in the answers to the commands that carry
them (IDENTIFY DEVICE words 10 to 19, 108 to 111 and 176 to 205; VPD pages 80h, 83h, 89h; NVMe Identify CNS 00h, 01h,
03h: drives, sections 3.4, 3.8, 3.9) and in the words of the kernel and of smartctl. An answer that is too short or
malformed tells nothing; it never raises.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from erasure.drive import DriveIdentity
from erasure.transport.recorder import Line

SHORTEST = 4  # bytes; a shorter name cannot be told from chance
WORLD_WIDE = 8  # bytes of an NAA or EUI-64 name
INQUIRY, PASS_THROUGH, IDENTIFY, IDENTIFY_PACKET = 0x12, 0x85, 0xEC, 0xA1
UNIT_SERIAL, DESIGNATORS, ATA_INFORMATION = 0x80, 0x83, 0x89
IDENTIFY_IN_VPD = 60  # where IDENTIFY data begins in VPD page 89h (SAT)
NVME_IDENTIFY, OF_NAMESPACE, OF_CONTROLLER, OF_DESCRIPTORS = 0x06, 0x00, 0x01, 0x03
BINARY, EUI, NAA = 1, 2, 3
UUID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
HEX_NAME = re.compile(
    r"(?<![0-9a-z])(?:0x|naa\.|eui\.|cid\.|uuid\.)?([0-9a-f]{16}|[0-9a-f]{32})(?![0-9a-z])", re.IGNORECASE
)
NUMBERED = re.compile(r"0x([0-9a-f]{8})", re.IGNORECASE)  # the serial number of a card


@dataclass(frozen=True, slots=True)
class Telltale:
    """One name of the drive: text as it reads, or a binary name with its most significant byte first."""

    value: bytes
    text: bool

    @property
    def tells(self) -> bool:
        """Say whether it names one drive: a text of one character and a number of zeros name none, nor any vendor."""
        if self.text:
            return len(set(self.value)) > 1
        odd = [byte for byte in self.value if byte not in (0, 0xFF)]
        return len(odd) >= min(SHORTEST, len(self.value) - 1)


def telltales(identities: Iterable[DriveIdentity], lines: Iterable[Line], health: Any) -> tuple[Telltale, ...]:
    """Every name of the drive in its sightings, its transcript and its health document, the longest first."""
    read = [*(one for line in lines for one in of_line(line)), *of_health(health)]
    seen = (one for identity in identities for one in of_identity(identity))
    found = [*seen, *(one for one in read if len(one.value) >= SHORTEST)]
    return tuple(sorted(dict.fromkeys(one for one in found if one.tells), key=lambda one: -len(one.value)))


def of_identity(identity: DriveIdentity) -> Iterator[Telltale]:
    """Names that the kernel told."""
    yield text(identity.serial.encode())
    yield from of_text(identity.wwn)
    number = NUMBERED.fullmatch(identity.serial)
    if number is not None:
        yield Telltale(bytes.fromhex(number[1]), text=False)


def of_text(words: str) -> Iterator[Telltale]:
    """Binary names that stand in a text in hexadecimal, and UUIDs."""
    yield from (Telltale(bytes.fromhex(found[1]), text=False) for found in HEX_NAME.finditer(words))
    yield from uuids(words.encode("utf-8", "replace"))


def uuids(data: bytes) -> Iterator[Telltale]:
    """UUIDs that stand in a text."""
    yield from (
        Telltale(bytes.fromhex(found[0].replace(b"-", b"").decode()), text=False) for found in UUID.finditer(data)
    )


def text(raw: bytes) -> Telltale:
    """Make a telltale of a padded text."""
    return Telltale(raw.strip(b" \0"), text=True)


def of_line(line: Line) -> Iterator[Telltale]:
    """Names in the answer to one command."""
    reply = line.get("reply")
    data = bytes.fromhex(reply.get("data", "")) if isinstance(reply, dict) else b""
    if line.get("port") == "scsi":
        yield from of_scsi(bytes.fromhex(line["cdb"]), data)
    elif line.get("opcode") == NVME_IDENTIFY and line.get("port") == "nvme":
        yield from of_nvme(line["cdw10"] & 0xFF, data)


def of_scsi(cdb: bytes, data: bytes) -> Iterator[Telltale]:
    """Names in the answer to a CDB."""
    if cdb[0] == PASS_THROUGH and cdb[-2] in (IDENTIFY, IDENTIFY_PACKET):
        yield from of_identify(data)
    if cdb[0] != INQUIRY:
        return
    page = cdb[2] if cdb[1] & 1 else None
    if page is None:
        yield from (text(word) for word in data[36:56].split() if re.search(rb"[0-9]", word))  # vendor specific
    elif page == UNIT_SERIAL:
        yield text(data[4 : 4 + int.from_bytes(data[2:4], "big")])
    elif page == DESIGNATORS:
        yield from of_designators(data[4 : 4 + int.from_bytes(data[2:4], "big")])
    elif page == ATA_INFORMATION:
        yield from of_identify(data[IDENTIFY_IN_VPD:])


def of_identify(data: bytes) -> Iterator[Telltale]:
    """Names in IDENTIFY DEVICE data: its texts and its world-wide name stand in it with the bytes of words swapped."""
    yield text(swapped(data[20:40]))
    yield text(swapped(data[352:412]))
    yield Telltale(swapped(data[216:224]), text=False)


def swapped(data: bytes, first: int = 0) -> bytes:
    """Exchange the bytes of each pair from byte `first` on; what makes no pair stays."""
    mixed = bytearray(data)
    end = first + (len(data) - first) // 2 * 2
    mixed[first:end:2], mixed[first + 1 : end : 2] = data[first + 1 : end : 2], data[first:end:2]
    return bytes(mixed)


def of_designators(rest: bytes) -> Iterator[Telltale]:
    """Names in VPD page 83h (SPC): NAA and EUI-64 designators, and those written out in a text."""
    while len(rest) >= 4:  # noqa: PLR2004  header of a designator
        code_set, kind, value = rest[0] & 0xF, rest[1] & 0xF, rest[4 : 4 + rest[3]]
        if code_set == BINARY and kind in (EUI, NAA):
            yield Telltale(value, text=False)
        elif code_set != BINARY:
            yield from of_text(value.decode("ascii", "replace"))
        rest = rest[4 + rest[3] :]


def of_nvme(structure: int, data: bytes) -> Iterator[Telltale]:
    """Names in an NVMe Identify structure."""
    if structure == OF_CONTROLLER:
        yield text(data[4:24])
        yield Telltale(data[112:128], text=False)  # FGUID
        yield from uuids(data[768:1024])  # SUBNQN
    elif structure == OF_NAMESPACE:
        yield Telltale(data[104:120], text=False)
        yield Telltale(data[120:128], text=False)
    elif structure == OF_DESCRIPTORS:
        yield from of_namespace_descriptors(data)


def of_namespace_descriptors(rest: bytes) -> Iterator[Telltale]:
    """Names in a namespace identification descriptor list: EUI-64, NGUID, UUID."""
    while len(rest) >= 4 and rest[0] and rest[1]:  # noqa: PLR2004  header of a descriptor
        if rest[1] >= WORLD_WIDE:
            yield Telltale(rest[4 : 4 + rest[1]], text=False)
        rest = rest[4 + rest[1] :]


def of_health(document: Any) -> Iterator[Telltale]:
    """Names in a smartctl document, wherever they stand in it."""
    if isinstance(document, dict):
        number = named_number(document)
        if number is not None:
            yield Telltale(number.to_bytes(WORLD_WIDE, "big"), text=False)
        if isinstance(document.get("serial_number"), str):
            yield text(document["serial_number"].encode("utf-8", "replace"))
        for value in document.values():
            yield from of_health(value)
    elif isinstance(document, list):
        for value in document:
            yield from of_health(value)
    elif isinstance(document, str):
        yield from of_text(document)


PARTS = {("naa", "oui", "id"): (60, 36, 0), ("oui", "ext_id"): (40, 0)}  # of a name that smartctl cut into numbers


def parts_of(document: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    """Say which members of a document are a world-wide name in parts, and by how many bits each is shifted."""
    for names, shifts in PARTS.items():
        if all(isinstance(document.get(name), int) for name in names):
            return tuple(zip(names, shifts, strict=True))
    return ()


def named_number(document: dict[str, Any]) -> int | None:
    """Put a world-wide name together again; None where there is none, or one that does not fit 64 bits."""
    parts = parts_of(document)
    number = sum(document[name] << shift for name, shift in parts if document[name] >= 0)
    return number if parts and number < 1 << 64 else None
