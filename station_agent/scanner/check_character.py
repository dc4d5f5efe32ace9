"""The check character of our own codes: ISO 7064, hybrid system MOD 37,36, over 0-9 and A-Z.

It finds every single wrong character. Of two neighbours that changed places it finds nearly all; the pairs that it
cannot tell apart are those for which the intermediate product meets the modulus (`tests` count them). It stays within
letters and figures, so that no scanner layout can garble it: MOD 37-2 may give `*`.
"""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_M: Final = len(ALPHABET)


def check_character(text: str) -> str:
    """Give the character that belongs behind `text`. Raises ValueError for a character outside 0-9 and A-Z."""
    return ALPHABET[(_M + 1 - _product(text)) % _M]


def is_checked(text: str) -> bool:
    """Say whether the last character of `text` is the check character of the rest; False for foreign characters."""
    if len(text) <= 1 or not set(text) <= set(ALPHABET):
        return False
    return check_character(text[:-1]) == text[-1]


def _product(text: str) -> int:
    product = _M
    for letter in text:
        total = (product + ALPHABET.index(letter)) % _M or _M
        product = total * 2 % (_M + 1)
    return product
