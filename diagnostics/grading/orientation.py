"""Where a machine should go: réemployable, pièces, recyclage DEEE, déchet. A proposal with its reason, never an act.

The rules stand in the site's policy; the first one whose conditions all hold decides. What a person chose at triage is
an input like the others. An input that is not known makes no condition true.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from diagnostics.grading.inputs import GradeInputs, percent
from diagnostics.grading.plainly import Table, checks_of, result, table, whole, word
from diagnostics.grading.policy import OUTCOMES, GradePolicy

OLDEST_YEAR = 1980


@dataclass(frozen=True, slots=True)
class Orientation:
    """`to` is one of reuse, parts, weee, waste, or "" where no rule holds yet; `reasons` are (code, values)."""

    to: str = ""
    reasons: tuple[tuple[str, Mapping[str, str]], ...] = ()
    unknown: tuple[str, ...] = field(default=())

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "to": self.to,
            "reasons": [{"code": code, "values": dict(values)} for code, values in self.reasons],
            "unknown": list(self.unknown),
        }


def orient(report: Table, inputs: GradeInputs, letter: str, policy: GradePolicy, year: int | None) -> Orientation:
    """Propose a way for the machine of a report. `year` is the year of the diagnosis. Never raises."""
    age = age_of(report, year)
    facts = _facts(inputs, letter, age, triage_of(report))
    unknown = ("age",) if age is None else ()
    for rule in policy.destinations:
        told = [_told(name, wanted, facts) for name, wanted in rule.conditions.items()]
        if all(told):
            return Orientation(rule.to, tuple(one for one in told if one), unknown)
    return Orientation("", (), (*unknown, *inputs.missing))


def age_of(report: Table, year: int | None) -> int | None:
    """Return the age in years by the year of manufacture that the report states; None where it states none.

    A year that only says "not before" (a processor's), or that other claims contradict, is no age.
    """
    machine = table(report.get("machine"))
    stated = machine.get("year", machine.get("manufactured"))
    made = whole(stated) if not isinstance(stated, Mapping) else _made(stated)
    known = made is not None and year is not None and OLDEST_YEAR <= made <= year
    return year - made if known and made is not None and year is not None else None


def _made(stated: Table) -> int | None:
    unsure = stated.get("meaning") == "not-before" or stated.get("doubt") is True
    return None if unsure else whole(stated.get("year", stated.get("value")))


def triage_of(report: Table) -> str:
    """Return what a person chose at triage: reuse, parts, weee or waste; "" where nobody has."""
    row = checks_of(report).get("triage")
    chosen = word((row or {}).get("value"))
    return chosen if chosen in OUTCOMES and result(row) in ("pass", "fail") else ""


def _facts(inputs: GradeInputs, letter: str, age: int | None, triage: str) -> dict[str, tuple[Any, str]]:
    """Each condition's fact and how it is written for people."""
    function, looks = inputs.function, inputs.looks
    return {
        "triage": (triage, triage),
        "letters": (letter, letter),
        "locked": (inputs.locked, ""),
        "function_at_most": (function, f"F{function}"),
        "function_at_least": (function, f"F{function}"),
        "looks_at_most": (looks, f"C{looks}"),
        "battery_below_permille": (inputs.battery_permille, percent(inputs.battery_permille)),
        "age_over_years": (age, str(age)),
    }


def _told(name: str, wanted: Any, facts: Mapping[str, tuple[Any, str]]) -> tuple[str, dict[str, str]] | None:
    """Return code and values of the sentence where the condition holds, else None."""
    value, written = facts[name]
    if not _holds(name, wanted, value):
        return None
    return f"orientation.{name.replace('_', '-')}", {"value": written, "wanted": _bound(name, wanted)}


def _bound(name: str, wanted: Any) -> str:
    if name == "letters":
        return ", ".join(map(str, wanted))
    if name == "battery_below_permille":
        return percent(wanted)
    level = {"function_at_most": "F", "function_at_least": "F", "looks_at_most": "C"}.get(name, "")
    return f"{level}{wanted}"


def _holds(name: str, wanted: Any, value: Any) -> bool:
    if name == "letters":
        return bool(value) and value in wanted
    if name in ("triage", "locked"):
        return bool(value == wanted)
    if value is None:
        return False
    if name.endswith("_at_least"):
        return bool(value >= wanted)
    if name.endswith("_at_most"):
        return bool(value <= wanted)
    return bool(value < wanted) if name == "battery_below_permille" else bool(value > wanted)
