"""The seam to /dev/input: open, grab, axis ranges, read. It never writes to a device and never sends an event.

Three harmless requests of linux/input.h go through `fcntl` of the standard library: EVIOCGABS asks for the range of an
axis, EVIOCGRAB keeps the keys under test away from the console, EVIOCSCLOCKID has this reader's events timed by a clock
that never jumps. The kernel lets a grab go when the node is closed. The `evdev` package does the same but is built by a
compiler on every installation.
"""

import fcntl
import os
import struct
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from diagnostics.guided.input_event import EVENT, InputDevice, InputEvent, decode_events

EVIOCGRAB = 0x40044590
EVIOCSCLOCKID = 0x400445A0  # of this descriptor alone
EVIOCGABS = 0x80184540  # + axis; answers struct input_absinfo
_ABSINFO = struct.Struct("@6i")  # value, minimum, maximum, fuzz, flat, resolution
_AT_ONCE = 64  # events


class EventSource(Protocol):
    """Where events come from: a device, or a list in a test."""

    def events(self) -> tuple[InputEvent, ...]:
        """Return what arrived since the last call, without waiting."""

    def axis(self, code: int) -> tuple[int, int] | None:
        """Return the lowest and highest value of an axis, None where the device does not tell."""


class DeviceEvents:
    """Events of real nodes below `root`, read without waiting. Close it: the grab ends with the descriptor."""

    def __init__(
        self, root: Path, devices: Iterable[InputDevice], *, grab: bool = False, monotonic: bool = False
    ) -> None:
        self._open: list[int] = []
        self.refused: list[str] = []  # nodes that could not be opened, grabbed or timed
        for device in devices:
            self._take(root / "dev/input" / device.node, device.node, grab=grab, monotonic=monotonic)

    @property
    def connected(self) -> bool:
        """False when no device is open, or all were pulled out."""
        return bool(self._open)

    def events(self) -> tuple[InputEvent, ...]:
        """Return what arrived; a device that was pulled out is silent from then on."""
        found: list[InputEvent] = []
        for descriptor in tuple(self._open):
            try:
                found += decode_events(os.read(descriptor, EVENT.size * _AT_ONCE))
            except BlockingIOError:
                continue
            except OSError:
                self._open.remove(descriptor)
                os.close(descriptor)
        return tuple(sorted(found, key=lambda event: event.at))

    def axis(self, code: int) -> tuple[int, int] | None:
        """Ask the first device that has this axis."""
        for descriptor in self._open:
            try:
                answer = fcntl.ioctl(descriptor, EVIOCGABS + code, bytes(_ABSINFO.size))
            except OSError:
                continue
            _, lowest, highest, *_ = _ABSINFO.unpack(answer)
            if highest > lowest:
                return lowest, highest
        return None

    def close(self) -> None:
        """Let go of every device."""
        while self._open:
            os.close(self._open.pop())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take(self, path: Path, node: str, *, grab: bool, monotonic: bool) -> None:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            self.refused.append(node)
            return
        self._open.append(descriptor)
        try:
            if monotonic:
                fcntl.ioctl(descriptor, EVIOCSCLOCKID, struct.pack("@i", time.CLOCK_MONOTONIC))
            if grab:
                fcntl.ioctl(descriptor, EVIOCGRAB, 1)
        except OSError:
            self.refused.append(node)
