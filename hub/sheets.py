"""Rows as CSV for spreadsheets: UTF-8 with a mark, `;`, and no cell that a spreadsheet takes for a formula.

A cell that begins with = + - @, a tab or a carriage return gets an apostrophe before it; reading a list takes it away.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(members: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A header and the rows, in the order of the members."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(members)
    writer.writerows([safe(row[name]) for name in members] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "backslashreplace")


def safe(cell: str) -> str:
    """A cell that is text and nothing else."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
