"""What the figures of the daemon share: rows and their document, the load of the machine, a process's CPU and memory.

Printed and written to build/<name>.json (`etabli.bench/1`). A missed goal never fails a run: it is printed as missed.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

SCHEMA = "etabli.bench/1"
OUTPUT = Path(__file__).resolve().parents[2] / "build"
TICKS = os.sysconf("SC_CLK_TCK")
KIB_OF_A_MIB = 1024


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `ours` is what was measured, `goal` what was promised (None: nothing), `runs` every measurement."""

    id: str
    ours: float
    goal: float | None
    unit: str
    runs: tuple[float, ...]
    at_least: bool = False

    @property
    def told(self) -> str:
        """Say the goal, and whether it was met."""
        if self.goal is None:
            return "no goal"
        met = self.ours >= self.goal if self.at_least else self.ours < self.goal
        return f"{self.promise}  {'met' if met else 'MISSED'}"

    @property
    def promise(self) -> str:
        """Say the goal."""
        return "no goal" if self.goal is None else f"goal {'>=' if self.at_least else '<'} {self.goal:g} {self.unit}"

    def document(self) -> dict[str, object]:
        """Give the row as JSON types; the peer is the goal."""
        return {
            "id": self.id,
            "ours": round(self.ours, 4),
            "peer": self.promise,
            "ratio": None if self.goal is None else round(self.ours / self.goal, 4),
            "unit": self.unit,
            "runs": [round(run, 4) for run in self.runs],
        }


def median_and_worst(name: str, runs: Sequence[float], goal: float | None, unit: str = "s") -> tuple[Figure, Figure]:
    """Give the median and the largest of several measurements, both beside the same goal."""
    told = tuple(runs)
    return Figure(f"{name}-median", median(told), goal, unit, told), Figure(
        f"{name}-worst", max(told), goal, unit, told
    )


def report(name: str, figures: Sequence[Figure], about: str, loads: tuple[float, float]) -> None:
    """Print the figures and write build/<name>.json; `loads` are the load averages before and after."""
    cores = os.cpu_count()
    print(f"{name}: {about}; {cores} cores, load of the machine {loads[0]:.1f} -> {loads[1]:.1f}")
    for one in figures:
        print(f"  {one.id:26} {one.ours:9.3f} {one.unit:12} {one.told}  ({len(one.runs)} runs)")
    document = {
        "schema": SCHEMA,
        "about": about,
        "machine": {"cores": cores, "load": [round(load, 1) for load in loads]},
        "rows": [one.document() for one in figures],
    }
    OUTPUT.mkdir(exist_ok=True)
    (OUTPUT / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def cpu_seconds(pid: int) -> float:
    """User and system seconds of one process, without its children (proc(5), stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def pss_mib(pid: int) -> float:
    """Memory of one process in MiB, with its share of what others use too."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / KIB_OF_A_MIB


def family(pid: int) -> tuple[int, ...]:
    """Give the processes below one, itself first."""
    found = [pid]
    for one in found:
        try:
            children = Path(f"/proc/{one}/task/{one}/children").read_text("ascii").split()
        except OSError:
            continue
        found += [int(child) for child in children]
    return tuple(found)
