"""The list for a reuse fund (S0-14): the devices of a period that count, with their kilograms, to read and as CSV."""

from fractions import Fraction

from fastapi import APIRouter, Response

from hub import wording
from hub.figures import fund, spreadsheet
from hub.pages import exit_words
from hub.pages.figure_lists import CSV, NOT_AVAILABLE, Cells
from hub.pages.figure_pages import asked
from hub.pages.files import download
from hub.pages.language import mark
from hub.pages.visit import Counters

router = APIRouter(include_in_schema=False)
SHOWN = 500  # lines of the page; the file has all
HEAD = (mark("Day"), mark("Exit"), mark("Lot"), mark("Tag"), mark("Serial number"), mark("Kind"), mark("Device"),
        mark("Category"), mark("How"), mark("Mass (kg)"))  # fmt: skip


@router.get("/reuse-fund")
def show(visit: Counters) -> Response:
    """What may be asked of a reuse fund for a period."""
    wanted = asked(visit, visit.request)
    found = fund.eligible(visit.session, visit.someone, wanted.period, wanted.choice)
    lang = visit.lang
    return visit.page(
        "reuse_fund.html",
        error=wanted.error,
        period=wanted.period,
        query=wanted.query,
        fund=found,
        mass=exit_words.kilograms(found.grams, lang),
        kinds=[
            (wording.kind_word(kind, lang), n, exit_words.kilograms(grams, lang)) for kind, n, grams in found.kinds()
        ],
        rows=[
            (
                one,
                wording.kind_word(one.kind, lang),
                exit_words.say(exit_words.MODES[one.mode], lang),
                visit.say(NOT_AVAILABLE) if one.grams is None else exit_words.kilograms(one.grams, lang),
            )
            for one in found.lines[:SHOWN]
        ],
        rules=fund.rules(),
    )


@router.get("/reuse-fund.csv")
def sheet(visit: Counters) -> Response:
    """The same devices for a spreadsheet."""
    wanted = asked(visit, visit.request)
    rows: Cells = [[visit.say(word) for word in HEAD]]
    for one in fund.eligible(visit.session, visit.someone, wanted.period, wanted.choice).lines:
        kind, how = wording.kind_word(one.kind, visit.lang), exit_words.say(exit_words.MODES[one.mode], visit.lang)
        mass = visit.say(NOT_AVAILABLE) if one.grams is None else Fraction(one.grams, 1000)
        named = (one.tag, one.serial, kind, one.name, one.category, how)
        rows.append([one.day, Fraction(one.exit), one.lot, *named, mass])
    return download(spreadsheet.sheet(rows), CSV, wanted.file("reuse-fund", "csv"))
