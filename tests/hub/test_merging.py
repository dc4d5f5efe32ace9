"""Merges (INV-3): a link with author and reason, taken back at any time; none ever explains a drive."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.accounted import DriveRecord
from hub.errors import BadInput, Conflict, Forbidden, HubError
from hub.lots import explaining, merging
from hub.lots.drive_account import account_of
from hub.lots.sameness import DEVICE, DRIVE, grouped
from hub.models import Drive, Erasure
from tests.hub.exit_work import ExitWork
from tests.hub.lot_work import LotWork
from tests.hub.sent import put

LIST = "asset;drive serial\nA-1;WD-0001\nA-2;WD-0002\n"
DRIVES = ("WD-0001", "WD-0002", "NEW-0009")
ACTS = ("merge", "merge", "unmerge", "erase", "fail", "except", "abroad", "fail-abroad", "destroy", "withdraw")
SAME = [("erase", 0, 1), ("merge", 0, 1), ("fail-abroad", 2, 0), ("merge", 2, 1), ("unmerge", 0, 1), ("erase", 1, 0)]
LESS = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


class Joiner:
    """Merges and takes back merges among ordinary acts, and compares the account with and without the merges."""

    def __init__(self, world: Any) -> None:
        self.work = LotWork(world, LIST)
        world.lot("LOT-2", donor="CHU")
        self.work.receive()
        self.work.erase("NEW-0009", verdict="NOT_ERASED")
        self.merges: list[int] = []
        self.records: dict[str, int] = {}

    def act(self, name: str, one: str, other: str) -> None:
        self.work.world.hub.clock.forward(minutes=1)
        try:
            self.step(name, one, other)
        except HubError:
            assert name in {"merge", "destroy"}

    def step(self, name: str, one: str, other: str) -> None:
        ids = [self.work.drive_id(each) for each in (one, other)]
        if name == "merge":
            self.merges.append(self.join(*ids).id)
        elif name == "unmerge" and self.merges:
            merge_id = self.merges.pop()
            with self.work.world.hub.sessions().begin() as session:
                merging.unmerge(session, self.work.lead, merge_id, "deux disques")
        elif name == "destroy":
            self.records[one] = self.work.destroy(one).id
        elif name == "withdraw" and one in self.records:
            self.work.do(explaining.withdraw, self.records.pop(one), "erreur")
        elif name in {"erase", "except", "fail"}:
            verdict = {"erase": "ERASED", "except": "ERASED_WITH_EXCEPTIONS", "fail": "FAILED"}[name]
            self.run("LOT-1", one, verdict)
        elif name in {"abroad", "fail-abroad"} and one == "NEW-0009":  # a drive of the list is seen in no other lot
            self.run("LOT-2", one, "ERASED" if name == "abroad" else "FAILED")

    def join(self, one: str, other: str) -> Any:
        with self.work.world.hub.sessions().begin() as session:
            return merging.merge(session, self.work.lead, DRIVE, one, other, reason="même étiquette")

    def run(self, lot: str, serial: str, verdict: str) -> None:
        statement = put(self.work.bench, lot=lot, asset="", serial=serial, verdict=verdict)
        if verdict != "FAILED":
            self.work.approve(statement)

    def standings(self, *, merged: bool) -> dict[str, tuple[str, str]]:
        """Of each drive its class, and the drive of the run or record that gives it."""
        with self.work.world.hub.sessions()() as session:
            if not merged:
                session.query(merging.SameThing).delete()
            found = {}
            for line in account_of(session, self.work.lead, self.work.lot(session)):
                run, record = line.standing.run, line.standing.record
                owner = session.get_one(Erasure, run.statement_id).drive_id if run else ""
                owner = session.get_one(DriveRecord, record.id).drive_id if record else owner
                assert owner in {"", line.drive.id}, "a drive explained by somebody else's run"
                found[line.drive.serial] = (line.standing.explained.value, owner)
            session.rollback()
            return found


@example(acts=SAME)
@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=LESS)
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(0, 2)), min_size=5, max_size=12))
def test_no_sequence_of_merges_explains_a_drive(fresh_world: Any, acts: list[tuple[str, int, int]]) -> None:
    joiner = Joiner(fresh_world())
    for name, one, other in acts:
        joiner.act(name, DRIVES[one], DRIVES[other])
        plain, merged = joiner.standings(merged=False), joiner.standings(merged=True)
        for key, (explained, _owner) in merged.items():
            assert explained == "open" or plain[key][0] != "open", "a merge explained a drive"
            assert not explained.startswith("erased") or merged[key] == plain[key]
    while joiner.merges:
        joiner.step("unmerge", DRIVES[0], DRIVES[1])
    assert joiner.standings(merged=True) == joiner.standings(merged=False)


def test_what_fails_on_one_speaks_against_the_other_until_the_merge_is_taken_back(fresh_world: Any) -> None:
    joiner = Joiner(fresh_world())
    work = joiner.work
    work.approve(work.erase("WD-0001", "A-1"))
    merge_id = joiner.join(work.drive_id("WD-0001"), work.drive_id("WD-0002")).id
    assert (work.standings()["WD-0001"], work.standings()["WD-0002"]) == ("erased-clear", "open")
    work.erase("WD-0002", "A-2", verdict="FAILED")
    assert (work.standings()["WD-0001"], work.whys()["WD-0001"]) == ("open", "contradicted")
    with work.world.hub.sessions().begin() as session:
        merging.unmerge(session, work.lead, merge_id, "deux disques")
    assert work.standings()["WD-0001"] == "erased-clear"


def test_a_merge_has_an_author_a_reason_and_two_things(fresh_world: Any) -> None:
    joiner = Joiner(fresh_world())
    work, (one, other, new) = joiner.work, [joiner.work.drive_id(serial) for serial in DRIVES]
    for person, second, reason, error in (
        (work.technician, other, "vu", Forbidden),
        (work.lead, one, "vu", BadInput),
        (work.lead, other, " ", BadInput),
    ):
        with pytest.raises(error), work.world.hub.sessions().begin() as session:
            merging.merge(session, person, DRIVE, one, second, reason=reason)
    row = joiner.join(one, other)
    assert (row.by_name, row.reason) == (work.lead.name, "même étiquette")
    with pytest.raises(Conflict, match="already"):
        joiner.join(other, one)
    work.erase("WD-0001", "A-1")
    with pytest.raises(Conflict, match="two serial numbers"):
        joiner.join(one, new)
    with work.world.hub.sessions()() as session:
        assert session.get_one(Drive, one).serial == "WD-0001"


def test_a_device_does_not_leave_with_an_open_drive_of_its_other_self(fresh_world: Any) -> None:
    work = ExitWork(fresh_world())
    work.make_ready()
    with work.world.hub.sessions().begin() as session:
        ids = [work_device(session, tag) for tag in ("A-1", "A-2")]
        merging.merge(session, work.lead, DEVICE, *ids, reason="deux étiquettes sur une machine")
    assert work.held("A-1") == ["drive WD-0002 is not explained: it does not leave"]
    work.destroy("WD-0002")
    assert work.held("A-1") == []


def work_device(session: Any, tag: str) -> str:
    from hub.models import Device

    found: str = session.query(Device).filter_by(asset=tag).one().id
    return found


def test_groups_are_whatever_pairs_connect() -> None:
    assert grouped([("a", "b"), ("c", "b"), ("x", "y")])["a"] == frozenset("abc")
    assert grouped([]) == {}
