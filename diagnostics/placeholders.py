"""Recognising what a maker left in place of an identity: "To be filled by O.E.M." is no serial number.

The lists hold strings that many unrelated boards share; a machine that shows one cannot be told from its sisters.
"""

import re
from itertools import pairwise

_WORDS = frozenset({
    "", "0", "00", "none", "n/a", "na", "nil", "null", "empty", "unknown", "invalid", "default", "default string",
    "oem",
    "oem string", "string", "not specified", "not applicable", "not available", "not settable", "no asset information",
    "no asset tag", "no enclosure", "no serial number", "system serial number", "system product name",
    "system manufacturer",
    "system version", "system name", "system model", "base board serial number", "board serial number", "serial number",
    "chassis serial number", "chassis manufacturer", "chassis version", "asset-1234567890", "asset tag", "product name",
    "type1productconfigid", "type1sku0", "ser00000001", "mb-1234567890", "sn12345678", "serno", "sernum0",
    "manufacturer",
    "intel corporation serial", "xxx", "bsn12345678901234567", "nb-1234567890", "xxxxxxxxxxxx", "your serial number",
    "standard", "undefined", "[empty]", "nodimm", "no dimm", "serialnum", "manufdate", "partnum", "modulepartnumber",
    "batt sbds chemistry", "battery manufacturer",
    "battery name", "dimm_b", "off board", "off-board", "to be determined", "tbd", "tba",
    "all series", "x.x", "chassis asset tag", "not yet assigned", "unspecified",
})  # fmt: skip
_PHRASES = ("to be filled", "filled by o.e.m", "o.e.m", "default string", "not specified", "please fill", "assettagnum")
_UUIDS = frozenset({
    "03000200040005000006000700080009", "02000100030004000005000600070008", "0123456789abcdef0123456789abcdef",
    "123456781234567890abcddeefaabbcc", "12345678123412341234123456789abc", "00020003000400050006000700080009",
    "03020100050407060809 0a0b0c0d0e0f".replace(" ", ""), "00010203040506070809 0a0b0c0d0e0f".replace(" ", ""),
    "fefefefefefefefefefefefefefefefe", "4c4c4544000000108000800000000000",
})  # fmt: skip
_COUNTING = "01234567890123456789"
_SHORTEST_COUNT = 4


def is_placeholder(value: str) -> bool:
    """Say whether a string of the firmware stands for nothing: empty, a stock phrase, one character, or a count."""
    word = " ".join(value.lower().split())
    if word in _WORDS or any(phrase in word for phrase in _PHRASES):
        return True
    bare = re.sub(r"[^0-9a-z]", "", word)
    return len(set(bare)) <= 1 or _counts(bare)


def is_placeholder_uuid(value: str) -> bool:
    """Say whether a UUID is absent, malformed, all one digit, or one of those that many boards share."""
    bare = re.sub(r"[^0-9a-f]", "", value.lower())
    return len(bare) != 32 or len(set(bare)) <= 2 or bare in _UUIDS  # noqa: PLR2004 - 128 bits in hex; two digits alternating


def _counts(bare: str) -> bool:
    if len(bare) < _SHORTEST_COUNT:
        return False
    if bare in _COUNTING or bare in _COUNTING[::-1]:
        return True
    return bare.isdecimal() and len(bare) > _SHORTEST_COUNT and all(int(b) - int(a) == 1 for a, b in pairwise(bare))
