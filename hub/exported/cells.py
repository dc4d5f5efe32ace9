"""Cells that no spreadsheet takes for a formula, and the way back: an apostrophe before what would begin one. Pure.

A text is marked if, after apostrophes, blanks and invisible characters, it begins with = + - @ (ASCII, full-width or
small), or if it begins with a tab or a line break. Taking the mark away gives the very text that was marked.
"""

import unicodedata

MARK = "'"
FORMULA = frozenset("=+-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻−")
BREAKS = ("\t", "\r", "\n", "\x0b", "\x0c")
INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def marked(text: str) -> str:
    """The text as a cell of CSV or XLSX may hold it."""
    return MARK + text if _risky(text) else text


def unmarked(text: str) -> str:
    """The text of a cell without the mark that an export put before it."""
    return text[1:] if text.startswith(MARK) and _risky(text[1:]) else text


def _risky(text: str) -> bool:
    bare = text.lstrip(MARK)
    if bare.startswith(BREAKS):
        return True
    first = next((one for one in bare if one != MARK and unicodedata.category(one) not in INVISIBLE), "")
    return first != "" and first in FORMULA
