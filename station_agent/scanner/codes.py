"""What a scanned text is: a code of ours, something that this bench knows, or a foreign code told by its shape.

A code of ours carries its kind and a check character. What the bench knows (serials of its drives, tags and lots that
the hub announced) is known by being the same text. Everything else has only a shape, and a shape that fits several
kinds is `Ambiguous` with its candidates: nothing is ever guessed. Control characters, other than printable ASCII, and
codes longer than any label are `Refused`. Pure.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import unquote

from station_agent.language import mark
from station_agent.scanner.keycodes import TEST_CODE
from station_agent.scanner.own_codes import BEGINNING, Own, SheetCommand, own_parts
from station_agent.scanner.psid import Psid, psid_of

LONGEST: Final = 120
PRINTABLE: Final = re.compile(r"[ -~]+", re.ASCII)
WWN: Final = re.compile(
    r"(?:0X|NAA\.)?([1235-6][0-9A-F]{15}|6[0-9A-F]{31})|(?:EUI\.)([0-9A-F]{16}|[0-9A-F]{32})", re.ASCII
)
HEX_32: Final = re.compile(r"[0-9A-F]{32}", re.ASCII)
SERIAL: Final = re.compile(r"[0-9A-Z](?:[0-9A-Z ._/+-]{2,38})[0-9A-Z]", re.ASCII)
NAMED_SERIAL: Final = re.compile(r"(?:S/N|SN|SERIAL(?: NO| NUMBER)?)\.?\s*[:=]\s*(\S.*)", re.ASCII)
NAMED_WWN: Final = re.compile(r"WWN\s*[:=]?\s*(\S+)", re.ASCII)
NAMED_PSID: Final = re.compile(r"PSID\s*[:=]\s*(\S.*)", re.ASCII)
STATEMENT: Final = re.compile(r"(?:https?://\S{1,80}/verify/|etabli:)([A-Za-z0-9_-]{43})", re.ASCII)
PAGE_OF_TAG: Final = re.compile(r"https?://[^\s/?#]{1,80}/t/([!-~]{1,90})", re.ASCII)
SERIAL_IDENTIFIER: Final = "S"  # ANSI MH10.8.2, data identifier of a serial number, on labels of drives


class Kind(StrEnum):
    """What a code names."""

    TEST = "test"
    ASSET = "asset"
    LOT = "lot"
    OPERATOR = "operator"
    COMMAND = "command"
    SERIAL = "serial"
    WWN = "wwn"
    PSID = "psid"
    STATEMENT = "statement"


SECRET: Final = frozenset({Kind.PSID, Kind.OPERATOR})


@dataclass(frozen=True, slots=True)
class Code:
    """A code of one kind. `value` is without prefix and check character; that of a badge or a PSID is secret."""

    kind: Kind
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A code that may be several things; a person or the screen that is open decides."""

    candidates: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """No code at all: the sentence says why and what to do."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Known:
    """What this bench knows by name; each compared without regard to capitals."""

    serials: frozenset[str] = frozenset()
    assets: frozenset[str] = frozenset()
    lots: frozenset[str] = frozenset()


Reading = Code | Ambiguous | Refused
NOTHING_KNOWN: Final = Known()
TOO_LONG: Final = mark("This code is longer than any that is used here. Was the right one scanned? Scan again.")
NOT_PRINTABLE: Final = mark(
    "This code holds characters that no code has. Scan the test code of the sheet: the scanner may be set to another "
    "keyboard."
)
EMPTY: Final = mark("Nothing was read. Scan again.")
DAMAGED: Final = mark(
    "This is a code of the workshop, and its check character is wrong: it was misread or mistyped. Scan again."
)
NO_SUCH_COMMAND: Final = mark("This bench does not know this command: print the sheet again (etabli-station sheet).")
SHAPELESS: Final = mark("This is no tag, lot, serial number, badge or command. Was the right code scanned?")
NO_PSID: Final = mark(
    "This is no PSID: it has 32 letters and figures. Scan the label of the drive; take care of O and 0, I and 1."
)


def read_code(text: str, known: Known = NOTHING_KNOWN) -> Reading:
    """Tell what a scanned text is."""
    if len(text) > LONGEST:
        return Refused(TOO_LONG)
    if text and not PRINTABLE.fullmatch(text):
        return Refused(NOT_PRINTABLE)
    stripped = text.strip()
    return _read(stripped, known) if stripped else Refused(EMPTY)


def _read(stripped: str, known: Known) -> Reading:
    plain = stripped.upper()
    if found := STATEMENT.fullmatch(stripped):
        return Code(Kind.STATEMENT, found[1])
    if found := PAGE_OF_TAG.fullmatch(stripped):
        return _tag_in_address(unquote(found[1]))
    if plain == TEST_CODE:
        return Code(Kind.TEST, plain)
    if BEGINNING.match(plain):
        return _own(plain)
    return _named(plain) or _known_or_shaped(stripped, plain, known)


def _tag_in_address(tag: str) -> Reading:
    """Read the tag of a device at the end of the address of its page, as the sheets of the hub print it."""
    if not PRINTABLE.fullmatch(tag) or "/" in tag:
        return Refused(SHAPELESS)
    if not BEGINNING.match(tag.upper()):
        return Code(Kind.ASSET, tag)
    read = _own(tag.upper())
    return Refused(SHAPELESS) if isinstance(read, Code) and read.kind is not Kind.ASSET else read


def _own(plain: str) -> Reading:
    parts = own_parts(plain)
    if parts is None:
        return Refused(DAMAGED)
    kind, body = parts
    if kind is Own.COMMAND and body not in set(SheetCommand):
        return Refused(NO_SUCH_COMMAND)
    kinds = {Own.ASSET: Kind.ASSET, Own.LOT: Kind.LOT, Own.OPERATOR: Kind.OPERATOR, Own.COMMAND: Kind.COMMAND}
    return Code(kinds[kind], plain if kind in (Own.ASSET, Own.LOT) else body)


def _named(plain: str) -> Reading | None:
    """Read a code that says itself what it is, as some labels do; None for the others."""
    if found := NAMED_PSID.fullmatch(plain):
        read = psid_of(found[1])
        return Code(Kind.PSID, read.text) if isinstance(read, Psid) else Refused(NO_PSID)
    if found := NAMED_SERIAL.fullmatch(plain):
        return Code(Kind.SERIAL, found[1]) if SERIAL.fullmatch(found[1]) else Refused(SHAPELESS)
    if found := NAMED_WWN.fullmatch(plain):
        return Code(Kind.WWN, _wwn(found[1])) if _wwn(found[1]) else Refused(SHAPELESS)
    return None


def _known_or_shaped(stripped: str, plain: str, known: Known) -> Reading:
    candidates = _known(plain, known) or _shaped(stripped, plain)
    if not candidates:
        return Refused(SHAPELESS)
    return candidates[0] if len(candidates) == 1 else Ambiguous(candidates)


def _known(plain: str, known: Known) -> tuple[Code, ...]:
    """Give what the bench knows by this name, in its own writing."""
    found = [
        Code(kind, name)
        for kind, names in ((Kind.SERIAL, known.serials), (Kind.ASSET, known.assets), (Kind.LOT, known.lots))
        for name in sorted(names)
        if name.strip().upper() == plain
        or (kind is Kind.SERIAL and SERIAL_IDENTIFIER + name.strip().upper() == plain and len(name.strip()) >= 4)  # noqa: PLR2004
    ]
    return tuple(found)


def _shaped(stripped: str, plain: str) -> tuple[Code, ...]:
    """Give everything that a code of this shape may be."""
    found = []
    if isinstance(read := psid_of(plain), Psid):
        found.append(Code(Kind.PSID, read.text))
    if wwn := _wwn(plain):
        found.append(Code(Kind.WWN, wwn))
    elif HEX_32.fullmatch(plain):
        found.append(Code(Kind.WWN, plain))  # a NGUID of NVMe is written so, and may be taken for a PSID
    if SERIAL.fullmatch(plain) and not any(code.kind is Kind.PSID for code in found):
        found += [Code(Kind.SERIAL, plain), Code(Kind.ASSET, stripped)]
    return tuple(found)


def _wwn(plain: str) -> str:
    found = WWN.fullmatch(plain)
    return (found[1] or found[2]) if found else ""
