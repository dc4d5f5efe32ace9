"""The answers of one session: the list of the chassis, what was answered, what comes next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from diagnostics.checks import (
    AnsweredCheck,
    CheckOutcome,
    CheckResult,
    GuidedCheck,
    accept,
    answer,
    checklist,
    offers_absence,
)
from diagnostics.errors import CheckRefused
from station_agent.checks.album import Photo
from station_agent.checks.kept import KeptAnswers

EVERYWHERE: Final = ("memory", "cpu-load", "connector")  # no machine and no drive is without them
WITH_ABSENCE: Final = ("function", "battery")


@dataclass(slots=True)
class Answers:
    """Answers of one machine. `found` are the probes that the reading of the machine answers with "there is one"."""

    chassis: str
    found: frozenset[str]
    kept: KeptAnswers
    now: Callable[[], str]  # "YYYY-MM-DDTHH:MM:SSZ"
    operator: str = ""
    given: list[CheckResult] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take up the answers that were given before."""
        self.given = list(self.kept.read())

    @property
    def checks(self) -> tuple[GuidedCheck, ...]:
        """The list of the chassis, in the order of asking."""
        return checklist(self.chassis)

    def answered(self) -> tuple[AnsweredCheck, ...]:
        """Lay the answers over the list; one that the rules refuse by now counts as not tested."""
        ids = {check.id: check for check in self.checks}
        sound = [row for row in self.given if row.id in ids and self._holds(ids[row.id], row)]
        return answer(self.chassis, sound, self.found)

    def next_open(self, after: int = -1) -> int:
        """Return the place of the next check without an answer, looking on from `after`; -1 when there is none."""
        rows = self.answered()
        order = [*range(after + 1, len(rows)), *range(after + 1)]
        return next((place for place in order if rows[place].result.outcome is CheckOutcome.NOT_TESTED), -1)

    def offers_absence(self, check: GuidedCheck) -> bool:
        """Tell whether "not applicable" may be chosen."""
        return check.id not in EVERYWHERE and check.role in WITH_ABSENCE and offers_absence(check, self.found)

    def give(
        self,
        check: GuidedCheck,
        outcome: CheckOutcome,
        *,
        value: str = "",
        reason: str = "",
        note: str = "",
        started: str = "",
        evidence: Mapping[str, Any] | None = None,
        photo: Photo | None = None,
    ) -> CheckResult:
        """Record an answer; it is durable when this returns. Raises CheckRefused and `StoreBroken`."""
        result = CheckResult(
            check.id, outcome, value, reason, note, self.operator, started, self.now(), dict(evidence or {})
        )
        if photo is not None:
            result = replace(result, photo=photo.name, photo_sha256=photo.sha256)
        accept(check, result, self.found)
        self.kept.add(result)
        self.given.append(result)
        return result

    def _holds(self, check: GuidedCheck, row: CheckResult) -> bool:
        try:
            accept(check, row, self.found)
        except CheckRefused:
            return False
        return True
