"""Words of the indicators: names, lines, units, reasons why there is none; and the rows and bars of a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hub import wording
from hub.pages import account_words, distribution_words
from hub.pages.language import mark
from hub.pages.partner_words import rounded, say

NAMES = {
    "K-1": mark("Collected"),
    "K-2": mark("Gap between announced and received"),
    "K-3": mark("Rate of reuse"),
    "K-4": mark("Made use of, by repair or by recycling"),
    "K-5": mark("Sold, distributed, lent"),
    "K-6": mark("Parts recovered"),
    "K-7": mark("Erasures by verdict and technique"),
    "K-8": mark("Rate of non-conformity"),
    "K-9": mark("After-sales returns"),
    "K-10": mark("Days between steps (median)"),
    "K-11": mark("Parts to find"),
    "K-12": mark("Mass"),
    "K-13": mark("Impact avoided"),
    "K-14": mark("Households equipped"),
    "K-15": mark("Declared value"),
    "K-16": mark("Reuse target of public donors (REEN)"),
    "K-17": mark("Share of the largest donor"),
    "K-18": mark("Social figures"),
}
MISSING = {
    "exits": mark("the exits of devices are not recorded here yet"),
    "parts": mark("the stock of parts is not recorded here yet"),
    "returns": mark("deliveries and returns are not recorded here yet"),
    "impact": mark("it stands on the impact page of each lot"),
    "prescriptions": mark("prescriptions are not recorded here yet"),
    "values": mark("declared values are not recorded here yet"),
    "retired": mark("the donor has not typed how many devices were retired, and exits are not recorded yet"),
    "no-lot": mark("no lot was received in this period"),
    "no-count": mark("nobody has counted the lots of this period"),
    "no-run": mark("no erasure arrived in this period"),
    "no-change": mark("nothing went from one step to another in this period"),
    "not-typed": mark("nobody has typed them for exactly this period"),
}
NOTES = {
    "uncounted": mark("Some lots of this period are not counted: they are left out."),
    "estimated": mark("Estimated: number of units × default weight (Boavizta, 02/2023); nothing was weighed."),
    "depends": mark("More than half comes from one donor: the workshop depends on it."),
}
TOTALS = {
    "received": mark("units received"),
    "gap": mark("announced less received"),
    "mass": mark("mass received"),
    "without-weight": mark("units without a default weight, left out"),
}
SOCIAL = {
    "insertion-trained": mark("people in insertion trained"),
    "work-at-exit": mark("people in work at their exit"),
    "attendance": mark("attendances at workshops"),
    "members": mark("members"),
    "volunteer-hours": mark("volunteer hours"),
}
GROUPS = {
    "total": mark("Total"),
    "kind": mark("By kind"),
    "donor": mark("By source"),
    "channel": mark("By channel"),
    "step": mark("By step"),
    "lot": mark("By lot"),
    "device": mark("By device"),
    "verdict": mark("By verdict"),
    "record": mark("By record of a person"),
    "method": mark("By technique"),
    "social": mark("Typed"),
}
RECORDS = {word.value: row[2] for word, row in account_words.CLASSES.items()}
TABLES = {
    "total": TOTALS,
    "social": SOCIAL,
    "record": RECORDS,
    "step": account_words.COUNT_STEPS,
    "channel": distribution_words.CHANNELS,
}
DAYS, TO = mark("%(n)s days"), mark("%(before)s → %(after)s")
CHART = mark("Chart of %(name)s; the same figures stand in the table.")
CHARTED = ("kind", "verdict", "step", "lot", "social")
WIDTH, ROW = 400, 36  # units of a drawing
LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One line as shown, and its exact value."""

    group: str
    label: str
    shown: str
    value: Fraction
    unit: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a drawing."""

    label: str
    shown: str
    width: int
    top: int


@dataclass(frozen=True, slots=True)
class FigureShown:
    """An indicator as shown; `bars` are those of one group, none where there is nothing to draw."""

    id: str
    version: int
    name: str
    lines: tuple[FigureLine, ...]
    missing: str
    notes: tuple[str, ...]
    bars: tuple[Bar, ...]
    height: int
    chart: str


def shown(document: Mapping[str, Any], lang: str) -> FigureShown:
    """An indicator as a report keeps it (`half_years.written`), in words; unknown codes are shown as they are."""
    lines = tuple(_line(line, lang) for line in document["lines"])
    name = say(NAMES.get(document["id"], document["id"]), lang)
    bars = _bars(document["lines"], lines)
    return FigureShown(
        document["id"],
        document["version"],
        name,
        lines,
        _word(MISSING, document["missing"], lang),
        tuple(_word(NOTES, note, lang) for note in document["notes"]),
        bars,
        len(bars) * ROW,
        say(CHART, lang, name=name),
    )


def _line(line: Mapping[str, Any], lang: str) -> FigureLine:
    value = Fraction(line["value"])
    group = _word(GROUPS, line["group"], lang)
    return FigureLine(
        group, _label(line["group"], line["name"], lang), _value(value, line["unit"], lang), value, line["unit"]
    )


def _label(group: str, name: str, lang: str) -> str:
    if ">" in name and group in {"lot", "device"}:
        lot_states = {word.value: row[2] for word, row in wording.LOT_STATES.items()}
        words = account_words.STEPS if group == "device" else lot_states
        before, _, after = name.partition(">")
        return say(TO, lang, before=_word(words, before, lang), after=_word(words, after, lang))
    if group in TABLES:
        return _word(TABLES[group], name, lang)
    if group == "verdict":
        return wording.verdict_state(name, lang).word
    return wording.kind_word(name, lang) if group == "kind" else name


def _value(value: Fraction, unit: str, lang: str) -> str:
    if unit == "percent":
        return f"{rounded(value, lang)}\u00a0%"
    if unit == "grams":
        return f"{rounded(value / 1000, lang)}\u00a0kg"
    return say(DAYS, lang, n=rounded(value, lang)) if unit == "days" else rounded(value, lang)


def _bars(kept: Iterable[Mapping[str, Any]], lines: Iterable[FigureLine]) -> tuple[Bar, ...]:
    """The bars of the first group that is drawn; none where a figure is negative or all are zero."""
    pairs = [(line["group"], told) for line, told in zip(kept, lines, strict=True)]
    group = next((name for name, _ in pairs if name in CHARTED), "")
    drawn = [told for name, told in pairs if name == group]
    most = max((told.value for told in drawn), default=Fraction())
    if most <= 0 or any(told.value < 0 for told in drawn):
        return ()
    return tuple(
        Bar(told.label[:LONGEST_LABEL], told.shown, int(told.value * WIDTH / most), at * ROW)
        for at, told in enumerate(drawn)
    )


def _word(table: Mapping[str, str], code: str, lang: str) -> str:
    return say(table[code], lang) if code in table else code
