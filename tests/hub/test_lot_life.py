"""The life of a lot: who moved it when, what was counted, and what can be taken back."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hub.audit import trail
from hub.errors import BadInput, Conflict, Forbidden
from hub.lots import counts, life
from hub.lots.counts import Counted
from hub.models import Lot, LotState
from tests.hub.lot_work import LotWork


@pytest.fixture
def work(world: Any) -> LotWork:
    return LotWork(world)


def state(work: LotWork) -> tuple[str, datetime | None]:
    with work.world.hub.sessions()() as session:
        lot: Lot = work.lot(session)
        return lot.state, lot.received


def test_a_lot_goes_from_announced_to_received_by_named_people(work: LotWork) -> None:
    work.do(life.move, "collected", who=work.technician, note="deux palettes")
    work.do(life.move, "received", day="2026-11-20")
    assert state(work) == (LotState.RECEIVED, datetime(2026, 11, 20, tzinfo=UTC))
    with work.world.hub.sessions()() as session:
        found = life.steps_of(session, work.lead, work.lot(session))
        assert [(one.before, one.after, one.by_name, one.note) for one in found] == [
            ("collected", "received", work.lead.name, ""),
            ("announced", "collected", work.technician.name, "deux palettes"),
        ]
        acts = [one.action for one in trail(session, work.lot(session).id)]
        assert acts.count("lot.step") == 2


def test_a_step_is_taken_back_and_stays_on_record(work: LotWork) -> None:
    work.do(life.move, "collected")
    work.do(life.move, "received", day="2026-11-20")
    work.do(life.undo)
    assert state(work) == ("collected", None)
    with work.world.hub.sessions()() as session:
        kinds = [one.kind for one in life.steps_of(session, work.lead, work.lot(session))]
    assert kinds == ["undo", "step", "step"]
    with pytest.raises(Conflict, match="no step to take back"):
        work.do(life.undo)


@pytest.mark.parametrize("after", ["processing", "ready", "closed", "announced", "sold"])
def test_a_lot_skips_no_step(work: LotWork, after: str) -> None:
    with pytest.raises(Conflict, match="does not go from announced"):
        work.do(life.move, after)


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "2026-11-22", "١"])
def test_a_day_that_is_none_or_has_not_come_is_refused(work: LotWork, day: str) -> None:
    with pytest.raises(BadInput):
        work.do(life.move, "received", day=day)


def test_a_lot_of_which_something_came_is_not_cancelled(work: LotWork) -> None:
    with pytest.raises(Forbidden):
        work.do(life.move, "cancelled", who=work.technician, note="rien")
    with pytest.raises(BadInput, match="say why"):
        work.do(life.move, "cancelled", who=work.admin)
    work.erase("WD-0001", "A-1")
    with pytest.raises(Conflict, match="it is closed, not cancelled"):
        work.do(life.move, "cancelled", who=work.admin, note="rien")


def test_a_cancelled_lot_is_left_alone_until_that_is_taken_back(work: LotWork) -> None:
    work.do(counts.count, Counted("received", "laptop", 3))
    work.do(counts.count, Counted("received", "laptop", 0))  # the correction holds
    work.do(life.move, "cancelled", note="le donateur garde tout")
    with pytest.raises(Conflict, match="is over"):
        work.do(counts.count, Counted("received", "laptop", 1))
    with pytest.raises(Forbidden):
        work.do(life.undo, who=work.technician)
    work.do(life.undo)
    assert state(work)[0] == "announced"


def test_the_newest_count_holds_and_every_older_one_stays(work: LotWork) -> None:
    for counted in (
        Counted("announced", "laptop", 40),
        Counted("announced", "laptop", 43),
        Counted("announced", "screen", 5),
        Counted("received", "laptop", 41),
        Counted("refused", "laptop", 1, "dangerous", "batterie gonflée"),
        Counted("refused", "laptop", 2, "damaged"),
    ):
        work.do(counts.count, counted, who=work.technician)
    found = work.do(counts.quantities)
    assert (found.total("announced"), found.total("received"), found.gap) == (48, 41, 7)
    assert dict(found.refusals) == {"dangerous": 1, "damaged": 2}
    assert found.by_step["refused"] == {"laptop": 3}
    assert len(work.do(counts.history)) == 6


def test_a_gap_is_not_told_before_both_sides_were_counted(work: LotWork) -> None:
    work.do(counts.count, Counted("announced", "laptop", 40))
    assert work.do(counts.quantities).gap is None
    work.do(counts.count, Counted("received", "laptop", 0))
    assert work.do(counts.quantities).gap == 40


@pytest.mark.parametrize(
    "counted",
    [
        Counted("announced", "toaster", 1),
        Counted("sold", "laptop", 1),
        Counted("received", "laptop", -1),
        Counted("received", "laptop", 100_001),
        Counted("refused", "laptop", 1),
        Counted("refused", "laptop", 1, "other"),
        Counted("sorted", "laptop", 1, "waste"),
        Counted("sorted", "screen", 1, "sold"),
    ],
)
def test_a_count_that_says_nothing_is_refused(work: LotWork, counted: Counted) -> None:
    with pytest.raises(BadInput):
        work.do(counts.count, counted)
