"""Codes of lots and tags of drives as people type them at this bench: what the hub takes, and nothing longer. Pure."""

import re
from collections.abc import Collection
from typing import Final

from station_agent.errors import UsageError
from station_agent.language import mark, visible

MOST_TEXT: Final = 200
MOST_TAG: Final = 64  # of a tag at the hub
LOT_CODE: Final = re.compile(r"[A-Za-z0-9._#-]{1,32}", re.ASCII)
NO_CODE: Final = mark("{text} cannot be a code or a tag.")
NO_LOT_CODE: Final = mark(
    "{text} is no code of a lot: it has 1 to 32 letters without accents, figures or - _ . #, and no blanks. Nothing "
    "was changed: type or scan it again."
)
LONG_TAG: Final = mark(
    "This tag has {n} characters, and at most {most} are taken: was something scanned twice? Nothing was changed: type "
    "or scan it again."
)


def statable(text: str) -> str:
    """Give a code that a statement can carry. Raises `UsageError`."""
    plain = text.strip()
    if len(plain) > MOST_TEXT or not plain.isprintable():
        raise UsageError(NO_CODE, text=visible(plain)[:MOST_TEXT] or '""')
    return plain


def lot_code(text: str, announced: Collection[str] = ()) -> str:
    """Give the code of a lot as the hub takes it; "" for none, or one that it announced. Raises `UsageError`."""
    plain = statable(text)
    if plain and plain not in announced and not LOT_CODE.fullmatch(plain):
        raise UsageError(NO_LOT_CODE, text=visible(plain))
    return plain


def tag(text: str) -> str:
    """Give a tag of at most 64 characters; "" for none. Raises `UsageError`."""
    plain = text.strip()
    if len(plain) > MOST_TAG:
        raise UsageError(LONG_TAG, n=len(plain), most=MOST_TAG)
    return statable(plain)
