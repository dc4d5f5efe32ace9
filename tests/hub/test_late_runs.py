"""A run that fails after a lot was closed or after a drive left: the account and the lead are told."""

from typing import Any

import pytest

from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.lots import closing, late_runs
from hub.lots.drive_account import account_of, line_of, totals
from hub.lots.late_runs import contradicted_since
from hub.models import Lot, Role
from hub.waiting import waiting
from tests.hub.exit_work import ExitWork
from tests.hub.lot_work import LotWork
from tests.hub.sent import put

NEW = "NEW-0009"  # a drive of no list: a bench may name any lot for it


def closed(world: Any) -> LotWork:
    """A lot that was closed with a drive of no list, erased with the others."""
    work = LotWork(world)
    work.finish()
    work.device("A-1", _bays, 2)
    work.approve(work.erase(NEW, "A-1"))
    work.close()
    world.lot("LOT-2", donor="CHU")
    world.hub.clock.forward(minutes=5)
    return work


def _bays(session: Any, person: Any, device: Any, bays: int) -> None:
    from hub.devices import triage

    triage.count_bays(session, person, device, bays, 0)


def flagged(work: LotWork) -> list[tuple[str, list[str], list[int]]]:
    with work.world.hub.sessions()() as session:
        counted = {one.kind: one.count for one in waiting(session, work.lead)}
        found = late_runs.late_runs(session, work.lead)
        assert counted["contradicted"] == len(found)
        return [
            (one.run.drive.serial, [lot.code for lot in one.lots], [line.id for line in one.exits]) for one in found
        ]


def elsewhere(work: LotWork, lot: str = "LOT-2", verdict: str = "FAILED", **more: Any) -> str:
    return put(work.bench, lot=lot, asset="", serial=NEW, verdict=verdict, **more)


@pytest.mark.parametrize(("lot", "verdict"), [("LOT-2", "FAILED"), ("LOT-2", "UNCONFIRMED"), ("", "FAILED")])
def test_a_failure_in_another_lot_or_in_none_speaks_against_the_first_lot(world: Any, lot: str, verdict: str) -> None:
    work = closed(world)
    assert (work.standings()[NEW], flagged(work)) == ("erased-clear", [])
    elsewhere(work, lot, verdict)
    assert (work.standings()[NEW], work.whys()[NEW]) == ("open", "contradicted")
    assert flagged(work) == [(NEW, ["LOT-1"], [])]


def test_what_was_frozen_at_the_closing_keeps_its_bytes(world: Any) -> None:
    work = closed(world)
    (before,) = work.do(closing.closings_of)
    elsewhere(work)
    (after,) = work.do(closing.closings_of)
    assert (after.document, after.sha256) == (before.document, before.sha256)
    assert closing.document_of(after)["drives"]["erased-clear"] == 3


def test_a_success_elsewhere_that_is_approved_answers_and_nothing_less_does(world: Any) -> None:
    work = closed(world)
    elsewhere(work)
    work.approve(elsewhere(work, verdict="ERASED_WITH_EXCEPTIONS"))
    again = elsewhere(work, verdict="ERASED")
    assert (work.standings()[NEW], len(flagged(work))) == ("open", 1)
    work.approve(again)
    assert (work.standings()[NEW], flagged(work)) == ("erased-clear", [])


def test_a_success_elsewhere_explains_nothing_here(world: Any) -> None:
    work = LotWork(world)
    work.receive()
    world.lot("LOT-2", donor="CHU")
    work.erase(NEW, "A-1", verdict="FAILED")
    work.approve(elsewhere(work, verdict="ERASED"))
    assert (work.standings()[NEW], work.whys()[NEW]) == ("open", "failed")


def test_a_reopened_lot_asks_for_the_drive_again(world: Any) -> None:
    work = closed(world)
    elsewhere(work)
    work.do(closing.reopen, "disque à reprendre")
    assert flagged(work) == [(NEW, [], [])], "its certificate is out: that is still contradicted"
    assert "drive" in work.blocks()
    work.approve(work.erase(NEW, "A-1"))
    assert flagged(work) == []
    assert work.close().version == 2


def test_the_donor_and_the_workshop_read_the_same_numbers(world: Any) -> None:
    work = closed(world)
    donor = work.person(Role.DONOR, donor="CAF")
    for lot in ("", "LOT-2"):
        elsewhere(work, lot)
        mine, theirs = work.do(account_of), work.do(account_of, who=donor)
        assert totals(mine) == totals(theirs)
        assert [one.standing.why for one in mine] == [one.standing.why for one in theirs]
        with world.hub.sessions()() as session:
            told = contradicted_since(work.lot(session), theirs)
        assert [line.drive.serial for line in told] == [NEW]


def test_a_destroyed_drive_that_another_lot_reports_is_not_destroyed(world: Any) -> None:
    work = LotWork(world)
    work.receive()
    world.lot("LOT-2", donor="CHU")
    work.erase(NEW, "A-1", verdict="FAILED")
    work.destroy(NEW)
    world.hub.clock.forward(minutes=1)
    assert work.standings()[NEW] == "destroyed"
    elsewhere(work, verdict="NOT_ERASED")
    assert (work.standings()[NEW], work.whys()[NEW]) == ("open", "seen-after")


class Left(ExitWork):
    """Device A-1 left with its drive of the list, and one of no list."""

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.make_ready()
        self.approve(self.erase(NEW, "A-1"))
        self.device("A-1", _bays, 2)
        world.lot("LOT-2", donor="CHU")
        self.line = self.leave("A-1")[0]
        world.hub.clock.forward(minutes=5)

    def answer(self, statement_id: str, note: str = "revenu par une collecte", who: Any = None) -> Any:
        drive_id = self.drive_id(NEW)

        def act(session: Any, person: Any, lot: Lot) -> Any:
            line = line_of(session, person, lot, drive_id)
            assert line is not None
            return late_runs.answer(session, person, lot, line, statement_id, note=note)

        return self.do(act, who=who)


def test_a_failure_after_the_exit_is_flagged_with_the_exit(world: Any) -> None:
    work = Left(world)
    run = elsewhere(work)
    assert flagged(work) == [(NEW, [], [work.line.id])]
    stranger = work.person(Role.DONOR, donor="CHU")
    with world.hub.sessions()() as session:
        line = session.merge(work.line)
        assert late_runs.late_by_line(session, work.lead, [line])[line.id].statement_id == run
        assert late_runs.late_by_line(session, stranger, [line]) == {}
    work.come_home(work.line.id)
    assert flagged(work) == [(NEW, [], [])], "it never left: its certificate is contradicted"
    assert work.whys()[NEW] == "contradicted"


def test_a_lead_answers_for_a_drive_that_had_left_and_takes_the_answer_back(world: Any) -> None:
    work = Left(world)
    run = elsewhere(work)
    with pytest.raises(Forbidden):
        work.answer(run, who=work.technician)
    with pytest.raises(BadInput, match="how you know"):
        work.answer(run, " ")
    with pytest.raises(NotFound):
        work.answer("0" * 64)
    row = work.answer(run)
    assert (work.standings()[NEW], flagged(work)) == ("erased-clear", [])
    later = elsewhere(work)
    assert (work.standings()[NEW], len(flagged(work))) == ("open", 1), "an answer speaks of one run"
    work.answer(later)
    with pytest.raises(BadInput):
        work.do(late_runs.take_back, row.id, "")
    work.do(late_runs.take_back, row.id, "c'était un autre disque")
    assert work.standings()[NEW] == "open"


def test_no_answer_is_taken_for_a_drive_that_never_left(world: Any) -> None:
    work = closed(world)
    run, drive_id = elsewhere(work), work.drive_id(NEW)

    def act(session: Any, person: Any, lot: Lot) -> Any:
        line = line_of(session, person, lot, drive_id)
        assert line is not None
        return late_runs.answer(session, person, lot, line, run, note="redonné")

    with pytest.raises(Conflict, match="had not left"):
        work.do(act)


def test_a_drive_that_was_taken_out_before_the_exit_did_not_leave(world: Any) -> None:
    work = ExitWork(world)
    work.make_ready()
    work.approve(work.erase(NEW, "A-1"))
    work.device("A-1", _bays, 2)
    work.take_drive("A-1", NEW)
    world.lot("LOT-2", donor="CHU")
    world.hub.clock.forward(minutes=1)
    work.leave("A-1")
    world.hub.clock.forward(minutes=1)
    elsewhere(work)
    assert flagged(work) == [(NEW, [], [])], "not with the exit"
