"""What a parser, SQLite or the system says when it refuses: our own sentence for it, their words in parentheses after.

They word it in English, in forms that change with their versions: only what is sure of it is said in ours, and theirs
stay letter for letter for whoever has to look it up. English stays as it is.
"""

import errno
import os
import re
from typing import Final

from certificates.language import mark as _
from certificates.wording import words

CAUSES: Final = (
    # parsers of TOML and of JSON, text
    (r".+ \(at line (?P<line>\d+), column (?P<column>\d+)\)", _("no TOML at line {line}, column {column}")),
    (r".+ \(at end of document\)", _("the TOML ends too early")),
    (r".+: line (?P<line>\d+) column (?P<column>\d+) \(char \d+\)", _("no JSON at line {line}, column {column}")),
    (
        r"'\S+' codec can't decode bytes? .+ in position (?P<place>\d+)(-\d+)?: .+",
        _("no text in UTF-8 from byte {place} on"),
    ),
    # SQLite (https://sqlite.org/rescode.html)
    (r"database disk image is malformed|malformed database schema.*", _("the database is damaged")),
    (r"Could not decode to UTF-8 column.*", _("the database is damaged")),
    (r"file is not a database", _("the file is no database")),
    (r"disk I/O error", _("the medium cannot be read or written")),
    (r"database or disk is full", _("no space is left on the medium")),
    (r"database (table |schema )?is locked.*", _("another program uses the database")),
    (r"attempt to write a readonly database", _("the database may only be read")),
    (r"unable to open database file", _("the database cannot be opened")),
    (r"no such (table|column|index): .+", _("the database has another form than this program gave it")),
    # the network
    (r"Connection refused", _("nothing answers there")),
    (r"(Connection )?timed out", _("no answer came in time")),
    (r"Name or service not known|Temporary failure in name resolution", _("the network does not know this name")),
    # members of a document (`certificates.shape`)
    (r"(?P<member>[\w.\[\]-]+): missing", _("the member {member} is missing")),
    (r"(?P<member>[\w.\[\]-]+): unknown member", _("the member {member} is unknown")),
    (r"(?P<member>[\w.\[\]-]+): .+ expected.*", _("the member {member} has a wrong value")),
    (r"statement: object expected", _("no JSON object")),
)
PATTERNS: Final = tuple((re.compile(pattern, re.DOTALL), sentence) for pattern, sentence in CAUSES)
SYSTEM: Final = frozenset(os.strerror(number) for number in errno.errorcode)
REFUSED: Final = _("the system refuses")


def technical_words(text: str, lang: str) -> str:
    """Say in a language why a parser, SQLite or the system refused, then `text` in parentheses; "" for other texts."""
    say = words(lang).gettext
    for pattern, sentence in PATTERNS:
        match = pattern.fullmatch(text)
        if match is not None:
            return f"{say(sentence).format(**match.groupdict())} ({text})"
    return f"{say(REFUSED)} ({text})" if text in SYSTEM else ""
