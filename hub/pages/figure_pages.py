"""The figures of a period, by source and by workshop: tables with their charts, CSV, and the typed social figures."""

from dataclasses import dataclass
from fractions import Fraction

from fastapi import APIRouter, Request, Response

from hub.claims import donor_name
from hub.errors import HubError
from hub.figures import indicators, periods, social, spreadsheet
from hub.figures.half_years import written
from hub.figures.periods import Period
from hub.figures.reading import Choice, read
from hub.lots import service as lots
from hub.models import Role
from hub.pages import figure_words
from hub.pages.figure_words import FigureShown
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader chose, and what was wrong with it."""

    period: Period
    choice: Choice
    error: str = ""


@router.get("/figures")
def show(visit: Counters) -> Response:
    """The figures of the chosen period; of the half-year of today where none is chosen."""
    return _page(visit, _asked(visit, visit.request))


@router.get("/figures.csv")
def download(visit: Counters) -> Response:
    """The same figures for a spreadsheet."""
    asked = _asked(visit, visit.request)
    rows: list[tuple[str | Fraction, ...]] = [tuple(visit.say(word) for word in HEAD)]
    for figure in _figures(visit, asked):
        if figure.missing:
            reason = visit.say(NOT_AVAILABLE, reason=figure.missing)
            rows.append((figure.id, figure.name, "", "", reason, "", ""))
        rows += [
            (figure.id, figure.name, line.group, line.label, line.value, line.unit, _exact(line.value))
            for line in figure.lines
        ]
    name = f"figures-{asked.period.first}-{asked.period.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(spreadsheet.sheet(rows), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/figures/social")
def type_in(visit: Networkers, fields: SmallForm) -> Response:
    """Note a social figure, or say why not."""
    try:
        period = periods.period_between(fields.text("first"), fields.text("last"))
        number = whole(fields.text("number"))
        social.type_in(visit.session, visit.someone, period, fields.text("kind"), number, note=fields.text("note"))
    except HubError as error:
        asked = Asked(_today(visit), Choice(), in_words(error.message, visit.lang))
        return _page(visit, asked, error.status)
    return visit.go(f"/figures?first={period.first}&last={period.last}", "social-noted")


def _asked(visit: Visit, request: Request) -> Asked:
    told = request.query_params
    choice = Choice(told.get("donor", "")[:36], told.get("partner", "")[:36])
    if not told.get("first") and not told.get("last"):
        return Asked(_today(visit), choice)
    try:
        return Asked(periods.period_between(told.get("first", ""), told.get("last", "")), choice)
    except HubError as error:
        return Asked(_today(visit), choice, in_words(error.message, visit.lang))


def _today(visit: Visit) -> Period:
    return periods.half_year(periods.half_of(visit.hub.clock().date()))


def _figures(visit: Visit, asked: Asked) -> list[FigureShown]:
    book = read(visit.session, visit.someone, asked.period, asked.choice)
    return [figure_words.shown(written(figure), visit.lang) for figure in indicators.figures(book)]


def _page(visit: Visit, asked: Asked, status: int = 200) -> Response:
    session, person = visit.session, visit.someone
    now = periods.half_of(visit.hub.clock().date())
    names = (now, periods.before(now), periods.before(periods.before(now)))
    return visit.page(
        "figures.html",
        status,
        error=asked.error,
        period=asked.period,
        choice=asked.choice,
        figures=_figures(visit, asked),
        halves=[(name, periods.half_year(name)) for name in names],
        donors=[(one.id, donor_name(one)) for one in lots.donors(session, person)],
        partners=[(one.id, one.name) for one in _partners(visit)],
        can_type=_networker(visit),
        social=choices(figure_words.SOCIAL, visit.lang),
        width=figure_words.WIDTH,
    )


def _networker(visit: Visit) -> bool:
    """Whether the reader looks after partners: a coordinator, or a manager at home."""
    return visit.has_role(Role.COORDINATOR) or works_here(visit.session, visit.someone)


def _partners(visit: Visit) -> tuple[Partner, ...]:
    return register.partners(visit.session, visit.someone) if _networker(visit) else ()


def _exact(value: Fraction) -> str:
    """A figure that is not whole, as a fraction that a spreadsheet keeps as text."""
    return "" if value.denominator == 1 else f"{value.numerator} / {value.denominator}"
