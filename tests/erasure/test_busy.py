"""A command that blocks for hours: what is told is time, never a share that nobody measured."""

import threading

from erasure.busy import telling
from erasure.events import Event, Progress
from erasure.progress import ProgressTeller

MINUTE_NS = 60_000_000_000


class Minutes:
    """A clock that is a minute further at each look."""

    now = 0

    def monotonic_ns(self) -> int:
        self.now += MINUTE_NS
        return self.now

    def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)

    def boot_id(self) -> str:
        return "boot"

    def wall(self) -> str:
        return "2026-11-22T10:00:00Z"


def told_while_busy(expected: int | None) -> Progress:
    heard, enough = [], threading.Event()

    def report(event: Event) -> None:
        heard.append(event)
        enough.set()

    teller = ProgressTeller("run", 1000, Minutes(), report, {})
    with telling(teller.at_work, Minutes(), "command", expected, every_s=0.001):
        assert enough.wait(10)
    assert isinstance(heard[0], Progress)
    return heard[0]


def test_the_time_that_has_gone_and_that_is_expected_are_told_and_no_share() -> None:
    told = told_while_busy(720)
    assert (told.phase, told.done_bytes, told.elapsed_s, told.expected_s, told.eta_s) == ("command", 0, 60, 720, 660)


def test_a_drive_that_said_no_time_gets_none() -> None:
    told = told_while_busy(None)
    assert (told.elapsed_s, told.expected_s, told.eta_s) == (60, None, None)


def test_a_command_that_takes_longer_than_expected_has_nothing_left_and_is_not_over() -> None:
    told = told_while_busy(30)
    assert (told.eta_s, told.done_bytes) == (0, 0)
