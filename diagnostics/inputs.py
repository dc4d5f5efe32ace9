"""Keyboards, touchpads and touch screens by what the kernel says of each input device; no key is read.

Bits of linux/input-event-codes.h, from the `uevent` of sys/class/input/input*.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics import kernel, plain

_LETTERS = range(16, 26)  # KEY_Q to KEY_P
_TOOL_FINGER, _TOUCH = 0x145, 0x14A
_DIRECT = 1  # INPUT_PROP_DIRECT
_ABS_X = 0
_WORD = 64  # bits
_BUS_USB, _BUS_BLUETOOTH = 3, 5


@dataclass(frozen=True, slots=True)
class Input:
    """One input device: "keyboard", "touchpad" or "touch-screen". `external` where it hangs on USB or Bluetooth.

    A built-in keyboard may hang on USB too, so `external` is a hint for people and decides nothing.
    """

    kind: str
    name: str
    external: bool

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


def read_inputs(root: Path) -> tuple[Input, ...]:
    """Return the input devices of the machine below `root` that a check asks about. Never raises."""
    found = []
    for node in kernel.entries(root / "sys/class/input"):
        words = dict(_pairs(node / "uevent"))
        if kind := _kind(words):
            bus = words.get("PRODUCT", "").partition("/")[0]
            external = bus in (f"{_BUS_USB:x}", f"{_BUS_BLUETOOTH:x}")
            found.append(Input(kind, words.get("NAME", "").strip('"'), external))
    return tuple(found)


def _pairs(path: Path) -> list[tuple[str, str]]:
    rows = (line.partition("=") for line in kernel.read_lines(path))
    return [(key, plain.text(value)) for key, mark, value in rows if mark]


def _kind(words: dict[str, str]) -> str:
    keys, properties, axes = (_bits(words.get(name, "")) for name in ("KEY", "PROP", "ABS"))
    if axes >> _ABS_X & 1 and keys >> _TOOL_FINGER & 1 and keys >> _TOUCH & 1:
        return "touchpad"  # asked first: touchpads exist that call themselves direct, screens with a finger tool do not
    if axes >> _ABS_X & 1 and properties >> _DIRECT & 1:
        return "touch-screen"
    return "keyboard" if all(keys >> letter & 1 for letter in _LETTERS) else ""


def _bits(words: str) -> int:
    """Return a bit map that the kernel prints as 64-bit words, the highest first; 0 where it is none."""
    value = 0
    for word in words.split():
        try:
            value = value << _WORD | int(word, 16)
        except ValueError:
            return 0
    return value
