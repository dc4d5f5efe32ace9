"""A scanner and a finger as they reach the kernel: key events with their times in nanoseconds."""

from collections.abc import Sequence

from station_agent.scanner.burst import Burst, Delivery, Event
from station_agent.scanner.keycodes import Layout, Stroke

MS = 1_000_000
START = 10_000 * MS  # when listening begins
FIRST = START + 1_000 * MS  # when the first key comes
SHIFT, ALTGR, ENTER = 42, 100, 28


def strokes_of(text: str, layout: Layout) -> tuple[Stroke, ...]:
    """What a scanner set to this layout presses for a text."""
    found = [layout.stroke(letter) for letter in text]
    assert None not in found, text
    return tuple(stroke for stroke in found if stroke is not None)


def keys_of(strokes: Sequence[Stroke], *, enter: bool = True) -> list[tuple[int, int]]:
    """Presses and releases of a scanner, as (code, value)."""
    keys: list[tuple[int, int]] = []
    for stroke in strokes:
        held = [SHIFT] * stroke.shift + [ALTGR] * stroke.altgr
        keys += [(code, 1) for code in held] + [(stroke.code, 1), (stroke.code, 0)] + [(code, 0) for code in held]
    return keys + [(ENTER, 1), (ENTER, 0)] * enter


def timed(keys: Sequence[tuple[int, int]], first: int = FIRST, step: int = 4 * MS) -> list[Event]:
    """Events of these keys, `step` nanoseconds apart."""
    return [(first + place * step, code, value) for place, (code, value) in enumerate(keys)]


def heard(events: Sequence[Event], since: int = START) -> list[Delivery]:
    """What a burst delivers for these events, with a look at the time long after the last."""
    burst = Burst(since)
    found = [burst.feed(event) for event in events]
    found.append(burst.look(max((event[0] for event in events), default=since) + 1_000 * MS))
    return [one for one in found if one is not None]
