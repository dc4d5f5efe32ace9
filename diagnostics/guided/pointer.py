"""Touchpad and touch screen: corners reached, buttons pressed, two fingers moved. The pointer itself is not drawn.

The kernel tells only what changed: a finger that comes back at the same height sends no height. So the last value of
each axis is kept, and where the finger is gets judged when the kernel says that its report is whole (SYN_REPORT).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from diagnostics.guided import input_event
from diagnostics.guided.input_event import (
    ABS_MT_POSITION_X,
    ABS_MT_POSITION_Y,
    ABS_X,
    ABS_Y,
    BTN_LEFT,
    BTN_RIGHT,
    BTN_TOOL_DOUBLETAP,
    BTN_TOUCH,
    PRESSED,
    InputEvent,
)

CORNER_PERCENT = 15  # of the way in from an edge that still counts as the corner
SCROLL_PERCENT = 20  # of the height that two fingers must travel
CORNERS = ("top-left", "top-right", "bottom-left", "bottom-right")
_REL_WHEEL = 8
_DEFAULT_RANGE = (0, 4095)


@dataclass(slots=True)
class PointerTrial:
    """What a finger has shown so far. `wide` and `high` are the ranges of the two axes, as the device tells them."""

    wide: tuple[int, int] = _DEFAULT_RANGE
    high: tuple[int, int] = _DEFAULT_RANGE
    buttons_wanted: bool = True  # a touch screen has none
    corners: set[str] = field(default_factory=set)
    left: bool = False
    right: bool = False
    scrolled: bool = False
    place: tuple[int, int] | None = None  # percent from the left and the top
    _two_fingers: bool = False
    _from: int | None = None
    _moved: bool = False
    _at: dict[int, int] = field(default_factory=dict)

    def feed(self, events: Iterable[InputEvent]) -> None:
        """Take events in the order of their time."""
        for event in events:
            match event.type:
                case input_event.EV_KEY:
                    self._button(event)
                case input_event.EV_ABS:
                    self._move(event)
                case input_event.EV_SYN:
                    self._arrive()
                case input_event.EV_REL:
                    self.scrolled = self.scrolled or event.code == _REL_WHEEL
                case _:
                    pass

    @property
    def sound(self) -> bool:
        """True when everything that was asked for was seen."""
        fingers = not self.buttons_wanted or (self.left and self.right and self.scrolled)
        return len(self.corners) == len(CORNERS) and fingers

    def to_evidence(self) -> dict[str, Any]:
        """Return plain types for the record."""
        seen = {"left": self.left, "right": self.right, "scrolled": self.scrolled} if self.buttons_wanted else {}
        return {"corners": sorted(self.corners), **seen}

    def _button(self, event: InputEvent) -> None:
        if event.code == BTN_TOOL_DOUBLETAP:
            self._two_fingers, self._from = event.value == PRESSED, None
        elif event.code == BTN_TOUCH and event.value != PRESSED:
            self._moved = False  # of a finger that left
            self.place = None
        elif event.code == BTN_LEFT and event.value == PRESSED:
            self.left = True
        elif event.code == BTN_RIGHT and event.value == PRESSED:
            self.right = True

    def _move(self, event: InputEvent) -> None:
        axis = {ABS_MT_POSITION_X: ABS_X, ABS_MT_POSITION_Y: ABS_Y}.get(event.code, event.code)
        if axis not in (ABS_X, ABS_Y):
            return
        self._at[axis] = _percent(event.value, self.wide if axis == ABS_X else self.high)
        if axis == ABS_Y and self._two_fingers:
            self._from = self._at[axis] if self._from is None else self._from
            self.scrolled = self.scrolled or abs(self._at[axis] - self._from) >= SCROLL_PERCENT
        self._moved = True

    def _arrive(self) -> None:
        if self._moved and len(self._at) == 2:  # noqa: PLR2004 - both axes
            self.place = self._at[ABS_X], self._at[ABS_Y]
            self._corner(*self.place)
        self._moved = False

    def _corner(self, across: int, along: int) -> None:
        near = (CORNER_PERCENT, 100 - CORNER_PERCENT)
        if (across <= near[0] or across >= near[1]) and (along <= near[0] or along >= near[1]):
            self.corners.add(f"{'top' if along <= near[0] else 'bottom'}-{'left' if across <= near[0] else 'right'}")


def _percent(value: int, bounds: tuple[int, int]) -> int:
    lowest, highest = bounds
    return max(0, min(100, (value - lowest) * 100 // max(1, highest - lowest)))
