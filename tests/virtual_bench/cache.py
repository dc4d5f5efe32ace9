"""The folder that keeps what takes long to make: guests, snapshots, packages for the agent. Never a RAM disk."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "ETABLI_VBENCH_CACHE"
MEMORY_BACKED = frozenset({"tmpfs", "ramfs"})


class BenchError(Exception):
    """The bench itself cannot go on: something is missing, did not start, or did not answer in time."""


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Give the folder, made when missing: `ETABLI_VBENCH_CACHE`, else under the user's cache. Raises BenchError."""
    named = environment.get(VARIABLE)
    folder = Path(named) if named else Path.home() / ".cache" / "etabli" / "vbench"
    folder.mkdir(parents=True, exist_ok=True)
    kind = run("stat", "--file-system", "--format=%T", str(folder)).strip()
    if kind in MEMORY_BACKED:
        raise BenchError(f"{folder} lies in memory ({kind}): name a folder on a disk in {VARIABLE}")
    return folder.resolve()


def run(*argv: str, given: bytes | None = None, timeout_s: float = 900) -> str:
    """Run a program of the host to its end and give what it said. Raises BenchError with the end of its complaint."""
    try:
        done = subprocess.run(argv, input=given, capture_output=True, timeout=timeout_s, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BenchError(f"{argv[0]}: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()[-1500:]
        raise BenchError(f"{argv[0]} ended with status {done.returncode}: {said}")
    return done.stdout.decode("utf-8", "replace")
