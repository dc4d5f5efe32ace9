"""Rows as CSV and as XLSX: the same cells in both, none of which a spreadsheet takes for a formula.

CSV is UTF-8 with its mark, separated by ";". In XLSX numbers and times are typed, texts are texts. Times are in UTC.
"""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hub.exported.cells import marked
from hub.exported.subjects import Value

BOM = b"\xef\xbb\xbf"
LONGEST = 32_767  # characters of a cell in XLSX
BEYOND_XML = dict.fromkeys([*range(9), *range(11, 32), 0xFFFE, 0xFFFF])
SHOWN = {code: f"\\x{code:02X}" for code in BEYOND_XML}


def csv_of(header: Sequence[str], rows: Sequence[Sequence[Value]], *, separator: str = ";") -> str:
    """The table as text, without byte order mark; lines end in CR LF."""
    written = io.StringIO(newline="")
    table = csv.writer(written, delimiter=separator)
    table.writerow([marked(name) for name in header])
    table.writerows([_text(value) for value in row] for row in rows)
    return written.getvalue()


def csv_bytes(header: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    """The table as a file: UTF-8 with its mark; half a character becomes visible."""
    return BOM + csv_of(header, rows).encode("utf-8", "backslashreplace")


def xlsx_bytes(title: str, header: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    """The table as a workbook with one sheet, its first line frozen."""
    from openpyxl import Workbook  # noqa: PLC0415  (heavy: only where a workbook is written)

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, name) for name in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return marked(value) if isinstance(value, str) else str(value)


def _cell(sheet: Any, value: Value) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    if not isinstance(value, str):
        plain = value.astimezone(UTC).replace(tzinfo=None, microsecond=0) if isinstance(value, datetime) else value
        return WriteOnlyCell(sheet, plain)
    cell = WriteOnlyCell(sheet, "")
    text = marked(value.encode("utf-8", "backslashreplace").decode().translate(SHOWN))
    cell.value = text[:LONGEST]
    cell.data_type = "s"  # whatever the library takes it for
    return cell
