"""What a scenario gives when all was as it should be: a line for the person, and the evidence for the record."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """Words of one line, and one table for each erase or comparison, in their order."""

    words: str
    evidence: tuple[dict[str, Any], ...]

    def then(self, later: "Outcome") -> "Outcome":
        """Give both, one after the other."""
        return Outcome(f"{self.words}; then {later.words}", (*self.evidence, *later.evidence))
