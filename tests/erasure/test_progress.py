"""A run tells how warm its drive is: what the guard against heat heard, and nothing that was asked for it alone."""

from contextlib import suppress

from erasure.events import Event, Progress
from erasure.progress import ProgressTeller
from tests.erasure.simulated_bench import FakeClock


def told(*readings: int | OSError | None) -> list[int | None]:
    """Give the temperature in the event after each reading of the sensor."""
    events: list[Event] = []
    clock = FakeClock()
    teller = ProgressTeller("r", 1000, clock, events.append, {"write": 0})
    answers = iter(readings)

    def sensor() -> int | None:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    read = teller.felt(sensor)
    for number, _ in enumerate(readings):
        with suppress(OSError):
            read()
        teller.tell(f"phase {number}", 0, 0)
    return [event.celsius for event in events if isinstance(event, Progress)]


def test_each_event_has_what_the_sensor_said_last() -> None:
    assert told(41, 43) == [41, 43]


def test_a_sensor_that_falls_silent_is_unknown_and_not_as_warm_as_before() -> None:
    assert told(41, None) == [41, None]
    assert told(41, OSError("gone")) == [41, None]


def test_before_anybody_asked_the_sensor_nothing_is_told() -> None:
    events: list[Event] = []
    ProgressTeller("r", 1000, FakeClock(), events.append, {"write": 0}).tell("write", 0, 0)
    assert [event.celsius for event in events if isinstance(event, Progress)] == [None]
