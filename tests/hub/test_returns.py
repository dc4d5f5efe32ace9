"""S2-19, S0-10, K-8: returns within the warranty, on closed lots too; non-conformity once per device, exact."""

from fractions import Fraction
from typing import Any

import pytest

from hub.departed import DeviceReturn, ExitLine, NonConformity
from hub.errors import BadInput, Conflict
from hub.returns import service as returns
from hub.returns.rates import Rate
from hub.returns.service import Finding
from tests.hub.exit_work import ExitWork


@pytest.fixture
def work(fresh_world: Any) -> ExitWork:
    return ExitWork(fresh_world())


def take(work: ExitWork, reason: str = "battery", *, came_back: bool = True, **more: str) -> DeviceReturn:
    found: DeviceReturn = work.device("A-1", returns.take_return, Finding(reason, **more), came_back=came_back)
    return found


@pytest.mark.parametrize(
    ("bad", "delivered", "below"),
    [(1, 20, False), (2, 40, False), (1, 21, True), (2, 41, True), (2, 50, True), (3, 50, False), (0, 1, True),
     (0, 0, None)],
)  # fmt: skip
def test_s0_10_the_rate_is_compared_by_whole_numbers(bad: int, delivered: int, below: bool | None) -> None:  # noqa: FBT001
    assert Rate(bad, delivered).is_below(5) is below


def test_s2_19_a_return_of_a_closed_lot_is_noted_and_says_whether_the_warranty_holds(work: ExitWork) -> None:
    for asset, serial in (("A-1", "WD-0001"), ("A-2", "WD-0002")):
        work.make_ready(asset, serial)
    work.close()
    line = work.sell(18000)
    work.world.hub.clock.forward(days=731)  # 2028 has 366 days
    assert work.world.hub.clock().date().isoformat() == line.warranty_end
    assert take(work, came_back=False).within is True
    work.world.hub.clock.forward(days=1)
    assert take(work, came_back=False).within is False
    with pytest.raises(BadInput, match="before the exit"):
        take(work, day="2026-11-20")


def test_inv_7_a_device_that_came_back_leaves_only_after_its_drive_is_erased_again(work: ExitWork) -> None:
    work.make_ready()
    work.leave("A-1", mode="loan")
    with pytest.raises(Conflict, match="take its exit back first"):
        work.device("A-1", returns_place, "Étagère")
    work.world.hub.clock.forward(days=30)
    row = take(work, "end-of-loan")
    assert work.out() == set()
    assert work.held("A-1") == ["drive WD-0001 came back with the device: erase it again"]
    work.world.hub.clock.forward(minutes=1)
    work.approve(work.erase("WD-0001", "A-1"))
    work.leave("A-1")
    with work.world.hub.sessions()() as session, pytest.raises(Conflict, match="left again since"):
        returns.withdraw(session, work.lead, session.get(DeviceReturn, row.id), "erreur")


def returns_place(session: Any, person: Any, device: Any, place: str) -> Any:
    from hub.repairs.places import put_device

    return put_device(session, person, device, place)


def test_an_exit_with_a_return_is_not_taken_back_before_the_return(work: ExitWork) -> None:
    work.make_ready()
    (line,) = work.leave("A-1")
    row = take(work)
    with pytest.raises(Conflict, match="a return of this exit"):
        work.come_home(line.id)
    with work.world.hub.sessions().begin() as session:
        returns.withdraw(session, work.lead, session.get(DeviceReturn, row.id), "erreur de saisie")
    assert work.out() == {"A-1"}
    assert work.come_home(line.id).withdrawn is not None


def test_k_8_a_device_counts_once_whatever_its_defects(work: ExitWork) -> None:
    for asset, serial in (("A-1", "WD-0001"), ("A-2", "WD-0002")):
        work.make_ready(asset, serial)
    assert work.do(returns.rate_of).share is None
    work.leave("A-1", "A-2")
    for reason in ("battery", "screen"):
        row = work.device("A-1", returns.note_defect, Finding(reason, finding="vu au comptoir"))
    work.device("A-2", returns.note_defect, Finding("looks", finding="rayure", remedy="usage"), counted=False)
    assert work.do(returns.rate_of).share == Fraction(1, 2)
    with work.world.hub.sessions().begin() as session:
        for one in session.query(NonConformity).filter_by(device_id=row.device_id):
            returns.withdraw(session, work.lead, one, "erreur")
    assert work.do(returns.rate_of).share == Fraction(0)


def test_what_did_not_leave_or_has_no_reason_is_refused(work: ExitWork) -> None:
    with pytest.raises(Conflict, match="not out"):
        take(work)
    work.make_ready()
    work.leave("A-1")
    for reason, more in (("?", {}), ("other", {}), ("end-of-loan", {}), ("battery", {"finding": "reconditionné"})):
        with pytest.raises(BadInput):
            take(work, reason, **more)
    for found, counted in ((Finding("battery"), True), (Finding("battery", finding="x"), False),
                           (Finding("not-needed", finding="x"), True)):  # fmt: skip
        with pytest.raises(BadInput):
            work.device("A-1", returns.note_defect, found, counted=counted)
    with work.world.hub.sessions()() as session:
        assert session.query(ExitLine).count() == 1
