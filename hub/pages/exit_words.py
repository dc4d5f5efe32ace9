"""Words of exits, accessories, parts, repairs and returns; prices and weights as people write them."""

import json
import re
from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal

from diagnostics.grading import mention_lines
from hub.exits import modes
from hub.exits.donor_types import TYPES
from hub.pages.grade_words import diagnostics_words
from hub.pages.language import mark, words

NO_BREAK = "\N{NO-BREAK SPACE}"
AMOUNT = re.compile(r"(\d{1,6})(?:[.,](\d{1,3}))?")
MODES = {
    modes.GIFT: mark("gift"),
    modes.SALE: mark("sale"),
    modes.LOAN: mark("loan"),
    modes.RENTAL: mark("rental"),
    modes.WEEE: mark("e-waste (DEEE)"),
    modes.WASTE: mark("other waste"),
    modes.PARTS: mark("as parts"),
    modes.RETURNED: mark("back to the donor"),
}
TICKS = {
    "charger": mark("charger"),
    "screen": mark("screen"),
    "keyboard": mark("keyboard"),
    "mouse": mark("mouse"),
    "cable": mark("cable"),
    "bag": mark("bag"),
    "dock": mark("docking station"),
    "battery": mark("battery that holds (checked)"),
    "system": mark("system installed and starting"),
}
DONOR_TYPES = {
    "local-authority": mark("local authority"),
    "company": mark("company"),
    "individual": mark("individual"),
    "public-operator": mark("public operator"),
    "maker": mark("maker"),
    "lessor": mark("lessor"),
}
PARTS = {
    "screen": mark("screen"),
    "battery": mark("battery"),
    "charging-port": mark("charging port"),
    "keyboard": mark("keyboard"),
    "camera": mark("camera"),
    "drive": mark("drive"),
    "memory": mark("memory"),
    "charger": mark("charger"),
    "microphone": mark("microphone"),
    "keys": mark("keys"),
    "wifi-card": mark("Wi-Fi card"),
    "other": mark("other (say which)"),
}
ACTIONS = {**PARTS, "cleaning": mark("cleaning"), "software": mark("system and software")}
ORIGINS = {"device": mark("from a device"), "new": mark("bought new"), "given": mark("given, not from a lot")}
REASONS = {
    "does-not-start": mark("it does not start"),
    "battery": mark("battery"),
    "screen": mark("screen"),
    "keyboard": mark("keyboard"),
    "drive": mark("drive"),
    "network": mark("network"),
    "software": mark("system and software"),
    "missing-part": mark("something is missing"),
    "looks": mark("looks"),
    "other": mark("other (say which)"),
    "not-needed": mark("no longer needed"),
    "end-of-loan": mark("end of a loan or rental"),
}
WORDS = {"refurbished": mark("refurbished"), "second-hand": mark("second-hand, not refurbished"), "": ""}
assert set(DONOR_TYPES) == set(TYPES)


def say(text: str, lang: str) -> str:
    """One of the words above in the language."""
    return words(lang).gettext(text) if text else ""


def choices(table: Mapping[str, str], lang: str) -> tuple[tuple[str, str], ...]:
    """Codes and words of a list to choose from."""
    return tuple((code, say(word, lang)) for code, word in table.items())


def accessories(codes: str, lang: str) -> str:
    """The accessories of a line, comma separated."""
    return ", ".join(say(TICKS[code], lang) for code in codes.split(",") if code in TICKS)


def missing_lines(word: str, stored: str, lang: str) -> tuple[str, ...]:
    """What was missing for « reconditionné » on the day of an exit, in words."""
    if not stored:
        return ()
    document: dict[str, Any] = {"word": word, "missing": json.loads(stored)}
    return mention_lines(document, diagnostics_words(lang))[1]


def cents_of(text: str) -> int | None:
    """A price as people write it, in cents; -1, which no sale allows, for nonsense; None for nothing."""
    return _thousandth(text, places=2) if text else None


def grams_of(text: str) -> int:
    """A weight in kilograms as people write it, in grams; -1 for nonsense."""
    return _thousandth(text, places=3)


def euros(cents: int | None, lang: str) -> str:
    """A price in euros; "" for none."""
    if cents is None:
        return ""
    amount = str(format_decimal(f"{cents // 100}.{cents % 100:02d}", "#,##0.00", locale=lang))
    return amount.replace("\N{NARROW NO-BREAK SPACE}", NO_BREAK) + f"{NO_BREAK}€"


def kilograms(grams: int, lang: str) -> str:
    """A weight in kilograms, to the gram."""
    amount = str(format_decimal(f"{grams // 1000}.{grams % 1000:03d}", "#,##0.###", locale=lang))
    return amount.replace("\N{NARROW NO-BREAK SPACE}", NO_BREAK) + f"{NO_BREAK}kg"


def _thousandth(text: str, places: int) -> int:
    plain = text.replace(NO_BREAK, "").replace("\N{NARROW NO-BREAK SPACE}", "").replace(" ", "").removesuffix("€")
    found = AMOUNT.fullmatch(plain)
    rest = (found[2] or "") if found else ""
    if found is None or len(rest) > places or not plain.isascii():
        return -1
    return int(found[1] + rest.ljust(places, "0"))
