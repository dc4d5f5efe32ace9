"""Half-year reports: the list, freezing one, and a frozen one to read, to print and to download."""

import json
from typing import Any

from fastapi import APIRouter, Response

from hub import wording
from hub.errors import HubError
from hub.figures import half_years, periods
from hub.pages import figure_words, partner_words
from hub.pages.forms import SmallForm
from hub.pages.sentences import in_words
from hub.pages.visit import Networkers, Visit
from hub.partners import register

router = APIRouter(include_in_schema=False)
Judgement = tuple[dict[str, Any], wording.State, list[str]]


@router.get("/half-years")
def list_reports(visit: Networkers) -> Response:
    """Every frozen report, and the form for another one."""
    return _list(visit)


@router.post("/half-years")
def freeze(visit: Networkers, fields: SmallForm) -> Response:
    """Freeze a half-year, or say why not."""
    try:
        row = half_years.freeze(visit.session, visit.someone, fields.text("half"), fields.text("partner"))
    except HubError as error:
        return _list(visit, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/half-years/{row.id}", "half-year-frozen", version=str(row.version))


@router.get("/half-years/{half_year_id}.json")
def download(visit: Networkers, half_year_id: str) -> Response:
    """The frozen report, the bytes of that day."""
    row = half_years.report_for(visit.session, visit.someone, half_year_id)
    headers = {"Content-Disposition": f'attachment; filename="bilan-{row.period}-{row.version}.json"'}
    return Response(row.document.encode(), media_type="application/json", headers=headers)


@router.get("/half-years/{half_year_id}")
def show(visit: Networkers, half_year_id: str) -> Response:
    """The frozen report, to read and to print."""
    row = half_years.report_for(visit.session, visit.someone, half_year_id)
    document, lang = json.loads(row.document), visit.lang
    return visit.page(
        "half_year.html",
        row=row,
        document=document,
        figures=[figure_words.shown(figure, lang) for figure in document["figures"]],
        partners=[_stage(one, lang) for one in document["onboarding"]],
        width=figure_words.WIDTH,
    )


def _stage(told: dict[str, Any], lang: str) -> tuple[dict[str, Any], str, list[Judgement]]:
    """A partner of the report, its stage in words and its judgements."""
    gate = told["stage"]
    name = partner_words.say(partner_words.GATES[gate], lang)
    return told, name, [_judgement(one, lang) for one in told["judgements"]]


def _judgement(told: dict[str, Any], lang: str) -> Judgement:
    word = "exception" if told["exception"] else "passed" if told["passed"] else "refused"
    return told, wording.state(partner_words.JUDGED[word], lang), partner_words.unmet_words(told["unmet"], lang)


def _list(visit: Visit, error: str = "", status: int = 200) -> Response:
    names = {one.id: one.name for one in register.partners(visit.session, visit.someone)}
    last = periods.before(periods.half_of(visit.hub.clock().date()))
    return visit.page(
        "half_years.html",
        status,
        error=error,
        rows=[(row, names.get(row.partner_id, "")) for row in half_years.reports(visit.session, visit.someone)],
        halves=(last, periods.before(last)),
        partners=list(names.items()),
    )
