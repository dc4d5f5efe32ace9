"""The tick boxes of locks that no reading shows: what a person looked for, found, or did not look for.

A box has three states: not looked for (""), found ("present"), none ("absent"). Nothing becomes "absent" by silence.
The ticks travel as evidence of the check `locks`; `declared_in` gives them back as declarations of who answered.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from diagnostics.checks import CheckOutcome, CheckResult
from diagnostics.locks import DECLARED_LOCKS, Declaration

NOT_LOOKED, PRESENT, ABSENT = "", "present", "absent"
TURN: Final = {NOT_LOOKED: PRESENT, PRESENT: ABSENT, ABSENT: NOT_LOOKED}
MEMBER: Final = "declared"  # of the evidence: ["mdm=present", ...]
CHECK: Final = "locks"
NOBODY: Final = "?"  # an answer without a pseudonym: its lock still counts


@dataclass(slots=True)
class LockTicks:
    """The boxes, in the order in which they stand."""

    states: dict[str, str] = field(default_factory=lambda: dict.fromkeys(DECLARED_LOCKS, NOT_LOOKED))

    @property
    def found(self) -> tuple[str, ...]:
        """The locks that were found."""
        return tuple(lock for lock, state in self.states.items() if state == PRESENT)

    @property
    def outcome(self) -> CheckOutcome:
        """Fail with one lock, pass when every one was looked for and is absent, else not tested."""
        if self.found:
            return CheckOutcome.FAIL
        return CheckOutcome.PASS if all(self.states.values()) else CheckOutcome.NOT_TESTED

    def turn(self, number: int) -> None:
        """Turn the box `number` (from 1) to its next state; another number is left out."""
        if 0 < number <= len(self.states):
            lock = tuple(self.states)[number - 1]
            self.states[lock] = TURN[self.states[lock]]

    def no_other(self) -> None:
        """Note that the person looked for all the others, and none is there."""
        self.states = {lock: state or ABSENT for lock, state in self.states.items()}

    def evidence(self) -> dict[str, Any]:
        """Give plain types for the record."""
        return {MEMBER: [f"{lock}={state}" for lock, state in self.states.items() if state]}


def ticks_from(results: Iterable[CheckResult]) -> LockTicks:
    """Set the boxes as the last answers left them."""
    ticks = LockTicks()
    for row in declared_in(results):
        ticks.states[row.lock] = row.state
    return ticks


def declared_in(results: Iterable[CheckResult]) -> tuple[Declaration, ...]:
    """Return what people declared in the check of locks, oldest first. A word that is no tick is left out."""
    return tuple(one for row in results if row.id == CHECK for one in _declared(row))


def _declared(row: CheckResult) -> Iterable[Declaration]:
    words = row.evidence.get(MEMBER)
    for word in words if isinstance(words, list) else ():
        lock, _, state = str(word).partition("=")
        if lock in DECLARED_LOCKS and state in (PRESENT, ABSENT):
            yield Declaration(lock, state, row.operator.strip() or NOBODY)
