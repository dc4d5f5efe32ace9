"""What the modules of `make bench-hub` hand over, and how a figure is printed and kept. Measures nothing itself.

A module of figures has one function, `figures(room: Path, scale: Scale) -> Iterator[Figure]`: `room` is an empty folder
of its own on a disk, gone afterwards. It yields every figure that it answers for: one that could not be measured has
`absent`, the reason; one whose check failed has `fault` and is withheld. It never raises for a missed goal.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

NOISY = 2.0  # the peer's slowest over its fastest round


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the hub under measurement is, and how long is measured. The defaults are those of the acceptance."""

    devices: int = 1_000_000
    drives: int = 1_300_000
    certificates: int = 100_000
    awaiting: int = 20_000  # statements that wait for a decision
    donors: int = 400
    seed: int = 1
    seconds: float = 4.0  # of each measured stretch of a rate
    soak_s: float = 600.0  # of the long stretch, 200 statements a second while pages are read
    rounds: int = 5
    hits: int = 200  # of each page
    database: Path | None = None  # a folder of data made beforehand; None: it is made in the room


@dataclass(frozen=True, slots=True)
class Run:
    """One round: our value, and the peer's of the same round (None: the goal is a value of its own, no ratio)."""

    ours: float
    peer: float | None = None

    @property
    def judged(self) -> float:
        """What the goal is about: the ratio, or our value where there is no peer."""
        return self.ours if self.peer is None else self.ours / self.peer


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what was measured, its rounds, the goal for the ratio (or for our value), and the check beside it."""

    id: str  # H1 ... P2, as the performance reference names them
    title: str
    unit: str  # of `ours` and of the peer
    goal: float
    runs: tuple[Run, ...] = ()
    peer: str = ""  # its name and version
    at_least: bool = False
    check: str = ""  # what was found right, in words with counts
    fault: str = ""
    absent: str = ""
    more: Mapping[str, float | int | str] = field(default_factory=dict)  # acknowledged, stored, refused, p50, p99 ...

    @property
    def judged(self) -> float:
        """The median over the rounds of what the goal is about."""
        return median(run.judged for run in self.runs)

    @property
    def goal_words(self) -> str:
        """The goal as it is printed."""
        return f"{'>=' if self.at_least else '<='}{self.goal:g}"

    @property
    def result(self) -> str:
        """Whether the goal was met: a word beside the figure, it fails no run."""
        peers = [run.peer for run in self.runs if run.peer is not None]
        if peers and (min(peers) <= 0 or max(peers) > NOISY * min(peers)):
            return "noisy"
        value = round(self.judged, 2)
        return "met" if (value >= self.goal if self.at_least else value <= self.goal) else "missed"

    def line(self) -> str:
        """The printed line."""
        head = f"{self.id:3} {f'{self.title}, {self.unit}':44}"
        if self.absent or self.fault:
            return f"{head} " + (f"not run: {self.absent}" if self.absent else f"WITHHELD: {self.fault}")
        ours, peer = median(run.ours for run in self.runs), [run.peer for run in self.runs if run.peer is not None]
        values = [run.judged for run in self.runs]
        beside = f"{self.peer} {median(peer):.4g}" if peer else "-"
        spread = f"{self.judged:.4g} ({min(values):.4g}-{max(values):.4g})"
        more = "".join(f"  {name} {value:g}" for name, value in self.more.items() if not isinstance(value, str))
        return f"{head} {ours:<9.4g} {beside:32} {spread:24} {self.goal_words:7} {self.result:7} {self.check}{more}"

    def document(self) -> dict[str, Any]:
        """The figure for build/bench-hub.json; only one that was run and is right has values."""
        named = {"id": self.id, "figure": self.title}
        if self.absent or self.fault:
            return named | {"reason": self.absent or self.fault}
        peer = [run.peer for run in self.runs if run.peer is not None]
        return named | {
            "unit": self.unit,
            "ours": round(median(run.ours for run in self.runs), 6),
            "peer": round(median(peer), 6) if peer else None,
            "peer_name": self.peer,
            "judged": round(self.judged, 4),
            "goal": self.goal_words,
            "result": self.result,
            "check": self.check,
            "more": dict(self.more),
            "runs": [
                {"ours": round(run.ours, 6), "peer": run.peer, "judged": round(run.judged, 4)} for run in self.runs
            ],
        }


Figures = Callable[[Path, Scale], Iterator[Figure]]
