"""From samples to honest figures: a ratio inside each round, its median and range, and the check beside it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.measure import Sample

Round = dict[str, Sample]
NOISY = 2.0  # the anchor's slowest over its fastest round


VALUES: dict[str, Callable[[Sample], float]] = {
    "s": lambda sample: sample.wall,
    "CPU s/GB": lambda sample: sample.cpu_per_gb,
    "GB/s": lambda sample: sample.gb_per_s,
    "MiB": lambda sample: sample.mib,
    "% core": lambda sample: sample.share,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """What is compared, where, in which unit, and the goal for the ratio: at most that, or at least with `at_least`."""

    id: str
    title: str
    ours: str
    anchor: str
    unit: str
    goal: float
    place: str = "A"
    check: str = "backing file: 0 old blocks"
    at_least: bool = False

    def value(self, sample: Sample) -> float:
        """Return the measured value in the figure's unit."""
        return VALUES[self.unit](sample)

    @property
    def name(self) -> str:
        """What is printed: the title, the unit, and the place where there are two."""
        return f"{self.title}, {self.unit}, {self.place}"

    @property
    def goal_words(self) -> str:
        """The goal as it is printed."""
        return f"{'>=' if self.at_least else '<='}{self.goal:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure over all rounds, or the reason why there is none."""

    figure: Figure
    runs: tuple[tuple[float, float], ...]  # (ours, anchor) of each round
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
        middle = round(median(self.ratios), 2)
        return (
            "met" if (middle >= self.figure.goal if self.figure.at_least else middle <= self.figure.goal) else "missed"
        )

    def line(self, peer: str) -> str:
        """Return the printed line."""
        name = f"{self.figure.id:3} {self.figure.name:36}"
        if self.absent:
            return f"{name} not run: {self.absent}"
        if self.fault:
            return f"{name} WITHHELD: {self.fault}"
        ours, anchor = (median(values) for values in zip(*self.runs, strict=True))
        ratio = f"{median(self.ratios):.2f} ({min(self.ratios):.2f}-{max(self.ratios):.2f})"
        beside = f"{peer} {anchor:.3g}"
        return (
            f"{name} {ours:<8.3g} {beside:26} {ratio:18} {self.figure.goal_words:7} {self.result:7} {self.figure.check}"
        )

    def document(self, peer: str) -> dict[str, Any]:
        """Return the row for build/bench.json; nothing that was withheld or not run is in it."""
        ours, anchor = (median(values) for values in zip(*self.runs, strict=True))
        return {
            "id": self.figure.id,
            "figure": self.figure.title,
            "place": self.figure.place,
            "ours": round(ours, 6),
            "peer": round(anchor, 6),
            "peer_name": peer,
            "ratio": round(median(self.ratios), 4),
            "unit": self.figure.unit,
            "goal": self.figure.goal_words,
            "result": self.result,
            "check": self.figure.check,
            "runs": [{"ours": round(a, 6), "peer": round(b, 6), "ratio": round(a / b, 4)} for a, b in self.runs],
        }


def row(figure: Figure, rounds: Iterable[Round], absent: dict[str, str], blind: dict[str, str]) -> Row:
    """Work out one figure.

    `absent` maps a pass that could not be run to its reason, `blind` a policy to what its verifier overlooked.
    """
    for name in (figure.ours, figure.anchor):
        if name in absent:
            return Row(figure, (), absent=absent[name])
    pairs = [(done[figure.ours], done[figure.anchor]) for done in rounds if {figure.ours, figure.anchor} <= done.keys()]
    overlooked = [fault for policy, fault in blind.items() if fault and policy in figure.ours]
    faults = overlooked + [sample.fault for pair in pairs for sample in pair if sample.fault]
    if faults:
        return Row(figure, (), fault=faults[0])
    if not pairs:
        return Row(figure, (), fault="a program failed in every round")
    runs = tuple((figure.value(ours), figure.value(anchor)) for ours, anchor in pairs)
    return Row(figure, runs)


def slope(large: Sample, small: Sample) -> Sample:
    """Take the start-up out: the cost of the bytes by which two runs differ."""
    return Sample(large.wall - small.wall, large.cpu - small.cpu, large.bytes - small.bytes, large.fault or small.fault)
