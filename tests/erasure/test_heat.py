"""A warm drive pauses between two requests, cools down, and goes on; a stop is obeyed meanwhile."""

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from erasure.errors import RunInterrupted
from erasure.events import Notice, Progress
from erasure.heat import LIMIT_FLASH, LIMIT_ROTATING, HeatGuard, limit_of
from erasure.outcome import VerdictWord
from erasure.run import never
from erasure.simulated import SimulatedBlockDrive
from tests.erasure.simulated_bench import Bench, FakeClock

Reading = int | OSError | None


def script(*readings: Reading) -> Callable[[], int | None]:
    """A sensor that tells these readings, the last one for ever."""
    left = list(readings)

    def temperature() -> int | None:
        now = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(now, OSError):
            raise now
        return now

    return temperature


def guard(clock: FakeClock, *readings: Reading, stop: Callable[[], bool] = never) -> tuple[HeatGuard, list[Any]]:
    told: list[Any] = []
    heat = HeatGuard(script(*readings), LIMIT_ROTATING, clock, lambda *words: told.append(words), stop)
    return heat, told


def test_a_drive_at_its_limit_pauses_until_it_is_five_degrees_cooler() -> None:
    clock = FakeClock()
    heat, told = guard(clock, 60, 59, 56, 55)
    before = clock.ns
    assert heat.stop() is False
    assert told == [("hot", "60 C, paused until 55 C"), ("cooled", "55 C, the run goes on")]
    assert clock.ns - before >= 6_000_000_000


def test_a_drive_below_its_limit_does_not_pause() -> None:
    clock = FakeClock()
    heat, told = guard(clock, 59)
    before = clock.ns
    assert not heat.stop()
    assert told == []
    assert clock.ns - before < 1_000_000_000


def test_the_sensor_is_not_asked_before_every_request() -> None:
    asked = []
    clock = FakeClock(step_ns=100_000_000)
    heat = HeatGuard(lambda: asked.append(clock.ns), 60, clock, lambda *_: None, never)
    for _ in range(1000):  # a hundred seconds
        heat.stop()
    assert len(asked) == 10


def test_a_stop_during_a_pause_is_obeyed() -> None:
    asked = iter([False, False, True])
    heat, told = guard(FakeClock(), 70, stop=lambda: next(asked))
    assert heat.stop() is True
    assert [code for code, _ in told] == ["hot"]


def test_a_stop_is_answered_without_looking_at_the_sensor() -> None:
    heat, told = guard(FakeClock(), OSError(errno.EIO, "never asked"), 99, stop=lambda: True)
    assert heat.stop() is True
    assert told == []


@pytest.mark.parametrize("silence", [None, OSError(errno.ENODEV, os.strerror(errno.ENODEV))])
def test_a_sensor_that_falls_silent_ends_the_pause(silence: Reading) -> None:
    heat, told = guard(FakeClock(), 70, silence)
    assert heat.stop() is False
    assert [code for code, _ in told] == ["hot", "sensor-lost"]


@pytest.mark.parametrize("silence", [None, OSError(errno.EIO, os.strerror(errno.EIO))])
def test_a_drive_without_a_sensor_never_pauses(silence: Reading) -> None:
    heat, told = guard(FakeClock(), silence)
    assert heat.stop() is False
    assert told == []


def test_a_long_pause_is_told_every_minute_so_that_the_worker_is_not_silent() -> None:
    heat, told = guard(FakeClock(), *([61] * 100), 50)
    heat.stop()
    assert [code for code, _ in told] == ["hot"] * 4 + ["cooled"]


@pytest.mark.parametrize(
    ("rotational", "limit"), [(True, LIMIT_ROTATING), (None, LIMIT_ROTATING), (False, LIMIT_FLASH)]
)
def test_what_nobody_knows_gets_the_lower_limit(rotational: Any, limit: int) -> None:
    assert limit_of(rotational=rotational) == limit


@pytest.fixture
def warm(large_bench: Bench) -> Callable[..., tuple[Bench, Any]]:
    """A drive of 20 MiB with a sensor, and time that passes fast enough for it to be looked at."""

    def make(*readings: Reading, method: str = "overwrite.zeros") -> tuple[Bench, Any]:
        class Warm(SimulatedBlockDrive):
            temperature = staticmethod(script(*readings))  # type: ignore[assignment]

        bench = replace(large_bench, method=method, clock=FakeClock(step_ns=1_000_000_000))
        return bench, Warm(bench.drive, bench.backing, bench.clock)

    return make


@pytest.mark.parametrize("method", ["overwrite.zeros", "overwrite.keystream"])
def test_a_run_pauses_on_a_hot_drive_and_ends_erased(warm: Callable[..., Any], method: str) -> None:
    bench, port = warm(30, 80, 78, 50, 30, 90, 40, method=method)
    assert bench.erase(port=port).verdict is VerdictWord.ERASED
    codes = [event.code for event in bench.events if isinstance(event, Notice) and event.code != "slow"]
    assert codes == ["hot", "cooled", "hot", "cooled"]
    assert bench.old_sectors() == []


def test_a_run_on_a_hot_drive_is_stopped_and_taken_up_again(warm: Callable[..., Any]) -> None:
    bench, port = warm(90)
    hot = lambda: any(isinstance(event, Notice) for event in bench.events)  # noqa: E731
    with pytest.raises(RunInterrupted):
        bench.erase(port=port, stop=hot)
    assert bench.erase(resume=bench.resume_point()).verdict is VerdictWord.ERASED


def test_no_rate_is_formed_across_a_pause(warm: Callable[..., Any]) -> None:
    bench, port = warm(30, *([80] * 200), 40)
    bench.clock.step_ns = 500_000_000
    bench.erase(port=port)
    place = next(i for i, event in enumerate(bench.events) if isinstance(event, Notice) and event.code == "cooled")
    following = next(event for event in bench.events[place:] if isinstance(event, Progress))
    assert following.rate == 0
