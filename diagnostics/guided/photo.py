"""A photo for a check: strictly parsed as JPEG, bounded, and stripped of everything that is not the picture.

EXIF, place, maker's notes, thumbnails and comments (APPn and COM segments, and whatever follows the end) are left out,
segment by segment, so the kept bytes hold the picture alone; what is not understood is refused, never passed on. A
frame of a camera in Motion JPEG may leave out the usual Huffman tables: they are put back. ITU-T T.81, annexes B and K.
No pixel is decoded: a picture that a viewer cannot show is still one photo of a bounded size.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from diagnostics.errors import PhotoRefused

LARGEST: Final = 8 << 20  # bytes, before and after
WIDEST: Final = 12_000  # pixels of a side
_SOI, _EOI, _SOS, _DHT, _DQT, _DRI, _COM = 0xD8, 0xD9, 0xDA, 0xC4, 0xDB, 0xDD, 0xFE
_FRAMES: Final = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive; by Huffman
_APPS: Final = range(0xE0, 0xF0)
_RESTARTS: Final = range(0xD0, 0xD8)
_COMPONENTS: Final = (1, 3)
_FRAME_HEAD = 8  # bytes before the components
# Annex K.3: counts by length, then values, of the tables DC 0, AC 0, DC 1, AC 1.
_USUAL_TABLES: Final = bytes.fromhex(
    "00" "00010501010101010100000000000000" "000102030405060708090a0b"
    "10" "0002010303020403050504040000017d"
    "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a"
    "3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a929394"
    "95969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8"
    "e9eaf1f2f3f4f5f6f7f8f9fa"
    "01" "00030101010101010101010000000000" "000102030405060708090a0b"
    "11" "00020102040403040705040400010277"
    "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728"
    "292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92"
    "939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7"
    "e8e9eaf2f3f4f5f6f7f8f9fa"
)  # fmt: skip


def clean_photo(data: bytes) -> bytes:
    """Return the picture alone. Raises PhotoRefused for what is too large, no JPEG, broken off or not understood."""
    if len(data) > LARGEST:
        raise PhotoRefused("photo.too-large", f"{len(data)} bytes")
    if data[:2] != bytes((0xFF, _SOI)):
        raise PhotoRefused("photo.no-jpeg", "it does not begin as one")
    kept, seen = [data[:2]], set()
    for marker, piece in _pieces(data):
        if marker == _SOS and _DHT not in seen:
            kept.append(_segment(_DHT, _USUAL_TABLES))
            seen.add(_DHT)
        seen.add(marker)
        kept.append(piece)
    if not seen & set(_FRAMES) or _SOS not in seen or _DQT not in seen:
        raise PhotoRefused("photo.broken", "it has no picture inside")
    return b"".join(kept)


def _pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and bytes of what is kept, up to the end of the picture, a scan with the data behind it."""
    place, frames = 2, 0
    while True:
        marker, place = _marker(data, place)
        if marker == _EOI:
            yield marker, bytes((0xFF, _EOI))
            return
        body = _body(data, place)
        end = place + 2 + len(body)
        if marker in _FRAMES:
            frames += 1
            _accept_frame(body, frames)
        if marker in _LAID_OUT and not _LAID_OUT[marker](body):
            raise PhotoRefused("photo.broken", "one of its tables is wrong")
        if marker == _SOS:
            if not frames:
                raise PhotoRefused("photo.broken", "it has no picture inside")
            end = _end_of_scan(data, end)
            yield marker, bytes((0xFF, marker)) + data[place:end]
        elif marker in (*_FRAMES, _DHT, _DQT, _DRI):
            yield marker, _segment(marker, body)
        elif marker not in _APPS and marker != _COM:
            raise PhotoRefused("photo.no-jpeg", f"segment {marker:02X} is not known")
        place = end


def _marker(data: bytes, place: int) -> tuple[int, int]:
    if data[place : place + 1] != b"\xff":
        raise PhotoRefused("photo.broken", f"no segment at byte {place}")
    while data[place : place + 1] == b"\xff":  # filling before a marker is allowed
        place += 1
    if place >= len(data):
        raise PhotoRefused("photo.broken", "it breaks off")
    return data[place], place + 1


def _body(data: bytes, place: int) -> bytes:
    length = int.from_bytes(data[place : place + 2], "big")
    body = data[place + 2 : place + length]
    if length < 2 or len(body) != length - 2:  # noqa: PLR2004 - the length counts itself
        raise PhotoRefused("photo.broken", "it breaks off")
    return body


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def _accept_frame(body: bytes, count: int) -> None:
    """Look at precision, sides and components. Raises PhotoRefused."""
    if count > 1 or len(body) < _FRAME_HEAD or body[0] != _FRAME_HEAD:
        raise PhotoRefused("photo.broken", "its head is wrong")
    high, wide = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    if not 0 < high <= WIDEST or not 0 < wide <= WIDEST:
        raise PhotoRefused("photo.too-large", f"{wide} x {high}")
    if body[5] not in _COMPONENTS or len(body) != 6 + 3 * body[5]:
        raise PhotoRefused("photo.broken", "its head is wrong")


def _steps_through(body: bytes, step: Callable[[bytes, int], int]) -> bool:
    """Tell whether tables of these lengths fill the body exactly: nothing else hides in it."""
    place = 0
    while place < len(body):
        place += step(body, place)
    return place == len(body) > 0


def _quantisation(body: bytes, place: int) -> int:
    return 1 + 64 * (2 if body[place] >> 4 else 1)


def _huffman(body: bytes, place: int) -> int:
    return 17 + sum(body[place + 1 : place + 17])


_LAID_OUT: Final[Mapping[int, Callable[[bytes], bool]]] = {
    _DQT: lambda body: _steps_through(body, _quantisation),
    _DHT: lambda body: _steps_through(body, _huffman),
    _DRI: lambda body: len(body) == 2,  # noqa: PLR2004 - one number
    _SOS: lambda body: bool(body) and len(body) == 4 + 2 * body[0],
}


def _end_of_scan(data: bytes, place: int) -> int:
    """Return where the next segment begins: stuffed bytes and restarts belong to the scan."""
    while (place := data.find(b"\xff", place)) >= 0:
        follows = data[place + 1 : place + 2]
        if not follows:
            break
        if follows[0] == 0 or follows[0] in _RESTARTS:
            place += 2
        elif follows[0] == 0xFF:  # noqa: PLR2004 - filling
            place += 1
        else:
            return place
    raise PhotoRefused("photo.broken", "it breaks off")
