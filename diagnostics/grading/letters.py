"""The grade of a machine: function, looks, battery and missing parts, mapped to a letter by a versioned policy.

Pure, and light to import: the hub grades again with it. A missing input gives no letter and names the missing check; it
never raises. The report document is the only source, so that a grade can be computed again from a signed record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from diagnostics.grading.inputs import GradeInputs, inputs_of, percent
from diagnostics.grading.orientation import Orientation, orient
from diagnostics.grading.plainly import Table
from diagnostics.grading.policy import GradePolicy, Letter, load_grade_policy


@dataclass(frozen=True, slots=True)
class GradeReason:
    """Why not a better letter, or none: a code and the values of its sentence (`diagnostics.wording.grade_reason`)."""

    code: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TriedRule:
    """One rule that was laid on: the letter, what it asked of which input, what the input was, whether it held."""

    letter: str
    input: str
    wanted: str
    value: str
    held: bool

    def to_document(self) -> dict[str, object]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Grade:
    """A letter, or "" for *non gradé*, with the inputs, the rules and the policy that led to it."""

    letter: str
    policy: str
    policy_version: int
    policy_sha256: str
    inputs: GradeInputs
    reasons: tuple[GradeReason, ...]
    rules: tuple[TriedRule, ...] = ()
    orientation: Orientation = field(default_factory=Orientation)

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types; `missing` names the checks without which there is no letter."""
        inputs = self.inputs
        return {
            "letter": self.letter,
            "policy": self.policy,
            "policy_version": self.policy_version,
            "policy_sha256": self.policy_sha256,
            "function": "" if inputs.function is None else f"F{inputs.function}",
            "looks": "" if inputs.looks is None else f"C{inputs.looks}",
            "battery_permille": inputs.battery_permille,
            "missing_parts": None if inputs.missing_parts is None else list(inputs.missing_parts),
            "missing": list(inputs.missing),
            "locked": inputs.locked,
            "reasons": [{"code": reason.code, "values": dict(reason.values)} for reason in self.reasons],
            "inputs": [source.to_document() for source in inputs.sources],
            "rules": [rule.to_document() for rule in self.rules],
            "orientation": self.orientation.to_document(),
        }


def grade(inputs: GradeInputs, policy: GradePolicy | None = None) -> Grade:
    """Grade the inputs: the best letter whose bounds all hold, or no letter where an input is missing."""
    rules = policy or load_grade_policy()
    if inputs.locked:
        return _made("", rules, inputs, (GradeReason("grade.locked", {}),))
    if inputs.missing:
        return _made(
            "", rules, inputs, tuple(GradeReason("grade.missing-check", {"check": it}) for it in inputs.missing)
        )
    refused: tuple[GradeReason, ...] = ()
    tried: tuple[TriedRule, ...] = ()
    for wanted in rules.letters:
        laid = _rules(inputs, wanted, rules)
        tried += laid
        if all(rule.held for rule in laid):
            met = refused or (GradeReason("grade.met", {"letter": wanted.letter}),)
            return _made(wanted.letter, rules, inputs, met, tried)
        refused = tuple(_reason(rule) for rule in laid if not rule.held)  # kept from the letter just above its own
    return _made("", rules, inputs, refused, tried)


def grade_report(report: Table, policy: GradePolicy | None = None, *, year: int | None = None) -> Grade:
    """Grade a report document (`machine`, `batteries`, `checks`), for instance one out of a signed statement.

    `year` is the year of the diagnosis, from which the age of the machine is told; without it the age is unknown.
    """
    rules = policy or load_grade_policy()
    given = grade(inputs_of(report), rules)
    return replace(given, orientation=orient(report, given.inputs, given.letter, rules, year))


def _made(
    letter: str,
    rules: GradePolicy,
    inputs: GradeInputs,
    reasons: tuple[GradeReason, ...],
    tried: tuple[TriedRule, ...] = (),
) -> Grade:
    return Grade(letter, rules.name, rules.version, rules.sha256, inputs, reasons, tried)


def _rules(inputs: GradeInputs, wanted: Letter, rules: GradePolicy) -> tuple[TriedRule, ...]:
    blocking = _blocking(inputs.missing_parts, wanted.missing_parts, rules)
    parts = ", ".join(blocking or inputs.missing_parts or ())
    levels = (
        ("function", f"F{wanted.function}", f"F{inputs.function}", _reaches(inputs.function, wanted.function)),
        ("looks", f"C{wanted.looks}", f"C{inputs.looks}", _reaches(inputs.looks, wanted.looks)),
    )
    battery = (
        "battery",
        percent(wanted.battery_permille),
        percent(inputs.battery_permille),
        _reaches(inputs.battery_permille, wanted.battery_permille),
    )
    laid = (*levels, *([battery] if inputs.has_battery else []), ("parts", wanted.missing_parts, parts, not blocking))
    return tuple(TriedRule(wanted.letter, *one) for one in laid)


def _reaches(value: int | None, wanted: int) -> bool:
    return value is not None and value >= wanted


def _reason(rule: TriedRule) -> GradeReason:
    if rule.input == "parts":
        return GradeReason("grade.parts", {"value": rule.value, "letter": rule.letter})
    return GradeReason(f"grade.{rule.input}", {"value": rule.value, "wanted": rule.wanted, "letter": rule.letter})


def _blocking(parts: Sequence[str] | None, allowed: str, rules: GradePolicy) -> tuple[str, ...]:
    if parts is None or allowed == "any":
        return ()
    return tuple(part for part in parts if allowed == "none" or rules.stops_use.get(part, True))
