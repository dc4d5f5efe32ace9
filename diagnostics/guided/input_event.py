"""Input devices and their events, decoded from the kernel's bytes (linux/input.h, linux/input-event-codes.h).

Nothing is opened here: events come as bytes, capabilities from the text files of sysfs.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from diagnostics import kernel

EVENT = struct.Struct("@llHHi")  # struct input_event: seconds, microseconds, type, code, value
EV_SYN, EV_KEY, EV_REL, EV_ABS, EV_SW = 0, 1, 2, 3, 5
KEY_ESC, KEY_A, KEY_SPACE, KEY_ENTER, KEY_F10 = 1, 30, 57, 28, 68
BTN_LEFT, BTN_RIGHT, BTN_TOOL_FINGER, BTN_TOUCH, BTN_TOOL_DOUBLETAP = 0x110, 0x111, 0x145, 0x14A, 0x14D
ABS_X, ABS_Y, ABS_MT_POSITION_X, ABS_MT_POSITION_Y = 0, 1, 0x35, 0x36
SW_LID = 0
RELEASED, PRESSED, REPEATED = 0, 1, 2
_MILLION = 1_000_000
_HIGHEST_CODE = 0x300  # KEY_MAX + 1


@dataclass(frozen=True, slots=True)
class InputEvent:
    """One event; `at` in microseconds of the kernel's clock, `code` and `value` as the kernel defines them."""

    at: int
    type: int
    code: int
    value: int


@dataclass(frozen=True, slots=True)
class InputDevice:
    """What sysfs tells about one /dev/input/eventN: its name and the codes that it can send."""

    node: str
    name: str
    keys: frozenset[int]
    axes: frozenset[int]
    switches: frozenset[int]
    direct: bool  # a touch screen: the finger is where the picture is

    @property
    def kind(self) -> str:
        """Say "keyboard", "touchpad", "touch-screen", "mouse", "lid" or "" for anything else."""
        if SW_LID in self.switches:
            return "lid"
        if {KEY_ESC, KEY_A, KEY_SPACE, KEY_ENTER} <= self.keys:
            return "keyboard"
        if BTN_TOUCH in self.keys and self.axes >= {ABS_X, ABS_Y}:
            return "touch-screen" if self.direct or BTN_TOOL_FINGER not in self.keys else "touchpad"
        return "mouse" if BTN_LEFT in self.keys else ""


def decode_events(data: bytes) -> Iterator[InputEvent]:
    """Yield the events in bytes read from an event node; an incomplete last one is left out."""
    for seconds, microseconds, kind, code, value in EVENT.iter_unpack(data[: len(data) - len(data) % EVENT.size]):
        yield InputEvent(seconds * _MILLION + microseconds, kind, code, value)


def bits(text: str) -> frozenset[int]:
    """Return the numbers of the bits in a capability of sysfs: words of 64 bits in hexadecimal, highest first."""
    found = set()
    for place, word in enumerate(reversed(text.split())):
        try:
            mask = int(word, 16)
        except ValueError:
            return frozenset()
        found |= {place * 64 + bit for bit in range(64) if mask >> bit & 1}
    return frozenset(code for code in found if code < _HIGHEST_CODE)


def input_devices(root: Path) -> tuple[InputDevice, ...]:
    """List the input devices below `root`, in the order of their numbers."""
    nodes = (node for node in kernel.entries(root / "sys/class/input") if node.name.startswith("event"))
    return tuple(_device(node) for node in sorted(nodes, key=lambda node: (len(node.name), node.name)))


def _device(node: Path) -> InputDevice:
    device = node / "device"
    read = {name: bits(kernel.read(device / "capabilities" / name)) for name in ("key", "abs", "sw")}
    properties = bits(kernel.read(device / "properties"))
    return InputDevice(node.name, kernel.read(device / "name"), read["key"], read["abs"], read["sw"], 1 in properties)
