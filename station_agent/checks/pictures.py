"""Pictures of every check's screen for the manual: `python -m station_agent.checks.pictures` writes them again.

The machine is the demo laptop of the hardware fixtures; fingers, tones and tests are scripted, so that the pictures are
the same on every machine. Nothing is played, recorded, tested or kept.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from diagnostics.checks import CheckOutcome, CheckResult, GuidedCheck, checklist
from diagnostics.discharge import DischargeReport
from diagnostics.guided.camera_frame import Frame
from diagnostics.guided.input_event import (
    ABS_X,
    ABS_Y,
    BTN_LEFT,
    BTN_TOOL_FINGER,
    BTN_TOUCH,
    EV_ABS,
    EV_KEY,
    EV_SYN,
    PRESSED,
    RELEASED,
    InputDevice,
    InputEvent,
)
from diagnostics.guided.keyboard import CHATTER_US, layouts
from diagnostics.guided.sound import Level
from diagnostics.locks import LockFinding
from diagnostics.self_test import SelfTestKind, SelfTestOutcome, SelfTestResult
from diagnostics.stress.course import Course, Ending, Progress
from diagnostics.stress.drive_reading import BLOCK, PLACES, DriveSpeed
from diagnostics.stress.memory import MemoryReport
from diagnostics.stress.processor import LoadReport
from station_agent.checks.album import Album
from station_agent.checks.answers import Answers
from station_agent.checks.desk import HOW, JOB_CHECKS, LIST, TICKS, Desk
from station_agent.checks.drives_at_hand import DriveAtHand, Told
from station_agent.checks.kept import KeptAnswers
from station_agent.checks.lock_ticks import CHECK as LOCKS
from station_agent.checks.means import Means
from station_agent.checks.page import Page
from station_agent.checks.pages import page_of
from station_agent.checks.picture import svg, written
from station_agent.language import Voice, voice

PACKAGE: Final = Path(__file__).parent
PICTURES: Final = PACKAGE / "pictures"
DEMO: Final = PACKAGE.parents[1] / "hardware-fixtures/machines/demo-laptop"
MACHINE: Final = "DEMO Laptop 14, L-0042"
LANGUAGES: Final = ("fr", "en")
ANSWERED: Final = ("locks", "media-left", "stickers", "parts", "display")
DRIVES: Final = (("DEMO SSD 256", "DEMO-SSD-0001", 0), ("DEMO HDD 500", "DEMO-HDD-0001", 84))
CHATTERING, DOWN, SILENT = 18, 35, (43, 86, 111)
# microvolts at rest and lowest, sag in permille, microwatts, microwatt-hours counted and drawn, drop, minutes, samples
DISCHARGE: Final = (12_300_000, 11_850_000, 36, 21_000_000, 690_000, 700_000, 14, 131, 66)
DROPPED, STICK = Path("/var/lib/etabli/checks/photos-new"), Path("/media/stick")
KEYS: Final = frozenset(range(1, 0x100))


class _Album(Album):
    """Files that are always the same."""

    def offered(self) -> tuple[Path, ...]:
        """Name two files; none is there."""
        return (STICK / "IMG_0042.JPG", DROPPED / "hinge-left.jpg")


class Fingers:
    """Scripted events: given once, then silence."""

    def __init__(self, events: Iterable[InputEvent]) -> None:
        self._events = tuple(events)

    def events(self) -> tuple[InputEvent, ...]:
        """Give the script once."""
        given, self._events = self._events, ()
        return given

    def axis(self, code: int) -> tuple[int, int] | None:
        """Every axis goes from 0 to 1000."""
        return (0, 1000) if code in (ABS_X, ABS_Y) else None

    def close(self) -> None:
        """Nothing is held."""


def pictures() -> Iterator[tuple[str, str]]:
    """Yield (path below the folder of the pictures, SVG text) of every screen, in both languages."""
    for lang in LANGUAGES:
        spoken = voice(lang, {})
        for name, page in screens(spoken):
            yield f"{lang}/{name}.svg", svg(page, f"etabli-station check: {name} ({lang})")


def screens(spoken: Voice) -> Iterator[tuple[str, Page]]:
    """Yield every screen by its name: the list, each check of each chassis, and the live parts."""
    with tempfile.TemporaryDirectory() as folder:
        desk = paper_desk(Path(folder))
        yield "list", page_of(desk, spoken, MACHINE)
        for check in every_check():
            yield check.id, page_of(_at(check, Path(folder)), spoken, MACHINE)
        for name, keys in LIVE_SCREENS.items():
            desk = _at(_named(_check_of(name)), Path(folder))
            for key in keys:
                desk.press(key)
            desk.tick()
            yield name, page_of(desk, spoken, MACHINE)
            desk.close()


LIVE_SCREENS: Final = {
    "keyboard-live": ("enter",),
    "touchpad-live": ("enter",),
    "display-live": ("enter", "enter", "enter", "enter", "enter", "left", "up", "space", "right", "right"),
    "parts-choice": ("p", "1", "4"),
    "fingerprint-reason": ("n",),
    "locks-ticks": ("1", "5", "2", "2", "3", "3"),
    "locks-who": ("1", "5", "enter", "o", "p", "-", "7"),
    "locks-held": ("1", "5", "enter", "o", "p", "-", "7", "enter"),
    "casing-photo": ("c",),
}
READ: Final = (LockFinding("lock.absolute", "blocks", (("state", "Enabled"),)),)
SHAPES: Final = ("-live", "-choice", "-reason", "-ticks", "-who", "-held", "-photo")


def _check_of(name: str) -> str:
    return next((name.removesuffix(shape) for shape in SHAPES if name.endswith(shape)), name)


def every_check() -> tuple[GuidedCheck, ...]:
    """Return the checks of all chassis, each once."""
    lists = (check for chassis in ("laptop", "tablet", "desktop", "drive") for check in checklist(chassis))
    return tuple({check.id: check for check in lists}.values())


def write(folder: Path) -> int:
    """Write every picture below `folder`; return how many."""
    return written(pictures(), folder)


def _named(check_id: str) -> GuidedCheck:
    return next(check for check in every_check() if check.id == check_id)


def paper_desk(folder: Path, chassis: str = "laptop") -> Desk:
    """Give a session in which some checks are answered; `folder` takes nothing, the answers stay in memory."""
    answers = Answers(chassis, frozenset({"camera", "panel", "wifi"}), KeptAnswers(folder, "none"), lambda: "")
    known = {check.id for check in checklist(chassis)}
    answers.given = [CheckResult(name, CheckOutcome.PASS) for name in ANSWERED if name in known]
    answers.given += [CheckResult("casing", CheckOutcome.PASS, value="C5")]
    return Desk(answers, _means(), album=_Album(Path("photos"), (DROPPED, STICK), bytes), read=READ)


def _at(check: GuidedCheck, folder: Path) -> Desk:
    """Give a session whose screen of `check` is open, its long part done."""
    desk = paper_desk(folder, "laptop" if "laptop" in check.chassis else check.chassis[0])
    assert desk.state == LIST
    desk.place = desk.answers.checks.index(check)
    desk.press("enter")
    assert desk.state == (TICKS if check.id == LOCKS else HOW)
    if check.id in JOB_CHECKS:
        desk.press("enter")
        desk.jobs[check.id].wait(10)
        desk.tick()
    return desk


def _means() -> Means:
    return Means(
        root=DEMO,
        microseconds=lambda: 10_000_000,
        devices=_devices,
        open_events=lambda devices, _grab: Fingers(_script({device.kind for device in devices})),
        play=lambda: None,
        listen=lambda: Level(312, 240),
        look=lambda: Frame(117, 46),
        scan=lambda: 7,
        memory=_memory,
        load=_load,
        drives=lambda: tuple(_drive(model, serial, dip) for model, serial, dip in DRIVES),
        discharge=lambda _course: (DischargeReport("BAT0", "holds", 120, *DISCHARGE),),
    )


def _devices() -> tuple[InputDevice, ...]:
    pad = frozenset({BTN_LEFT, BTN_TOUCH, BTN_TOOL_FINGER})
    return (
        InputDevice("event0", "keyboard", KEYS, frozenset(), frozenset(), direct=False),
        InputDevice("event1", "touchpad", pad, frozenset({ABS_X, ABS_Y}), frozenset(), direct=False),
    )


def _script(kinds: set[str]) -> Iterator[InputEvent]:
    maker: Callable[[], Iterator[InputEvent]] = _keystrokes if "keyboard" in kinds else _strokes
    return maker()


def _keystrokes() -> Iterator[InputEvent]:
    """Press the keys of an AZERTY keyboard up to its third row; one chatters, one is held."""
    codes = [key.code for row in layouts()["azerty-iso"].rows[:4] for key in row]
    at = 1_000_000
    for code in codes:
        if code in SILENT:
            continue
        for _ in range(3 if code == CHATTERING else 1):
            yield InputEvent(at, EV_KEY, code, PRESSED)
            if code == DOWN:
                return
            yield InputEvent(at + 60_000, EV_KEY, code, RELEASED)
            at += 60_000 + CHATTER_US // 2
        at += 200_000


def _strokes() -> Iterator[InputEvent]:
    yield InputEvent(1, EV_KEY, BTN_TOUCH, PRESSED)
    for place, (across, along) in enumerate(((20, 20), (980, 30), (15, 975), (620, 400))):
        yield InputEvent(2 + place, EV_ABS, ABS_X, across)
        yield InputEvent(2 + place, EV_ABS, ABS_Y, along)
        yield InputEvent(2 + place, EV_SYN, 0, 0)
    yield InputEvent(9, EV_KEY, BTN_LEFT, PRESSED)


def _memory(course: Course) -> MemoryReport:
    course.tell(Progress(1000, 214, "26880 MiB"))
    return MemoryReport(Ending.DONE, 214, 5376 << 20, (5376 << 20) * 5, 0, 0)


def _load(course: Course) -> LoadReport:
    course.tell(Progress(1000, 300, "84 °C"))
    return LoadReport(Ending.DONE, 300, 4, 1_204_736, 0, 0, 41, 84, 100, 1690, 3600, 0, fans_seen=True, fans_turn=True)


def _drive(model: str, serial: str, dip: int) -> DriveAtHand:
    return DriveAtHand(model, serial, lambda: False, _self_test, lambda course: _speed(course, dip))


def _self_test(_course: Course, told: Told) -> SelfTestResult:
    told(0)
    return SelfTestResult(SelfTestKind.SHORT, SelfTestOutcome.PASSED, 118)


def _speed(course: Course, dip: int) -> DriveSpeed:
    """Read a disk that becomes slower towards its end; `dip` is a stretch that it reads again and again."""
    course.tell(Progress(1000, 9, "141 MB/s"))
    points = [182_000 - 620 * place + 3_000 * (place % 3) for place in range(PLACES)]
    slow = tuple(place * BLOCK for place in range(dip, dip + 5)) if dip else ()
    for place in range(dip, dip + 5) if dip else ():
        points[place] = 900
    most, least = points[0], points[-1]
    return DriveSpeed(
        Ending.DONE, 9, PLACES * BLOCK, PLACES * BLOCK, 141_000, most, least, 1160 if dip else 9, len(slow), (), slow,
        tuple(points),
    )  # fmt: skip


if __name__ == "__main__":
    print(write(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES))
