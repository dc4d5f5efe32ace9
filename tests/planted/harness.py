"""Plant one bug after the other in a scratch copy and ask the suite.

A row counts as caught only when its tests passed on the clean copy and failed with the bug: a test that cannot run,
or that is skipped, has caught nothing.
"""

import compileall
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from tests.lint.tree import MADE
from tests.planted.bugs import BadRow, Bug

SECONDS = 180
PASSED, FAILED = 0, 1  # exit codes of pytest; 2 to 5 mean that nothing was tested
NOTHING_RAN = 5

RunTests = Callable[[Path, tuple[str, ...]], int]


class Result(StrEnum):
    """What became of one planted bug."""

    CAUGHT = "caught"
    MISSED = "MISSED"
    UNTRIED = "untried"  # its tests were skipped: their tier is missing here (`make test` says which and why)
    BROKEN = "BROKEN"  # the tests do not pass without the bug, or do not run, or the row does not fit


@dataclass(frozen=True, slots=True)
class Finding:
    """One bug and its result."""

    bug: Bug
    result: Result
    detail: str = ""


def run_pytest(tree: Path, tests: tuple[str, ...]) -> int:
    """Run some tests in a tree; return pytest's exit code. A test that hangs has noticed, too."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", *tests]
    bare = {name: value for name, value in os.environ.items() if name != "REQUIRE_ALL_TIERS"}
    environment = bare | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tree), "ETABLI_PLANTED": "1"}
    with subprocess.Popen(
        command, cwd=tree, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        try:
            output, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return FAILED
    return process.returncode if b" passed" in output or process.returncode != PASSED else NOTHING_RAN


def judge(bug: Bug, tree: Path, original: Path, run_tests: RunTests) -> Finding:
    """Try one bug in a clean copy; the copy is clean again afterwards."""
    clean = run_tests(tree, bug.tests)
    if clean == NOTHING_RAN:
        return Finding(bug, Result.UNTRIED, "its tests were skipped here: their tier is missing (make test says why)")
    if clean != PASSED:
        return Finding(bug, Result.BROKEN, f"its tests do not pass without the bug (pytest says {clean})")
    try:
        bug.plant(tree)
    except BadRow as error:
        return Finding(bug, Result.BROKEN, str(error))
    try:
        planted = run_tests(tree, bug.tests)
    finally:
        bug.remove(tree, original)
    if planted == FAILED:
        return Finding(bug, Result.CAUGHT)
    if planted == PASSED:
        return Finding(bug, Result.MISSED, f"{', '.join(bug.tests)} passed all the same")
    return Finding(bug, Result.BROKEN, f"pytest says {planted}: the bug keeps the tests from running")


def compiled(tree: Path) -> None:
    """Compile a tree once for all runs; a planted bug is found by the hash of its file, whatever its time says."""
    for folder in (*sorted(path.parent for path in tree.glob("*/__init__.py")), tree / "tests"):
        compileall.compile_dir(folder, quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)


@contextmanager
def copies(original: Path, number: int) -> Iterator[SimpleQueue[Path]]:
    """Make scratch copies of the tree; who needs one takes it from the queue and puts it back."""
    queue: SimpleQueue[Path] = SimpleQueue()
    with TemporaryDirectory(prefix="etabli-planted-") as folder:
        first = Path(folder) / "0"
        shutil.copytree(original, first, symlinks=True, ignore=shutil.ignore_patterns(*MADE, "*.egg-info"))
        compiled(first)
        for copy in range(1, number):
            shutil.copytree(first, Path(folder) / str(copy), symlinks=True)
        for copy in range(number):
            queue.put(Path(folder) / str(copy))
        yield queue


def judge_all(
    bugs: Iterable[Bug], original: Path, run_tests: RunTests = run_pytest, *, workers: int = os.cpu_count() or 1
) -> Iterator[Finding]:
    """Judge every bug, a few at a time, and yield the findings in the order of the list."""
    with copies(original, workers) as trees, ThreadPoolExecutor(workers) as pool:

        def one(bug: Bug) -> Finding:
            tree = trees.get()
            try:
                return judge(bug, tree, original, run_tests)
            finally:
                trees.put(tree)

        yield from pool.map(one, bugs)
