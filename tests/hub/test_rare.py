"""What a lot has none of is asked once for a page; whoever writes is never told that there is none."""

from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.accounted import DriveRecord
from hub.lots import closing
from hub.lots.drive_account import account_of
from hub.models import Lot
from hub.rare import RARE, has_none
from tests.hub.lot_work import LotWork


def lot_id(session: Session) -> str:
    return session.scalars(select(Lot.id).where(Lot.code == "LOT-1")).one()


@pytest.fixture
def work(world: Any) -> LotWork:
    work = LotWork(world)
    work.receive(2)
    return work


def test_a_page_asks_once_for_all_that_a_lot_has_none_of(world: Any, work: LotWork) -> None:
    said = list[str]()
    with world.hub.readers()() as session:
        lot = lot_id(session)
        event.listen(world.hub.engine, "before_cursor_execute", lambda _c, _u, text, *_rest: said.append(text))
        assert [has_none(session, lot, table) for table in RARE] == [True] * len(RARE)
        assert closing.closings_of(session, work.lead, session.get_one(Lot, lot)) == ()
    assert sum("EXISTS" in text for text in said) == 1
    assert not any("FROM lot_closing" in text and "EXISTS" not in text for text in said)


def test_a_record_is_seen_by_whoever_reads_after_it(world: Any, work: LotWork) -> None:
    with world.hub.readers()() as session:
        assert has_none(session, lot_id(session), DriveRecord)
    work.destroy("WD-0001")
    with world.hub.readers()() as session:
        lot = session.get_one(Lot, lot_id(session))
        assert not has_none(session, lot.id, DriveRecord)
        told = {line.drive.serial: line.standing.explained for line in account_of(session, work.lead, lot)}
    assert told["WD-0001"] == "destroyed"


def test_what_was_heard_holds_for_one_unit_of_work_only(world: Any, work: LotWork) -> None:
    with world.hub.readers()() as session:
        lot = lot_id(session)
        assert has_none(session, lot, DriveRecord)
        session.rollback()
        work.destroy("WD-0001")
        assert not has_none(session, lot, DriveRecord)


def test_whoever_writes_is_never_told_that_there_is_none(world: Any, work: LotWork) -> None:
    with world.hub.sessions()() as session:
        assert not has_none(session, lot_id(session), DriveRecord)
        session.rollback()
    with world.hub.readers()() as session:
        lot = session.get_one(Lot, lot_id(session))
        assert has_none(session, lot.id, DriveRecord)
        lot.label = "Other"
        assert not has_none(session, lot.id, DriveRecord)
        session.rollback()
