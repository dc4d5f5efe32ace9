"""Fingers on the keyboard of a guest: keys of QEMU's AT keyboard go down and up by the monitor, as evdev codes.

Every event crosses the keyboard controller, its interrupt and the driver of the guest's kernel. The controller keeps 16
bytes and drops the rest, so each touch waits until the guest has answered a question: by then it has fetched them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.virtual_bench.monitor import Monitor

# Keys whose scan code has the prefix E0, by evdev code; all others have the number of their scan code (set 1).
EXTENDED = {97: 0x9D, 100: 0xB8, 103: 0xC8, 105: 0xCB, 106: 0xCD, 108: 0xD0, 111: 0xD3, 125: 0xDB}


def event(code: int, *, down: bool) -> dict[str, object]:
    """Give one event of a key as the monitor takes it."""
    return {"type": "key", "data": {"down": down, "key": {"type": "number", "data": EXTENDED.get(code, code)}}}


@dataclass(frozen=True, slots=True)
class Fingers:
    """Fingers on one keyboard. `fetched` comes back when the guest has taken what the controller had for it."""

    monitor: Monitor
    fetched: Callable[[], object]

    def press(self, code: int) -> None:
        """Let a key go down and stay there."""
        self._send(event(code, down=True))

    def touch(self, codes: Iterable[int]) -> None:
        """Touch keys one after the other."""
        for code in codes:
            self._send(event(code, down=True), event(code, down=False))

    def bounce(self, code: int) -> None:
        """Let a worn contact close three times at one touch, with nothing between the events."""
        self._send(*(event(code, down=down) for down in (True, False) * 3))

    def _send(self, *events: dict[str, object]) -> None:
        self.monitor.ask("input-send-event", {"events": list(events)})
        self.fetched()
