"""Where the earlier part of a run left a method. Apart from the methods, so that a journal is read without them."""

from dataclasses import dataclass, field
from typing import Any

from erasure.passes import NO_MARKS, Marks


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an earlier part of the run left this method: read from the journal (`erasure.resume`)."""

    marks: Marks = NO_MARKS
    planted: bool = False
    commanded: bool = False
    accepted: bool = False
    seen_running: bool = False
    notes: dict[str, Any] = field(default_factory=dict)
