"""Words of the indicators: names, lines, units, reasons why there is none; and the rows and bars of a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certificates.wording.techniques import method_words
from hub import wording
from hub.lots.factors import texts_of
from hub.pages import account_words, distribution_words, exit_words
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
    "retired": mark("no public donor has said how many devices it had retired"),
    "no-lot": mark("no lot was received in this period"),
    "no-count": mark("nobody has counted the lots of this period"),
    "no-run": mark("no erasure arrived in this period"),
    "no-change": mark("nothing went from one step to another in this period"),
    "not-typed": mark("nobody has typed them for exactly this period"),
    "no-exit": mark("nothing left in this period"),
    "no-delivery": mark("nothing left for reuse in this period"),
    "no-part": mark("no part was taken or used again in this period"),
    "no-need": mark("no part is to be found"),
    "no-factors": mark("the factors of this site cannot be used"),
    "no-code": mark("no exit of this period has a prescription code"),
    "no-value": mark("no donor has declared a value, and nothing was sold"),
    "no-public": mark("no donor of these lots is noted as a public body"),
    "role": mark("amounts are for the role that moderates"),
}
NOTES = {
    "uncounted": mark("Some lots of this period are not counted: they are left out."),
    "estimated": mark(
        "Estimated where nothing was weighed: number of units × default weight "
        "(contains data from Boavizta, 02/2023, ODbL)."
    ),
    "depends": mark("More than half comes from one donor: the workshop depends on it."),
    "estimate": mark("Estimate: units × factor of their kind × assumed years. Sources and hypotheses stand below."),
    "left-out": mark("A kind without a published figure is not in the total, and borrows none."),
    "pending-unknown": mark("Open prescriptions are not recorded here: their number is not known."),
    "retired-unknown": mark("Public donors that have not said how much they retired are left out."),
}
TOTALS = {
    "received": mark("units received"),
    "gap": mark("announced less received"),
    "mass": mark("mass received"),
    "without-weight": mark("units without a default weight, left out"),
    "rate": mark("rate"),
    "reused": mark("out for reuse"),
    "delivered": mark("devices delivered"),
    "nonconforming": mark("devices with a counted defect"),
    "within": mark("returned within the warranty"),
    "outside": mark("returned outside the warranty"),
    "taken": mark("parts taken from devices"),
    "used-again": mark("parts used again"),
    "wanted": mark("parts still to be found"),
    "served": mark("prescriptions served"),
    "declared": mark("value declared by donors"),
    "sales": mark("sales"),
    "co2e_g": mark("Greenhouse gases avoided (CO2e)"),
    "matter_g": mark("Matter not taken from the ground"),
    "ewaste_g": mark("E-waste avoided"),
}
USES = {"repaired": mark("reused after a repair"), "recycled": mark("recycled as e-waste")}
MASSES = {"collected": mark("collected"), "reused": mark("reused"), "weee": mark("e-waste")}
WHOLE = {"received>left": mark("from the reception to the exit")}
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
    "donor-type": mark("By type of donor"),
    "region": mark("By region"),
    "channel": mark("By channel"),
    "step": mark("By step"),
    "lot": mark("By lot"),
    "device": mark("By device"),
    "verdict": mark("By verdict"),
    "record": mark("By record of a person"),
    "method": mark("By technique"),
    "social": mark("Typed"),
    "use": mark("Made use of"),
    "repaired-kind": mark("Repaired, by kind"),
    "repaired-donor": mark("Repaired, by source"),
    "recycled-kind": mark("Recycled, by kind"),
    "recycled-donor": mark("Recycled, by source"),
    "mode": mark("By exit"),
    "reason": mark("By reason"),
    "taken-part": mark("Taken, by kind of part"),
    "used-part": mark("Used again, by kind of part"),
    "part": mark("By kind of part"),
    "mass": mark("Mass that left"),
    "weighed": mark("Share that was weighed"),
    "category": mark("By category of equipment (EEE)"),
    "pending": mark("Open"),
    "public": mark("By public donor and year"),
    "whole": mark("From end to end"),
    "years": mark("Years assumed"),
    "co2e_g": mark("Greenhouse gases avoided (CO2e)"),
    "matter_g": mark("Matter not taken from the ground"),
    "ewaste_g": mark("E-waste avoided"),
}
RECORDS = {word.value: row[2] for word, row in account_words.CLASSES.items()}
TABLES = {
    "total": TOTALS,
    "social": SOCIAL,
    "record": RECORDS,
    "step": account_words.COUNT_STEPS,
    "channel": distribution_words.CHANNELS,
    "use": USES,
    "mode": exit_words.MODES,
    "reason": exit_words.REASONS,
    "taken-part": exit_words.PARTS,
    "used-part": exit_words.PARTS,
    "part": exit_words.PARTS,
    "donor-type": exit_words.DONOR_TYPES,
    "mass": MASSES,
    "weighed": MASSES,
    "pending": {state.value: row[2] for state, row in distribution_words.STATES.items()},
    "whole": WHOLE,
}
OF_KINDS = ("kind", "repaired-kind", "recycled-kind", "years", "co2e_g", "matter_g", "ewaste_g")
DAYS, YEARS, TO = mark("%(n)s days"), mark("%(n)s years"), mark("%(before)s → %(after)s")
NOT_AVAILABLE = mark("not available")
CHART = mark("Chart of %(name)s: %(group)s")
CHARTED = (
    "kind",
    "verdict",
    "step",
    "lot",
    "social",
    "use",
    "mode",
    "reason",
    "part",
    "taken-part",
    "co2e_g",
    "public",
)
WIDTH, ROW = 400, 36  # units of a drawing
LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One line as shown, and its exact value."""

    group: str
    label: str
    shown: str
    value: Fraction | None  # None: nobody published one
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
    told: str  # the bars in words, for whoever does not see them
    basis: Mapping[str, Any] | None  # what an estimate rests on


def shown(document: Mapping[str, Any], lang: str) -> FigureShown:
    """An indicator as a report keeps it (`half_years.written`), in words; unknown codes are shown as they are."""
    lines = tuple(_line(line, lang) for line in document["lines"])
    name = say(NAMES.get(document["id"], document["id"]), lang)
    group, bars = _bars(document["lines"], lines)
    basis = document.get("basis")
    return FigureShown(
        document["id"],
        document["version"],
        name,
        lines,
        _word(MISSING, document["missing"], lang),
        tuple(_word(NOTES, note, lang) for note in document["notes"]),
        bars,
        len(bars) * ROW,
        say(CHART, lang, name=name, group=_word(GROUPS, group, lang).lower()),
        "; ".join(f"{bar.label} {bar.shown}" for bar in bars),
        {**basis, **texts_of(basis, lang)} if basis else None,
    )


def _line(line: Mapping[str, Any], lang: str) -> FigureLine:
    value = None if line["value"] is None else Fraction(line["value"])
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
        return wording.complete_state(name, lang).word
    if group == "method":
        return method_words(name, lang)
    return wording.kind_word(name, lang) if group in OF_KINDS else name


def _value(value: Fraction | None, unit: str, lang: str) -> str:
    if value is None:
        return say(NOT_AVAILABLE, lang)
    if unit == "cents":
        return exit_words.euros(int(value), lang)
    if unit == "years":
        return say(YEARS, lang, n=rounded(value, lang))
    if unit == "percent":
        return f"{rounded(value, lang)}\u00a0%"
    if unit == "grams":
        return f"{rounded(value / 1000, lang)}\u00a0kg"
    return say(DAYS, lang, n=rounded(value, lang)) if unit == "days" else rounded(value, lang)


def _bars(kept: Iterable[Mapping[str, Any]], lines: Iterable[FigureLine]) -> tuple[str, tuple[Bar, ...]]:
    """The first group that is drawn, and its bars; none where a figure is negative or all are zero."""
    pairs = [(line["group"], told) for line, told in zip(kept, lines, strict=True)]
    group = next((name for name, _ in pairs if name in CHARTED), "")
    drawn = [told for name, told in pairs if name == group]
    values = [told.value or Fraction() for told in drawn]
    most = max(values, default=Fraction())
    if most <= 0 or min(values) < 0:
        return group, ()
    return group, tuple(
        Bar(told.label[:LONGEST_LABEL], told.shown, int(value * WIDTH / most), at * ROW)
        for at, (told, value) in enumerate(zip(drawn, values, strict=True))
    )


def _word(table: Mapping[str, str], code: str, lang: str) -> str:
    return say(table[code], lang) if code in table else code
