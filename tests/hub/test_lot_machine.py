"""INV-5 and INV-8 over generated lots: judged by what the test itself did, never by what the hub counts."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.devices import triage
from hub.errors import Conflict
from hub.lots import closing, explaining
from hub.lots.drive_account import account_of
from tests.hub.lot_work import LotWork

DRIVES = ("WD-0001", "WD-0002")
BAY = {"WD-0001": "A-1", "WD-0002": "A-2"}
ACTS = ("erase", "fail", "except", "destroy", "absent", "lost", "withdraw", "dispose", "undispose", "close")
LESS = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


class Model:
    """What is true of a lot, as its people would tell it: the last thing that settled each drive, and each device."""

    def __init__(self) -> None:
        self.erased: dict[str, bool] = dict.fromkeys(DRIVES, False)
        self.record: dict[str, str] = dict.fromkeys(DRIVES, "")
        self.seen: dict[str, bool] = dict.fromkeys(DRIVES, False)
        self.placed: dict[str, bool] = dict.fromkeys(DRIVES, False)

    def saw(self, drive: str, *, good: bool) -> None:
        self.seen[drive] = True
        self.record[drive] = ""  # a bench has it: nothing that says otherwise holds
        self.erased[drive] = good

    def may_close(self) -> bool:
        return all(self.erased[one] or self.record[one] for one in DRIVES) and all(self.placed.values())


class Actor:
    """Does one act at the hub, and notes in the model what it came to."""

    def __init__(self, work: LotWork) -> None:
        self.work, self.model = work, Model()
        self.ids: dict[str, int] = {}

    def act(self, name: str, drive: str) -> None:
        self.work.world.hub.clock.forward(minutes=1)
        steps: dict[str, Callable[[str], None]] = {
            "erase": lambda one: self.run(one, "ERASED"),
            "except": lambda one: self.run(one, "ERASED_WITH_EXCEPTIONS"),
            "fail": lambda one: self.run(one, "FAILED"),
            "destroy": lambda one: self.say(one, "destroyed"),
            "absent": lambda one: self.say(one, "absent"),
            "lost": lambda one: self.say(one, "lost"),
            "withdraw": self.withdraw,
            "dispose": self.dispose,
            "undispose": self.undispose,
            "close": self.close,
        }
        steps[name](drive)

    def run(self, drive: str, verdict: str) -> None:
        statement = self.work.erase(drive, BAY[drive], verdict=verdict)
        if verdict != "FAILED":
            self.work.approve(statement)
        self.model.saw(drive, good=verdict != "FAILED")

    def say(self, drive: str, how: str) -> None:
        told: dict[str, Any] = {"day": "2026-11-20", "reference": "n° 3", "note": "vu", "reason": "bay-empty"}
        try:
            row = self.work.destroy(drive) if how == "destroyed" else self.work.say(drive, how, **told)
        except Conflict:
            assert self.model.record[drive] or (how == "absent" and self.model.seen[drive])
            return
        self.model.record[drive], self.ids[drive] = how, row.id

    def withdraw(self, drive: str) -> None:
        if self.model.record[drive]:
            self.work.do(explaining.withdraw, self.ids[drive], "erreur")
            self.model.record[drive] = ""

    def dispose(self, drive: str) -> None:
        if not self.model.placed[drive]:
            self.work.sort(BAY[drive])
            self.model.placed[drive] = True

    def undispose(self, drive: str) -> None:
        if self.model.placed[drive]:
            said = [one for one in self.work.device(BAY[drive], triage.history) if one.about == "disposition"]
            self.work.device(BAY[drive], triage.withdraw, said[-1].id, "erreur")
            self.model.placed[drive] = False

    def close(self, _drive: str) -> None:
        try:
            row = self.work.close()
        except Conflict:
            assert not self.model.may_close()
            return
        assert self.model.may_close()
        assert closing.document_of(row)["drives"]["open"] == 0
        self.work.do(closing.reopen, "on continue")


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=LESS)
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(DRIVES)), min_size=4, max_size=10))
def test_inv_8_a_lot_closes_exactly_when_nothing_of_it_is_open(fresh_world: Any, acts: list[tuple[str, str]]) -> None:
    actor = Actor(LotWork(fresh_world()))
    actor.work.receive()
    for name, drive in [*acts, ("close", DRIVES[0])]:
        actor.act(name, drive)
        lines = actor.work.do(account_of)
        settled = {line.drive.serial: line.standing.explained.value != "open" for line in lines}
        assert settled == {one: actor.model.erased[one] or bool(actor.model.record[one]) for one in DRIVES}


@pytest.mark.parametrize("first", ["erase", "destroy", "absent", "lost", "except"])
def test_each_way_of_explaining_closes_a_lot(fresh_world: Any, first: str) -> None:
    actor = Actor(LotWork(fresh_world()))
    actor.work.receive()
    for name, drive in ((first, DRIVES[0]), ("erase", DRIVES[1]), ("dispose", DRIVES[0]), ("dispose", DRIVES[1])):
        actor.act(name, drive)
    assert actor.model.may_close()
    assert actor.work.close().version == 1
