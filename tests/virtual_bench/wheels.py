"""The packages that the agent needs in the guest, exactly as `requirements.lock` pins them, for the guest's Python.

Which of the lock's packages belong to the station is asked of `pyproject.toml` and of the running environment.
"""

import re
import sys
import tomllib
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.virtual_bench.cache import run
from tests.virtual_bench.release import Release

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==", re.MULTILINE)
HEAVY = frozenset({"pikepdf"})  # of the verifier, with its own C++ libraries: the bench prints no PDF


def install_packages(release: Release, folder: Path) -> None:
    """Install the station's packages into a folder, by hash, for another interpreter than ours. Raises BenchError."""
    names = station_packages(release)
    chosen = folder.parent / "station.lock"
    chosen.write_text("".join(block for name, block in lock_blocks(LOCK.read_text("utf-8")) if name in names), "utf-8")
    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes")
    target = ("--python-version", release.python, "--implementation", "cp", "--target", str(folder))
    run(sys.executable, "-m", "pip", "install", *options, *target, "--requirement", str(chosen))


def station_packages(release: Release) -> frozenset[str]:
    """Name every package that the station needs with that Python, transitively."""
    environment = {"python_version": release.python, "python_full_version": f"{release.python}.0", "extra": ""}
    found: set[str] = set()
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    waiting = [Requirement(line) for line in (*project["dependencies"], *project["optional-dependencies"]["station"])]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found | HEAVY:
            continue
        found.add(name)
        extras = [{**environment, "extra": extra} for extra in ("", *wanted.extras)]
        needed = [Requirement(line) for line in requires(name) or ()]
        waiting += [one for one in needed if one.marker is None or any(one.marker.evaluate(each) for each in extras)]
    return frozenset(found)


def lock_blocks(lock: str) -> list[tuple[str, str]]:
    """Cut the lock into (package, its lines)."""
    starts = [found.start() for found in PIN.finditer(lock)]
    blocks = [lock[start:end] for start, end in zip(starts, [*starts[1:], len(lock)], strict=True)]
    return [(canonicalize_name(block.partition("==")[0]), block) for block in blocks]
