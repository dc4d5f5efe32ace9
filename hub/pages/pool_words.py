"""Words of the figures that a network shares, and its drawings: one bar for each half-year."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hub.figures.pooled_table import Table, Told
from hub.pages.figure_words import ROW, WIDTH, Bar
from hub.pages.language import mark
from hub.pages.partner_words import rounded, say

FIGURES = {
    "received": mark("Machines received"),
    "redistributed": mark("Machines redistributed"),
    "recycled": mark("Machines recycled"),
    "erased": mark("Drives erased, with a certificate"),
    "destroyed": mark("Drives destroyed"),
    "mass_g": mark("Mass received (estimated)"),
    "co2e_g": mark("Greenhouse gases avoided (CO2e, estimated)"),
}
CHART = mark("Chart by half-year: %(name)s")
HIDDEN = mark("not told: too small, of too few workshops, or not known")
TOGETHER = mark("all together")
GRAMS = "_g"

POOL_SENTENCES = (
    mark("choose figures of the list"),
    mark("your workshop has agreed already: take that back first"),
    mark("your workshop has not agreed"),
    mark("every workshop that agreed is counted for this half-year"),
    mark("say for whom this link is"),
    mark("this network has as many links as it can have: end one first"),
    mark("there is no such link, or it has ended"),
    mark("no such network"),
    mark("only a workshop of a network agrees, for itself"),
)


@dataclass(frozen=True, slots=True)
class FigureDrawn:
    """One figure as shown: its lines (half-year, whose, value), its bars and the bars in words."""

    code: str
    name: str
    lines: tuple[tuple[str, str, str], ...]
    bars: tuple[Bar, ...]
    height: int
    chart: str
    told: str


def drawn(table: Table, lang: str) -> tuple[FigureDrawn, ...]:
    """Every figure of a table, in words."""
    return tuple(_drawn(code, lines, lang) for code, lines in table.figures.items())


def shown(code: str, value: int | None, lang: str) -> str:
    """A value to read: units, or kilograms."""
    if value is None:
        return say(HIDDEN, lang)
    return f"{rounded(Fraction(value, 1000), lang)}\u00a0kg" if code.endswith(GRAMS) else rounded(Fraction(value), lang)


def _drawn(code: str, told: Sequence[Told], lang: str) -> FigureDrawn:
    name, rows = say(FIGURES[code], lang), list[tuple[str, str, str]]()
    for one in told:
        rows.append((one.half, say(TOGETHER, lang), shown(code, one.total, lang)))
        rows += [(one.half, workshop, shown(code, value, lang)) for workshop, value in one.named]
    most = max((one.total or 0 for one in told), default=0)
    bars = tuple(
        Bar(one.half, shown(code, one.total, lang), (one.total or 0) * WIDTH // most, at * ROW)
        for at, one in enumerate(told)
        if most
    )
    words = "; ".join(f"{bar.label} {bar.shown}" for bar in bars)
    return FigureDrawn(code, name, tuple(rows), bars, len(bars) * ROW, say(CHART, lang, name=name), words)
