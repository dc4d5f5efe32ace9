"""What the checks need of the machine: events, tones, a recording, a frame, a scan, the long tests. All replaceable.

Programs (aplay, arecord, v4l2-ctl, iw) run through `station_agent.system`, with a time limit; one that is missing is an
answer ("no means"), not an accident. Sounds and frames lie in a temporary folder and are gone after they were judged.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Final, Protocol

from diagnostics.battery import battery_nodes
from diagnostics.discharge import REST as REST_S
from diagnostics.discharge import SECONDS as DISCHARGE_S
from diagnostics.discharge import Bench, DischargeReport, Sample, measure_discharge
from diagnostics.guided import camera_frame, presence, sound
from diagnostics.guided.input_event import InputDevice, InputEvent, input_devices
from diagnostics.guided.input_port import DeviceEvents
from diagnostics.load import HashingLoad
from diagnostics.stress.course import Course, Progress
from diagnostics.stress.memory import MemoryReport, region_size, try_memory
from diagnostics.stress.processor import LoadReport, load_processor
from diagnostics.stress.sensors import read_sensors
from station_agent.checks.album import NO_CAMERA
from station_agent.checks.drives_at_hand import DriveAtHand
from station_agent.errors import ProcessFailed
from station_agent.system import run

LISTEN_S: Final = 4
PLAY_LIMIT_S: Final = 15.0
SCAN_LIMIT_S: Final = 20.0
FRAME_LIMIT_S: Final = 10.0
MEMORY_LIMIT_S: Final = 600.0
MOST_MEMORY: Final = 8 << 30  # bytes: a bound in time as well
LOAD_LIMIT_S: Final = 300.0
DISCHARGE_LIMIT_S: Final = 600.0


class OpenEvents(Protocol):
    """Events of some devices; closed after the check."""

    def events(self) -> tuple[InputEvent, ...]:
        """Return what arrived."""

    def axis(self, code: int) -> tuple[int, int] | None:
        """Return the range of an axis."""

    def close(self) -> None:
        """Let go."""


@dataclass(frozen=True, slots=True)
class Means:
    """Everything outside the console. Durations in seconds, `microseconds` of the clock that stamps input events."""

    root: Path
    microseconds: Callable[[], int]
    devices: Callable[[], tuple[InputDevice, ...]]
    open_events: Callable[[Iterable[InputDevice], bool], OpenEvents]
    play: Callable[[], None]  # raises ProcessFailed
    listen: Callable[[], sound.Level | None]  # raises ProcessFailed
    look: Callable[[], camera_frame.Frame | None]  # raises ProcessFailed
    scan: Callable[[], int]  # networks; raises ProcessFailed
    memory: Callable[[Course], MemoryReport]
    load: Callable[[Course], LoadReport]
    discharge: Callable[[Course], tuple[DischargeReport, ...]]  # of every battery; raises DischargeRefused
    drives: Callable[[], tuple[DriveAtHand, ...]] = tuple  # of this machine, simulated ones left out


def machine_means(root: Path, drives: Callable[[], tuple[DriveAtHand, ...]] = tuple) -> Means:
    """Give the means of this machine; `drives` are those that can be asked."""
    cores = os.cpu_count() or 1
    return Means(
        root=root,
        microseconds=lambda: time.time_ns() // 1000,
        devices=lambda: input_devices(root),
        open_events=lambda devices, grab: DeviceEvents(root, devices, grab=grab),
        play=lambda: _play(sound.stereo_tones()),
        listen=_listen,
        look=lambda: _look(root),
        scan=lambda: _scan(root),
        memory=lambda course: try_memory(course, region_size(root, MOST_MEMORY, cores), cores),
        load=lambda course: load_processor(course, cores, lambda: read_sensors(root)),
        discharge=lambda course: _discharge(root, course, cores),
        drives=drives,
    )


def _discharge(root: Path, course: Course, cores: int) -> tuple[DischargeReport, ...]:
    """Measure every battery in turn, two minutes each, and stop when a person does. Raises DischargeRefused."""

    def told(elapsed: float, sample: Sample) -> None:
        charge = "" if sample.permille is None else f"{sample.permille // 10} %"
        course.tell(Progress(int(min(1.0, elapsed / (REST_S + DISCHARGE_S)) * 1000), int(elapsed), charge))

    bench = Bench(course.clock, course.pause, lambda: HashingLoad(cores), course.aborted, told)
    return tuple(measure_discharge(root, node.name, bench) for node in battery_nodes(root))


def _play(tone: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tone.wav"
        path.write_bytes(tone)
        run(("aplay", "-q", str(path)), timeout_s=PLAY_LIMIT_S).require()


def _listen() -> sound.Level | None:
    with tempfile.TemporaryDirectory() as folder:
        tone, heard = Path(folder) / "tone.wav", Path(folder) / "heard.wav"
        tone.write_bytes(sound.loop_tone())
        player = Thread(target=_quietly, args=(("aplay", "-q", str(tone)),))  # into the recording that runs
        player.start()
        recorder = ("arecord", "-q", "-f", "S16_LE", "-r", "44100", "-c", "1", "-d", str(LISTEN_S), str(heard))
        try:
            run(recorder, timeout_s=PLAY_LIMIT_S).require()
        finally:
            player.join()
        return sound.judge_recording(heard.read_bytes())


def _quietly(argv: tuple[str, ...]) -> None:
    with suppress(ProcessFailed):  # a silent recording tells it
        run(argv, timeout_s=PLAY_LIMIT_S)


def _look(root: Path) -> camera_frame.Frame | None:
    names = presence.cameras(root)
    if not names:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame"
        # The first frames of a camera are dark: it sets its exposure.
        stream = ("--stream-mmap", "--stream-skip=10", "--stream-count=1", f"--stream-to={path}")
        run(("v4l2-ctl", "-d", f"/dev/{names[0]}", *stream), timeout_s=FRAME_LIMIT_S).require()
        return camera_frame.judge_frame(path.read_bytes())


def shoot(root: Path) -> bytes:
    """Take one frame of the camera in Motion JPEG. Raises ProcessFailed where there is no camera or no program."""
    names = presence.cameras(root)
    if not names:
        raise ProcessFailed(NO_CAMERA)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame"
        wanted = ("--set-fmt-video=width=1920,height=1080,pixelformat=MJPG", "--stream-mmap")
        count = ("--stream-skip=10", "--stream-count=1", f"--stream-to={path}")
        run(("v4l2-ctl", "-d", f"/dev/{names[0]}", *wanted, *count), timeout_s=FRAME_LIMIT_S).require()
        return path.read_bytes()


def _scan(root: Path) -> int:
    most = 0
    for name in presence.wifi_interfaces(root):
        run(("ip", "link", "set", name, "up"), timeout_s=SCAN_LIMIT_S)
        told = run(("iw", "dev", name, "scan"), timeout_s=SCAN_LIMIT_S).require()
        most = max(most, presence.networks_in(told.out))
    return most
