"""How many cases, from which seed: few in an everyday run, all where every tier is required, more by `make campaign`.

`ETABLI_CASES` and `ETABLI_SEED` say otherwise. The seed is fixed but in a campaign, so that a run repeats itself.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass

SEED = 20_261_122
SEED_RANGE = 2**32


@dataclass(frozen=True, slots=True)
class Amount:
    """Number of requests, seed of the first round; a round has a hub of its own and the next seed."""

    cases: int
    seed: int

    def rounds(self, each: int) -> Iterator[tuple[int, int]]:
        """Seed and number of requests of each round of at most `each` requests."""
        for at, begun in enumerate(range(0, self.cases, each)):
            yield self.seed + at, min(each, self.cases - begun)


def amount(*, everyday: int, full: int, campaign: int) -> Amount:
    """How many requests this run makes."""
    whole = os.environ.get("ETABLI_CAMPAIGN") == "full"
    usual = campaign if whole else full if os.environ.get("REQUIRE_ALL_TIERS") == "1" else everyday
    seed = os.environ.get("ETABLI_SEED") or (random.SystemRandom().randrange(SEED_RANGE) if whole else SEED)
    return Amount(int(os.environ.get("ETABLI_CASES") or usual), int(seed))
