"""The sample and the door: what is drawn is read before it leaves, and what has left is not drawn."""

from typing import Any

import pytest

from hub.errors import Conflict, Forbidden
from hub.models import Person
from hub.sampled import SampleDraw
from hub.samples import service
from hub.samples.reading import sample_of
from hub.samples.service import Read
from tests.hub.exit_work import OUTCOME, ExitWork

DATA = Read("data", "PhotoRec 7.2", "trois photos", "WD-0001")
CLEAN = Read("clean", "dd 9.1", "rien", "WD-0001")


@pytest.fixture
def work(fresh_world: Any) -> ExitWork:
    made = ExitWork(fresh_world())
    object.__setattr__(made.world.hub.settings, "require_sample", True)
    made.sort("A-1")
    made.sort("A-2")
    for asset, serial in (("A-1", "WD-0001"), ("A-2", "WD-0002")):
        made.approve(made.erase(serial, asset, operator=made.lead.pseudonym))
    made.world.hub.clock.forward(minutes=1)
    return made


def drawn(work: ExitWork) -> Any:
    work.do(service.draw)
    (line,) = work.do(sample_of)
    return line


def test_a_drawn_drive_does_not_leave_before_it_was_read(work: ExitWork) -> None:
    line = drawn(work)
    tag = {"WD-0001": "A-1", "WD-0002": "A-2"}[line.drive.serial]
    told = f"drive {line.drive.serial} is drawn to be read again: it does not leave before"
    assert work.held(tag) == [told]
    read = Read("clean", "dd 9.1", "rien", line.drive.serial)
    work.do(service.note, line.sampled.id, read, who=work.technician)
    assert work.held(tag) == []


UNDRAWN = "no draw for the sample has seen its approved drives: draw first, and what is not drawn leaves at once"


def unasked(work: ExitWork) -> None:
    """From here on this hub asks for no sample."""
    object.__setattr__(work.world.hub.settings, "require_sample", False)


def asked(work: ExitWork) -> None:
    object.__setattr__(work.world.hub.settings, "require_sample", True)


def read_clean(work: ExitWork, line: Any) -> None:
    read = Read("clean", "dd 9.1", "rien", line.drive.serial)
    work.do(service.note, line.sampled.id, read, who=work.technician)


def other_tag(line: Any) -> str:
    return {"WD-0001": "A-2", "WD-0002": "A-1"}[line.drive.serial]


@pytest.mark.parametrize("mode", ["gift", "weee", "returned"])
def test_goods_do_not_leave_before_the_sample_of_their_lot_was_drawn(work: ExitWork, mode: str) -> None:
    if mode != "gift":
        work.redispose("A-1", OUTCOME[mode])
        work.redispose("A-2", OUTCOME[mode])
    assert work.held("A-1", "A-2", mode=mode) == [UNDRAWN]
    assert work.out() == set()
    line = drawn(work)
    assert work.held(other_tag(line), mode=mode) == []
    assert work.out() == {other_tag(line)}
    read_clean(work, line)
    assert work.blocks() == []


def test_a_run_that_was_approved_after_the_draw_is_drawn_from_before_it_leaves(work: ExitWork) -> None:
    read_clean(work, drawn(work))
    work.approve(work.erase("WD-0001", "A-1", operator=work.lead.pseudonym))
    assert work.held("A-1") == [UNDRAWN]
    assert work.held("A-2") == []
    work.do(service.draw)
    assert len(work.do(sample_of)) == 2


def test_who_works_alone_and_a_hub_that_asks_for_no_sample_let_goods_out_undrawn(work: ExitWork) -> None:
    unasked(work)
    assert work.held("A-1") == []
    asked(work)
    with work.world.hub.sessions().begin() as session:
        for one in session.query(Person).filter(Person.id != work.lead.id):
            one.active = False
    assert work.held("A-2") == []


def test_of_a_lot_that_is_closed_its_closing_has_asked(work: ExitWork) -> None:
    unasked(work)
    work.close()
    asked(work)
    assert work.held("A-1", "A-2") == []


def test_a_drive_is_drawn_where_it_sits_and_not_where_it_came_from(work: ExitWork) -> None:
    unasked(work)
    part = work.take_drive("A-1", "WD-0001")
    work.leave("A-1")
    work.fit("A-2", part)
    asked(work)
    assert work.held("A-2") == [UNDRAWN]
    work.do(service.draw)
    with work.world.hub.sessions()() as session:
        assert len(session.query(SampleDraw).one().population) == 2


def test_a_drive_that_left_in_the_device_that_took_it_is_not_drawn(work: ExitWork) -> None:
    unasked(work)
    work.fit("A-2", work.take_drive("A-1", "WD-0001"))
    work.leave("A-2")
    asked(work)
    with pytest.raises(Conflict, match="no approved drive to draw from"):
        work.do(service.draw)


def test_a_drive_that_has_left_is_not_drawn_and_keeps_no_lot_open(work: ExitWork) -> None:
    unasked(work)
    work.leave("A-1")
    asked(work)
    line = drawn(work)
    assert line.drive.serial == "WD-0002"
    work.do(service.note, line.sampled.id, Read("clean", "dd 9.1", "rien", "WD-0002"), who=work.technician)
    assert work.blocks() == []


def test_whoever_ran_the_erasure_does_not_take_back_what_speaks_against_it(work: ExitWork) -> None:
    unasked(work)
    work.leave("A-2")
    asked(work)
    row = work.do(service.note, drawn(work).sampled.id, DATA, who=work.technician)
    with pytest.raises(Forbidden, match="another person"):
        work.do(service.take_back, row.id, "erreur")
    work.do(service.take_back, row.id, "mauvais disque", who=work.admin)
    row = work.do(service.note, row.sampled_id, CLEAN, who=work.technician)
    work.do(service.take_back, row.id, "relu de travers")
