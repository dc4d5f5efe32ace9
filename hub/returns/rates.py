"""The rate of non-conformity (K-8) as an exact fraction; nothing delivered has no rate. Pure."""

from dataclasses import dataclass
from fractions import Fraction

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Rate:
    """`bad` devices of `delivered` ones; each counts once."""

    bad: int
    delivered: int

    @property
    def share(self) -> Fraction | None:
        """The exact share; None where nothing was delivered."""
        return Fraction(self.bad, self.delivered) if self.delivered else None

    def is_below(self, percent: int) -> bool | None:
        """Whether it is below so many percent, by whole numbers: 5.00 % is not below 5. None without a rate."""
        return HUNDRED * self.bad < percent * self.delivered if self.delivered else None
