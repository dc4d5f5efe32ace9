"""Words that the law bans from second-hand goods (Code de la consommation, R. 122-5): « comme neuf » and its kin.

No policy may bring them in, and what others wrote is shown without them. Nothing here decides about « reconditionné »,
which has conditions of its own (`mention`).
"""

import re

_GAP = r"(?:[\W_]|&#?\w+;)+"  # blanks of every sort, hyphens, HTML's own
_E, _A, _NEW = r"(?:é|e\u0301|&eacute;|e)", r"(?:à|a\u0300|&agrave;)", r"neu(?:fs?|ves?)"
_FORMS = (
    rf"comme{_GAP}(?:du{_GAP})?{_NEW}\b",
    rf"{_E}tats?{_GAP}(?:de{_GAP})?{_NEW}\b",
    rf"{_A}{_GAP}neuf\b(?!{_GAP}(?:heures?|h|minutes?)\b)",
    rf"(?:remis|remises?|remettre|refaite?s?){_GAP}a{_GAP}neuf\b",
    rf"(?:like|good{_GAP}as){_GAP}new\b",
    rf"as{_GAP}new\b(?!{_GAP}as\b)",
)
BANNED = re.compile(rf"(?<!\w)(?:{'|'.join(_FORMS)})", re.IGNORECASE)
MASK = "[***]"


def banned_words(text: str) -> tuple[str, ...]:
    """Return the banned words in `text`, as they stand there."""
    return tuple(found.group() for found in BANNED.finditer(text))


def lawful(text: str) -> str:
    """Return `text` with every banned word masked."""
    return BANNED.sub(MASK, text)
