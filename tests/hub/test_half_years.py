"""Figures read from a hub, by period, source and workshop; half-years that are frozen and never counted again."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.figures import half_years, indicators, periods, social
from hub.figures.periods import Period
from hub.figures.reading import Choice, read
from hub.figures.rows import Book
from hub.lots import counts, life
from hub.lots.counts import Counted
from hub.models import Donor, Role
from hub.partners import trial_lots
from tests.hub.network_work import NetworkWork

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def net(fresh_world: Callable[[], Any]) -> NetworkWork:
    made = NetworkWork(fresh_world())
    for code, donor, day, units in (("LOT-1", "CAF", "2026-03-01", 5), ("LOT-2", "CHU", "2026-11-20", 2)):
        made.lot(code, donor=donor)
        made.on_lot(code, life.move, "received", day=day)
        made.on_lot(code, counts.count, Counted("received", "laptop", units + 1))
        made.on_lot(code, counts.count, Counted("received", "laptop", units))  # a correction: the newest holds
    return made


def received(book: Book) -> dict[str, int]:
    return {lot.code: lot.total("received") for lot in book.lots}


def test_a_period_counts_the_lots_that_were_received_in_it(net: NetworkWork) -> None:
    assert received(net.do(read, YEAR, Choice())) == {"LOT-1": 5, "LOT-2": 2}
    assert received(net.do(read, periods.half_year("2026-S1"), Choice())) == {"LOT-1": 5}
    assert received(net.do(read, Period(date(2026, 3, 1), date(2026, 3, 1)), Choice())) == {"LOT-1": 5}
    assert received(net.do(read, Period(date(2026, 3, 2), date(2026, 3, 2)), Choice())) == {}


def test_figures_are_told_by_source_and_by_workshop(net: NetworkWork) -> None:
    net.on_lot("LOT-2", trial_lots.give, net.partner, test=False)
    with net.world.hub.sessions()() as session:
        caf = session.query(Donor).filter_by(name="CAF").one().id
    assert received(net.do(read, YEAR, Choice(donor_id=caf))) == {"LOT-1": 5}
    assert received(net.do(read, YEAR, Choice(partner_id=net.partner.id))) == {"LOT-2": 2}
    assert received(net.do(read, YEAR, Choice(donor_id=caf, partner_id=net.partner.id))) == {}
    assert received(net.do(read, YEAR, Choice(donor_id="no-such"))) == {}


def test_the_delay_of_a_step_that_was_taken_back_is_not_counted(net: NetworkWork) -> None:
    net.on_lot("LOT-1", life.move, "processing")
    net.on_lot("LOT-1", life.undo)
    changes = net.do(read, YEAR, Choice()).changes
    assert [change.after for change in changes] == ["announced", "received", "announced", "received"]


def test_a_social_figure_counts_for_exactly_its_period_and_the_newest_holds(net: NetworkWork) -> None:
    half = periods.half_year("2026-S1")
    net.do(social.type_in, half, "members", 12)
    net.do(social.type_in, half, "members", 14, note="recompté")
    assert net.do(read, half, Choice()).social == {"members": 14}
    assert net.do(read, YEAR, Choice()).social == {}
    assert net.do(read, half, Choice(partner_id=net.partner.id)).social == {}
    for kind, number in (("profit", 1), ("members", -1), ("members", 100_001)):
        with pytest.raises(BadInput):
            net.do(social.type_in, half, kind, number)


def test_a_frozen_half_year_keeps_its_figures_versions_and_period(net: NetworkWork) -> None:
    row = net.do(half_years.freeze, "2026-S1")
    document = json.loads(row.document)
    assert document["schema"] == "etabli.half-year/2"
    assert document["period"] == {"first": "2026-01-01", "last": "2026-06-30"}
    assert hashlib.sha256(row.document.encode()).hexdigest() == row.sha256
    assert [figure["id"] for figure in document["figures"]] == list(indicators.ORDER)
    assert {figure["id"]: figure["version"] for figure in document["figures"]} == {
        one.id: one.version for one in indicators.COUNTED
    }
    first = document["figures"][0]["lines"][0]
    assert first == {"group": "total", "name": "received", "value": "5", "unit": "count"}
    assert document["figures"][4]["missing"] == "no-delivery"
    assert document["figures"][14]["missing"] == "role", "amounts are in no report that other roles read"
    assert document["actions"] == []
    assert document["onboarding"][0]["partner"] == "Atelier Deux"


def test_a_second_freeze_is_a_new_version_and_leaves_the_first_as_it_is(net: NetworkWork) -> None:
    first = net.do(half_years.freeze, "2026-S1")
    net.on_lot("LOT-1", counts.count, Counted("received", "laptop", 9))
    second = net.do(half_years.freeze, "2026-S1")
    assert (first.version, second.version) == (1, 2)
    kept = net.do(half_years.report_for, first.id)
    assert kept.document == first.document
    assert json.loads(second.document)["figures"][0]["lines"][0]["value"] == "9"
    assert net.do(half_years.freeze, "2026-S1", net.partner.id).version == 1
    assert len(net.do(half_years.reports)) == 3


def test_a_half_year_that_runs_is_not_frozen(net: NetworkWork) -> None:
    with pytest.raises(Conflict, match="not over"):
        net.do(half_years.freeze, "2026-S2")
    net.world.hub.clock.forward(days=41)
    assert net.do(half_years.freeze, "2026-S2").period == "2026-S2"
    for name, partner, error in (("2026", "", BadInput), ("2026-S1", "nobody", NotFound)):
        with pytest.raises(error):
            net.do(half_years.freeze, name, partner)


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.DONOR])
def test_no_other_role_reads_figures(net: NetworkWork, role: Role) -> None:
    other = net.person(role)
    row = net.do(half_years.freeze, "2026-S1")
    for act, rest in (
        (read, (YEAR, Choice())),
        (half_years.freeze, ("2026-S1",)),
        (half_years.reports, ()),
        (half_years.report_for, (row.id,)),
        (social.type_in, (YEAR, "members", 1)),
    ):
        with pytest.raises(Forbidden):
            net.do(act, *rest, who=other)
