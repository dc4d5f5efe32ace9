"""Closing: INV-8, INV-9 and INV-16. Refused while one thing is open, frozen when done, reopened on record."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from hub.accounted import LotClosing
from hub.audit import trail
from hub.devices import triage
from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.lots import closing, counts, life
from hub.lots.blocking import blockers
from hub.lots.counts import Counted
from hub.lots.service import import_list
from hub.models import Role
from hub.pages.blocker_words import blocker_rows, short_list
from tests.hub.lot_work import LotWork


@pytest.fixture
def work(world: Any) -> LotWork:
    return LotWork(world)


def test_inv_8_each_open_thing_blocks_and_is_named(work: LotWork) -> None:
    assert work.blocks() == ["not-received", "not-counted", "drive", "drive"]
    work.receive(3)
    work.sort("A-1")
    work.device("A-2", triage.dispose, "weee")
    assert work.blocks() == ["sums", "drive", "drive", "bays-unknown"]
    work.device("A-2", triage.count_bays, 2, 0)
    work.do(counts.count, Counted("received", "laptop", 2))
    assert work.blocks() == ["drive", "drive", "bays"]
    work.device("A-2", triage.count_bays, 2, 1)
    work.approve(work.erase("WD-0001", "A-1"))
    assert work.blocks() == ["drive"]
    with pytest.raises(Conflict, match="1 things are open"):
        work.close()
    work.destroy("WD-0002")
    assert work.blocks() == []
    assert work.close().version == 1


def test_inv_8_a_newer_run_that_awaits_a_decision_blocks_although_an_older_one_is_approved(work: LotWork) -> None:
    work.finish()
    newer = work.erase("WD-0001", "A-1")
    assert work.blocks() == ["decision"]
    with pytest.raises(Conflict, match="1 things are open"):
        work.close()
    (row,) = blocker_rows(work.do(blockers), "LOT-1", "en")
    assert (row.path, row.text) == (f"/queue/{newer}", "Drive WD-0001: a run of this drive awaits a decision")
    assert short_list(work.do(blockers), "en") == ("1 drive waits for a decision",)
    work.approve(newer)
    assert work.blocks() == []


def test_an_older_run_that_nobody_decided_does_not_block_beside_a_newer_approved_one(work: LotWork) -> None:
    work.erase("WD-0001", "A-1")
    work.finish()
    assert work.blocks() == []


def test_inv_8_a_device_that_a_bench_saw_needs_an_outcome(work: LotWork) -> None:
    work.finish()
    work.approve(work.erase("SEEN-0003", "A-3"))
    assert work.blocks() == ["device", "bays-unknown"]
    work.sort("A-3")
    assert work.blocks() == ["sums"]


def test_units_without_a_tag_are_sorted_by_number(work: LotWork) -> None:
    work.finish()
    work.do(counts.count, Counted("received", "screen", 12))
    assert work.blocks() == ["sums"]
    work.do(counts.count, Counted("sorted", "screen", 9, "weee"))
    work.do(counts.count, Counted("sorted", "screen", 3, "reuse"))
    assert work.blocks() == []
    document = closing.document_of(work.close())
    assert document["outcomes"] == {"reuse": 5, "parts": 0, "weee": 9, "waste": 0, "returned": 0, "lost": 0}


def test_a_listed_drive_that_never_came_is_attested_and_takes_no_bay(work: LotWork) -> None:
    work.receive(1)
    work.sort("A-1")
    work.approve(work.erase("WD-0001", "A-1"))
    work.say("WD-0002", "absent", reason="not-arrived", note="gardé par la CAF")
    assert work.blocks() == []
    work.sort("A-2")  # it came after all: its bay is one too few, and the sum is wrong
    assert work.blocks() == ["sums", "bays"]


def test_the_document_has_every_class_apart_and_is_the_bytes_of_that_day(work: LotWork) -> None:
    work.finish()
    row = work.close(note="remis à la CAF")
    document = closing.document_of(row)
    assert document["drives"] == {
        "erased-purge": 0,
        "erased-clear": 2,
        "exceptions": 0,
        "imported": 0,
        "destroyed": 0,
        "absent": 0,
        "returned": 0,
        "lost": 0,
        "open": 0,
    }
    assert [line["run"]["verdict"] for line in document["account"]] == ["ERASED", "ERASED"]
    assert document["closed"]["by"] == work.lead.name
    assert document["counts"]["received"]["laptop"] == 2
    assert hashlib.sha256(row.document.encode()).hexdigest() == row.sha256
    work.erase("WD-0001", "A-1", verdict="FAILED")
    assert work.blocks() == ["drive"]  # said on the page of the closed lot
    with work.world.hub.sessions()() as session:
        kept = closing.closing_for(session, work.lead, work.lot(session), 1)
        assert (kept.document, kept.sha256) == (row.document, row.sha256)
        assert "lot.closing" in [one.action for one in trail(session, kept.lot_id)]


def test_inv_16_reopening_is_on_record_and_yields_a_new_version(work: LotWork) -> None:
    work.finish()
    first = work.close()
    with pytest.raises(Conflict, match="is over"):
        work.close()
    with pytest.raises(BadInput, match="say why"):
        work.do(closing.reopen, "")
    with pytest.raises(Forbidden):
        work.do(closing.reopen, "erreur", who=work.technician)
    work.do(closing.reopen, "un portable de plus")
    with pytest.raises(Conflict, match="is not closed"):
        work.do(closing.reopen, "encore")
    second = work.close()
    assert (first.version, second.version) == (1, 2)
    told = closing.document_of(second)["reopened"]
    assert [(one["version"], one["reason"], one["sha256"]) for one in told] == [
        (1, "un portable de plus", first.sha256)
    ]
    with work.world.hub.sessions()() as session:
        kinds = [one.kind for one in life.steps_of(session, work.lead, work.lot(session))]
        assert kinds == ["close", "reopen", "close", "step"]
        assert session.query(LotClosing).filter_by(version=1).one().document == first.document


def test_nothing_of_a_closed_lot_changes_by_hand(work: LotWork) -> None:
    work.finish()
    row = work.close()
    for act in (
        lambda: work.do(counts.count, Counted("received", "laptop", 1)),
        lambda: work.sort("A-1", "waste"),
        lambda: work.device("A-1", triage.declare_drive, "NEW-0009"),
        lambda: work.device("A-1", triage.take_step, "out"),
        lambda: work.destroy("WD-0001"),
        lambda: work.do(life.move, "processing"),
        lambda: work.do(life.undo),
        lambda: work.do(lambda session, who, lot: import_list(session, lot, "asset\nA-9\n", who)),
    ):
        with pytest.raises(Conflict):
            act()
    with work.world.hub.sessions()() as session:
        assert closing.closing_for(session, work.lead, work.lot(session), 1).document == row.document


def two_people(work: LotWork) -> None:
    hub = work.world.hub
    object.__setattr__(hub, "settings", replace(hub.settings, two_people=True))


def test_inv_9_an_operator_of_the_lot_does_not_close_it_under_four_eyes(work: LotWork) -> None:
    two_people(work)
    work.receive()
    other = work.person(Role.LEAD, "other@hub.test")
    work.sort("A-1")
    work.sort("A-2")
    work.approve(work.erase("WD-0001", "A-1"))
    work.destroy("WD-0002", operator_id=work.lead.id)
    with pytest.raises(Forbidden, match="does not close it"):
        work.close()
    row = work.close(who=other)
    assert (row.one_person, closing.document_of(row)["closed"]["four_eyes"]) == (False, True)


def test_inv_9_where_one_person_is_allowed_the_document_says_so(work: LotWork) -> None:
    work.receive()
    work.sort("A-1")
    work.sort("A-2")
    work.approve(work.erase("WD-0001", "A-1", operator=work.lead.pseudonym))
    work.destroy("WD-0002")
    row = work.close()
    said = closing.document_of(row)["closed"]
    assert (row.one_person, said["four_eyes"]) == (True, False)
    assert "one-person workshop" in said["said"]


def test_only_a_lead_closes(work: LotWork) -> None:
    work.finish()
    for person in (work.technician, work.admin, work.person(Role.DONOR, donor="CAF")):
        with pytest.raises(Forbidden):
            work.close(who=person)
    with pytest.raises(NotFound):
        work.do(closing.closing_for, 1)


def test_ready_is_said_of_a_lot_with_nothing_open(work: LotWork) -> None:
    work.receive()
    with pytest.raises(Conflict, match="things are open"):
        work.do(closing.make_ready)
    for asset, serial in (("A-1", "WD-0001"), ("A-2", "WD-0002")):
        work.sort(asset)
        work.approve(work.erase(serial, asset))
    work.do(closing.make_ready, who=work.technician)
    with pytest.raises(Conflict, match="does not go from ready"):
        work.do(closing.make_ready)
    work.do(life.undo)
    work.do(closing.make_ready)
    assert work.close().version == 1


def test_a_donor_of_another_lot_reads_nothing_of_account_counts_and_closings(work: LotWork) -> None:
    from hub.lots.blocking import book_of
    from hub.lots.explaining import records_of

    work.receive()
    work.sort("A-1")
    work.destroy("WD-0001")
    stranger, owner = work.person(Role.DONOR, donor="CHU"), work.person(Role.DONOR, donor="CAF")
    device_id = work.device("A-1", lambda _session, _who, device: device.id)
    for person, sees in ((stranger, False), (owner, True)):
        book = work.do(book_of, who=person)
        assert bool(book.lines) is bool(book.devices) is bool(book.counted.told) is sees
        assert bool(work.do(records_of, work.drive_id("WD-0001"), who=person)) is sees
        assert bool(work.do(life.steps_of, who=person)) is sees
        with work.world.hub.sessions()() as session:
            words = triage.words_of(session, person, [device_id])[device_id]
            assert (words.disposition is not None) is sees
