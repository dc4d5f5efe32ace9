"""The sample and the door: what is drawn is read before it leaves, and what has left is not drawn."""

from typing import Any

import pytest

from hub.errors import Forbidden
from hub.samples import service
from hub.samples.reading import sample_of
from hub.samples.service import Read
from tests.hub.exit_work import ExitWork

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


def test_a_drive_that_has_left_is_not_drawn_and_keeps_no_lot_open(work: ExitWork) -> None:
    work.leave("A-1")
    line = drawn(work)
    assert line.drive.serial == "WD-0002"
    work.do(service.note, line.sampled.id, Read("clean", "dd 9.1", "rien", "WD-0002"), who=work.technician)
    assert work.blocks() == []


def test_whoever_ran_the_erasure_does_not_take_back_what_speaks_against_it(work: ExitWork) -> None:
    work.leave("A-2")
    row = work.do(service.note, drawn(work).sampled.id, DATA, who=work.technician)
    with pytest.raises(Forbidden, match="another person"):
        work.do(service.take_back, row.id, "erreur")
    work.do(service.take_back, row.id, "mauvais disque", who=work.admin)
    row = work.do(service.note, row.sampled_id, CLEAN, who=work.technician)
    work.do(service.take_back, row.id, "relu de travers")
