"""S2-9, S2-10 and the law of section 7: ceilings at their exact bounds, what must be there, warranty, the word gate."""

import json
from datetime import date
from typing import Any

import pytest

from hub.errors import BadInput
from hub.exits import ceilings, donor_types, eee
from hub.exits.ceilings import Refused, judge
from hub.exits.warranty import later, warranty_from
from hub.repairs import service as repairs
from tests.hub.bench import machine
from tests.hub.exit_work import ExitWork
from tests.hub.grade_reports import full_report

DAY = date(2026, 11, 21)
ALL = ("charger", "battery", "drive", "system", "screen", "keyboard", "mouse")
FIGURES = {"laptop": 18000, "desktop": 15000, "tablet": 10000, "phone": 10000, "screen": 3000, "printer": 3000,
           "multifunction": 17000}  # fmt: skip


@pytest.fixture
def work(fresh_world: Any) -> ExitWork:
    return ExitWork(fresh_world())


@pytest.mark.parametrize(("kind", "cents"), FIGURES.items())
def test_s2_9_a_price_reaches_each_ceiling_and_does_not_pass_it(kind: str, cents: int) -> None:
    assert judge(kind, cents, ALL, DAY).refused is None
    assert judge(kind, cents + 1, ALL, DAY).refused is Refused.TOO_HIGH


@pytest.mark.parametrize("kind", FIGURES)
def test_each_thing_that_a_listed_sale_needs_blocks_it_alone(kind: str) -> None:
    ceiling = ceilings.ceiling_of(kind, DAY)
    assert ceiling is not None
    for part in ceiling.needs:
        found = judge(kind, 1, [one for one in ALL if one != part], DAY)
        assert (found.refused, found.missing) == (Refused.MISSING, (part,))


def test_a_kind_off_the_list_and_a_day_before_it_have_no_lawful_price() -> None:
    assert judge("drive", 1, ALL, DAY).refused is Refused.NOT_LISTED
    assert judge("laptop", 1, ALL, date(2022, 11, 6)).refused is Refused.NO_LIST
    assert judge("laptop", 1, ALL, date(2022, 11, 7)).refused is None


def test_a_later_list_holds_from_its_day_on() -> None:
    items = [{"kind": "laptop", "ceiling_cents": cents, "needs": []} for cents in (18000, 20000)]
    starts = (date(2022, 11, 7), date(2027, 1, 1))
    rows = [{"version": n + 1, "from": starts[n], "items": [items[n]]} for n in (0, 1)]
    document = {"name": "x", "versions": rows[::-1]}
    assert judge("laptop", 18001, (), date(2026, 12, 31), document).refused is Refused.TOO_HIGH
    found = judge("laptop", 18001, (), date(2027, 1, 1), document)
    assert (found.refused, found.ceiling and found.ceiling.policy) == (None, "x v2")


def test_s2_9_six_types_of_donors_of_which_two_are_public() -> None:
    assert len(donor_types.TYPES) == 6
    assert [one for one in donor_types.TYPES if ceilings.concerns(one)] == ["local-authority", "public-operator"]


def test_the_warranty_runs_two_years_and_the_presumption_one() -> None:
    found = warranty_from(date(2024, 2, 29))
    assert found is not None
    assert (found.end, found.presumption) == (date(2026, 2, 28), date(2025, 2, 28))
    assert warranty_from(date(2021, 12, 31)) is None
    assert later(date(2026, 12, 31), 2) == date(2027, 2, 28)


def test_every_kind_of_device_has_a_category_and_a_waste_code() -> None:
    for kind in ("laptop", "desktop", "screen", "phone", "drive", "parts"):
        assert eee.category_of(kind) in eee.categories()
        assert eee.waste_code_of(kind).startswith("16 02 ")
    assert (eee.category_of("boat"), eee.waste_code_of("boat")) == ("?", "?")


def test_s2_9_a_public_laptop_is_sold_at_180_euros_and_not_a_cent_more(work: ExitWork) -> None:
    work.make_ready()
    too_high = work.held("A-1", mode="sale", price_cents=18001, ticked=("charger", "battery", "system"))
    assert too_high == ["a public body gave it: it costs 180 € at most"]
    line = work.sell(18000)
    assert (line.price_cents, line.ceiling_cents, line.ceiling_policy) == (18000, 18000, "prix-solidaires v1")
    assert (line.warranty_start, line.warranty_end, line.presumption_end) == ("2026-11-21", "2028-11-21", "2027-11-21")


def test_a_missing_charger_drive_or_battery_blocks_the_sale(work: ExitWork) -> None:
    work.make_ready()

    def lacks(*ticked: str) -> list[str]:
        return [one.split()[1] for one in work.held("A-1", mode="sale", price_cents=1, ticked=ticked)]

    assert lacks() == ["charger", "system", "battery"]
    assert lacks("charger", "battery") == ["system"]
    need = work.device("A-1", repairs.miss, "battery")
    assert lacks("charger", "battery", "system") == ["battery"]
    work.device("A-1", repairs.repair, repairs.Work("battery", need_id=need.id))
    work.take_drive("A-1", "WD-0001")
    assert lacks("charger", "battery", "system") == ["drive"]


def give(work: ExitWork, report: dict[str, Any]) -> None:
    payload = work.bench.diagnosis_payload(lot="LOT-1", asset="A-1", machine=machine())
    assert work.bench.put(work.bench.sign({**payload, "report": report})).status_code == 201


def test_a_battery_that_the_bench_misses_is_not_ticked_back(work: ExitWork) -> None:
    report = full_report()
    next(row for row in report["checks"] if row["id"] == "parts")["value"] = "battery"
    give(work, report)
    work.make_ready()
    ticked = ("charger", "battery", "system")
    assert work.held("A-1", mode="sale", price_cents=1, ticked=ticked) == [
        "no battery is known of it: it is not sold under the ceilings"
    ]


def test_s2_9_the_type_of_the_donor_decides_and_an_unknown_one_sells_nothing(fresh_world: Any) -> None:
    work = ExitWork(fresh_world(), donor_type="")
    work.make_ready()
    assert work.held("A-1", mode="sale", price_cents=1) == [
        "say first what type of donor gave it: whether a ceiling holds depends on it"
    ]
    work.donor_type("company")
    assert work.sell(50000, ticked=()).ceiling_cents is None
    with pytest.raises(BadInput):
        work.donor_type("emperor")


def test_a_sale_has_a_price(work: ExitWork) -> None:
    for price in (None, 0, -1, 10**8):
        with pytest.raises(BadInput):
            work.leave("A-1", mode="sale", price_cents=price)


def diagnosed(work: ExitWork, serial: str = "WD-0001", **more: Any) -> None:
    give(work, full_report(serial=serial, **more))


def test_the_word_reconditionne_is_printed_when_every_function_and_every_drive_is_right(work: ExitWork) -> None:
    diagnosed(work)
    work.make_ready()
    line = work.leave("A-1")[0]
    assert (line.word, json.loads(line.missing)) == ("refurbished", [])
    assert line.letter in {"A", "B", "C"}
    assert line.grade_policy == "etabli-example v2"


@pytest.mark.parametrize("results", [{"keyboard": "fail"}, {"camera": ""}])
def test_a_defect_or_an_untested_function_makes_it_second_hand_and_is_named(
    work: ExitWork, results: dict[str, str]
) -> None:
    diagnosed(work, results=results)
    work.make_ready()
    line = work.leave("A-1")[0]
    assert line.word == "second-hand"
    assert next(iter(results)) in line.missing


def test_a_drive_with_exceptions_leaves_and_keeps_the_word_away(work: ExitWork) -> None:
    diagnosed(work)
    work.sort("A-1")
    work.approve(work.erase("WD-0001", "A-1", verdict="ERASED_WITH_EXCEPTIONS"))
    line = work.leave("A-1")[0]
    assert (line.word, "mention.drive-exceptions" in line.missing) == ("second-hand", True)


def test_a_new_drive_that_was_fitted_counts_as_an_erased_one(work: ExitWork) -> None:
    diagnosed(work, serial="NEW-77")
    work.make_ready()
    work.take_drive("A-1", "WD-0001")
    with work.world.hub.sessions().begin() as session:
        part = repairs.add_part(session, work.lead, "drive", "new", what="SSD 240", serial="NEW-77")
    work.fit("A-1", part)
    line = work.leave("A-1")[0]
    assert (line.word, line.missing) == ("refurbished", "[]")
