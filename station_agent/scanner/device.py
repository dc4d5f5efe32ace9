"""The scanner as a device: found once by its test code, kept by name, grabbed, read, let go.

Before it is known every keyboard is only listened to; what is typed is thrown away here. From the test code on, the one
device that sent it is grabbed (EVIOCGRAB), when none of its keys is down, so that no key sticks on the console; all
others stay with the console. The kernel ends the grab with the descriptor. Reading goes through the one input port of
`diagnostics.guided.input_port`; this module opens nothing itself.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, Self

from diagnostics.guided.input_event import EV_KEY, InputDevice, InputEvent
from diagnostics.guided.input_port import DeviceEvents
from station_agent.errors import StoreError
from station_agent.language import mark
from station_agent.scanner.burst import Burst, Delivery, Scan, Tear, Torn
from station_agent.scanner.keycodes import Undecodable, decode, layouts, layouts_of_test_code
from station_agent.state import write_whole

FILE: Final = "scanner.json"
EV_SYN, SYN_DROPPED = 0, 3
NS_PER_US: Final = 1000
TORN: Final = {
    Tear.NO_ENTER: mark("A code without its end was read. Scan again; the scanner must be set to send Enter after it."),
    Tear.MIXED: mark("A key was pressed while the scanner sent. Scan again without typing."),
    Tear.LOST: mark("Only a part of a code arrived. Scan again."),
    Tear.CONTROL: mark("This code holds control characters, which no code here has. Was the right one scanned?"),
    Tear.LONG: mark("This code is longer than any that is used here. Was the right one scanned? Scan again."),
}
UNDECODABLE: Final = mark("The scanner sends keys that its keyboard setting does not have. Scan the test code again.")
GONE: Final = mark("The scanner was pulled out. Plug it in again.")
NOT_GRABBED: Final = mark(
    "The scanner is used by another program, which would read its codes too. Stop that program, or plug it in again."
)


class Events(Protocol):
    """One open input device."""

    refused: list[str]

    @property
    def connected(self) -> bool:
        """False once the device was pulled out."""

    def events(self) -> tuple[InputEvent, ...]:
        """Return what arrived since the last call, without waiting."""

    def close(self) -> None:
        """Let go of it."""


Opener = Callable[[InputDevice, bool], Events]


@dataclass(frozen=True, slots=True)
class ScannerSetting:
    """Which keyboard is the scanner, by the name that the kernel gives it, and what layout it is set to."""

    device: str
    layout: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """A whole code as text."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Learnt:
    """The test code was scanned: this is the scanner from now on."""

    setting: ScannerSetting


@dataclass(frozen=True, slots=True)
class Trouble:
    """Nothing was delivered; the sentence says why and what to do."""

    sentence: str


News = Scanned | Learnt | Trouble


def opener(root: Path) -> Opener:
    """Give what opens real nodes below `root`, with times of the monotonic clock."""
    return lambda device, grab: DeviceEvents(root, (device,), grab=grab, monotonic=True)


def kept_setting(folder: Path) -> ScannerSetting | None:
    """Read which scanner this bench knows; None before the first test code. Raises `StoreError`."""
    path = folder / FILE
    try:
        kept = json.loads(path.read_text("utf-8"))
        setting = ScannerSetting(str(kept["device"]), str(kept["layout"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            mark("The setting of the scanner {path} cannot be read. Delete it, then scan the test code of the sheet."),
            path=path,
        ) from error
    return setting if setting.layout in layouts() else None


def keep_setting(folder: Path, setting: ScannerSetting) -> None:
    """Keep which scanner this bench has. Raises `StoreBroken`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / FILE, json.dumps({"device": setting.device, "layout": setting.layout}))


class Ear:
    """One keyboard that is listened to."""

    def __init__(self, device: InputDevice, source: Events, now_ns: int, *, grabbed: bool) -> None:
        self.device = device
        self.source = source
        self.burst = Burst(now_ns)
        self.grabbed = grabbed

    def hear(self, now_ns: int) -> list[Delivery]:
        """Read until nothing is left, then let the time speak."""
        found: list[Delivery | None] = []
        while events := self.source.events():
            for event in events:
                if event.type == EV_SYN and event.code == SYN_DROPPED:
                    found.append(self.burst.lose())
                elif event.type == EV_KEY:
                    found.append(self.burst.feed((event.at * NS_PER_US, event.code, event.value)))
        found.append(self.burst.look(now_ns))
        return [one for one in found if one is not None]


class Scanner:
    """Listens for the scanner. Call `hear` every 20 ms or so; close it: the grab ends.

    `devices` lists the input devices of now, `open_device` opens one, `setting` is what was learnt before.
    """

    def __init__(
        self, devices: Callable[[], Iterable[InputDevice]], open_device: Opener, setting: ScannerSetting | None
    ) -> None:
        self._devices = devices
        self._open = open_device
        self.setting = setting
        self._ears: list[Ear] = []

    def listen(self, now_ns: int) -> tuple[Trouble, ...]:
        """Open what is there and not open yet: the known scanner grabbed, without one every keyboard ungrabbed.

        Call it at the start and when devices come and go.
        """
        troubles = []
        heard = {ear.device.node for ear in self._ears}
        for device in self._devices():
            mine = self.setting is not None and device.name == self.setting.device
            if device.kind != "keyboard" or device.node in heard or not (mine or self.setting is None):
                continue
            troubles += self._take(device, now_ns, grab=mine)
        return tuple(troubles)

    @property
    def present(self) -> bool:
        """True while the scanner that is known is plugged in and read."""
        return self.setting is not None and bool(self._ears)

    @property
    def grabbed(self) -> tuple[str, ...]:
        """Nodes that are kept away from the console now."""
        return tuple(ear.device.node for ear in self._ears if ear.grabbed)

    def hear(self, now_ns: int) -> tuple[News, ...]:
        """Give what was scanned since the last call; `now_ns` is the monotonic clock."""
        news: list[News] = []
        for ear in tuple(self._ears):
            for delivery in ear.hear(now_ns):
                news += self._told(ear, delivery)
            if not ear.source.connected:
                news += self._drop(ear)
        self._settle(now_ns, news)
        return tuple(news)

    def learn_again(self, now_ns: int) -> None:
        """Forget which scanner it is and listen to every keyboard for the test code."""
        self.close()
        self.setting = None
        self.listen(now_ns)

    def close(self) -> None:
        """Let go of everything."""
        while self._ears:
            self._ears.pop().source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, device: InputDevice, now_ns: int, *, grab: bool) -> list[Trouble]:
        source = self._open(device, grab)
        if source.refused:
            source.close()
            return [Trouble(NOT_GRABBED)] if grab else []  # an unreadable keyboard may still be no scanner
        self._ears.append(Ear(device, source, now_ns, grabbed=grab))
        return []

    def _drop(self, ear: Ear) -> list[News]:
        self._ears.remove(ear)
        ear.source.close()
        return [Trouble(GONE)] if self.setting is not None and ear.device.name == self.setting.device else []

    def _told(self, ear: Ear, delivery: Delivery) -> list[News]:
        if isinstance(delivery, Torn):
            return [Trouble(TORN[delivery.why])] if self.setting is not None else []
        learnt = self._learnt(ear, delivery)
        if learnt is not None or self.setting is None:
            return [] if learnt is None else [learnt]
        read = decode(delivery.strokes, layouts()[self.setting.layout])
        return [Trouble(UNDECODABLE) if isinstance(read, Undecodable) else Scanned(read.text)]

    def _learnt(self, ear: Ear, scan: Scan) -> Learnt | None:
        names = layouts_of_test_code(scan.strokes)
        if len(names) != 1:
            return None
        self.setting = ScannerSetting(ear.device.name, names[0])
        return Learnt(self.setting)

    def _settle(self, now_ns: int, news: list[News]) -> None:
        """After the test code: let the other keyboards go, and grab the scanner once none of its keys is down."""
        if self.setting is None:
            return
        for ear in tuple(self._ears):
            if ear.device.name != self.setting.device:
                self._ears.remove(ear)
                ear.source.close()
            elif not ear.grabbed and ear.burst.idle:
                self._ears.remove(ear)
                ear.source.close()
                news += self._take(ear.device, now_ns, grab=True)
