"""The drive account: INV-5 and INV-6. One class per drive, and nothing but the listed ways explains one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from hub.devices import triage, tying
from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.lots import explaining
from hub.lots.account import UNTOUCHED, Explained, Record, Run, judge
from hub.models import Lot, Role
from tests.hub.lot_work import LotWork
from tests.hub.sent import erasure_of, put

SINCE = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def work(world: Any) -> LotWork:
    found = LotWork(world)
    found.receive()
    return found


def test_inv_6_drives_are_observed_declared_at_triage_and_listed(work: LotWork) -> None:
    work.erase("SEEN-0003", "A-1")
    work.device("A-2", triage.declare_drive, "TOLD-0004")
    assert work.standings() == dict.fromkeys(["SEEN-0003", "TOLD-0004", "WD-0001", "WD-0002"], "open")
    assert work.whys() == {"SEEN-0003": "awaiting", "TOLD-0004": "unseen", "WD-0001": "unseen", "WD-0002": "unseen"}


def test_inv_5_only_an_approved_erased_run_prints_as_erased(work: LotWork) -> None:
    one, two = work.erase("WD-0001", "A-1"), work.erase("WD-0002", "A-2", verdict="ERASED_WITH_EXCEPTIONS")
    assert set(work.standings().values()) == {"open"}
    work.approve(one)
    work.approve(two)
    assert work.standings() == {"WD-0001": "erased-clear", "WD-0002": "exceptions"}


def test_inv_5_a_failed_run_explains_nothing_and_a_later_one_asks_again(work: LotWork) -> None:
    work.erase("WD-0002", "A-2", verdict="FAILED")
    work.approve(work.erase("WD-0001", "A-1"))
    assert work.standings()["WD-0001"] == "erased-clear"
    work.erase("WD-0001", "A-1", verdict="FAILED")
    assert work.standings() == {"WD-0001": "open", "WD-0002": "open"}
    assert work.whys() == {"WD-0001": "contradicted", "WD-0002": "failed"}


def test_inv_7_a_run_from_before_the_reception_counts_only_by_a_validators_word(world: Any) -> None:
    work = LotWork(world)
    work.approve(work.erase("WD-0001", "A-1"))
    world.hub.clock.forward(days=3)
    work.receive()
    assert (work.standings()["WD-0001"], work.whys()["WD-0001"]) == ("open", "earlier")
    with pytest.raises(Forbidden):
        work.say("WD-0001", "earlier-run", who=work.technician, note="banc à la collecte")
    record = work.say("WD-0001", "earlier-run", note="banc à la collecte")
    assert work.standings()["WD-0001"] == "erased-clear"
    work.do(explaining.withdraw, record.id, "pas sûr")
    assert work.standings()["WD-0001"] == "open"


def test_a_destruction_has_two_people_a_method_a_day_and_the_serial_of_the_drive(work: LotWork) -> None:
    for wrong, says in (
        ({"witness": ""}, "name the witness"),
        ({"witness": f"  {work.technician.name.upper()} "}, "two people"),
        ({"operator_id": ""}, "who destroyed"),
        ({"reason": "hidden"}, "how it was destroyed"),
        ({"reason": "other"}, "how it was destroyed"),
        ({"day": ""}, "YYYY-MM-DD"),
        ({"day": "2026-12-01"}, "not come yet"),
        ({"serial": "WD-0002"}, "not the serial"),
        ({"serial": ""}, "not the serial"),
        ({"unreadable": True}, "write what was seen"),
        ({"sure": False}, "tick the box"),
    ):
        with pytest.raises(BadInput, match=says):
            work.destroy("WD-0001", **wrong)
    with pytest.raises(Forbidden):
        work.destroy("WD-0001", who=work.technician)
    assert work.standings()["WD-0001"] == "open"
    row = work.destroy("WD-0001", serial="wd-0001", reference="PV 12")
    assert (row.operator, row.witness, row.reference) == (work.technician.name, "Anne Le Bris", "PV 12")
    work.destroy("WD-0002", unreadable=True, note="plateaux pliés, étiquette brûlée")
    assert work.standings() == {"WD-0001": "destroyed", "WD-0002": "destroyed"}
    with pytest.raises(Conflict, match="has a record already"):
        work.destroy("WD-0001")


def test_a_record_is_taken_back_with_a_reason_and_kept(work: LotWork) -> None:
    row = work.destroy("WD-0001")
    for person, reason, error in (
        (work.technician, "erreur", Forbidden),
        (work.lead, " ", BadInput),
    ):
        with pytest.raises(error):
            work.do(explaining.withdraw, row.id, reason, who=person)
    work.do(explaining.withdraw, row.id, "mauvais disque")
    with pytest.raises(NotFound):
        work.do(explaining.withdraw, row.id, "encore")
    assert work.standings()["WD-0001"] == "open"
    kept = work.do(explaining.records_of, work.drive_id("WD-0001"))
    assert [(one.how, one.withdrawn_reason) for one in kept] == [("destroyed", "mauvais disque")]


def test_absence_is_attested_by_a_named_person_and_never_of_a_drive_that_was_seen(work: LotWork) -> None:
    work.erase("WD-0002", "A-2", verdict="FAILED")
    with pytest.raises(Conflict, match="it was here"):
        work.say("WD-0002", "absent", reason="bay-empty")
    row = work.say("WD-0001", "absent", who=work.technician, reason="bay-empty")
    assert (row.by_name, work.standings()["WD-0001"]) == (work.technician.name, "absent")
    work.erase("WD-0001", "A-1", verdict="NOT_ERASED")  # there it is
    assert (work.standings()["WD-0001"], work.whys()["WD-0001"]) == ("open", "seen-after")


@pytest.mark.parametrize(
    ("how", "told", "says"),
    [
        ("returned", {"day": "2026-11-20", "witness": "Mme Abalain"}, "receipt"),
        ("returned", {"day": "2026-11-20", "reference": "reçu 4"}, "receipt"),
        ("lost", {"day": "2026-11-20", "reference": "incident 3"}, "what happened"),
        ("lost", {"day": "2026-11-20", "note": "colis ouvert"}, "incident record"),
        ("absent", {"reason": "who knows"}, "choose why"),
        ("absent", {"reason": "not-arrived"}, "in words"),
        ("sold", {}, "choose what became"),
    ],
)
def test_a_record_without_its_proof_is_refused(work: LotWork, how: str, told: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        work.say("WD-0001", how, **told)


def test_a_drive_given_back_or_lost_has_its_own_class_until_a_bench_sees_it(work: LotWork) -> None:
    work.say("WD-0001", "returned", day="2026-11-20", reference="reçu 4", witness="Mme Abalain")
    work.say("WD-0002", "lost", day="2026-11-20", reference="incident 3", note="colis ouvert")
    assert work.standings() == {"WD-0001": "returned", "WD-0002": "lost"}
    work.world.hub.clock.forward(hours=1)
    work.erase("WD-0002", "A-2", verdict="NOT_ERASED")
    assert work.standings()["WD-0002"] == "open"


def test_a_drive_that_a_person_put_elsewhere_stays_in_the_account_of_its_list(work: LotWork) -> None:
    other = work.world.lot("LOT-2", donor="CHU")
    waits = put(work.bench, lot="LOT-2", serial="WD-0002")
    with work.world.hub.sessions().begin() as session:
        drive = erasure_of(work.world, waits).drive_id
        tying.tie(session, work.lead, drive, session.get(Lot, other.id), reason="list-wrong")
    assert work.whys()["WD-0002"] == "unseen"
    work.say("WD-0002", "absent", reason="list-wrong", note="vu avec le CHU")
    assert work.standings()["WD-0002"] == "absent"


def test_a_drive_declared_at_triage_by_mistake_is_taken_back(work: LotWork) -> None:
    with pytest.raises(BadInput, match="in words"):
        work.device("A-1", triage.declare_drive, "")
    with pytest.raises(BadInput, match="no usable serial"):
        work.device("A-1", triage.declare_drive, "0000")
    with pytest.raises(Conflict, match="on record already"):
        work.device("A-1", triage.declare_drive, "WD-0002")
    work.device("A-1", triage.declare_drive, "", reason="SSD M.2 sans étiquette")
    assert list(work.standings()) == ["", "WD-0001", "WD-0002"]
    said = next(one for one in work.device("A-1", triage.history) if one.about == "drive")
    work.device("A-1", triage.withdraw, said.id, "c'était une carte Wi-Fi")
    assert list(work.standings()) == ["WD-0001", "WD-0002"]


def test_inv_10_no_device_goes_out_by_a_step(work: LotWork) -> None:
    with pytest.raises(Conflict, match="by an exit"):  # which has its own rules: test_leaving
        work.device("A-1", triage.take_step, "out")


def test_a_change_of_mind_needs_a_reason_and_is_logged(work: LotWork) -> None:
    work.device("A-1", triage.dispose, "reuse")
    with pytest.raises(BadInput, match="elsewhere now"):
        work.device("A-1", triage.dispose, "weee")
    with pytest.raises(Conflict, match="already"):
        work.device("A-1", triage.dispose, "reuse")
    work.device("A-1", triage.dispose, "weee", reason="carte mère morte")
    said = work.device("A-1", triage.history)
    assert [(one.word, one.reason) for one in said] == [("reuse", ""), ("weee", "carte mère morte")]
    work.device("A-1", triage.withdraw, said[-1].id, "elle démarre")
    with work.world.hub.sessions()() as session:
        held = triage.words_of(session, work.lead, [said[0].device_id])[said[0].device_id]
    assert held.disposition is not None
    assert held.disposition.word == "reuse"


def test_devices_come_in_pages_by_key_and_each_one_once(world: Any) -> None:
    work = LotWork(world, "asset\n" + "\n".join(f"A-{n}" for n in range(7)) + "\n")
    found, after, stranger = [], "", work.person(Role.DONOR, donor="CHU")
    with world.hub.sessions()() as session:
        while page := triage.page_of(session, work.lead, work.lot(session), after, 3):
            found.append(len(page))
            after = page[-1].id
        assert triage.page_of(session, stranger, work.lot(session)) == ()
    assert found == [3, 3, 1]


def run(position: int = 1, **changed: Any) -> Run:
    told = {
        "verdict": "ERASED",
        "level": "PURGE",
        "received": SINCE,
        "began": SINCE,
        "decision": "APPROVED",
        "decided": 9,
        "certified": True,
        **changed,
    }
    return Run(f"s{position}", position, **told)


@pytest.mark.parametrize(
    ("changed", "explained"),
    [
        ({}, Explained.ERASED_PURGE),
        ({"level": "CLEAR"}, Explained.ERASED_CLEAR),
        ({"level": "NONE"}, Explained.OPEN),
        ({"verdict": "UNCONFIRMED"}, Explained.OPEN),
        ({"verdict": "ERASED_WITH_EXCEPTIONS"}, Explained.EXCEPTIONS),
        ({"certified": False}, Explained.OPEN),
        ({"decision": "REJECTED"}, Explained.OPEN),
        ({"received": SINCE - timedelta(seconds=1)}, Explained.OPEN),
        ({"began": SINCE - timedelta(days=1)}, Explained.ERASED_PURGE),
        ({"began": SINCE - timedelta(days=1, seconds=1)}, Explained.OPEN),
        ({"began": None}, Explained.ERASED_PURGE),
    ],
)
def test_the_bounds_of_what_explains(changed: dict[str, Any], explained: Explained) -> None:
    assert judge([run(**changed)], [], SINCE).explained is explained


def test_a_destroyed_drive_with_exceptions_is_destroyed_and_an_erased_one_stays_erased() -> None:
    record = Record(1, "destroyed", SINCE)
    assert judge([run(verdict="ERASED_WITH_EXCEPTIONS")], [record], SINCE).explained is Explained.DESTROYED
    assert judge([run()], [record], SINCE).explained is Explained.ERASED_PURGE
    assert judge([run(received=SINCE + timedelta(hours=1), verdict="FAILED")], [record], SINCE).why == "seen-after"


def test_a_failure_that_the_validator_knew_of_contradicts_nothing() -> None:
    spoilt = run(2, verdict="FAILED", decision="AWAITING", certified=False, decided=0)
    assert judge([run(decided=3), spoilt], [], SINCE).explained is Explained.ERASED_PURGE
    assert judge([run(decided=1), spoilt], [], SINCE).why == "contradicted"


def test_a_run_that_belongs_to_no_lot_yet_speaks_against_what_was_said_too(work: LotWork) -> None:
    work.approve(work.erase("NEW-0009"))
    work.destroy("WD-0002")
    assert (work.standings()["NEW-0009"], work.standings()["WD-0002"]) == ("erased-clear", "destroyed")
    work.world.hub.clock.forward(minutes=1)
    put(work.bench, lot="", asset="", serial="NEW-0009", verdict="FAILED")
    put(work.bench, lot="LOT-9", asset="A-1", serial="WD-0002", verdict="NOT_ERASED")
    assert (work.standings()["NEW-0009"], work.whys()["NEW-0009"]) == ("open", "contradicted")
    assert (work.standings()["WD-0002"], work.whys()["WD-0002"]) == ("open", "seen-after")


def test_a_run_that_belongs_to_no_lot_yet_explains_nothing(work: LotWork) -> None:
    statement = put(work.bench, lot="", asset="", serial="NEW-0009")
    work.erase("NEW-0009", verdict="FAILED")
    assert statement
    assert (work.standings()["NEW-0009"], work.whys()["NEW-0009"]) == ("open", "failed")


MOMENTS = [SINCE + timedelta(days=place) for place in (-2, -1, 0, 1)]


def every_run() -> Iterator[Run]:
    """Every sort of run, of the lot's time and from before it, decided before and after another came in."""
    verdicts = ["ERASED", "ERASED_WITH_EXCEPTIONS", "NOT_ERASED", "FAILED", "UNCONFIRMED", ""]
    decisions = ["APPROVED", "REJECTED", "AWAITING"]
    for verdict, level, received, began, decision, decided, certified in product(
        verdicts, ["PURGE", "CLEAR", ""], MOMENTS, [None, *MOMENTS], decisions, [0, 9], [True, False]
    ):
        yield Run("run", 5, verdict, level, received, began, decision, decided, certified)


def test_inv_5_one_run_alone_is_judged_as_if_other_things_had_been_looked_at() -> None:
    stranger = Run("other", 10, "NOT_ERASED", "", SINCE, None, "AWAITING", 0, certified=False)
    for run in every_run():
        assert judge([run], [], SINCE) == judge([run], [], SINCE, elsewhere=[stranger]), run


def test_inv_5_a_drive_of_which_nothing_is_known_is_open_and_unseen() -> None:
    assert judge([], [], SINCE) == UNTOUCHED
