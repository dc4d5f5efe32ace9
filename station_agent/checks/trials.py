"""Parts of a check that watch fingers: keyboard, pointer, screen colours. Each takes keys and draws itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from diagnostics.checks import CheckOutcome
from diagnostics.guided.input_event import ABS_X, ABS_Y, EV_KEY, REPEATED, InputDevice
from diagnostics.guided.keyboard import KeyboardTrial, Layout, layouts
from diagnostics.guided.pointer import CORNERS, PointerTrial
from diagnostics.guided.presence import plugged_in
from diagnostics.guided.screen import COLOURS, ScreenTrial, brightness
from station_agent.checks.means import Means, OpenEvents
from station_agent.checks.page import COLUMNS, Line, Page, Segment, words
from station_agent.language import Voice, mark

QUIET_US: Final = 10_000_000  # without a finger for so long, the trial is over
PAD_WIDE, PAD_HIGH = 46, 11
ARROWS: Final = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
COLOUR_NAMES: Final = {
    "white": mark("white"),
    "black": mark("black"),
    "red": mark("red"),
    "green": mark("green"),
    "blue": mark("blue"),
    "grey": mark("grey"),
}
NO_INPUT: Final = mark("The keys or the pad cannot be watched here (no right to /dev/input): judge by hand.")


class Trial(Protocol):
    """A live part: `tick` looks at the events, `press` takes a key of the console, `over` tells its end."""

    over: bool

    def tick(self) -> None:
        """Look at what happened."""

    def press(self, key: str) -> None:
        """Take a key."""

    def body(self, voice: Voice) -> tuple[Line, ...]:
        """Draw."""

    def fill(self) -> Page | None:
        """Give a page that takes the whole screen, None for a drawing inside the frame."""

    def evidence(self) -> dict[str, Any]:
        """Give plain types for the record."""

    def proposal(self) -> CheckOutcome | None:
        """Give the answer that this speaks for."""

    def close(self) -> None:
        """Let go of devices."""


@dataclass(slots=True)
class _Watched:
    """What trials of fingers share: the events and the moment of the last one."""

    source: OpenEvents
    microseconds: Callable[[], int]
    last: int
    over: bool = False

    def rest(self, *, done: bool) -> None:
        self.over = self.over or done or self.microseconds() - self.last >= QUIET_US

    def close(self) -> None:
        self.source.close()

    def press(self, key: str) -> None:
        """A key of the console ends the trial: a grabbed keyboard sends none, so it is another keyboard's."""
        self.over = self.over or key in ("escape", "enter")

    def fill(self) -> Page | None:
        return None


class KeyboardWatch(_Watched):
    """The drawn keyboard."""

    __slots__ = ("trial",)

    def __init__(self, means: Means, layout: Layout, devices: tuple[InputDevice, ...]) -> None:
        super().__init__(means.open_events(devices, True), means.microseconds, means.microseconds())
        self.trial = KeyboardTrial(layout, frozenset().union(*(device.keys for device in devices)))

    def tick(self) -> None:
        """Feed the trial; it ends when every key has answered and none is down, or after a quiet time.

        What a keyboard repeats by itself is no finger: a key that sticks would hold the trial open for ever.
        """
        events = self.source.events()
        moved = any(event.type == EV_KEY and event.value != REPEATED for event in events)
        self.last = self.microseconds() if moved else self.last
        self.trial.feed(events)
        self.rest(done=not self.trial.missing and not self.trial.down)
        self._look_last()

    def press(self, key: str) -> None:
        """Let a key of the console end the trial; what is down at that moment is judged too."""
        super().press(key)
        self._look_last()

    def _look_last(self) -> None:
        if self.over:
            self.trial.look(self.microseconds())

    def body(self, voice: Voice) -> tuple[Line, ...]:
        """Draw the keys: filled when they answered, marked when they stick or chatter."""
        drawn = [line for row in self.trial.layout.rows for line in (_key_row(self.trial, row), ())]
        seen, wanted = len(self.trial.wanted & self.trial.seen), len(self.trial.wanted)
        return (*drawn, *_keyboard_legend(voice, seen, wanted))

    def evidence(self) -> dict[str, Any]:
        """Counts and doubtful keys."""
        return self.trial.to_evidence()

    def proposal(self) -> CheckOutcome | None:
        """All keys sound: pass. One sticks or chatters: fail. Keys missing: the person knows whether they exist."""
        if self.trial.held or self.trial.chattering:
            return CheckOutcome.FAIL
        return CheckOutcome.PASS if self.trial.sound else None


def _keyboard_legend(voice: Voice, seen: int, wanted: int) -> tuple[Line, ...]:
    count = voice.say("{seen} of {wanted} keys have answered.", seen=seen, wanted=wanted)
    legend: Line = (
        Segment("[A]", "filled"),
        Segment(" " + voice.say("answered") + "   "),
        Segment("<A>", "down"),
        Segment(" " + voice.say("down now") + "   "),
        Segment("!A!", "broken"),
        Segment(" " + voice.say("sticks or chatters") + "   "),
        Segment(" A ", "dim"),
        Segment(" " + voice.say("not yet")),
    )
    return words(count, "strong"), legend, words(voice.say("It ends by itself: all keys, or 10 s without any."), "dim")


def _key_row(trial: KeyboardTrial, row: tuple[Any, ...]) -> Line:
    margin = Segment(" " * ((COLUMNS - 2 - sum(key.width for key in row)) // 2))
    line = [margin]
    for key in row:
        left, right, style = _key_face(trial, key.code)
        line += [Segment(f"{left}{key.label[: key.width - 2]:^{key.width - 2}}{right}", style)]
    return tuple(line)


def _key_face(trial: KeyboardTrial, code: int) -> tuple[str, str, str]:
    if code in trial.held or code in trial.chattering:
        return "!", "!", "broken"
    if code in trial.down:
        return "<", ">", "down"
    if code in trial.seen:
        return "[", "]", "filled"
    return (" ", " ", "dim") if code in trial.wanted else (" ", " ", "faint")


class PointerWatch(_Watched):
    """The touchpad or the touch screen."""

    __slots__ = ("trial",)

    def __init__(self, means: Means, device: InputDevice) -> None:
        super().__init__(means.open_events((device,), True), means.microseconds, means.microseconds())
        wide, high = self.source.axis(ABS_X), self.source.axis(ABS_Y)
        self.trial = PointerTrial(buttons_wanted=device.kind == "touchpad")
        self.trial.wide, self.trial.high = wide or self.trial.wide, high or self.trial.high

    def tick(self) -> None:
        """Feed the trial; it ends when everything was seen, or after a quiet time."""
        events = self.source.events()
        self.last = self.microseconds() if events else self.last
        self.trial.feed(events)
        self.rest(done=self.trial.sound)

    def body(self, voice: Voice) -> tuple[Line, ...]:
        """Draw the pad with its corners and the finger, and the three tick boxes."""
        boxes = []
        if self.trial.buttons_wanted:
            asked = (
                (voice.say("left button"), self.trial.left),
                (voice.say("right button"), self.trial.right),
                (voice.say("two fingers"), self.trial.scrolled),
            )
            boxes = [
                Segment(f"{'[x]' if seen else '[ ]'} {name}   ", "good" if seen else "dim") for name, seen in asked
            ]
        counted = voice.say("{n} of 4 corners", n=len(self.trial.corners))
        return (*_pad(self.trial), (), words(counted, "strong"), tuple(boxes))

    def evidence(self) -> dict[str, Any]:
        """Corners and buttons."""
        return self.trial.to_evidence()

    def proposal(self) -> CheckOutcome | None:
        """Everything seen speaks for pass; anything missing for nothing."""
        return CheckOutcome.PASS if self.trial.sound else None


def _pad(trial: PointerTrial) -> tuple[Line, ...]:
    margin = " " * ((COLUMNS - 2 - PAD_WIDE) // 2)
    lines: list[Line] = [words(f"{margin}┌{'─' * (PAD_WIDE - 2)}┐", "dim")]
    finger = None
    if trial.place:
        finger = trial.place[0] * (PAD_WIDE - 3) // 100, trial.place[1] * (PAD_HIGH - 1) // 100
    for row in range(PAD_HIGH):
        cells = (_cell(trial, column, row, finger) for column in range(PAD_WIDE - 2))
        lines.append((Segment(f"{margin}│", "dim"), *cells, Segment("│", "dim")))
    return (*lines, words(f"{margin}└{'─' * (PAD_WIDE - 2)}┘", "dim"))


def _cell(trial: PointerTrial, column: int, row: int, finger: tuple[int, int] | None) -> Segment:
    if finger == (column, row):
        return Segment("●", "warn")
    wide, high = column < 5 or column >= PAD_WIDE - 7, row < 2 or row >= PAD_HIGH - 2  # noqa: PLR2004 - the corners
    if not (wide and high):
        return Segment(" ")
    name = CORNERS[2 * (row >= 2) + (column >= 5)]  # noqa: PLR2004 - which corner
    return Segment("█", "good") if name in trial.corners else Segment("░", "dim")


class ScreenWatch:
    """Colour pages over the whole screen."""

    def __init__(self, means: Means) -> None:
        self._root = means.root
        self.trial = ScreenTrial()
        self.over = False

    def tick(self) -> None:
        """Note the brightness: steps that a person makes with its keys."""
        percent = brightness(self._root)
        if percent is not None:
            self.trial.brightness.add(percent)

    def press(self, key: str) -> None:
        """Arrows move, space marks, Enter goes on, Escape ends."""
        if key in ARROWS:
            self.trial.move(*ARROWS[key])
        elif key == "space":
            self.trial.mark()
        elif key == "enter":
            self.over = not self.trial.turn()
        elif key == "escape":
            self.over = True

    def fill(self) -> Page | None:
        """Fill the screen with the colour, with the pointer and the marks."""
        red, green, blue = COLOURS[self.trial.colour]
        marks = tuple((column, row) for colour, column, row in self.trial.marks if colour == self.trial.colour)
        colour = f"#{red:02x}{green:02x}{blue:02x}"
        return Page("", fill=colour, pointer=(self.trial.column, self.trial.row), marks=marks)

    def body(self, voice: Voice) -> tuple[Line, ...]:
        """Say the colour in words: what a line mode can show."""
        return (words(voice.say("The screen is {colour} now.", colour=voice.say(COLOUR_NAMES[self.trial.colour]))),)

    def evidence(self) -> dict[str, Any]:
        """Pages, marks, steps of brightness."""
        return self.trial.to_evidence()

    def proposal(self) -> CheckOutcome | None:
        """A marked defect speaks for fail, six clean pages for pass."""
        if self.trial.marks:
            return CheckOutcome.FAIL
        return CheckOutcome.PASS if self.trial.sound else None

    def close(self) -> None:
        """Nothing is held."""


def trial_for(check_id: str, means: Means, layout: str) -> Trial | None:
    """Give the live part of a check; None where it has none, or the devices for it are not there or not readable."""
    if check_id == "display":
        return ScreenWatch(means)
    kinds = {"keyboard": "keyboard", "touchpad": "touchpad", "touch-screen": "touch-screen"}
    found = tuple(device for device in means.devices() if device.kind == kinds.get(check_id))
    own = tuple(device for device in found if not plugged_in(means.root, device))
    devices = own or found  # a keyboard that the technician plugged in stays free to end the trial
    if not devices:
        return None
    if check_id == "keyboard":
        return KeyboardWatch(means, layouts()[layout], devices)
    return PointerWatch(means, devices[0])
