"""The first sheet of an XLSX workbook as rows of text. Reads only, within bounds; no formula is evaluated or believed.

Every part is unpacked within a limit and refused if its XML declares anything, before the library sees the file.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError  # only the name of the error: what is read was checked before

from hub.errors import BadInput
from hub.imported.reported import Unreadable
from hub.imported.xml_reading import check_xml

MOST_PARTS = 300
MOST_UNPACKED = 48 * 2**20  # bytes of all parts
MOST_COLUMNS = 100
EXACT_DIGITS = 15  # a spreadsheet keeps no more digits of a number
FORMULA = "a formula instead of its value: paste values"
LOST_DIGITS = "a number that lost digits: make its column text"
BROKEN = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, EOFError, RuntimeError)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number in the sheet, its cells as text, and what is wrong with one of them."""

    number: int
    cells: list[str]
    problem: str


def read_sheet(data: bytes, most_rows: int) -> list[SheetRow]:
    """The rows of the first sheet that hold anything, at most `most_rows` and one more. Raises BadInput."""
    try:
        _check(data)
        return list(_rows(data, most_rows))
    except Unreadable as error:
        raise BadInput("this workbook holds what no list needs: save it anew as XLSX", "workbook") from error
    except (*BROKEN, ParseError, zipfile.BadZipFile, zlib.error) as error:
        raise BadInput("this workbook cannot be read: save it anew as XLSX", "workbook") from error


def _check(data: bytes) -> None:
    left = MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or len({part.filename for part in parts}) != len(parts):
            raise BadInput("this workbook is too large: split it", "workbook")
        for part in parts:
            with archive.open(part) as opened:
                content = opened.read(left + 1)
            left -= len(content)
            if left < 0:
                raise BadInput("this workbook is too large: split it", "workbook")
            if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                check_xml(content)


def _rows(data: bytes, most_rows: int) -> Iterator[SheetRow]:
    from openpyxl import load_workbook  # noqa: PLC0415  (heavy: only where a workbook is read)

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_row=most_rows + 2, max_col=MOST_COLUMNS):
            cells, problems = zip(*(_cell(cell) for cell in row), strict=True) if row else ((), ())
            if any(cells):
                number = next(cell.row for cell in row if getattr(cell, "row", None))
                yield SheetRow(number, list(cells), next(filter(None, problems), ""))
    finally:
        book.close()


def _cell(cell: Any) -> tuple[str, str]:
    value = cell.value
    if cell.data_type == "f":
        return (value if isinstance(value, str) else "="), FORMULA
    if isinstance(value, bool) or value is None:
        return ("" if value is None else str(value).upper()), ""
    if isinstance(value, int | float):
        text = str(int(value)) if float(value).is_integer() else repr(value)
        return text, LOST_DIGITS if sum(one.isdigit() for one in text) > EXACT_DIGITS else ""
    if isinstance(value, datetime | date | time):
        return value.isoformat(), ""
    return str(value), ""
