"""S2-14, S4-6, INV-4: repairs, parts with where they come from, parts to find, places; a drive keeps its account."""

from typing import Any

import pytest

from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.models import Role
from hub.repaired import MissingPart, Part, Repair
from hub.repairs import hosts, listing, places
from hub.repairs import service as repairs
from tests.hub.exit_work import ExitWork


@pytest.fixture
def work(fresh_world: Any) -> ExitWork:
    return ExitWork(fresh_world())


def back(work: ExitWork, table: Any, record: int, reason: str = "erreur") -> None:
    with work.world.hub.sessions().begin() as session:
        repairs.withdraw(session, work.technician, session.get(table, record), reason)


def missing(work: ExitWork) -> list[tuple[str, str]]:
    with work.world.hub.sessions()() as session:
        return [(one.row.kind, one.device.asset) for one in listing.to_find(session, work.lead, work.lot(session))]


def test_k_11_a_part_is_to_be_found_until_a_repair_meets_it(work: ExitWork) -> None:
    need = work.device("A-1", repairs.miss, "screen", "15 pouces")
    work.device("A-2", repairs.miss, "keyboard")
    assert missing(work) == [("keyboard", "A-2"), ("screen", "A-1")]
    with pytest.raises(BadInput, match="another kind"):
        work.device("A-1", repairs.repair, repairs.Work("battery", need_id=need.id))
    with pytest.raises(NotFound):
        work.device("A-2", repairs.repair, repairs.Work("screen", need_id=need.id))
    done = work.device("A-1", repairs.repair, repairs.Work("screen", need_id=need.id))
    assert missing(work) == [("keyboard", "A-2")]
    with pytest.raises(Conflict, match="found already"):
        work.device("A-1", repairs.repair, repairs.Work("screen", need_id=need.id))
    back(work, Repair, done.id)
    assert ("screen", "A-1") in missing(work)
    back(work, MissingPart, need.id, "vu deux fois")
    assert missing(work) == [("keyboard", "A-2")]


def test_s2_14_a_part_names_the_device_it_comes_from_and_is_used_once(work: ExitWork) -> None:
    part = work.device("A-1", repairs.take_part, "keyboard", what="AZERTY")
    with work.world.hub.sessions()() as session:
        assert [one.id for one in listing.stock(session, work.lead)] == [part.id]
    used = work.fit("A-2", part, "keyboard")
    for act in (lambda: work.fit("A-2", part, "keyboard"), lambda: back(work, Part, part.id)):
        with pytest.raises(Conflict):
            act()
    with work.world.hub.sessions()() as session:
        ((found, repair),) = listing.parts_of(session, work.lead, session.get(repairs.Device, part.device_id))
        assert (found.origin, repair.id if repair else 0) == ("device", used.id)
        assert listing.stock(session, work.lead) == ()


def test_inv_4_a_drive_that_becomes_a_part_keeps_its_account_and_its_hosts(work: ExitWork) -> None:
    part = work.take_drive("A-1", "WD-0001")
    with pytest.raises(Conflict, match="not erased: it is fitted nowhere"):
        work.fit("A-2", part)
    run = work.erase("WD-0001")
    work.approve(run)
    assert work.standings()["WD-0001"] == "erased-clear"
    work.fit("A-2", part)
    assert work.standings()["WD-0001"] == "erased-clear"
    with pytest.raises(NotFound, match="no such drive in this device"):
        work.take_drive("A-1", "WD-0001")
    second = work.take_drive("A-2", "WD-0001")
    with pytest.raises(Conflict, match="used already"):
        work.fit("A-1", part)
    with work.world.hub.sessions()() as session:
        drive = session.query(repairs.Drive).filter_by(serial="WD-0001").one()
        told = [(one.how, one.device.asset) for one in hosts.history_of(session, work.lead, drive)]
        assert (drive.device.asset, hosts.seat_of(session, drive)) == ("A-1", None)
    assert [one for one in told if one[0] != "seen-in"] == [
        ("came-with", "A-1"),
        ("taken-from", "A-1"),
        ("fitted-into", "A-2"),
        ("taken-from", "A-2"),
    ]
    assert second.lot_id == part.lot_id


def test_inv_10_a_device_does_not_leave_with_a_fitted_drive_that_failed_since(work: ExitWork) -> None:
    work.make_ready("A-2", "WD-0002")
    part = work.take_drive("A-1", "WD-0001")
    work.approve(work.erase("WD-0001"))
    work.fit("A-2", part)
    work.world.hub.clock.forward(minutes=5)
    work.erase("WD-0001", verdict="FAILED")
    assert work.held("A-2") == ["drive WD-0001 is not explained: it does not leave"]


def test_a_used_drive_comes_from_no_shelf(work: ExitWork) -> None:
    for kind, origin, serial in (("drive", "given", "X-12345"), ("drive", "new", ""), ("boat", "new", ""),
                                 ("screen", "device", "")):  # fmt: skip
        with work.world.hub.sessions()() as session, pytest.raises(BadInput):
            repairs.add_part(session, work.lead, kind, origin, serial=serial)
    with work.world.hub.sessions()() as session, pytest.raises(Conflict, match="on record already"):
        repairs.add_part(session, work.lead, "drive", "new", serial="WD-0001")


def test_what_is_typed_is_checked_and_a_donor_writes_nothing(work: ExitWork) -> None:
    for act in (
        lambda: work.device("A-1", repairs.miss, "other"),
        lambda: work.device("A-1", repairs.repair, repairs.Work("magic")),
        lambda: work.device("A-1", repairs.repair, repairs.Work("other")),
        lambda: work.device("A-1", repairs.repair, repairs.Work("screen", note="reconditionné")),
        lambda: work.device("A-1", places.put_device, " "),
    ):
        with pytest.raises(BadInput):
            act()
    with pytest.raises(Forbidden):
        work.device("A-1", repairs.miss, "screen", who=work.person(Role.DONOR, donor="CAF"))


def test_s2_18_a_device_and_a_part_have_a_place_and_its_movements(work: ExitWork) -> None:
    part = work.device("A-1", repairs.take_part, "memory")
    for place in ("Étagère A", "Étagère B"):
        work.device("A-1", places.put_device, place)
    with pytest.raises(Conflict, match="already"):
        work.device("A-1", places.put_device, "Étagère B")
    assert [one.place for one in work.device("A-1", places.moves_of_device)] == ["Étagère B", "Étagère A"]
    with work.world.hub.sessions().begin() as session:
        places.put_part(session, work.lead, part, "Boîte 4")
        assert [one.place for one in places.moves_of_part(session, work.lead, part)] == ["Boîte 4"]
