"""Where which text stands on the first page of a PDF. Reads plain content streams only, within bounds; runs nothing."""

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

from hub.imported.reported import Trouble, Unreadable

MOST_BYTES = 4 * 2**20
MOST_CONTENT = 2 * 2**20  # bytes of one page, unpacked
MOST_STREAMS = 2_000
MOST_TEXTS = 5_000
PACKED = (b"/ObjStm", b"/XRef", b"/Encrypt", b"/Crypt")


@dataclass(frozen=True, slots=True)
class Placed:
    """One text and where it begins, in points from the lower left corner."""

    x: float
    y: float
    text: str


def first_page(data: bytes) -> tuple[Placed, ...]:
    """The texts of the first page, in the order in which they were drawn. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(Trouble.TOO_LARGE)
    if any(word in data for word in PACKED):
        raise Unreadable(Trouble.PDF_PACKED)
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            page = document.pages[0].obj
            content = b"\n".join(_streams(page.get("/Contents")))
            return tuple(_texts(content))
    except (
        pikepdf.PdfError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RuntimeError,
    ) as error:
        raise Unreadable(Trouble.PDF) from error


def _streams(contents: object) -> Iterator[bytes]:
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    left = MOST_CONTENT
    for part in parts[:MOST_STREAMS]:
        if isinstance(part, pikepdf.Stream):
            found = _plain(part, left)
            left -= len(found)
            yield found


def _plain(stream: pikepdf.Stream, most: int) -> bytes:
    raw, packing = stream.read_raw_bytes(), str(stream.get("/Filter", ""))
    if not packing:
        found = raw
    elif packing == "/FlateDecode":
        try:
            found = zlib.decompressobj().decompress(raw, most + 1)
        except zlib.error as error:
            raise Unreadable(Trouble.PDF) from error
    else:
        raise Unreadable(Trouble.PDF_PACKED)
    if len(found) > most:
        raise Unreadable(Trouble.TOO_LARGE)
    return found


def _texts(content: bytes) -> Iterator[Placed]:
    with pikepdf.new() as scratch:
        operations = pikepdf.parse_content_stream(pikepdf.Stream(scratch, content))
        x = y = 0.0
        count = 0
        for one in operations:
            operands, name = one.operands, str(one.operator)
            if name == "BT":
                x = y = 0.0
            elif name in {"Td", "TD"}:
                x, y = x + float(operands[0]), y + float(operands[1])
            elif name == "Tm":
                x, y = float(operands[4]), float(operands[5])
            elif name in {"Tj", "TJ"} and (text := _text(operands[0])):
                count += 1
                if count > MOST_TEXTS:
                    raise Unreadable(Trouble.TOO_LARGE)
                yield Placed(x, y, text)


def _text(operand: object) -> str:
    parts = operand if isinstance(operand, pikepdf.Array) else [operand]
    return "".join(
        bytes(part).decode("cp1252", "replace") for part in parts if isinstance(part, pikepdf.String)
    ).strip()
