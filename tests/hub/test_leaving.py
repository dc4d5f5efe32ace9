"""INV-10, S1-5, S2-10, S3-5: nothing leaves with an open drive, by any exit; every exit has a reason and a head."""

from typing import Any

import pytest

from hub.audit import trail
from hub.departed import ExitLine
from hub.devices import triage
from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.exits import by_number, leaving, papers
from hub.exits.leaving import Goods, Head
from hub.exits.listing import told_of_lot
from hub.exits.modes import MODES
from hub.lots import closing, counts, explaining, life
from hub.lots.counts import Counted
from hub.models import Role
from tests.hub.exit_work import ExitWork

OPEN = "drive WD-0001 is not explained: it does not leave"


@pytest.fixture
def work(fresh_world: Any) -> ExitWork:
    return ExitWork(fresh_world())


def test_inv_10_no_exit_lets_a_device_out_with_an_open_drive(work: ExitWork) -> None:
    ticked = ("charger", "battery", "system")

    def held(mode: str) -> list[str]:
        return work.held("A-1", mode=mode, price_cents=1000 if mode == "sale" else None, ticked=ticked)

    work.sort("A-1", "reuse")
    for mode in MODES:
        if words_now(work) != MODES[mode].outcome:
            work.redispose("A-1", MODES[mode].outcome)
        assert held(mode) == [OPEN], mode
        assert work.out() == set()
    work.approve(work.erase("WD-0001", "A-1"))
    assert held("returned") == []
    assert work.out() == {"A-1"}


def words_now(work: ExitWork) -> str:
    said = [one for one in work.device("A-1", triage.history) if one.about == "disposition"]
    return str(said[-1].word)


def test_inv_10_a_refusal_names_the_drive_and_nothing_of_the_scan_leaves(work: ExitWork) -> None:
    work.make_ready("A-1", "WD-0001")
    work.sort("A-2")
    with pytest.raises(leaving.Stays) as stays:
        work.leave("A-1", "A-2", "A-9")
    assert [(one.tag, one.drive_id) for one in stays.value.held] == [("A-2", work.drive_id("WD-0002")), ("A-9", "")]
    assert work.out() == set()


def test_inv_6_a_device_whose_bays_nobody_counted_stays(work: ExitWork) -> None:
    work.device("A-1", triage.dispose, "reuse")
    work.approve(work.erase("WD-0001", "A-1"))
    bays = "its places for drives are not all explained: count them, and attest the empty ones"
    assert work.held("A-1") == [bays]
    work.device("A-1", triage.count_bays, 2, 0)
    assert work.held("A-1") == [bays]
    work.device("A-1", triage.count_bays, 2, 1)
    assert work.held("A-1") == []


def test_s3_5_a_device_leaves_only_the_way_that_triage_sent_it(work: ExitWork) -> None:
    work.approve(work.erase("WD-0001", "A-1"))
    work.device("A-1", triage.count_bays, 1, 0)
    assert work.held("A-1") == ["nobody has said where this device goes: it does not leave"]
    work.device("A-1", triage.dispose, "reuse")
    assert work.held("A-1", mode="weee") == ["its triage sends it elsewhere: change that first, with a reason"]
    assert work.held("A-1") == []
    assert work.held("A-1") == ["it has left already, with exit 1"]


def test_a_step_lets_nothing_out(work: ExitWork) -> None:
    work.make_ready()
    with pytest.raises(Conflict, match="by an exit"):
        work.device("A-1", triage.take_step, "out")


def test_inv_10_what_a_device_left_on_is_not_taken_back_while_it_is_out(work: ExitWork) -> None:
    work.sort("A-1")
    record = work.destroy("WD-0001")
    (line,) = work.leave("A-1")
    for act in (
        lambda: work.do(explaining.withdraw, record.id, "erreur"),
        lambda: work.device("A-1", triage.declare_drive, "WD-0009"),
        lambda: work.device("A-1", triage.dispose, "weee", "autre"),
        lambda: work.device("A-1", triage.count_bays, 2, 0),
        lambda: work.do(life.undo),
    ):
        with pytest.raises(Conflict, match="take its exit back first"):
            act()
    work.come_home(line.id)
    assert work.do(explaining.withdraw, record.id, "erreur").withdrawn is not None


def test_an_exit_is_taken_back_with_a_reason_and_stays_on_record(work: ExitWork) -> None:
    work.make_ready()
    (line,) = work.leave("A-1")
    with pytest.raises(BadInput):
        work.come_home(line.id, " ")
    assert work.come_home(line.id, "annulé par le distributeur").withdrawn_reason == "annulé par le distributeur"
    assert work.out() == set()
    with pytest.raises(NotFound):
        work.come_home(line.id)
    with work.world.hub.sessions()() as session:
        assert session.query(ExitLine).count() == 1
        acts = [entry.action for entry in trail(session, line.device_id)]
        assert acts[:2] == ["device.exit.withdraw", "device.exit"]


def test_s2_10_a_delivery_goes_out_of_a_closed_lot_too(work: ExitWork) -> None:
    for asset, serial in (("A-1", "WD-0001"), ("A-2", "WD-0002")):
        work.make_ready(asset, serial)
    work.close()
    (line,) = work.leave("A-1", receiver="Espace Solidarité Numérique", prescription="cdas-29/104")
    assert (line.kind, line.units, line.word) == ("laptop", 1, "second-hand")
    work.do(closing.reopen, "suite")


def test_a_lot_that_has_not_come_lets_nothing_out(fresh_world: Any) -> None:
    work = ExitWork(fresh_world())
    work.do(life.undo)
    assert "lot LOT-1 has not been received: nothing of it leaves" in work.held("A-1")


def test_s1_5_each_exit_asks_for_its_head(work: ExitWork) -> None:
    for mode, missing in (("weee", "receiver"), ("weee", "producer"), ("returned", "receipt")):
        with pytest.raises(BadInput) as error:
            work.batch(mode, **{missing: " "})
        assert error.value.code == missing


def test_s4_9_a_prescription_has_a_code_and_no_name_passes_for_one(work: ExitWork) -> None:
    for code in ("MARTIN", "Jean Dupont", "A1", "A 12", "é-12", "X" * 40 + "1"):
        with pytest.raises(BadInput, match="never a name"):
            work.batch("gift", prescription=code)
    assert work.batch("gift", prescription=" ccas-29/104 ").prescription == "CCAS-29/104"


def test_no_table_of_exits_has_a_column_for_a_beneficiary() -> None:
    from hub import departed

    columns = {column for table in departed.Base.metadata.tables.values() for column in table.columns.keys()}  # noqa: SIM118 - no dict
    assert not [one for one in columns if "benef" in one or one in {"first_name", "last_name", "customer", "client"}]


def test_a_head_that_says_too_much_or_nonsense_is_refused(work: ExitWork) -> None:
    for more in (
        {"day": "2026-11-22"},
        {"day": "hier"},
        {"receiver_siret": "123"},
        {"receiver": "ordis reconditionnés"},
    ):
        with pytest.raises(BadInput):
            work.batch("gift", **more)


def test_only_a_sale_has_a_price_and_a_scan_has_tags(work: ExitWork) -> None:
    work.make_ready()
    for goods in (Goods(("A-1",), (), 100), Goods(()), Goods(("A-1",), ("gold",)), Goods(tuple(map(str, range(501))))):
        batch = work.batch("gift")
        with work.world.hub.sessions()() as session, pytest.raises(BadInput):
            leaving.send(session, work.lead, leaving.batch_for(session, work.lead, batch.id), goods)


def test_who_may_let_things_out(work: ExitWork) -> None:
    donor = work.person(Role.DONOR, donor="CAF")
    for who in (work.technician, donor):
        with work.world.hub.sessions()() as session, pytest.raises(Forbidden):
            leaving.begin(session, who, Head("gift"))
    with work.world.hub.sessions()() as session, pytest.raises(Forbidden):
        leaving.batch_for(session, donor, 1)


def test_s1_5_an_e_waste_exit_has_weights_by_category_and_a_slip(work: ExitWork) -> None:
    work.make_ready(word="weee")
    work.leave("A-1", mode="weee")
    with work.world.hub.sessions().begin() as session:
        batch = leaving.batch_for(session, work.lead, 1)
        papers.weigh(session, work.technician, batch, "2", 1600)
        papers.weigh(session, work.technician, batch, "2", 1650)
        papers.weigh(session, work.technician, batch, "6", 0)
        papers.note_slip(session, work.technician, batch, "BSD-20261121-ABC", day="2026-11-21", treatment="r4")
        assert papers.masses_of(session, [1]) == {1: {"2": 1650, "6": 0}}
        assert (papers.slips_of(session, [1])[1].number, papers.slips_of(session, [1])[1].treatment) == (
            "BSD-20261121-ABC",
            "R4",
        )
        for wrong in (("9", 10), ("2", -1), ("2", 10**9)):
            with pytest.raises(BadInput):
                papers.weigh(session, work.technician, batch, *wrong)
        with pytest.raises(BadInput):
            papers.note_slip(session, work.technician, batch, "")
        gift = leaving.begin(session, work.lead, Head("gift"))
        with pytest.raises(Conflict):
            papers.weigh(session, work.technician, gift, "2", 10)


def test_s3_9_units_leave_by_number_as_they_were_sorted_and_never_a_drive(work: ExitWork) -> None:
    work.do(counts.count, Counted("sorted", "screen", 3, "weee"))
    batch = work.batch("weee")

    def send(kind: str, units: int) -> Any:
        with work.world.hub.sessions().begin() as session:
            found = leaving.batch_for(session, work.lead, batch.id)
            return by_number.send_units(session, work.lead, found, work.lot(session), kind=kind, units=units)

    line = send("screen", 2)
    with pytest.raises(Conflict, match="has 1 units of this kind left"):
        send("screen", 2)
    for kind, units in (("drive", 1), ("laptop", 1), ("screen", 0)):
        with pytest.raises(BadInput):
            send(kind, units)
    work.come_home(line.id)
    assert send("screen", 3).units == 3


def test_inv_18_a_donor_reads_where_the_own_goods_went_without_price_or_name(work: ExitWork) -> None:
    donor, other = work.person(Role.DONOR, donor="CAF"), work.person(Role.DONOR, donor="CHU")
    work.make_ready()
    work.make_ready("A-2", "WD-0002")
    work.leave("A-1", receiver="Association Secrète", prescription="CDAS-1")
    work.leave("A-2", receiver="Association Ouverte", named_to_donor=True)
    told = work.do(told_of_lot, who=donor)
    assert [(one.tag, one.mode, one.receiver) for one in told] == [
        ("A-1", "gift", ""),
        ("A-2", "gift", "Association Ouverte"),
    ]
    assert not [name for name in told[0].__slots__ if "price" in name or "prescription" in name]
    assert work.do(told_of_lot, who=other) == ()
