"""A file of statements: the second copy of a bench, and what is carried on a stick to a hub that no cable reaches.

One header line, then one line for each statement: its id, a link, the exact envelope bytes. The id is the SHA-256 of
the envelope, so a line checks itself; the link is SHA-256 over the link before and the id, so a line that is missing
is seen. An envelope holds no line end (`certificates.envelope`). Reading trusts nothing: any bytes give lines or
damage, never an error, and no more than one line is held at a time. No signature is verified here.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Final

from certificates.envelope import MAX_ENVELOPE_BYTES
from certificates.errors import EnvelopeError

HEADER: Final = b"etabli-statements/1\n"
FIRST_LINK: Final = "0" * 64
LONGEST_LINE: Final = 2 * 65 + MAX_ENVELOPE_BYTES + 1
_LINE: Final = re.compile(rb"([0-9a-f]{64}) ([0-9a-f]{64}) ([^\n]+)\n", re.ASCII)


class DamageKind(StrEnum):
    """What is wrong with a line."""

    HEADER = "header"  # no file of statements at all: nothing after it is read
    TORN = "torn"  # the last line has no end
    TOO_LONG = "too-long"
    ALTERED = "altered"  # not a line of this form, or the bytes are not those of the id
    MISSING = "missing"  # a good line that does not follow the one before: lines between them are gone


@dataclass(frozen=True, slots=True)
class Line:
    """One statement as it lies in the file. `end` is the offset in bytes behind it."""

    id: str
    link: str
    envelope: bytes
    end: int


@dataclass(frozen=True, slots=True)
class Damage:
    """A place that cannot be used. `offset` in bytes is where it begins."""

    kind: DamageKind
    offset: int


def link_of(before: str, statement_id: str) -> str:
    """Give the link of a statement behind the link `before`, 64 hex digits."""
    return hashlib.sha256(f"{before}{statement_id}".encode("ascii")).hexdigest()


def write_line(before: str, envelope: bytes) -> tuple[bytes, str]:
    """Give the line of an envelope and its link. Raises `EnvelopeError` for bytes that no envelope has."""
    if b"\n" in envelope or not 0 < len(envelope) <= MAX_ENVELOPE_BYTES:
        raise EnvelopeError("these bytes are no envelope")
    statement_id = hashlib.sha256(envelope).hexdigest()
    link = link_of(before, statement_id)
    return b"%s %s %s\n" % (statement_id.encode(), link.encode(), envelope), link


def written(envelopes: tuple[bytes, ...]) -> bytes:
    """Give a whole file of these envelopes. Raises `EnvelopeError`."""
    parts, link = [HEADER], FIRST_LINK
    for envelope in envelopes:
        line, link = write_line(link, envelope)
        parts.append(line)
    return b"".join(parts)


def read_lines(stream: BinaryIO) -> Iterator[Line | Damage]:
    """Give every line in order, and what is damaged between them; an empty stream gives nothing."""
    offset = len(header := stream.readline(len(HEADER)))
    if header != HEADER:
        if header:
            yield Damage(DamageKind.TORN if HEADER.startswith(header) else DamageKind.HEADER, 0)
        return
    link = FIRST_LINK
    while data := stream.readline(LONGEST_LINE):
        start, offset = offset, offset + len(data)
        if not data.endswith(b"\n"):
            skipped = _rest_of_line(stream)
            offset += skipped
            yield Damage(DamageKind.TOO_LONG if skipped or len(data) == LONGEST_LINE else DamageKind.TORN, start)
            continue
        found = _line(data, offset)
        if found is None:
            yield Damage(DamageKind.ALTERED, start)
            continue
        if found.link != link_of(link, found.id):
            yield Damage(DamageKind.MISSING, start)
        link = found.link
        yield found


def _line(data: bytes, end: int) -> Line | None:
    parts = _LINE.fullmatch(data)
    if parts is None or hashlib.sha256(parts[3]).hexdigest().encode() != parts[1]:
        return None
    return Line(parts[1].decode(), parts[2].decode(), parts[3], end)


def _rest_of_line(stream: BinaryIO) -> int:
    """Skip to the end of a line, a piece at a time; give the bytes that were skipped."""
    skipped = 0
    while data := stream.readline(LONGEST_LINE):
        skipped += len(data)
        if data.endswith(b"\n"):
            break
    return skipped
