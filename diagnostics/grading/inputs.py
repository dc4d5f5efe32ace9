"""The four inputs of a grade, read out of a report, each with its source. Decides nothing, and never raises.

What cannot be read is None, and the check that would tell it is named: a missing input is never a bad or a good one.
What a person ticked never outweighs a blocking lock that was read, nor a battery that gave way under load.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diagnostics.grading.plainly import Table, chassis_of, checks_of, result, rows, table, whole, word

WITH_BATTERY = ("laptop", "tablet")
FUNCTION_LEVELS = range(7)
_BEST_WITHOUT_SOFTWARE, _ALL_FUNCTIONS, _KEY_FUNCTIONS, _NOT_WORKING = 4, 5, 3, 0
_ANSWERS = ("pass", "fail", "na")
GIVES_WAY, GAUGE_STUCK = "gives-way", "gauge-stuck"  # outcomes of a discharge measurement


@dataclass(frozen=True, slots=True)
class InputSource:
    """Where an input comes from: `code` of the sentence, the checks or batteries that decided, and who answered."""

    input: str  # function, looks, battery, parts, locks
    value: str
    code: str
    names: tuple[str, ...] = ()
    operator: str = ""

    def to_document(self) -> dict[str, object]:
        """Return plain JSON types."""
        return {
            "input": self.input,
            "value": self.value,
            "source": self.code,
            "names": list(self.names),
            "operator": self.operator,
        }


@dataclass(frozen=True, slots=True)
class GradeInputs:
    """The four inputs, kept apart. None is "not known"; `missing` names the checks that would tell.

    `function` is 0 to 6 (F0 to F6), `looks` 1 to 9 (C1 to C9), `battery_permille` the worst battery, 0 for a dead one.
    """

    has_battery: bool
    function: int | None
    looks: int | None
    battery_permille: int | None
    missing_parts: tuple[str, ...] | None
    missing: tuple[str, ...] = ()
    locked: bool = False
    sources: tuple[InputSource, ...] = ()


def inputs_of(report: Table) -> GradeInputs:
    """Read the four inputs out of a report document. Never raises: what cannot be read is a missing check."""
    checks = checks_of(report)
    function, missing, failed = _function(checks)
    looks, parts = _looks(checks.get("casing")), _parts(checks.get("parts"))
    has_battery = (chassis_of(report) or WITH_BATTERY[0]) in WITH_BATTERY  # an unknown chassis counts as the strictest
    batteries, measured = rows(report.get("batteries")), _measured(report, checks.get("battery"))
    battery = _battery(batteries, checks.get("battery"), measured) if has_battery else None
    missing += ["casing"] * (looks is None) + ["parts"] * (parts is None)
    missing += ["battery"] * (has_battery and battery is None)
    held, answered = blocking_locks(report), result(checks.get("locks"))
    locks = "fail" if held else answered
    missing += ["locks"] * (locks not in ("pass", "fail"))
    sources = (
        InputSource("function", _named("F", function), *_function_source(checks, failed)),
        InputSource("looks", _named("C", looks), *_check_source(checks, "casing")),
        *([_battery_source(batteries, checks.get("battery"), battery, measured)] if has_battery else []),
        InputSource("parts", "?" if parts is None else ", ".join(parts), *_check_source(checks, "parts")),
        InputSource("locks", locks, *(("locks.read", (), "") if held else _check_source(checks, "locks"))),
    )
    return GradeInputs(has_battery, function, looks, battery, parts, tuple(missing), locks == "fail", sources)


def blocking_locks(report: Table) -> tuple[Table, ...]:
    """Return the findings about locks that keep the machine from reuse, as the bench read them or a person declared."""
    locks = table(table(report.get("machine")).get("locks"))
    return tuple(row for row in rows(locks.get("findings")) if row.get("weight") == "blocks")


def _measured(report: Table, row: Table | None) -> tuple[str, ...]:
    """Return the outcomes of discharge measurements, those that the battery check itself carries among them."""
    inside = word(table((row or {}).get("evidence")).get("outcome"))
    return (*(word(one.get("outcome")) for one in rows(report.get("battery_discharge"))), *([inside] if inside else []))


def percent(permille: int | None) -> str:
    """Write a share for people; rounded down, so that a value below a bound never reads as the bound itself."""
    return "?" if permille is None else f"{permille // 10} %"


def _named(letter: str, level: int | None) -> str:
    return "?" if level is None else f"{letter}{level}"


def _function(checks: Mapping[str, Table]) -> tuple[int | None, list[str], list[str]]:
    """Derive the F level, what is missing for it, and what failed.

    A key function that fails decides alone; otherwise every function needs a result.
    """
    functions = {name: row for name, row in checks.items() if row.get("role") == "function"}
    failed = [name for name, row in functions.items() if result(row) == "fail"]
    if keys := [name for name in failed if functions[name].get("key") is True]:
        return _NOT_WORKING, [], keys
    missing = [name for name, row in functions.items() if result(row) not in _ANSWERS]
    software = result(checks.get("software"))
    if not failed and software not in _ANSWERS:
        missing.append("software")
    if missing or not functions:
        return None, missing or ["function"], failed
    if failed:
        return _KEY_FUNCTIONS, [], failed
    return (_ALL_FUNCTIONS, [], []) if software == "pass" else (_BEST_WITHOUT_SOFTWARE, [], ["software"])


def _looks(row: Table | None) -> int | None:
    value = word((row or {}).get("value"))
    known = result(row) in ("pass", "fail") and len(value) == 2 and value[0] == "C"  # noqa: PLR2004 - "C5"
    return int(value[1]) or None if known and value[1] in "0123456789" else None  # C0 is "not assessed"


def _parts(row: Table | None) -> tuple[str, ...] | None:
    if result(row) not in ("pass", "fail"):
        return None
    named = tuple(part.strip() for part in word((row or {}).get("value")).split(",") if part.strip())
    return named if named or result(row) == "pass" else None


def _battery(batteries: Sequence[Table], row: Table | None, measured: Sequence[str]) -> int | None:
    """Return the worst battery in permille. 0 where there is none to use, or one gave way under load.

    A doubtful figure counts only after the check confirmed it by a discharge; one whose gauge stood still is doubtful.
    """
    confirmed = result(row)
    if confirmed == "fail" or GIVES_WAY in measured or (confirmed == "na" and not batteries):
        return 0
    stuck = GAUGE_STUCK in measured and confirmed != "pass"
    figures = [None if stuck else _one_battery(battery, confirmed) for battery in batteries]
    known = [figure for figure in figures if figure is not None]
    return min(known) if known and len(known) == len(figures) else None


def _one_battery(battery: Table, confirmed: str) -> int | None:
    state = battery.get("state")
    if state == "absent":
        return 0
    health = whole(battery.get("health_permille"))
    usable = state == "ok" or (state == "suspect" and confirmed == "pass")
    return health if usable and health is not None and health >= 0 else None


def _function_source(checks: Mapping[str, Table], failed: list[str]) -> tuple[str, tuple[str, ...], str]:
    rows_ = [checks[name] for name in failed if name in checks]
    people = ", ".join(dict.fromkeys(word(row.get("operator")) for row in rows_ if row.get("operator")))
    return ("checks.not-passed", tuple(failed), people) if failed else ("checks.all", (), "")


def _check_source(checks: Mapping[str, Table], name: str) -> tuple[str, tuple[str, ...], str]:
    row = checks.get(name)
    if result(row) not in _ANSWERS:
        return "none", (name,), ""
    return "check", (name,), word((row or {}).get("operator"))


def _battery_source(
    batteries: Sequence[Table], row: Table | None, permille: int | None, measured: Sequence[str]
) -> InputSource:
    names, operator = tuple(word(battery.get("name")) for battery in batteries), word((row or {}).get("operator"))
    if GIVES_WAY in measured:
        return InputSource("battery", percent(permille), "discharge")
    if result(row) == "fail":
        return InputSource("battery", percent(permille), "check", ("battery",), operator)
    if permille is None:
        return InputSource("battery", "?", "none", ("battery",))
    doubtful = any(battery.get("state") == "suspect" for battery in batteries)
    return InputSource("battery", percent(permille), "confirmed" if doubtful else "reading", names, operator)
