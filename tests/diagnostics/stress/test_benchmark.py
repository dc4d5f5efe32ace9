"""The benchmark of a processor: counted in one window in which all work, named by its method, no verdict on it."""

import hashlib
import zlib
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from diagnostics.stress import benchmark
from diagnostics.stress.benchmark import METHOD, Chunk, measure_processor, pace_of
from diagnostics.stress.course import Course, Progress

SECOND = 1_000_000_000
BYTES = 1_000_000


class Team:
    """Workers that each tell one chunk of half a second, from their own beginning on, whenever they are asked."""

    def __init__(self, begins: tuple[int, ...], lost: tuple[int, ...] = ()) -> None:
        self._next = list(begins)
        self.lost = lost
        self.silent = False

    def told(self, timeout_s: float) -> Iterable[tuple[int, Any]]:
        assert timeout_s > 0
        for number, began in enumerate(self._next):
            self._next[number] = began + SECOND // 2
            yield number, (BYTES, began, self._next[number])


def course(**more: Any) -> Course:
    return Course(60, clock=lambda: 0.0, **more)


def test_each_work_is_measured_with_one_worker_and_with_all_and_carries_its_method(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/loadavg").write_text("1.07 0.50 0.20 1/100 4711\n", encoding="ascii")
    told: list[Progress] = []
    found = measure_processor(
        course(tell=told.append), 4, tmp_path, lambda _work, workers: nullcontext(Team((5,) * workers))
    )
    figures = [(one.work, one.workers, one.kilobytes_per_second) for one in found.figures]
    assert figures == [("sha256", 1, 2000), ("sha256", 4, 8000), ("zlib", 1, 2000), ("zlib", 4, 8000)]
    document = found.to_document()
    assert (document["method"], document["unit"], document["load_hundredths"]) == (METHOD, "kB/s", 107)
    assert document["libraries"]["zlib"] == zlib.ZLIB_RUNTIME_VERSION
    assert (found.verdict, told[-1].permille) == ("pass", 1000)


def test_what_a_worker_did_before_the_last_one_began_does_not_count() -> None:
    early: list[Chunk] = [(9 * BYTES, 0, SECOND), (BYTES, SECOND, 2 * SECOND)]
    late: list[Chunk] = [(BYTES, SECOND, 2 * SECOND)]
    assert pace_of({0: early, 1: late}, SECOND) == 2000
    assert pace_of({0: [], 1: [(BYTES, SECOND, SECOND)]}, 0) == 0


def test_a_machine_with_one_thread_is_measured_once_a_work(tmp_path: Path) -> None:
    found = measure_processor(course(), 1, tmp_path, lambda _work, _workers: nullcontext(Team((5,))))
    assert ([one.workers for one in found.figures], found.verdict, found.load_hundredths) == ([1, 1], "pass", None)


def test_a_dead_worker_costs_its_figure_and_never_makes_one_up(tmp_path: Path) -> None:
    found = measure_processor(
        course(), 2, tmp_path, lambda _work, workers: nullcontext(Team((5,) * workers, (0,) if workers == 2 else ()))
    )
    assert ([one.workers for one in found.figures], found.verdict) == ([1, 1], "unknown")


def test_an_aborted_benchmark_has_no_figure_and_no_result(tmp_path: Path) -> None:
    found = measure_processor(course(aborted=lambda: True), 2, tmp_path, lambda *_: nullcontext(Team((5, 5))))
    assert (found.figures, str(found.ending), found.verdict) == ((), "aborted", "unknown")


@pytest.mark.parametrize("text", ["", "x", "1,5 2", "1.5 2", "-1.00", "1.\u0661\u0661"])
def test_a_load_that_nobody_can_read_is_unknown(tmp_path: Path, text: str) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/loadavg").write_text(text, encoding="utf-8")
    found = measure_processor(course(), 1, tmp_path, lambda *_: nullcontext(Team((5,))))
    assert found.load_hundredths is None


def test_the_work_of_a_method_is_what_it_was() -> None:
    block = benchmark._block()
    assert (METHOD, len(block), benchmark.ZLIB_LEVEL) == ("etabli.cpu/1", 256 * 1024, 6)
    assert hashlib.sha256(block).hexdigest() == "6a4afb67fb66f915be19161986d335e39099a90291eea18f42d849c69782c903"
    assert 0.4 < len(zlib.compress(block, 6)) / len(block) < 0.8
