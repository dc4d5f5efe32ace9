"""What a scanner or a person gives for a code, and the words under which it may be kept. Pure.

Scanners add what a label does not show (an AIM prefix, asterisks of Code 39, separators, a newline), labels add what a
drive does not say ("S/N:"), and a QR code of this house holds an address or a code with a check character.
"""

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from hub.typed import one_line

LONGEST: Final = 200  # characters that are looked at
AIM: Final = re.compile(r"^\][A-Za-z][0-9A-Za-z](?=.)")
GS1_SERIAL: Final = re.compile(r"^\(?21\)(?=.)")
SERIAL_WORD: Final = re.compile(
    r"^(?:s/?n|serial(?: (?:no|number))?|ser|n° de série)\s*[.:#]?\s+(?=.)|^(?:s/n|sn):\s*", re.IGNORECASE
)
OWN_CODE: Final = re.compile(r"^ET[AL]-([0-9A-Z]{1,24})[0-9A-Z]$", re.IGNORECASE)
OWN_ADDRESS: Final = "etabli:"


def shown(text: str) -> str:
    """The text as it is shown again: one line, nothing hidden."""
    return one_line(text, LONGEST)


def words(text: str) -> tuple[str, ...]:
    """The words under which the code may be kept, in small letters, the likeliest first; none for an empty text."""
    plain = AIM.sub("", shown(text))
    if len(plain) > 2 and plain.startswith("*") and plain.endswith("*"):  # noqa: PLR2004  (something between them)
        plain = plain[1:-1].strip()
    forms = [plain, code_of(plain), GS1_SERIAL.sub("", plain), SERIAL_WORD.sub("", plain)]
    if own := OWN_CODE.fullmatch(code_of(plain)):
        forms.append(own[1])
    forms += [form.replace(" ", "") for form in forms]
    small = (kind for form in forms for kind in (form.lower(), _ascii_small(form)))
    return tuple(dict.fromkeys(word for word in small if word))


def code_of(text: str) -> str:
    """The code in an address that a QR code of this house holds; the text itself for anything else."""
    if text.lower().startswith(OWN_ADDRESS):
        return text[len(OWN_ADDRESS) :]
    if not text.lower().startswith(("http://", "https://")):
        return text
    try:
        path = urlsplit(text).path
    except ValueError:
        return text
    return one_line(unquote(path.rstrip("/").rpartition("/")[2]), LONGEST)


def _ascii_small(text: str) -> str:
    """As SQLite makes letters small: those of ASCII only."""
    return "".join(c.lower() if c.isascii() else c for c in text)
