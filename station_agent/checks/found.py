"""What a long part of a check found: facts to show, evidence for the record, and the answer it speaks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from diagnostics.checks import CheckOutcome
from station_agent.checks.album import Photo
from station_agent.checks.page import Line


@dataclass(frozen=True, slots=True)
class Found:
    """Facts as (name, value), raw evidence, the proposed answer, what to tell, and a picture below the facts."""

    facts: tuple[tuple[str, str], ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    proposal: CheckOutcome | None = None
    notice: str = ""
    drawing: tuple[Line, ...] = ()
    photo: Photo | None = None
