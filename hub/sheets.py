"""Rows as CSV for spreadsheets: UTF-8 with a mark, `;`, and no cell that a spreadsheet takes for a formula.

What a spreadsheet could take for a formula gets an apostrophe before it, by the rule of every export
(`hub.exported.cells`); reading a list takes it away.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from hub.exported.cells import marked


def sheet(members: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A header and the rows, in the order of the members."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(members)
    writer.writerows([marked(row[name]) for name in members] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "backslashreplace")
