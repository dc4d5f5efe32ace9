"""What a photo file is, and the same picture without what its camera wrote into it. Pure; decodes no picture.

JPEG (ITU-T T.81, annex B): of its application segments only APP0 stays, comments go, and so does whatever follows the
end of the image: place, time and serial of a camera stand in APP1 to APP15. PNG (ISO/IEC 15948, 5): only the chunks
that the picture needs stay. What is not well-formed is refused.
"""

import zlib
from collections.abc import Iterator

JPEG, PNG = "image/jpeg", "image/png"
SOI, EOI, SOS, TEM, COM = 0xD8, 0xD9, 0xDA, 0x01, 0xFE
RESTARTS = range(0xD0, 0xD8)
APP1, APP15 = 0xE1, 0xEF
SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEPT = (b"IHDR", b"PLTE", b"tRNS", b"cHRM", b"gAMA", b"sRGB", b"sBIT", b"pHYs", b"IDAT", b"IEND")


class NoPicture(ValueError):
    """These bytes are no JPEG and no PNG picture, or not a whole one."""


def cleaned(data: bytes) -> tuple[str, bytes]:
    """The media type of a picture by its content, and its bytes without what its camera wrote. Raises NoPicture."""
    if data.startswith(bytes((0xFF, SOI, 0xFF))):
        return JPEG, b"".join(_jpeg(data))
    if data.startswith(SIGNATURE):
        return PNG, SIGNATURE + b"".join(_png(data))
    raise NoPicture("neither JPEG nor PNG")


def _jpeg(data: bytes) -> Iterator[bytes]:
    """The segments to keep, the coded data after each scan header with it, up to the end of the image."""
    yield data[:2]
    at, scanned = 2, False
    while True:
        at, marker = _marker(data, at)
        if marker == EOI:
            if not scanned:
                raise NoPicture("a JPEG without a picture")
            yield bytes((0xFF, EOI))
            return
        if marker in (0x00, SOI, TEM) or marker in RESTARTS:
            raise NoPicture("a marker that does not stand here")
        end = at + int.from_bytes(data[at : at + 2], "big")
        if end < at + 2 or end > len(data):
            raise NoPicture("a segment is longer than the file")
        if not (APP1 <= marker <= APP15 or marker == COM):
            yield bytes((0xFF, marker)) + data[at:end]
        if marker == SOS:
            scanned, start, end = True, end, _end_of_scan(data, end)
            yield data[start:end]
        at = end


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker at a place and where its segment begins; fill bytes may stand before it."""
    if at >= len(data) or data[at] != 0xFF:  # noqa: PLR2004 - T.81, B.1.1.2
        raise NoPicture("a marker is missing")
    while at < len(data) and data[at] == 0xFF:  # noqa: PLR2004
        at += 1
    if at >= len(data):
        raise NoPicture("the file ends within a marker")
    return at + 1, data[at]


def _end_of_scan(data: bytes, at: int) -> int:
    """Where coded data ends: at the next marker that is no stuffed zero and no restart."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] != 0x00 and data[at + 1] not in RESTARTS:
            return at
        at += 2
    raise NoPicture("the picture has no end")


def _png(data: bytes) -> Iterator[bytes]:
    """The chunks to keep, up to the end of the picture."""
    at, first, drawn = len(SIGNATURE), True, False
    while True:
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if at + 12 > len(data) or end > len(data):
            raise NoPicture("the picture has no end")
        kind, body = data[at + 4 : at + 8], data[at + 4 : end - 4]
        if zlib.crc32(body) != int.from_bytes(data[end - 4 : end], "big"):
            raise NoPicture("a chunk is damaged")
        if first != (kind == b"IHDR"):
            raise NoPicture("a PNG begins with its header")
        if kind in KEPT:
            yield data[at:end]
        elif not kind[0] & 0x20:
            raise NoPicture("a chunk that a PNG does not have")
        at, first, drawn = end, False, drawn or kind == b"IDAT"
        if kind == b"IEND":
            if not drawn:
                raise NoPicture("a PNG without a picture")
            return
