"""Words that the law bans from second-hand goods (Code de la consommation, R. 122-5): « comme neuf » and its kin.

No policy may bring them in, and what others wrote is shown without them. Letters are compared by how they look: other
alphabets, accents, blanks between the letters and characters without width hide nothing. « reconditionné » has
conditions of its own (`mention`), judged for one machine: typed by a person it is a `claim` that nobody has tested.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator

_ENTITY = r"&#?_*[^\W_]\w*;"  # a blank or an accent as HTML writes it; never of blanks alone, which `_GAP` has too
_IN, _GAP = r"[\W_]*", rf"(?:[\W_]|{_ENTITY})+"
_LOOKS = {
    **dict(zip("авеёкмнорстухіјѕԁһոս", "abeekmhopctyxijsdhnu", strict=True)),
    **dict(zip("αβεικνορτυχωϲ", "abeiknoptuxwc", strict=True)),
    **dict(zip("øłıɑɡɪʀɴᴇᴏᴜᴍᴄ", "oliagirneoumc", strict=True)),
}


def _letters(word: str) -> str:
    return _IN.join(word)


_NEW = rf"{_letters('neu')}{_IN}(?:f(?:{_IN}s)?|{_letters('ve')}(?:{_IN}s)?)\b"
_FORMS = (
    rf"{_letters('comme')}(?:{_ENTITY}|{_IN})(?:du(?:{_ENTITY}|{_IN}))?{_NEW}",
    rf"{_letters('etat')}(?:{_IN}s)?(?:{_ENTITY}|{_IN})(?:de(?:{_ENTITY}|{_IN}))?{_NEW}",
    rf"a(?:{_GAP})?neuf\b(?!{_GAP}(?:heures?|h|minutes?)\b)",
    rf"(?:remis|remises?|remettre|refaite?s?){_GAP}a{_IN}neuf\b",
    rf"(?:like|good{_GAP}as){_GAP}new\b|{_letters('like')}{_IN}{_letters('new')}\b",
    rf"as(?:{_GAP})?new\b(?!{_GAP}as\b)",
)
BANNED = re.compile(rf"(?<!\w)(?:{'|'.join(_FORMS)})")
_GATED = rf"(?:{_letters('reconditionne')}(?:{_IN}e)?(?:{_IN}s)?|{_letters('refurb')}(?:{_IN}{_letters('ished')})?)\b"
GATED = re.compile(rf"(?<!\w)(?P<denied>(?:non|not)[\W_]+)?{_GATED}")
_LETTER = {BANNED: "n", GATED: "r"}  # that no form is without: most serial numbers are
MASK = "[***]"
_HTML = re.compile(r"&([A-Za-z])(?:acute|grave|circ|uml|cedil);")


def banned_words(text: str) -> tuple[str, ...]:
    """Return the banned words in `text`, as they stand there."""
    return tuple(text[start:end] for start, end in _found(text, BANNED))


def claims(text: str) -> tuple[str, ...]:
    """Return what no label may claim: the banned words, and « reconditionné » unless it is denied."""
    return banned_words(text) + tuple(text[start:end] for start, end in _found(text, GATED))


def lawful(text: str) -> str:
    """Return `text` with every banned word masked."""
    return _masked(text, BANNED)


def unclaimed(text: str) -> str:
    """Return `text` with every claim masked, for what cannot be left out: a tag, a code, a remark."""
    return _masked(lawful(text), GATED)


def _masked(text: str, forms: re.Pattern[str]) -> str:
    if text.isascii() and "&" not in text and _LETTER[forms] not in text.lower():
        return text
    for start, end in reversed(list(_found(text, forms))):
        text = text[:start] + MASK + text[end:]
    return text


def _found(text: str, forms: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where the forms stand in `text`, however they are written there."""
    plain, places = (text.lower(), None) if text.isascii() else _plain(text)
    if "&" in text:
        plain, places = _without_entities(plain, places or tuple(range(len(plain))))
    if _LETTER[forms] not in plain or forms.search(plain) is None:
        return
    for found in forms.finditer(plain):
        if found.groupdict().get("denied"):
            continue
        if places is None:
            yield found.span()
        else:
            yield places[found.start()], places[found.end() - 1] + 1


def _plain(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the text as small Latin letters, and for each of its characters the place in `text`."""
    pieces = [_look(character) for character in text]
    return "".join(pieces), tuple(at for at, piece in enumerate(pieces) for _ in piece)


def _without_entities(plain: str, places: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """Turn accents that HTML writes as names into the letter."""
    kept, at = list[int](), 0
    for found in _HTML.finditer(plain):
        kept += [*range(at, found.start()), found.start(1)]
        at = found.end()
    kept += range(at, len(plain))
    return "".join(plain[one] for one in kept), tuple(places[one] for one in kept)


@functools.lru_cache(maxsize=4096)
def _look(character: str) -> str:
    """One character as it looks: without accent, width and case; "" for what nobody sees."""
    apart = unicodedata.normalize("NFKD", character).lower()
    seen = (one for one in apart if unicodedata.category(one) not in ("Mn", "Me", "Cf"))
    return "".join(_LOOKS.get(one, one) for one in seen)
