"""How many kills, from which seed: few in an everyday run, more where every tier is required or by `make campaign`."""

import os
import random
from dataclasses import dataclass

WHOLE_CAMPAIGN = ("ETABLI_CAMPAIGN", "full")
WHOLE = (("REQUIRE_ALL_TIERS", "1"), WHOLE_CAMPAIGN)
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


def amount(*, full: int, everyday: int, by_hand: bool = False) -> Amount:
    """Read ETABLI_KILLS and ETABLI_SEED; else `full` in CI and by `make campaign`, `everyday` kills elsewhere.

    `by_hand`: the full number takes too long for CI, only `make campaign` asks for it.
    """
    asking = (WHOLE_CAMPAIGN,) if by_hand else WHOLE
    usual = full if any(os.environ.get(name) == value for name, value in asking) else everyday
    seed = os.environ.get("ETABLI_SEED") or str(random.SystemRandom().randrange(SEED_RANGE))
    return Amount(int(os.environ.get("ETABLI_KILLS") or usual), int(seed), full)
