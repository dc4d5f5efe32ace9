"""Photos as cameras and telephones write them, made by hand: nothing decodes them, their form is what counts."""

import struct
import zlib

SECRET = b"GPS 48.39 -4.48 serial 12345"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def jpeg(*extra: bytes, scans: int = 1, tail: bytes = b"") -> bytes:
    """A JPEG with APP0, what `extra` holds, tables, scans with stuffed zeros and restarts, and what follows its end."""
    start = b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + b"".join(extra)
    frame = segment(0xDB, bytes(65)) + segment(0xC0, b"\x08\0\x08\0\x08\1\1\x11\0") + segment(0xC4, bytes(20))
    scan = segment(0xDA, b"\1\1\0\0\x3f\0") + b"coded\xff\x00data\xff\xd0more"
    return start + frame + scan * scans + b"\xff\xd9" + tail


def photo(tail: bytes = b"trailer " + SECRET) -> bytes:
    """A photo that tells where it was taken in four places."""
    exif, comment = segment(0xE1, b"Exif\0\0" + SECRET), segment(0xFE, SECRET)
    return jpeg(exif, comment, segment(0xEF, SECRET), scans=2, tail=tail)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*extra: bytes) -> bytes:
    """A PNG of one grey pixel, with what `extra` holds."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")
    )
