"""A file of devices, whatever it is: told by its bytes, read into the rows of the one import."""

import hashlib

from hub.errors import BadInput
from hub.imported.inventories import ereuse_rows, glpi_rows, snipe_rows
from hub.imported.nwipe_tables import json_of
from hub.imported.workbook import read_sheet
from hub.lots.listing import (
    MAX_CHARACTERS,
    MAX_ROWS,
    ListedRow,
    ReadList,
    columns_of,
    decode_list,
    headings,
    left_out_of,
    read_list,
    row_of,
)

CSV, XLSX, GLPI, SNIPE_IT, EREUSE = "csv", "xlsx", "glpi", "snipe-it", "ereuse"
ZIP = b"PK\x03\x04"


def read_file(data: bytes) -> ReadList:
    """The rows of a file, and what it was taken for. Raises BadInput."""
    kind, rows, left_out = _read(data)
    return ReadList(kind, rows, hashlib.sha256(data).hexdigest(), left_out)


def _read(data: bytes) -> tuple[str, tuple[ListedRow, ...], tuple[str, ...]]:
    if data.startswith(ZIP):
        return XLSX, *_sheet(data)
    text = decode_list(data)
    if len(text) > MAX_CHARACTERS:
        raise BadInput("this list is too large: split it", "list-size")
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return *_inventory(text), ()
    rows = snipe_rows(text)
    return (CSV, read_list(text), left_out_of(headings(text))) if rows is None else (SNIPE_IT, rows, ())


def _inventory(text: str) -> tuple[str, tuple[ListedRow, ...]]:
    document = json_of(text.lstrip("\ufeff"))
    for kind, read in ((EREUSE, ereuse_rows), (GLPI, glpi_rows)):
        rows = read(document)
        if rows is not None:
            return kind, rows
    raise BadInput("this JSON is neither an inventory of GLPI nor a snapshot of eReuse", "list-json")


def _sheet(data: bytes) -> tuple[tuple[ListedRow, ...], tuple[str, ...]]:
    found = read_sheet(data, MAX_ROWS)
    first = list(found[0].cells) if found else []
    names, rows = columns_of(first), found[1:]
    if len(rows) > MAX_ROWS:
        raise BadInput(f"this list has {len(rows)} rows; {MAX_ROWS} at most: split it", "list-size")
    read = tuple(
        row_of(row.number, {name: cell for name, cell in zip(names, row.cells, strict=False) if name}, row.problem)
        for row in rows
    )
    return read, left_out_of(first)
