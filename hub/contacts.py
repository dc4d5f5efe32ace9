"""Whom to tell of a weakness: addresses as RFC 9116 wants them, from one line of the settings."""

import re
from typing import Final

from hub.errors import BadInput

_MAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
_ADDRESS: Final = re.compile(r"(?:https://|mailto:|tel:\+)[!-~]{3,}", re.ASCII)


def contacts_of(text: str) -> tuple[str, ...]:
    """The addresses of a line, parted by commas; a bare e-mail address is one too. Raises BadInput for others."""
    return tuple(_contact(word.strip()) for word in text.split(",") if word.strip())


def _contact(word: str) -> str:
    if _MAIL.fullmatch(word):
        return f"mailto:{word}"
    if _ADDRESS.fullmatch(word):
        return word
    raise BadInput(f"ETABLI_SECURITY_CONTACT takes e-mail, https:// and tel:+ addresses, not {word[:80]!r}")
