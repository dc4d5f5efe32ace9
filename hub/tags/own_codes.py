"""The code on a tag of this house: `ETA-`, a body of 0-9 and A-Z, and a check character. Pure.

The check character is that of ISO 7064, MOD 37,36, over the letter A and the body: benches read the same code, and none
of them takes it for the code of a lot. It finds every single wrong character.
"""

import re
from typing import Final
from urllib.parse import quote

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BODY: Final = re.compile(r"[0-9A-Z]{1,24}", re.ASCII)
LONGEST: Final = 120  # characters of one code that a bench reads
LOOKS_OWN: Final = re.compile(r"ETA-[0-9A-Z]+", re.ASCII)
_M: Final = len(ALPHABET)


def check_character(text: str) -> str:
    """The character that belongs behind `text`. Raises ValueError for a character outside 0-9 and A-Z."""
    product = _M
    for letter in text:
        total = (product + ALPHABET.index(letter)) % _M or _M
        product = total * 2 % (_M + 1)
    return ALPHABET[(_M + 1 - product) % _M]


def tag_code(asset: str) -> str:
    """What is printed for a tag: the code with its check character; a tag of another shape stands as it is."""
    return f"ETA-{asset}{check_character('A' + asset)}" if BODY.fullmatch(asset) else asset


def scanned_of(base: str, asset: str) -> str:
    """What the QR code of a tag holds: the address of the page about its device, which benches and the search read too.

    The code itself where there is no address (`base` is ""), or none that a bench would read as this tag.
    """
    code = tag_code(asset)
    address = f"{base}/t/{code}"
    return address if base and asset and quote(code, safe="") == code and len(address) <= LONGEST else code


def misread(text: str) -> bool:
    """Whether a text looks like one of our tags and its check character is wrong."""
    code = text.strip().upper()
    return bool(LOOKS_OWN.fullmatch(code)) and (len(code) < 6 or tag_code(code[4:-1]) != code)  # noqa: PLR2004
