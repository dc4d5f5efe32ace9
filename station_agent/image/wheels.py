"""The packages that agent or hub need in an image, exactly as `requirements.lock` pins them, for the image's Python.

Which of the lock's packages belong to them is asked of `pyproject.toml` and of the running environment.
"""

import re
import sys
import tomllib
from collections.abc import Sequence
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from station_agent.image.release import Release
from station_agent.system import run

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==", re.MULTILINE)
PATIENCE_S = 900.0
HEAVY = frozenset({"pikepdf"})  # of the verifier, with its own C++ libraries: the bench prints no PDF


def install_packages(release: Release, folder: Path, extras: Sequence[str] = ("station",)) -> None:
    """Install the packages of these extras into a folder, by hash, for another interpreter. Raises `ProcessFailed`."""
    names = needed_packages(release, extras)
    chosen = folder.parent / "packages.lock"
    chosen.write_text("".join(block for name, block in lock_blocks(LOCK.read_text("utf-8")) if name in names), "utf-8")
    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes")
    target = ("--python-version", release.python, "--implementation", "cp", "--target", str(folder))
    argv = (sys.executable, "-m", "pip", "install", *options, *target, "--requirement", str(chosen))
    run(argv, timeout_s=PATIENCE_S).require()
    chosen.unlink()


def needed_packages(release: Release, chosen: Sequence[str] = ("station",)) -> frozenset[str]:
    """Name every package that these extras of the project need with that Python, transitively."""
    heavy = frozenset() if "hub" in chosen else HEAVY
    environment = {"python_version": release.python, "python_full_version": f"{release.python}.0", "extra": ""}
    found: set[str] = set()
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    asked = [line for extra in chosen for line in project["optional-dependencies"][extra]]
    waiting = [Requirement(line) for line in (*project["dependencies"], *asked)]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found | heavy:
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
