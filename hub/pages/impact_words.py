"""The impact estimate of a lot in words and as a chart: kilograms, kinds that are left out, hypotheses.

Reads the section of a report as it was stored, or the same section of today. A drawing always has its table beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal

from hub import wording
from hub.errors import BadInput
from hub.lots import donation
from hub.lots.blocking import Ledgerbook
from hub.lots.factors import texts_of
from hub.models import Lot
from hub.pages import account_words
from hub.pages.formats import NO_BREAK
from hub.pages.language import mark, words
from hub.pages.visit import Visit

FIGURES = (
    ("co2e_g", mark("Greenhouse gases avoided (CO2e)")),
    ("matter_g", mark("Matter not taken from the ground")),
    ("ewaste_g", mark("E-waste avoided")),
)
LEFT_OUT = mark("without %(kinds)s: no figure is published")
NOT_AVAILABLE = mark("not available")
WIDTH = 1000  # of a bar, in its own units


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One outcome with its bar. `bar` is in thousandths of the widest."""

    state: wording.State
    units: int
    mass: str
    note: str
    bar: int


@dataclass(frozen=True, slots=True)
class ImpactWords:
    """Everything that a page says of the estimate."""

    avoided: list[tuple[str, str, str]]
    kinds: list[tuple[str, int, str, list[str]]]
    outcomes: list[OutcomeRow]
    heads: list[str]
    factors: Mapping[str, Any]


def impact_words(section: Mapping[str, Any], lang: str) -> ImpactWords:
    """The section of a report in words of one language."""
    say = words(lang).gettext
    widest = max((one["grams"] or 0 for one in section["outcomes"].values()), default=0)
    outcomes = [
        OutcomeRow(
            account_words.disposition_state(word, lang),
            one["units"],
            mass_text(one["grams"], lang),
            _left_out(one["without"], lang),
            WIDTH * (one["grams"] or 0) // widest if widest else 0,
        )
        for word, one in section["outcomes"].items()
    ]
    return ImpactWords(
        [
            (say(word), mass_text(section["avoided"][name]["grams"], lang), _left_out(_out(section, name), lang))
            for name, word in FIGURES
        ],
        [
            (
                wording.kind_word(one["kind"], lang),
                one["units"],
                say(NOT_AVAILABLE) if one["years"] is None else str(one["years"]),
                [mass_text(one[name], lang) for name, _word in FIGURES],
            )
            for one in section["kinds"]
        ],
        outcomes,
        [say(word) for _name, word in FIGURES],
        {**section["factors"], **texts_of(section["factors"], lang)},
    )


def impact_now(visit: Visit, lot: Lot, book: Ledgerbook) -> tuple[ImpactWords | None, bool]:
    """The estimate of a lot for its page, and whether it is frozen; None while the site's factors cannot be used."""
    try:
        section, frozen = donation.impact_of(visit.session, visit.someone, lot, book)
    except BadInput:
        return None, False
    return impact_words(section, visit.lang), frozen


def mass_text(grams: int | None, lang: str) -> str:
    """A mass in kilograms, or in tonnes from ten of them on; without a figure, that there is none."""
    if grams is None:
        return words(lang).gettext(NOT_AVAILABLE)
    unit, value = ("t", grams / 1e6) if grams >= 10**7 else ("kg", grams / 1e3)
    text = str(format_decimal(round(value, 1), locale=lang)).replace("\N{NARROW NO-BREAK SPACE}", NO_BREAK)
    return f"{text}{NO_BREAK}{unit}"


def _out(section: Mapping[str, Any], name: str) -> Sequence[str]:
    return [] if section["avoided"][name]["grams"] is None else section["avoided"][name]["without"]


def _left_out(kinds: Sequence[str], lang: str) -> str:
    named = ", ".join(wording.kind_word(kind, lang) for kind in kinds)
    return words(lang).gettext(LEFT_OUT) % {"kinds": named} if named else ""
