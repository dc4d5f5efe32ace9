"""INV-10 over generated acts: judged by what the test itself did, never by what the hub computes of its drives."""

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.errors import HubError
from hub.lots import explaining
from hub.returns import service as returns
from hub.returns.service import Finding
from tests.hub.exit_work import ExitWork

BAY = {"WD-0001": "A-1", "WD-0002": "A-2"}
ACTS = ("erase", "fail", "destroy", "withdraw", "leave", "leave", "undo", "return", "take", "fit")
STORY = [(one, "WD-0001") for one in ("erase", "leave", "return", "leave", "erase", "leave", "undo", "take", "fit")]
LESS = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


class Door:
    """Does one act, and keeps what is true: which drives are safe, in which device each sits, which devices are out."""

    def __init__(self, work: ExitWork) -> None:
        self.work = work
        self.safe: dict[str, bool] = dict.fromkeys(BAY, False)
        self.seat: dict[str, str] = dict(BAY)
        self.record: dict[str, int] = {}
        self.part: dict[str, Any] = {}
        self.line: dict[str, int] = {}  # of devices that are out
        self.left: list[bool] = []  # of each time that somebody tried
        for asset in BAY.values():
            work.sort(asset)

    def act(self, name: str, drive: str) -> None:
        self.work.world.hub.clock.forward(minutes=1)
        try:
            getattr(self, name)(drive, BAY[drive])
        except HubError:
            assert name not in {"erase", "fail"}
        assert self.work.out() == set(self.line)

    def erase(self, drive: str, _asset: str) -> None:
        if self.seat[drive] not in self.line:  # a bench has only what is here
            self.work.approve(self.work.erase(drive))
            self.safe[drive] = True
            self.record.pop(drive, None)

    def fail(self, drive: str, _asset: str) -> None:
        if self.seat[drive] not in self.line:
            self.work.erase(drive, verdict="FAILED")
            self.safe[drive] = False
            self.record.pop(drive, None)

    def destroy(self, drive: str, _asset: str) -> None:
        if not self.safe[drive]:
            self.record[drive] = self.work.destroy(drive).id
            self.safe[drive] = True

    def withdraw(self, drive: str, _asset: str) -> None:
        if drive in self.record:
            self.work.do(explaining.withdraw, self.record[drive], "erreur")
            assert self.seat[drive] not in self.line, "the record of a drive that is out was taken back"
            del self.record[drive]
            self.safe[drive] = False

    def leave(self, _drive: str, asset: str) -> None:
        self.left.append(False)
        (line,) = self.work.leave(asset)
        self.left[-1] = True
        inside = [one for one, seat in self.seat.items() if seat == asset]
        assert all(self.safe[one] for one in inside), (asset, inside, self.safe)
        self.line[asset] = line.id

    def undo(self, _drive: str, asset: str) -> None:
        if asset in self.line:
            self.work.come_home(self.line[asset])
            del self.line[asset]

    def take(self, drive: str, _asset: str) -> None:
        seat = self.seat[drive]
        self.part[drive] = self.work.take_drive(seat or "A-1", drive)
        self.seat[drive] = ""

    def fit(self, drive: str, asset: str) -> None:
        other = "A-2" if asset == "A-1" else "A-1"
        self.work.fit(other, self.part[drive]) if drive in self.part else None
        if drive in self.part:
            assert self.safe[drive]
            self.seat[drive] = other

    def __getattr__(self, name: str) -> Any:
        if name == "return":
            return self.come_back
        raise AttributeError(name)

    def come_back(self, _drive: str, asset: str) -> None:
        if asset in self.line:
            self.work.device(asset, returns.take_return, Finding("battery"), came_back=True)
            del self.line[asset]
            for one in [one for one, seat in self.seat.items() if seat == asset and one not in self.record]:
                self.safe[one] = False  # somebody used it


@example(acts=STORY)
@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=LESS)
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(tuple(BAY))), min_size=6, max_size=14))
def test_inv_10_no_sequence_of_acts_lets_a_device_out_with_an_open_drive(
    fresh_world: Any, acts: list[tuple[str, str]]
) -> None:
    door = Door(ExitWork(fresh_world()))
    for name, drive in acts:
        door.act(name, drive)
    if acts == STORY:
        assert door.left == [True, False, True], "the door opens for what is erased, and only for that"
