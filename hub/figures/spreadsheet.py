"""Figures as CSV for spreadsheets: UTF-8 with its mark, semicolons, decimal commas, and no cell that is a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from fractions import Fraction

from hub.exported.cells import marked

BEGINNINGS = ("|", "%")  # beside those of every export
PLACES = 4


def safe(text: str) -> str:
    """A text that no spreadsheet reads as a formula: an apostrophe goes before what could begin one."""
    return f"'{text}" if text.lstrip().startswith(BEGINNINGS) else marked(text)


def decimal(value: Fraction) -> str:
    """An exact figure with a decimal comma: whole numbers as they are, others cut after four decimals."""
    if value.denominator == 1:
        return str(value.numerator)
    scaled = abs(value.numerator) * 10**PLACES // value.denominator
    whole, part = divmod(scaled, 10**PLACES)
    return f"{'-' if value < 0 and scaled else ''}{whole},{part:0{PLACES}}"


def sheet(rows: Iterable[Sequence[str | Fraction]]) -> bytes:
    """The rows as a file; texts are made safe, figures are written by `decimal`."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([decimal(cell) if isinstance(cell, Fraction) else safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "backslashreplace")
