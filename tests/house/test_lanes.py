"""Several processes share a run: whole files, one lane for the machine, and the same rules as in one process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lanes import LONG, MACHINE, MACHINE_PLACES, lane_of, pytest_runtest_setup, strays, turn_of

ROOT = Path(__file__).resolve().parents[2]
MARKERS = "[pytest]\nmarkers =\n kernel: k\n browser: b\n postgres: p\n campaign: c\n world: w\n"
GREEN = """
import os, pytest

@pytest.mark.world
def test_process(): pass

@pytest.mark.parametrize("number", range(4))
def test_small(number): open({log!r}, "a").write(f"{{os.getpid()}} {{__name__}}\\n")
"""


def test_what_uses_the_machine_shares_one_lane() -> None:
    assert lane_of("tests/kernel/test_many_drives.py::test_a") == MACHINE
    assert lane_of("tests/browser/test_lead_and_donor.py::test_b[x::y]") == MACHINE


def test_every_other_file_is_a_lane_of_its_own() -> None:
    assert lane_of("tests/hub/test_lots.py::test_a[x::y]") == "tests/hub/test_lots.py"


def test_the_machine_comes_first_then_what_is_long_then_the_rest() -> None:
    turns = [turn_of(f"{place}::test") for place in ("tests/kernel/test_old_bytes.py", *LONG, "tests/house/any.py")]
    assert turns == list(range(len(LONG) + 2))


@pytest.mark.parametrize("place", [*MACHINE_PLACES, *LONG])
def test_every_place_that_is_named_is_there(place: str) -> None:
    assert (ROOT / place).exists()


@pytest.mark.parametrize("marker", ["kernel", "browser"])
def test_a_test_of_the_machine_outside_its_lane_fails(request: pytest.FixtureRequest, marker: str) -> None:
    assert not strays(request.node)
    request.node.add_marker(marker)
    assert strays(request.node)
    with pytest.raises(pytest.fail.Exception, match="move it to one of tests/browser/"):
        pytest_runtest_setup(request.node)


def run_in_two(folder: Path, *plugins: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the small suite of a folder in two processes, on a machine without a browser."""
    (folder / "pytest.ini").write_text(MARKERS)
    (folder / "bin").mkdir(exist_ok=True)
    named = [word for plugin in plugins for word in ("-p", plugin)]
    command = [sys.executable, "-m", "pytest", *named, "-p", "no:cacheprovider", "-n", "2", str(folder)]
    bare = {"PATH": str(folder / "bin"), "PYTHONPATH": str(ROOT), "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(command, env=bare | environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A suite of two files, each test of which notes by which process it was run."""
    for name in ("test_one.py", "test_two.py"):
        (tmp_path / name).write_text(GREEN.format(log=str(tmp_path / "log")))
    return tmp_path


@pytest.mark.world
def test_two_processes_are_counted_as_one_run_and_share_whole_files(suite: Path) -> None:
    result = run_in_two(suite, "tests.tiers", "tests.lanes")
    assert result.returncode == 0, result.stdout
    assert "unit      8 passed" in result.stdout
    assert "world     2 passed" in result.stdout
    ran = (suite / "log").read_text().splitlines()
    assert len(ran) == 8
    assert len(set(ran)) == len({line.split()[0] for line in ran}) == 2, "one file, one process"


@pytest.mark.world
def test_a_tier_that_is_missing_fails_two_processes_too(suite: Path) -> None:
    result = run_in_two(suite, "tests.tiers", "tests.lanes", REQUIRE_ALL_TIERS="1")
    assert result.returncode == 1
    assert "this run fails, for lack of browser" in result.stdout


@pytest.mark.world
def test_a_process_that_dies_fails_the_run_and_the_other_one_goes_on(suite: Path) -> None:
    (suite / "test_dies.py").write_text("import os\ndef test_dies(): os._exit(1)\n")
    result = run_in_two(suite, "tests.tiers", "tests.lanes")
    assert result.returncode == 1
    assert "crashed while running 'test_dies.py::test_dies'" in result.stdout
    assert "unit      8 passed" in result.stdout


@pytest.mark.world
def test_the_guard_stands_in_every_process(tmp_path: Path) -> None:
    hides = "import contextlib, pathlib\n\n\ndef test_hides():\n    with contextlib.suppress(BaseException):\n"
    for name in ("test_one.py", "test_two.py"):
        (tmp_path / name).write_text(f"{hides}        pathlib.Path('/dev/sda').read_bytes()\n")
    result = run_in_two(tmp_path, "tests.guard", "tests.lanes")
    assert result.returncode == 1
    assert result.stdout.count("the test reached for the world and hid it: open of /dev/sda") >= 2
    assert "2 failed" in result.stdout
