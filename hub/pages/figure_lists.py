"""Lists that go with the figures: by product and source, impact with its factors, prescriptions, open statistics."""

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from fastapi import APIRouter, Response

from hub import wording
from hub.errors import BadInput, Conflict
from hub.figures import materials, opened, periods, served, sources, spreadsheet
from hub.figures.choice import Choice
from hub.figures.reading import read
from hub.lots.factors import FIGURES, texts_of
from hub.pages import exit_words
from hub.pages.figure_pages import Asked, asked
from hub.pages.files import download
from hub.pages.language import mark
from hub.pages.visit import Managers, Visit

router = APIRouter(include_in_schema=False)
CSV, JSON = "text/csv; charset=utf-8", "application/json"
SOURCES = (mark("Source (donor)"), mark("Kind"), mark("Received"), mark("Repaired"), mark("Recycled"), mark("Sold"),
           mark("Given"), mark("Lent"))  # fmt: skip
SERVED = (
    mark("Prescriber or series"),
    mark("Code"),
    mark("Day"),
    mark("Exit"),
    mark("Kind"),
    mark("Units"),
    mark("Lot"),
)
IMPACT = (mark("Kind"), mark("Units"), mark("Years assumed"), mark("CO2e avoided (g)"), mark("Matter avoided (g)"),
          mark("E-waste avoided (g)"))  # fmt: skip
TOTAL, NOT_AVAILABLE = mark("Total"), mark("not available")
HEADS = (mark("Estimate"), mark("Period"), mark("Factor set"), mark("Version"), mark("As of"), mark("Scope"))
SOURCE, HYPOTHESIS = mark("Source"), mark("Hypothesis")
Cells = list[Sequence[str | Fraction]]


@router.get("/figures/sources.csv")
def sources_sheet(visit: Managers) -> Response:
    """What came and what became of it, by source and kind (S1-7)."""
    wanted = asked(visit, visit.request)
    book = read(visit.session, visit.someone, wanted.period, wanted.choice)
    rows: Cells = [[visit.say(word) for word in SOURCES]]
    for row in sources.by_source(book):
        rows.append([row.donor, wording.kind_word(row.kind, visit.lang), *map(Fraction, row.numbers)])
    return download(spreadsheet.sheet(rows), CSV, wanted.file("sources", "csv"))


@router.get("/figures/impact.csv")
def impact_sheet(visit: Managers) -> Response:
    """The impact estimate with its factor set, years, sources and hypotheses (S2-25)."""
    wanted = asked(visit, visit.request)
    section = _impact(visit, wanted)
    return download(spreadsheet.sheet(_impact_rows(visit, wanted, section)), CSV, wanted.file("impact", "csv"))


@router.get("/figures/impact.json")
def impact_document(visit: Managers) -> Response:
    """The same estimate for a program: whole grams, and null where no figure is published."""
    wanted = asked(visit, visit.request)
    document = {
        "schema": "etabli.impact-of-period/1",
        "period": {"first": wanted.period.first.isoformat(), "last": wanted.period.last.isoformat()},
        "impact": _impact(visit, wanted),
    }
    return download(_json(document), JSON, wanted.file("impact", "json"))


@router.get("/figures/prescriptions.csv")
def prescriptions_sheet(visit: Managers, prescriber: str = "") -> Response:
    """What left for prescriptions, by prescriber and period (S4-12); nobody's name is known here."""
    wanted = asked(visit, visit.request)
    rows: Cells = [[visit.say(word) for word in SERVED]]
    for one in served.served(visit.session, visit.someone, wanted.period, wanted.choice, prescriber):
        mode, kind = exit_words.say(exit_words.MODES[one.mode], visit.lang), wording.kind_word(one.kind, visit.lang)
        rows.append([one.prescriber, one.code, one.day, mode, kind, Fraction(one.units), one.lot])
    return download(spreadsheet.sheet(rows), CSV, wanted.file("prescriptions", "csv"))


@router.get("/figures/open.json")
def open_statistics(visit: Managers, half: str = "") -> Response:
    """Statistics of a half-year that is over, the last one by default: nobody is named, no group is small."""
    half = half.strip() or periods.before(periods.half_of(visit.hub.clock().date()))
    period = periods.half_year(half)
    if visit.hub.clock() < period.end:
        raise Conflict("this half-year is not over yet")
    book = read(visit.session, visit.someone, period, Choice())
    document = opened.opened(book, half, visit.hub.identity.issuer.name)
    return download(_json(document), JSON, f"open-figures-{half}.json")


def _impact(visit: Visit, wanted: Asked) -> dict[str, Any]:
    book = read(visit.session, visit.someone, wanted.period, wanted.choice)
    if book.factors is None:
        raise BadInput("the factors of this site cannot be used: mend the file first", "factors")
    return {
        name: value
        for name, value in materials.estimate(book).items()
        if name in {"estimate", "factors", "kinds", "avoided"}
    }


def _impact_rows(visit: Visit, wanted: Asked, section: dict[str, Any]) -> Cells:
    factors = section["factors"]
    texts = texts_of(factors, visit.lang)
    told = ("", wanted.period.key, factors["id"], str(factors["version"]), factors["date"], texts["scope"])
    rows: Cells = [[visit.say(word), text] for word, text in zip(HEADS, told, strict=True)]
    rows += [[visit.say(SOURCE), text] for text in texts["sources"]]
    rows += [[visit.say(HYPOTHESIS), text] for text in texts["hypotheses"]]
    rows.append([visit.say(word) for word in IMPACT])
    for one in section["kinds"]:
        figures = [_cell(visit, one[name]) for name in FIGURES]
        rows.append(
            [wording.kind_word(one["kind"], visit.lang), Fraction(one["units"]), _cell(visit, one["years"]), *figures]
        )
    totals = [_cell(visit, section["avoided"][name]["grams"]) for name in FIGURES]
    rows.append([visit.say(TOTAL), Fraction(sum(one["units"] for one in section["kinds"])), "", *totals])
    return rows


def _cell(visit: Visit, value: int | None) -> str | Fraction:
    return visit.say(NOT_AVAILABLE) if value is None else Fraction(value)


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8", "backslashreplace")
