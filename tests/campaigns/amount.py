"""How many kills, from which seed: few in an everyday run, all of them where every tier is required."""

import os
import random
from dataclasses import dataclass

STRICT = "REQUIRE_ALL_TIERS"
SEED_RANGE = 2**32


@dataclass(frozen=True, slots=True)
class Amount:
    """What one campaign is asked to do. `full`: the number that a release needs."""

    kills: int
    seed: int
    full: int

    @property
    def whole(self) -> bool:
        """Whether this run is as long as a release needs it."""
        return self.kills >= self.full


def amount(*, full: int, everyday: int) -> Amount:
    """Read ETABLI_KILLS and ETABLI_SEED; without them `everyday` kills, or `full` under REQUIRE_ALL_TIERS=1."""
    usual = full if os.environ.get(STRICT) == "1" else everyday
    seed = os.environ.get("ETABLI_SEED") or str(random.SystemRandom().randrange(SEED_RANGE))
    return Amount(int(os.environ.get("ETABLI_KILLS") or usual), int(seed), full)
