"""Two hundred strings that somebody may put into a cell: formulas, markup, breaks, directions, halves, long ones."""

import itertools

FORMULAS = ("=1+1", "+33 2 98", "-2+3", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "=IMPORTXML(1)")
WIDE = ("＝1+1", "＋1", "－1", "＠SUM", "﹦1", "﹢1", "﹣1", "﹫x", "−1", "⁼1")
BEFORE = ("", " ", "\t", "\r", "\n", "'", "''", "\u200b", "\ufeff", "\u00a0", "' ", "\x00", "\u202e")
MARKUP = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{7*7}}", "${7*7}", "%(name)s", "%s%n", "{0}")
ODD = ('"', '";"', "a;b,c\td", 'he said "no"', "a\r\nb", "_x0041_", "&amp;", "]]>", "../../etc/passwd", "\u2028", "\\")
TEXTS = (
    "É" * 40,
    "e\u0301",
    "𝕊𝕖𝕣𝕚𝕒𝕝",
    "مرحبا",
    "日本",
    "0012",
    "1E5",
    "TRUE",
    "#REF!",
    "2026-01-01",
    "x" * 119,
    "NULL",
)
HOSTILE = tuple(
    dict.fromkeys(
        [
            *(before + word for before, word in itertools.product(BEFORE, (*FORMULAS[:5], *WIDE[:8]))),
            *FORMULAS,
            *WIDE,
            *MARKUP,
            *ODD,
            *TEXTS,
        ]
    )
)
