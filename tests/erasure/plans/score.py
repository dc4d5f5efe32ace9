"""Runs many random fault plans, judges each, and counts how they ended, so that the mix can be seen to be one."""

import os
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from tests.erasure.plans.judge import judge
from tests.erasure.plans.lottery import FAMILIES, PLANS, Plan
from tests.erasure.plans.table import Table

FULL, EVERYDAY = 5000, 700
WHOLE = (("REQUIRE_ALL_TIERS", "1"), ("ETABLI_CAMPAIGN", "full"))


def campaign_size(variable: str = "ETABLI_PLANS") -> int:
    """Read how many are asked for; else 5,000 by `make campaign` and in CI, a few hundred elsewhere."""
    usual = FULL if any(os.environ.get(name) == value for name, value in WHOLE) else EVERYDAY // 7
    return int(os.environ.get(variable) or usual)


@dataclass
class Score:
    """How the plans ended, by verdict, kind of drive, method that was proven, and how often a run was taken up."""

    verdicts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    proven: Counter[str] = field(default_factory=Counter)
    taken_up: int = 0

    def note(self, plan: Plan, table: Table, ending: Any) -> None:
        self.verdicts[("healthy " if plan.healthy else "") + ending.verdict] += 1
        self.kinds[kind_of(plan.target)] += 1
        self.taken_up += table.cut_short > 0
        if ending.verdict.startswith("ERASED"):
            self.proven[ending.method] += 1

    def lines(self) -> list[str]:
        rows = {"verdicts": self.verdicts, "drives": self.kinds, "proven": self.proven}
        told = [f"{name}: {', '.join(f'{key} {n}' for key, n in row.most_common())}" for name, row in rows.items()]
        return [f"plans: {self.verdicts.total()}, taken up again: {self.taken_up}", *told]


def kind_of(table: dict[str, Any]) -> str:
    """Name the kind of drive that a table describes."""
    if table.get("bridge"):
        return "bridged"
    return next((kind for kind in ("opal", "ata", "nvme", "scsi", "mmc") if kind in table), "plain")


def run_plans(count: int, score: Score, number: int | None = None) -> None:
    """Carry out and judge `count` plans; the same ones each time unless a seed is given. Raises AssertionError."""

    def one(plan: Plan) -> None:
        with tempfile.TemporaryDirectory() as folder:
            table = Table(Path(folder), plan)
            ending = table.carry_out()
            assert judge(ending) == [], f"{judge(ending)}\n{plan}\n{ending.reasons} {ending.exceptions} {ending.sent}"
            score.note(plan, table, ending)

    drawn: Callable[[], None] = given(plan=PLANS)(one)
    drawn = drawn if number is None else seed(number)(drawn)
    settings(
        max_examples=count,
        deadline=None,
        derandomize=number is None,
        database=None,
        phases=[Phase.generate],  # a plan says all that is needed to carry it out again
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )(drawn)()


KINDS = len(FAMILIES)
