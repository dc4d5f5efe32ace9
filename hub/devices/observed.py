"""Identity as observed: which serials say something, and how they are compared."""

import hashlib
import re

FILLERS = frozenset(
    {
        *("", "0", "none", "n/a", "na", "unknown", "default string", "system serial number", "not specified"),
        *("not applicable", "to be filled by o.e.m.", "to be filled by oem", "o.e.m.", "serial", "serial number"),
        *(
            "empty",
            "xxxxxxxx",
            "123456789",
            "1234567890",
            "0123456789",
            "0123456789abcdef",
            "invalid",
            "chassis serial number",
        ),
    }
)
_ONE_LETTER = re.compile(r"(.)\1*", re.DOTALL)
_LEAST = 4


def normal(text: str) -> str:
    """A serial, model or WWN for comparison: no outer or doubled spaces, case ignored."""
    return " ".join(text.split()).casefold()


def is_strong(serial: str) -> bool:
    """Whether a serial can tell two things apart: fillers, single letters and very short ones cannot."""
    word = normal(serial)
    return len(word) >= _LEAST and word not in FILLERS and not _ONE_LETTER.fullmatch(word.replace("-", ""))


def clip(text: str, limit: int) -> str:
    """The text within a column; what is longer ends in a digest, so that two of them stay apart."""
    if len(text) <= limit:
        return text
    return text[: limit - 9] + "~" + hashlib.sha256(text.encode()).hexdigest()[:8]
