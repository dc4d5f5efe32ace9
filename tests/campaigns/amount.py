"""How many kills, from which seed: few in an everyday run, all of them where every tier is required."""

import os
import random
from dataclasses import dataclass

WHOLE = (("REQUIRE_ALL_TIERS", "1"), ("ETABLI_CAMPAIGN", "full"))
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
    """Read ETABLI_KILLS and ETABLI_SEED; else `full` in CI and by `make campaign`, `everyday` kills elsewhere."""
    usual = full if any(os.environ.get(name) == value for name, value in WHOLE) else everyday
    seed = os.environ.get("ETABLI_SEED") or str(random.SystemRandom().randrange(SEED_RANGE))
    return Amount(int(os.environ.get("ETABLI_KILLS") or usual), int(seed), full)
