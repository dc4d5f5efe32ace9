"""From samples to honest figures: a ratio inside each round, its median and range, and the check beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.measure import Sample

Round = dict[str, Sample]
NOISY = 2.0  # the anchor's slowest over its fastest round


@dataclass(frozen=True, slots=True)
class Figure:
    """What is compared: our pass, the anchor's pass, wall or CPU seconds, and the goal for the ratio (None: none)."""

    id: str
    title: str
    ours: str
    anchor: str
    unit: str  # "s" (wall seconds) or "cpu s/GB"
    goal: float | None = None

    def value(self, sample: Sample) -> float:
        """Return the measured value in the figure's unit."""
        return sample.wall if self.unit == "s" else sample.cpu_per_gb


@dataclass(frozen=True, slots=True)
class Row:
    """One figure over all rounds, or the reason why there is none."""

    figure: Figure
    runs: tuple[tuple[float, float], ...]  # (ours, anchor) of each round
    rates: tuple[float, float]  # GB/s, medians; only context: they spread on a shared machine
    fault: str = ""
    absent: str = ""

    @property
    def ratios(self) -> list[float]:
        """Ratio of each round."""
        return [ours / anchor for ours, anchor in self.runs]

    @property
    def result(self) -> str:
        """Say whether the goal was met; a missed goal never fails a run."""
        anchors = [anchor for _, anchor in self.runs]
        if min(anchors) <= 0 or max(anchors) > NOISY * min(anchors):  # a slope can be negative
            return "noisy"
        if self.figure.goal is None:
            return "-"
        return "met" if round(median(self.ratios), 2) <= self.figure.goal else "missed"

    def line(self, peer: str) -> str:
        """Return the printed line."""
        name = f"{self.figure.id:3} {self.figure.title:30}"
        if self.absent:
            return f"{name} not run: {self.absent}"
        if self.fault:
            return f"{name} WITHHELD: {self.fault}"
        ours, anchor = (median(values) for values in zip(*self.runs, strict=True))
        ratio = f"{median(self.ratios):.2f} ({min(self.ratios):.2f}-{max(self.ratios):.2f})"
        goal = "" if self.figure.goal is None else f"<={self.figure.goal:.2f}"
        rates = "{:.2f} | {:.2f} GB/s".format(*self.rates) if self.figure.unit == "s" else ""
        values = f"{ours:8.3f} {anchor:8.3f} {self.figure.unit:8} {ratio:18} {goal:7} {self.result:6}"
        return f"{name} {values} {rates:18} {peer}"

    def document(self, peer: str) -> dict[str, Any]:
        """Return the row for build/bench.json; nothing that was withheld or not run is in it."""
        ours, anchor = (median(values) for values in zip(*self.runs, strict=True))
        return {
            "id": self.figure.id,
            "figure": self.figure.title,
            "ours": round(ours, 6),
            "peer": round(anchor, 6),
            "peer_name": peer,
            "ratio": round(median(self.ratios), 4),
            "unit": self.figure.unit,
            "result": self.result,
            "runs": [{"ours": round(a, 6), "peer": round(b, 6), "ratio": round(a / b, 4)} for a, b in self.runs],
        }


def row(figure: Figure, rounds: Iterable[Round], absent: dict[str, str], blind: dict[str, str]) -> Row:
    """Work out one figure.

    `absent` maps a pass that could not be run to its reason, `blind` a policy to what its verifier overlooked.
    """
    for name in (figure.ours, figure.anchor):
        if name in absent:
            return Row(figure, (), (0, 0), absent=absent[name])
    pairs = [(done[figure.ours], done[figure.anchor]) for done in rounds if {figure.ours, figure.anchor} <= done.keys()]
    overlooked = [fault for policy, fault in blind.items() if fault and figure.ours.startswith(policy)]
    faults = overlooked + [sample.fault for pair in pairs for sample in pair if sample.fault]
    if faults:
        return Row(figure, (), (0, 0), fault=faults[0])
    if not pairs:
        return Row(figure, (), (0, 0), fault="a program failed in every round")
    runs = tuple((figure.value(ours), figure.value(anchor)) for ours, anchor in pairs)
    return Row(figure, runs, (median(a.gb_per_s for a, _ in pairs), median(b.gb_per_s for _, b in pairs)))


def slope(large: Sample, small: Sample) -> Sample:
    """Take the start-up out: the cost of the bytes by which two runs differ."""
    return Sample(large.wall - small.wall, large.cpu - small.cpu, large.bytes - small.bytes, large.fault or small.fault)
