"""The figures that the workshops of a network share: to read, as CSV and JSON, in an account or by a link (S4-13)."""

import json
from fractions import Fraction
from typing import Any

from fastapi import APIRouter, Response

from hub.errors import Forbidden, HubError, NotFound
from hub.figures import periods, pooling, spreadsheet
from hub.figures.contributions import FIGURES, rules
from hub.figures.pooled_table import Table, table_of, written
from hub.pages import pool_words
from hub.pages.figure_words import WIDTH
from hub.pages.files import download
from hub.pages.forms import Fields, SmallForm, TickForm
from hub.pages.language import mark
from hub.pages.partner_words import choices, say
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Anybody, Managers, Networkers, Readers, Visit
from hub.partnered import Network, Partner
from hub.scope import require_networker

router = APIRouter(include_in_schema=False)
HOME = "/network-figures"
HEAD = (mark("Figure"), mark("Half-year"), mark("Workshop"), mark("Value"), mark("Unit"), mark("Factor set"))
HALVES = 4  # that may be counted: the newest that are over


@router.get(HOME)
def show(visit: Readers, network: str = "") -> Response:
    """The shared figures of the reader's network, with what the reader may decide about them."""
    return _page(visit, network)


@router.get(f"{HOME}.csv")
def sheet(visit: Readers, network: str = "") -> Response:
    """The same for a spreadsheet."""
    return _sheet(visit, _table(visit, network))


@router.get(f"{HOME}.json")
def document(visit: Readers, network: str = "") -> Response:
    """The same for a program."""
    return _document(_table(visit, network))


@router.post(f"{HOME}/figures")
def choose(visit: Networkers, fields: TickForm) -> Response:
    """Say which figures the network shares."""
    try:
        pooling.choose(visit.session, visit.someone, fields.text("network"), fields.every("figure"))
    except HubError as error:
        return _refused(visit, fields, error)
    return _back(visit, fields, "pool-chosen")


@router.post(f"{HOME}/counts")
def count(visit: Networkers, fields: SmallForm) -> Response:
    """Count a half-year that is over."""
    half = fields.text("half")
    try:
        number = pooling.count(visit.session, visit.someone, fields.text("network"), half)
    except HubError as error:
        return _refused(visit, fields, error)
    return _back(visit, fields, "pool-counted", number=str(number), half=half)


@router.post(f"{HOME}/links")
def invite(visit: Networkers, fields: SmallForm) -> Response:
    """Make a link for a reader without account; it is shown once, on this page."""
    network = fields.text("network")
    try:
        key = pooling.invite(visit.session, visit.someone, network, fields.text("reader"))
    except HubError as error:
        return _refused(visit, fields, error)
    return _page(visit, network, link=f"{visit.hub.settings.public_url}{HOME}/open/{key}")


@router.post(f"{HOME}/links/end")
def end_link(visit: Networkers, fields: SmallForm) -> Response:
    """End a link, with a reason."""
    network = fields.text("network")
    try:
        pooling.end_link(visit.session, visit.someone, network, whole(fields.text("link")), fields.text("reason"))
    except HubError as error:
        return _refused(visit, fields, error)
    return _back(visit, fields, "pool-link-ended")


@router.post(f"{HOME}/agreement")
def agree(visit: Managers, fields: TickForm) -> Response:
    """Let the own workshop be counted, under its name or without."""
    named = fields.text("named") == "yes"
    try:
        pooling.agree(visit.session, visit.someone, fields.every("figure"), named=named)
    except HubError as error:
        return _refused(visit, fields, error)
    return _back(visit, fields, "pool-agreed")


@router.post(f"{HOME}/agreement/end")
def take_back(visit: Managers, fields: SmallForm) -> Response:
    """Take the own workshop's agreement back, with a reason."""
    try:
        pooling.take_back(visit.session, visit.someone, fields.text("reason"))
    except HubError as error:
        return _refused(visit, fields, error)
    return _back(visit, fields, "pool-taken-back")


@router.get(f"{HOME}/open/{{key}}")
def show_invited(visit: Anybody, key: str) -> Response:
    """The shared figures for whoever holds a link; nothing can be decided there."""
    table = table_of(visit.session, pooling.network_by(visit.session, key))
    return visit.page("network_figures.html", **_facts(visit, table, f"{HOME}/open/{key}"))


@router.get(f"{HOME}/open/{{key}}/figures.csv")
def sheet_invited(visit: Anybody, key: str) -> Response:
    """The same for a spreadsheet."""
    return _sheet(visit, table_of(visit.session, pooling.network_by(visit.session, key)))


@router.get(f"{HOME}/open/{{key}}/figures.json")
def document_invited(visit: Anybody, key: str) -> Response:
    """The same for a program."""
    return _document(table_of(visit.session, pooling.network_by(visit.session, key)))


def _network(visit: Visit, asked: str) -> Network | None:
    """The network that is asked for; the first of the reader's where none is; None without one. Raises NotFound."""
    found = pooling.networks_of(visit.session, visit.someone)
    if not asked:
        return found[0] if found else None
    for one in found:
        if one.id == asked:
            return one
    raise NotFound("no such network")


def _table(visit: Visit, asked: str) -> Table:
    network = _network(visit, asked)
    if network is None:
        raise NotFound("no such network")
    return table_of(visit.session, network)


def _page(visit: Visit, asked: str, error: str = "", status: int = 200, link: str = "") -> Response:
    network = _network(visit, asked)
    if network is None:
        return visit.page(
            "network_figures.html", status, error=error, table=None, base="", looks_after=False, house=None
        )
    house = pooling.house_of(visit.session, visit.someone)
    facts = _facts(visit, table_of(visit.session, network), "")
    others = pooling.networks_of(visit.session, visit.someone)
    return visit.page(
        "network_figures.html",
        status,
        **{
            **facts,
            **_of_network(visit, network),
            **(_of_house(visit, house) if house is not None else {}),
            "error": error,
            "network": network,
            "networks": others if len(others) > 1 else (),
            "link": link,
        },
    )


def _facts(visit: Visit, table: Table, base: str) -> dict[str, Any]:
    """What every reader sees; `base` is the address of an invited one."""
    return {
        "error": "",
        "table": table,
        "figures": pool_words.drawn(table, visit.lang),
        "rules": rules(),
        "width": WIDTH,
        "base": base,
        "looks_after": False,
        "house": None,
        "networks": (),
        "link": "",
    }


def _of_network(visit: Visit, network: Network) -> dict[str, Any]:
    """What whoever looks after the network decides; nothing for others."""
    try:
        require_networker(visit.session, visit.someone)
    except Forbidden:
        return {}
    session, person = visit.session, visit.someone
    half = periods.half_of(visit.hub.clock().date())
    halves = [half := periods.before(half) for _ in range(HALVES)]
    return {
        "looks_after": True,
        "offered": choices(pool_words.FIGURES, visit.lang),
        "chosen": pooling.chosen_by(session, network.id),
        "agreed": pooling.agreements(session, person, network.id),
        "readers": pooling.readers(session, person, network.id),
        "halves": halves,
    }


def _of_house(visit: Visit, house: Partner) -> dict[str, Any]:
    """What the managers of a workshop decide for it."""
    row = pooling.agreement_of(visit.session, house)
    shared = pooling.chosen_by(visit.session, house.network_id or "")
    agreed = row.figures.split(",") if row else ()
    return {
        "house": house,
        "agreement": row,
        "agreed_to": [say(pool_words.FIGURES[code], visit.lang) for code in agreed],
        "shared": [(code, word) for code, word in choices(pool_words.FIGURES, visit.lang) if code in shared],
    }


def _refused(visit: Visit, fields: Fields, error: HubError) -> Response:
    if isinstance(error, Forbidden):
        raise error
    return _page(visit, fields.text("network"), in_words(error.message, visit.lang), error.status)


def _back(visit: Visit, fields: Fields, code: str, **named: str) -> Response:
    network = _network(visit, fields.text("network"))
    return visit.go(f"{HOME}?network={network.id}" if network else HOME, code, **named)


def _sheet(visit: Visit, table: Table) -> Response:
    rows: list[tuple[str | Fraction, ...]] = [tuple(visit.say(word) for word in HEAD)]
    sets = ", ".join(f"{one['id']} {one['version']} ({one['date']})" for one in table.factors)
    for code in FIGURES:
        for one in table.figures.get(code, ()):
            total = visit.say(pool_words.HIDDEN) if one.total is None else Fraction(one.total)
            whose = [(visit.say(pool_words.TOGETHER), total), *((name, Fraction(value)) for name, value in one.named)]
            unit, factors = ("g" if code.endswith(pool_words.GRAMS) else ""), (sets if code == "co2e_g" else "")
            rows += [
                (visit.say(pool_words.FIGURES[code]), one.half, name, value, unit, factors) for name, value in whose
            ]
    return download(spreadsheet.sheet(rows), "text/csv; charset=utf-8", "network-figures.csv")


def _document(table: Table) -> Response:
    data = json.dumps(written(table), ensure_ascii=False, sort_keys=True, indent=1)
    return download(data.encode("utf-8", "backslashreplace"), "application/json", "network-figures.json")
