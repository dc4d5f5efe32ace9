"""Reading a donor's list (CSV): separator, headers in French or English, kinds, hostile cells. Knows no database."""

import csv
import hashlib
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from diagnostics.grading import claims
from hub.devices import kinds
from hub.errors import BadInput
from hub.exported.cells import unmarked
from hub.lots.stated import STATED, stated

MAX_CHARACTERS = 2_000_000
MAX_ROWS = 5_000
MAX_CELL = 120
MAX_ASSET = 64

HEADERS = {
    "kind": ("type", "kind", "categorie", "category", "nature"),
    "maker": ("fabricant", "constructeur", "marque", "maker", "manufacturer", "brand"),
    "model": ("modele", "model"),
    "serial": ("numero de serie", "n° de serie", "no de serie", "n° serie", "n serie", "serial", "serial number"),
    "asset": ("etiquette", "asset", "asset tag", "tag", "inventaire", "numero d'inventaire", "n° d'inventaire"),
    "purchased": ("date d'achat", "achat", "achete le", "purchase date", "purchased"),
    "made": ("date de fabrication", "fabrication", "manufacture date", "manufactured"),
    "special": ("sujetion particuliere", "sujetions particulieres", "support protege", "special duty"),
    "value": ("valeur declaree", "valeur declaree (eur)", "valeur declaree (€)", "declared value"),
    "drive_serial": (
        *("disque serie", "serie disque", "numero de serie disque", "n° de serie disque", "no de serie disque"),
        *("numero de serie du disque", "n° de serie du disque", "no de serie du disque", "serie du disque"),
        *("drive serial", "disk serial", "drive serial number", "disk serial number"),
    ),
}
OWN = ("line", "reason")  # columns that the hub adds to the lines that it gives back to be corrected
KINDS = {code: one.words for code, one in kinds.shipped().items()}
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # .xlsx and .ods, .xls
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_HEADER_OF = {word: name for name, words in HEADERS.items() for word in words}
_KIND_OF = {word: name for name, words in KINDS.items() for word in words}
_HIDDEN = frozenset("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of the list as read. `line` counts from 1 with the header; `problem` is empty for a usable row."""

    line: int
    kind: str
    maker: str
    model: str
    serial: str
    asset: str
    drive_serial: str
    purchased: str = ""
    made: str = ""
    special: str = ""
    value: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReadList:
    """A file that was read: what it was taken for, its rows, and the SHA-256 that names it at the confirmation."""

    kind: str
    rows: tuple[ListedRow, ...]
    sha256: str
    left_out: tuple[str, ...] = ()  # headings of the columns that nobody reads: foreign text


def list_of(text: str) -> ReadList:
    """A list given as text. Raises BadInput."""
    return ReadList("csv", read_list(text), hashlib.sha256(text.encode()).hexdigest(), left_out_of(headings(text)))


def decode_list(data: bytes) -> str:
    """Text of an uploaded list: UTF-8 (with or without mark), else Windows-1252. Raises BadInput."""
    if data.startswith(WORKBOOKS):
        raise BadInput("this file is a spreadsheet: save it as CSV and choose that file", "list-workbook")
    if data.startswith(UTF_16):
        raise BadInput("this file is text in UTF-16: save it as CSV in UTF-8", "list-encoding")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("this file is no text in UTF-8 or Windows-1252", "list-encoding")


def read_list(text: str) -> tuple[ListedRow, ...]:
    """The rows of a list. Raises BadInput when it is too large, has no usable header or broken quotes."""
    if len(text) > MAX_CHARACTERS:
        raise BadInput("this list is too large: split it", "list-size")
    text = text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        names = columns_of(next(reader, []))
        rows = [_row(reader.line_num, names, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise BadInput(f"line {reader.line_num}: {error}", "list-quotes") from error
    if len(rows) > MAX_ROWS:
        raise BadInput(f"this list has {len(rows)} rows; {MAX_ROWS} at most: split it", "list-size")
    return tuple(rows)


def headings(text: str) -> list[str]:
    """The cells of the first line of a list that `read_list` has read."""
    text = text.removeprefix("\ufeff")
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True), [])


def _separator(text: str) -> str:
    first = text.splitlines()[0] if text.strip() else ""
    return ";" if first.count(";") >= first.count(",") else ","


def plain(text: str) -> str:
    """A word without accents, case and double spaces, to compare headers and kinds."""
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in apart if not unicodedata.combining(c)).lower()
    return " ".join(bare.replace("_", " ").replace("’", "'").split())


def columns_of(cells: list[str]) -> list[str | None]:
    """The name of each column; None for one that is not imported. Raises BadInput."""
    names = [_HEADER_OF.get(plain(cell)) for cell in cells]
    known = [name for name in names if name]
    if not {"asset", "serial", "drive_serial"} & set(known):
        raise BadInput("the first line must name a column: étiquette, numéro de série or disque série", "list-header")
    if len(known) != len(set(known)):
        raise BadInput("the first line names one column twice", "list-header")
    return names


def left_out_of(cells: list[str]) -> tuple[str, ...]:
    """The headings of the columns that are not imported, as the file writes them."""
    return tuple(cell.strip() for cell in cells if plain(cell) not in {"", *_HEADER_OF, *OWN})


def _row(line: int, names: list[str | None], cells: list[str]) -> ListedRow:
    problem = "more cells than the first line" if any(cell.strip() for cell in cells[len(names) :]) else ""
    return row_of(line, {name: cell for name, cell in zip(names, cells, strict=False) if name}, problem)


def row_of(line: int, cells: Mapping[str, str], problem: str = "") -> ListedRow:
    """One row from cells under the names of `HEADERS`; a problem that its reader saw stands before the others."""
    found = dict.fromkeys(HEADERS, "")
    found.update({name: _cell(cell) for name, cell in cells.items()})
    problem = problem or _problem(found)
    kind = _KIND_OF.get(plain(found["kind"]), "")
    if not found["kind"]:
        kind = "drive" if found["drive_serial"] and not (found["asset"] or found["serial"]) else "laptop"
    return ListedRow(line, **{**found, "kind": kind or found["kind"]}, problem=problem)


def _cell(cell: str) -> str:
    cell = cell.encode("utf-8", "backslashreplace").decode()  # half a character, as JSON may hold it, becomes visible
    return unmarked(unicodedata.normalize("NFC", cell).strip()).strip()


def _problem(found: dict[str, str]) -> str:
    for name, cell in found.items():
        if any(unicodedata.category(c) == "Cc" or c in _HIDDEN for c in cell):
            return f"hidden or control characters in {name}"
        if len(cell) > (MAX_ASSET if name == "asset" else MAX_CELL):
            return f"{name} is too long"
        if said := claims(cell):
            return f"the law keeps a label from saying {said[0]!r}: write it without"
    if not (found["asset"] or found["serial"] or found["drive_serial"]):
        return "no tag and no serial number"
    if found["kind"] and plain(found["kind"]) not in _KIND_OF:
        return f"unknown kind {found['kind']!r}: write one of {', '.join(KINDS)}"
    wrong = next((name for name in STATED if stated(name, found[name]) is None), "")
    return f"{found[wrong]!r} is not what a column {wrong} holds" if wrong else ""
