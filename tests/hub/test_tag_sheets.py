"""Sheets of tags for a lot: each device once, by tag and serial; the same sheet again; who may, and of which lot."""

from typing import Any

import pytest

from hub.errors import BadInput, Forbidden, NotFound
from hub.lots import life
from hub.lots.service import create_lot
from hub.models import AuditEntry, Lot, Role
from hub.tags import printing
from tests.hub.lot_work import LotWork

SHEET: dict[str, Any] = {"sheet": "a4-24-70x37", "start": 1, "each": 1}
LISTED = "asset;serial\n;PC-0002\nZ-1;PC-0009\n;PC-0001\nA-1;PC-0010\n"
ORDER = ["PC-0010", "PC-0009", "PC-0001", "PC-0002"]  # those with a tag by their tag, then by serial


@pytest.fixture
def work(fresh_world: Any) -> LotWork:
    return LotWork(fresh_world(), LISTED)


def serials(work: LotWork, number: int) -> list[str]:
    return [device.serial for device in work.do(printing.sheet_for, number)[1]]


def test_each_device_of_the_lot_stands_on_one_sheet(work: LotWork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MOST", 3)
    assert work.do(printing.unprinted) == printing.Unprinted(4, 2, 4)
    first = work.do(printing.print_sheet, **SHEET, who=work.technician)
    assert work.do(printing.unprinted) == printing.Unprinted(1, 1, 4)
    second = work.do(printing.print_sheet, **SHEET)
    assert work.do(printing.unprinted) == printing.Unprinted(0, 0, 4)
    assert [one.id for one in work.do(printing.sheets_of)] == [second.id, first.id]
    assert serials(work, first.id) + serials(work, second.id) == ORDER
    with pytest.raises(BadInput, match="on a sheet already"):
        work.do(printing.print_sheet, **SHEET)
    with work.world.hub.sessions()() as session:
        said = session.query(AuditEntry).filter_by(action="tags.print").order_by(AuditEntry.id).all()
    assert [one.detail for one in said] == [f"sheet {first.id}: 3 devices", f"sheet {second.id}: 1 devices"]


def test_a_lot_has_tags_once_a_sheet_was_printed_or_each_device_carries_one(work: LotWork) -> None:
    def known(code: str) -> bool:
        with work.world.hub.sessions()() as session:
            return printing.has_tags(session, session.query(Lot).filter_by(code=code).one())

    with work.world.hub.sessions().begin() as session:
        create_lot(session, "EMPTY", "CAF", "", work.lead)
    assert not known("EMPTY"), "nothing is there to be tagged"
    assert not known("LOT-1"), "two devices have no tag"
    work.do(printing.print_sheet, **SHEET)
    assert known("LOT-1")
    assert not known("EMPTY"), "that sheet is of another lot"


def test_a_lot_whose_devices_all_carry_a_tag_needs_no_sheet(fresh_world: Any) -> None:
    tagged = LotWork(fresh_world())
    with tagged.world.hub.sessions()() as session:
        assert not printing.has_tags(session, tagged.lot(session)), "it is announced: nobody has seen a label"
    tagged.do(life.move, "received")
    with tagged.world.hub.sessions()() as session:
        assert printing.has_tags(session, tagged.lot(session))


def test_a_sheet_is_made_by_staff_on_a_sheet_of_the_list(work: LotWork) -> None:
    for wrong in ({"sheet": "a5"}, {"start": 0}, {"start": 25}, {"each": 2}):
        with pytest.raises(BadInput):
            work.do(printing.print_sheet, **SHEET | wrong)
    donor = work.person(Role.DONOR, donor="CAF")
    with pytest.raises(Forbidden):
        work.do(printing.print_sheet, **SHEET, who=donor)
    for act in (printing.unprinted, printing.sheets_of):
        with pytest.raises(Forbidden):
            work.do(act, who=donor)
    with pytest.raises(NotFound):
        work.do(printing.sheet_for, 1)
