"""Measure one process: wall and CPU seconds of its whole tree, and nothing of its neighbours."""

import os
import subprocess
import time
from collections.abc import Sequence
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
    mib: float = 0.0  # memory of one process, as PSS

    @property
    def cpu_per_gb(self) -> float:
        """CPU seconds for 10^9 bytes."""
        return self.cpu / self.bytes * 1e9

    @property
    def gb_per_s(self) -> float:
        """Rate in 10^9 bytes per second."""
        return self.bytes / self.wall / 1e9

    @property
    def share(self) -> float:
        """Percent of one core."""
        return self.cpu / self.wall * 100


def timed(command: list[str], log: Path) -> tuple[float, float]:
    """Run a program to its end; return wall and CPU seconds. Raises CaseFailed with its last words."""
    return timed_together([command], log)


def timed_together(commands: Sequence[list[str]], log: Path) -> tuple[float, float]:
    """Run programs at once; return the seconds until the last has ended, and their CPU seconds. Raises CaseFailed."""
    with log.open("wb") as output:
        started = time.perf_counter()
        streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        processes = [subprocess.Popen(command, **streams) for command in commands]
        ends = [os.wait4(process.pid, 0) for process in processes]
        wall = time.perf_counter() - started
    cpu = 0.0
    for process, (_, status, usage) in zip(processes, ends, strict=True):
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu += usage.ru_utime + usage.ru_stime
    failed = [process for process in processes if process.returncode]
    if failed:
        words = log.read_text(errors="replace")[-400:]
        raise CaseFailed(f"{commands[0][0]} ended with {failed[0].returncode}: {words}")
    return wall, cpu
