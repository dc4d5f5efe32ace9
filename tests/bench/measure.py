"""Measure one process: wall and CPU seconds of its whole tree, and nothing of its neighbours."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SECONDS = 900


class CaseFailed(Exception):
    """A program did not do its work: its time means nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one pass over one device cost. `fault` says why the figure must not be printed, "" when it may."""

    wall: float  # seconds
    cpu: float  # user and system seconds of the process tree
    bytes: int
    fault: str = ""

    @property
    def cpu_per_gb(self) -> float:
        """CPU seconds for 10^9 bytes."""
        return self.cpu / self.bytes * 1e9

    @property
    def gb_per_s(self) -> float:
        """Rate in 10^9 bytes per second."""
        return self.bytes / self.wall / 1e9


def timed(command: list[str], log: Path) -> tuple[float, float]:
    """Run a program to its end; return wall and CPU seconds. Raises CaseFailed with its last words."""
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise CaseFailed(f"{command[0]} ended with {process.returncode}: {log.read_text(errors='replace')[-400:]}")
    return wall, usage.ru_utime + usage.ru_stime
