"""Text as people type it, made fit for signed statements: one line, no control or direction marks, NFC."""

import unicodedata

DIRECTION = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})


def one_line(text: str, limit: int) -> str:
    """The text on one line of at most `limit` characters; what no statement may carry is left out."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    kept = "".join(c for c in spaced if unicodedata.category(c) not in UNFIT and c not in DIRECTION)
    return kept[:limit].strip()
