"""The figures of a period, by source, donor type, workshop, region or lot: tables with charts, CSV, social figures."""

from dataclasses import dataclass, fields
from fractions import Fraction
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from hub import wording
from hub.claims import donor_name
from hub.errors import HubError
from hub.figures import indicators, periods, social, spreadsheet
from hub.figures import regions as areas
from hub.figures.choice import Choice
from hub.figures.half_years import written
from hub.figures.periods import Period
from hub.figures.reading import read
from hub.figures.reen_reading import public_donors
from hub.figures.rows import Book
from hub.figures.sources import SourceRow, by_source, counters
from hub.lots import service as lots
from hub.models import Role
from hub.pages import exit_words, figure_words
from hub.pages.figure_words import FigureLine, FigureShown
from hub.pages.files import download
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.partner_words import choices
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Counters, Networkers, Visit
from hub.partnered import Partner
from hub.partners import register
from hub.scope import works_here

router = APIRouter(include_in_schema=False)
HEAD = (mark("Indicator"), mark("Name"), mark("Group"), mark("Line"), mark("Value"), mark("Unit"), mark("Exact value"))
NOT_AVAILABLE = mark("not available: %(reason)s")
NO_FIGURE = mark("not available")
QUERY = {"donor_id": "donor", "partner_id": "partner", "donor_type": "type", "region": "region", "lot": "lot"}
LONGEST = 36  # characters of an id, of the longest region, of a code


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader chose, and what was wrong with it."""

    period: Period
    choice: Choice
    error: str = ""

    @property
    def query(self) -> str:
        """The same choice as the query of an address."""
        told = {"first": self.period.first.isoformat(), "last": self.period.last.isoformat()}
        chosen = {QUERY[one.name]: getattr(self.choice, one.name) for one in fields(Choice)}
        return urlencode(told | {name: value for name, value in chosen.items() if value})

    def file(self, word: str, ending: str) -> str:
        """The name of a download of this period."""
        return f"{word}-{self.period.first}-{self.period.last}.{ending}"


@router.get("/figures")
def show(visit: Counters) -> Response:
    """The figures of the chosen period; of the half-year of today where none is chosen."""
    return _page(visit, asked(visit, visit.request))


@router.get("/figures.csv")
def figures_sheet(visit: Counters) -> Response:
    """The same figures for a spreadsheet."""
    wanted = asked(visit, visit.request)
    rows: list[tuple[str | Fraction, ...]] = [tuple(visit.say(word) for word in HEAD)]
    for figure in _figures(visit, _read(visit, wanted)):
        if figure.missing:
            reason = visit.say(NOT_AVAILABLE, reason=figure.missing)
            rows.append((figure.id, figure.name, "", "", reason, "", ""))
        rows += [(figure.id, figure.name, line.group, line.label, *_cells(visit, line)) for line in figure.lines]
    return download(spreadsheet.sheet(rows), "text/csv; charset=utf-8", wanted.file("figures", "csv"))


@router.post("/figures/social")
def type_in(visit: Networkers, fields: SmallForm) -> Response:
    """Note a social figure, or say why not."""
    try:
        period = periods.period_between(fields.text("first"), fields.text("last"))
        number = whole(fields.text("number"))
        social.type_in(visit.session, visit.someone, period, fields.text("kind"), number, note=fields.text("note"))
    except HubError as error:
        wrong = Asked(_today(visit), Choice(), in_words(error.message, visit.lang))
        return _page(visit, wrong, error.status)
    return visit.go(f"/figures?first={period.first}&last={period.last}", "social-noted")


def asked(visit: Visit, request: Request) -> Asked:
    """What the address asks for: the half-year of today where it names no period, the whole life of a lot with one."""
    told = request.query_params
    choice = Choice(**{name: told.get(word, "")[:LONGEST] for name, word in QUERY.items()})
    try:
        if told.get("first") or told.get("last"):
            return Asked(periods.period_between(told.get("first", ""), told.get("last", "")), choice)
        return Asked(_life(visit, choice.lot) if choice.lot else _today(visit), choice)
    except HubError as error:
        return Asked(_today(visit), choice, in_words(error.message, visit.lang))


def _life(visit: Visit, code: str) -> Period:
    """From the announcement of a lot to today."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    begun = min(lot.created, lot.received or lot.created)
    return periods.period_between(begun.date().isoformat(), visit.hub.clock().date().isoformat())


def _today(visit: Visit) -> Period:
    return periods.half_year(periods.half_of(visit.hub.clock().date()))


def _read(visit: Visit, wanted: Asked) -> Book:
    return read(visit.session, visit.someone, wanted.period, wanted.choice)


def _figures(visit: Visit, book: Book) -> list[FigureShown]:
    return [figure_words.shown(written(figure), visit.lang) for figure in indicators.figures(book)]


def _page(visit: Visit, wanted: Asked, status: int = 200) -> Response:
    session, person = visit.session, visit.someone
    now = periods.half_of(visit.hub.clock().date())
    names = (now, periods.before(now), periods.before(periods.before(now)))
    book = _read(visit, wanted)
    return visit.page(
        "figures.html",
        status,
        error=wanted.error,
        period=wanted.period,
        choice=wanted.choice,
        query=wanted.query,
        figures=_figures(visit, book),
        counters=counters(book),
        sources=[_source(visit, row) for row in by_source(book)],
        halves=[(name, periods.half_year(name)) for name in names],
        donors=[(one.id, donor_name(one)) for one in lots.donors(session, person)],
        partners=[(one.id, one.name) for one in _partners(visit)],
        can_type=is_networker(visit),
        types=exit_words.choices(exit_words.DONOR_TYPES, visit.lang),
        regions=list(areas.regions()),
        public=[(one.id, donor_name(one)) for one in public_donors(session, person)],
        social=choices(figure_words.SOCIAL, visit.lang),
        width=figure_words.WIDTH,
    )


def is_networker(visit: Visit) -> bool:
    """Whether the reader looks after partners: a coordinator, or a manager at home."""
    return visit.has_role(Role.COORDINATOR) or works_here(visit.session, visit.someone)


def _partners(visit: Visit) -> tuple[Partner, ...]:
    return register.partners(visit.session, visit.someone) if is_networker(visit) else ()


def _source(visit: Visit, row: SourceRow) -> tuple[str, str, tuple[int, ...]]:
    return row.donor, wording.kind_word(row.kind, visit.lang), row.numbers


def _cells(visit: Visit, line: FigureLine) -> tuple[str | Fraction, ...]:
    """Value, unit and exact value; masses in grams and amounts in cents, as they are kept."""
    if line.value is None:
        return visit.say(NO_FIGURE), line.unit, ""
    return line.value, line.unit, _exact(line.value)


def _exact(value: Fraction) -> str:
    """A figure that is not whole, as a fraction that a spreadsheet keeps as text."""
    return "" if value.denominator == 1 else f"{value.numerator} / {value.denominator}"
