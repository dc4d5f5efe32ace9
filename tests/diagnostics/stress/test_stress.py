"""Long tests: wrong words, wrong digests, dead workers, heat, slow and unreadable places, limits and aborts."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from diagnostics.stress import drive_reading, processor
from diagnostics.stress.course import Course, Ending, Progress
from diagnostics.stress.drive_reading import DirectReader, measure_drive
from diagnostics.stress.memory import CHUNK, PATTERNS, region_size, try_memory, try_region
from diagnostics.stress.processor import ANSWER, BLOCK, load_processor
from diagnostics.stress.sensors import SensorReading, read_sensors

COOL = SensorReading(45, 100, (("fan", 2400),), 3000, 3500, 7)


class Clock:
    """Goes on by a tenth of a second at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.1
        return self.now


class Told:
    """A team that says what it was given, then is silent."""

    def __init__(self, messages: list[tuple[int, Any]], lost: tuple[int, ...] = (), *, ends: bool = True) -> None:
        self._messages = messages
        self.lost = lost
        self._ends = ends

    def told(self, timeout_s: float) -> Iterable[tuple[int, Any]]:
        given, self._messages = self._messages, []
        return given

    @property
    def silent(self) -> bool:
        return self._ends and not self._messages


@contextmanager
def team(told: Told) -> Iterator[Told]:
    yield told


class StuckBit(bytearray):
    """Memory whose bit 3 of one byte is always set."""

    def __setitem__(self, place: Any, value: Any) -> None:
        super().__setitem__(place, value)
        super().__setitem__(CHUNK + 100, self[CHUNK + 100] | 8)


class CrossedLine(bytearray):
    """Memory in which a write to the second chunk also reaches the first: a crossed address line."""

    def __setitem__(self, place: Any, value: Any) -> None:
        super().__setitem__(place, value)
        if place.start == CHUNK:
            super().__setitem__(slice(0, CHUNK), value)


def test_sound_memory_is_tested_with_every_pattern_and_has_no_wrong_word() -> None:
    said = list(try_region(bytearray(2 * CHUNK)))
    assert (sum(tested for tested, _, _ in said), sum(wrong for _, wrong, _ in said)) == (2 * CHUNK * len(PATTERNS), 0)


def test_a_stuck_bit_is_found_with_its_offset_and_what_was_wanted() -> None:
    errors = [error for _, _, errors in try_region(StuckBit(2 * CHUNK)) for error in errors]
    assert errors[0] == (CHUNK + 96, "00" * 8, "0000000008000000")


def test_a_crossed_address_line_is_found_by_the_counter_alone() -> None:
    wrong = [wrong for _, wrong, _ in try_region(CrossedLine(2 * CHUNK))]
    assert wrong == [0] * 8 + [CHUNK // 8, 0]


def test_the_report_counts_wrong_words_and_a_whole_run_without_one_passes() -> None:
    whole = [(0, (CHUNK, 0, []))] * len(PATTERNS)
    report = try_memory(Course(60, clock=Clock()), CHUNK, 1, lambda _n, _s: team(Told(list(whole))))
    assert (report.verdict, report.ending, report.tested_bytes) == ("pass", Ending.DONE, CHUNK * len(PATTERNS))
    wrong = [*whole[1:], (0, (CHUNK, 1, [(8, "00", "08")]))]
    report = try_memory(Course(60, clock=Clock()), CHUNK, 1, lambda _n, _s: team(Told(wrong)))
    assert report.verdict == "fail"
    assert report.to_document()["errors"] == [{"worker": 0, "offset": 8, "wanted": "00", "found": "08"}]


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (Told([(0, (CHUNK, 0, []))]), "unknown"),  # one pattern of five
        (Told([], lost=(0,)), "review"),
        (Told([], ends=False), "unknown"),
    ],
)
def test_memory_that_was_not_tested_whole_never_passes(told: Told, verdict: str) -> None:
    report = try_memory(Course(2, clock=Clock()), CHUNK, 1, lambda _n, _s: team(told))
    assert report.verdict == verdict


def test_an_aborted_memory_test_ends_at_once_and_passes_nothing() -> None:
    report = try_memory(Course(60, aborted=lambda: True, clock=Clock()), CHUNK, 1, lambda _n, _s: team(Told([])))
    assert (report.ending, report.verdict) == (Ending.ABORTED, "unknown")


def test_the_region_is_a_share_of_what_is_available_below_a_bound(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    assert region_size(tmp_path, 1 << 40, 2) == 0
    (tmp_path / "proc/meminfo").write_text("MemTotal: 4096000 kB\nMemAvailable: 1024000 kB\n")
    assert region_size(tmp_path, 1 << 40, 2) == 350 * CHUNK
    assert region_size(tmp_path, 64 * CHUNK, 2) == 32 * CHUNK
    (tmp_path / "proc/meminfo").write_text("MemAvailable: 8000 kB\n")
    assert region_size(tmp_path, 1 << 40, 2) == 0  # too little: the erasures need it
    assert try_memory(Course(1), 0, 2).verdict == "unknown"


def test_the_written_digest_is_that_of_the_block() -> None:
    assert hashlib.sha256(BLOCK).hexdigest() == ANSWER


def load(told: Told, *readings: SensorReading) -> processor.LoadReport:
    left = list(readings)
    course = Course(3, clock=Clock())
    return load_processor(course, 2, lambda: left.pop(0) if len(left) > 1 else left[0], lambda _: team(told))


def test_cores_that_compute_rightly_and_stay_cool_pass() -> None:
    report = load(Told([(0, (64, 0)), (1, (64, 0))], ends=False), COOL)
    assert (report.verdict, report.blocks, report.celsius_most, report.throttled) == ("pass", 128, 45, 0)


@pytest.mark.parametrize(
    ("told", "after", "verdict"),
    [
        (Told([(0, (64, 1))], ends=False), COOL, "fail"),
        (Told([(0, (64, 0))], lost=(1,), ends=False), COOL, "review"),
        (Told([(0, (64, 0))], ends=False), SensorReading(100, 100, (("fan", 1),), 900, 3500, 7), "review"),
        (Told([(0, (64, 0))], ends=False), SensorReading(60, 100, (("fan", 1),), 900, 3500, 8), "review"),
        (Told([], ends=False), COOL, "unknown"),
    ],
)
def test_what_the_load_shows_decides(told: Told, after: SensorReading, verdict: str) -> None:
    assert load(told, COOL, after).verdict == verdict


def test_an_aborted_load_passes_nothing() -> None:
    course = Course(3, aborted=lambda: True, clock=Clock())
    told = Told([(0, (64, 0))], ends=False)
    report = load_processor(course, 2, lambda: COOL, lambda _: team(told))
    whole = load(told, COOL)
    assert (report.verdict, report.ending, whole.verdict) == ("unknown", Ending.ABORTED, "pass")
    assert processor.LoadReport(**{**fields_of(whole), "ending": Ending.ABORTED}).verdict == "unknown"


def fields_of(report: processor.LoadReport) -> dict[str, Any]:
    return {name: getattr(report, name) for name in report.__slots__}


def test_a_fan_that_never_turns_is_for_a_person_and_no_fan_is_no_fault() -> None:
    still = SensorReading(45, 100, (("fan", 0),), None, None, None)
    assert load(Told([(0, (64, 0))], ends=False), still).verdict == "review"
    assert load(Told([(0, (64, 0))], ends=False), SensorReading(None, None, (), None, None, None)).verdict == "pass"


def test_sensors_are_read_and_impossible_ones_are_left_out(tmp_path: Path) -> None:
    def put(path: str, text: str) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    assert read_sensors(tmp_path) == SensorReading(None, None, (), None, None, None)
    put("sys/class/hwmon/hwmon0/name", "coretemp")
    put("sys/class/hwmon/hwmon0/temp1_input", "71000")
    put("sys/class/hwmon/hwmon0/temp2_input", "-128000")
    put("sys/class/hwmon/hwmon0/temp1_crit", "100000")
    put("sys/class/hwmon/hwmon1/name", "thinkpad")
    put("sys/class/hwmon/hwmon1/fan1_input", "3120")
    put("sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "2400000")
    put("sys/devices/system/cpu/cpufreq/policy0/cpuinfo_max_freq", "3600000")
    put("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "4")
    put("sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "3")
    assert read_sensors(tmp_path) == SensorReading(71, 100, (("thinkpad fan1", 3120),), 2400, 3600, 7)


class Drive:
    """A drive that reads at a speed, slowly at one place, not at all at another."""

    def __init__(self, size: int, clock: Clock, *, slow: int = -1, bad: int = -1, short: int = -1) -> None:
        self._size, self._clock, self._odd = size, clock, {slow: "slow", bad: "bad", short: "short"}

    def size(self) -> int:
        return self._size

    def read(self, offset: int, length: int) -> int:
        odd = self._odd.get(offset)
        if odd == "bad":
            raise OSError(5, "Input/output error")
        self._clock.now += 2 if odd == "slow" else 0
        return length // 2 if odd == "short" else length


def test_places_are_spread_from_the_first_to_the_last_block() -> None:
    told: list[Progress] = []
    clock = Clock()
    speed = measure_drive(Course(600, tell=told.append, clock=clock), Drive(1000 << 20, clock), places=11)
    assert (speed.verdict, speed.read_bytes, speed.kilobytes_per_second) == ("pass", 11 << 20, 10_486)
    assert told[-1].permille == 1000
    assert drive_reading._spots(1000 << 20, 3, 1 << 20) == (0, 499 << 20, 999 << 20)


@pytest.mark.parametrize(("odd", "verdict"), [({"slow": 0}, "review"), ({"bad": 0}, "fail"), ({"short": 0}, "fail")])
def test_a_slow_place_is_for_a_person_and_an_unreadable_one_fails(odd: dict[str, int], verdict: str) -> None:
    clock = Clock()
    assert measure_drive(Course(600, clock=clock), Drive(64 << 20, clock, **odd)).verdict == verdict


def test_every_place_has_its_point_and_slow_and_unreadable_ones_their_offset() -> None:
    clock = Clock()
    odd = Drive(64 << 20, clock, slow=3 << 20, bad=63 << 20)
    speed = measure_drive(Course(600, clock=clock), odd, places=64)
    assert (len(speed.points), speed.slow_at, speed.unreadable, speed.points[63]) == (64, (3 << 20,), (63 << 20,), 0)
    assert speed.read_points[0] == speed.points[3] < speed.points[4]
    assert speed.to_document()["slow_at"] == [3 << 20]


@pytest.mark.parametrize("size", [0, 1000])
def test_a_drive_that_is_too_small_or_empty_is_unknown(size: int) -> None:
    clock = Clock()
    assert measure_drive(Course(600, clock=clock), Drive(size, clock)).verdict == "unknown"


def test_a_reading_that_reached_its_limit_is_unknown() -> None:
    clock = Clock()
    speed = measure_drive(Course(1, clock=clock), Drive(1000 << 20, clock))
    assert (speed.ending, speed.verdict) == (Ending.TIME_LIMIT, "unknown")


def test_a_real_file_is_read_past_the_cache_and_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "drive"
    path.write_bytes(os.urandom(3 << 20))
    before = hashlib.sha256(path.read_bytes()).digest()
    try:
        reader = DirectReader(path)
    except OSError:
        pytest.skip("this folder cannot be read past the cache")
    speed = measure_drive(Course(60), reader)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(reader._descriptor, b"x")
    reader.close()
    assert (speed.verdict, speed.read_bytes) == ("pass", 3 << 20)
    assert hashlib.sha256(path.read_bytes()).digest() == before


@pytest.mark.world
def test_real_workers_test_real_memory() -> None:
    report = try_memory(Course(60), 8 * CHUNK, 2)
    assert (report.verdict, report.tested_bytes, report.lost) == ("pass", 16 * CHUNK * len(PATTERNS), 0)


@pytest.mark.world
def test_real_cores_are_loaded_until_the_end_and_compute_rightly() -> None:
    report = load_processor(Course(2.5), 2, lambda: read_sensors(Path("/")))
    assert (report.wrong, report.lost, report.ending) == (0, 0, Ending.DONE)
    assert report.blocks > 0
