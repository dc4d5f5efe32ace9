"""One seat of the campaign: a process of one thread that forks benches, kills them and judges them, one at a time.

`python -m tests.campaigns.seat` reads its order as JSON and prints its score as JSON. A stick that has some dozens of
statements is thrown away once all of them have arrived: each judgement reads a whole stick.
"""

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.campaigns import warm
from tests.campaigns.eyes import inherit_orphans
from tests.campaigns.hall import Bench
from tests.campaigns.score import Habits, Score

POLICIES = ("overwrite", "zeros", "overwrite")
FULL = 40  # statements on a stick
TELL_S = 30.0


@dataclass(frozen=True, slots=True)
class Order:
    """What a seat is asked to do."""

    name: str
    folder: str
    hub_url: str
    hub_database: str
    seed: int
    kills: int
    habits: Habits

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def sit(order: Order) -> Score:
    """Kill until there are as many kills as ordered, or until something is wrong."""
    score, told = Score(order.kills, order.habits), time.monotonic()
    folder = Path(order.folder) / order.name
    folder.mkdir()
    number = ord(order.name[-1])  # seats begin with different policies
    while not score.over:
        number += 1
        name = f"{order.name}{number}"
        hub = (order.hub_url, Path(order.hub_database))
        bench = Bench(name, POLICIES[number % len(POLICIES)], folder, hub=hub, seed=f"{order.seed}", score=score)
        try:
            bench.enrol()
            while not score.over and (bench.stick is None or len(bench.stick.statements) < FULL):
                bench.session(deadly=True)
                if time.monotonic() - told > TELL_S:
                    told = time.monotonic()
                    print(order.name, score.kills, dict(score.phases), file=sys.stderr, flush=True)
            bench.clear_up()
        except Exception as error:  # noqa: BLE001  carried to the campaign, which fails with it
            score.failures.append(f"{name}: {type(error).__name__}: {error}")
    return score


def main() -> None:
    """Read the order, do it, tell the score."""
    given = json.loads(sys.stdin.read())
    order = Order(**{**given, "habits": Habits(**given["habits"])})
    inherit_orphans()
    warm.load()
    print(json.dumps(sit(order).to_document()))


if __name__ == "__main__":
    main()
