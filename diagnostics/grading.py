"""The grade of a machine: function, looks, battery and missing parts, mapped to a letter by a versioned policy.

Pure, and light to import: the hub grades again with it. A missing input gives no letter and names the missing check; it
never raises. The report document is the only source, so that a grade can be computed again from a signed record.
"""

import functools
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT_POLICY = Path(__file__).with_name("grade_policy.toml")
WITH_BATTERY = ("laptop", "tablet")
_BEST_WITHOUT_SOFTWARE, _ALL_FUNCTIONS, _KEY_FUNCTIONS, _NOT_WORKING = 4, 5, 3, 0


class MalformedGradePolicy(Exception):
    """The grade policy cannot be read; the message names the file and the entry."""

    code = "policy"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter wants. Bounds are inclusive; battery in permille; `missing_parts` is none, usable or any."""

    letter: str
    function: int
    looks: int
    battery_permille: int
    missing_parts: str


@dataclass(frozen=True, slots=True)
class GradePolicy:
    """A site's policy. `sha256` is of its file; `stops_use` says of a part whether nothing works without it."""

    name: str
    version: int
    sha256: str
    letters: tuple[Letter, ...]
    stops_use: Mapping[str, bool]


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


@dataclass(frozen=True, slots=True)
class GradeReason:
    """Why not a better letter, or none: a code and the values of its sentence (`diagnostics.wording.grade_reason`)."""

    code: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Grade:
    """A letter, or "" for *non gradé*, with the inputs and the policy that led to it."""

    letter: str
    policy: str
    policy_version: int
    policy_sha256: str
    inputs: GradeInputs
    reasons: tuple[GradeReason, ...]

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
        }


@functools.cache
def load_grade_policy(path: Path = DEFAULT_POLICY) -> GradePolicy:
    """Read a policy file. Raises MalformedGradePolicy."""
    data = path.read_bytes()
    try:
        raw = tomllib.loads(data.decode("utf-8"))
        letters = tuple(Letter(**row) for row in raw["letters"])
        parts = {str(row["id"]): bool(row["stops_use"]) for row in raw["parts"]}
        policy = GradePolicy(str(raw["name"]), int(raw["version"]), hashlib.sha256(data).hexdigest(), letters, parts)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedGradePolicy(f"{path.name}: {error!r}") from error
    _refuse_nonsense(policy, path)
    return policy


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
    for wanted in rules.letters:
        short = _shortfalls(inputs, wanted, rules)
        if not short:
            return _made(
                wanted.letter, rules, inputs, refused or (GradeReason("grade.met", {"letter": wanted.letter}),)
            )
        refused = short  # what kept it from the letter just above the one it gets
    return _made("", rules, inputs, refused)


def grade_report(report: Mapping[str, object], policy: GradePolicy | None = None) -> Grade:
    """Grade a report document (`machine`, `batteries`, `checks`), for instance one out of a signed statement."""
    return grade(inputs_of(report), policy)


def inputs_of(report: Mapping[str, object]) -> GradeInputs:
    """Read the four inputs out of a report document. Never raises: what cannot be read is a missing check."""
    checks = {str(row.get("id")): row for row in _rows(report.get("checks"))}
    function, missing = _function(checks)
    looks = _looks(checks.get("casing"))
    parts = _parts(checks.get("parts"))
    has_battery = _chassis(report) in WITH_BATTERY
    battery = _battery(_rows(report.get("batteries")), checks.get("battery")) if has_battery else None
    missing += ["casing"] * (looks is None) + ["parts"] * (parts is None)
    missing += ["battery"] * (has_battery and battery is None)
    locks = _result(checks.get("locks"))
    missing += ["locks"] * (locks not in ("pass", "fail"))
    return GradeInputs(has_battery, function, looks, battery, parts, tuple(missing), locked=locks == "fail")


def _made(letter: str, rules: GradePolicy, inputs: GradeInputs, reasons: tuple[GradeReason, ...]) -> Grade:
    return Grade(letter, rules.name, rules.version, rules.sha256, inputs, reasons)


def _shortfalls(inputs: GradeInputs, wanted: Letter, rules: GradePolicy) -> tuple[GradeReason, ...]:
    found, letter = [], wanted.letter
    if inputs.function is None or inputs.function < wanted.function:
        found.append(_below("grade.function", f"F{inputs.function}", f"F{wanted.function}", letter))
    if inputs.looks is None or inputs.looks < wanted.looks:
        found.append(_below("grade.looks", f"C{inputs.looks}", f"C{wanted.looks}", letter))
    if inputs.has_battery and (inputs.battery_permille is None or inputs.battery_permille < wanted.battery_permille):
        found.append(
            _below("grade.battery", _percent(inputs.battery_permille), _percent(wanted.battery_permille), letter)
        )
    if blocking := _blocking(inputs.missing_parts, wanted.missing_parts, rules):
        found.append(GradeReason("grade.parts", {"value": ", ".join(blocking), "letter": letter}))
    return tuple(found)


def _below(code: str, value: str, wanted: str, letter: str) -> GradeReason:
    return GradeReason(code, {"value": value, "wanted": wanted, "letter": letter})


def _percent(permille: int | None) -> str:
    """Round down, so that a value below a bound never reads as the bound itself."""
    return "?" if permille is None else f"{permille // 10} %"


def _blocking(parts: Sequence[str] | None, allowed: str, rules: GradePolicy) -> tuple[str, ...]:
    if parts is None or allowed == "any":
        return ()
    return tuple(part for part in parts if allowed == "none" or rules.stops_use.get(part, True))


def _function(checks: Mapping[str, Mapping[str, object]]) -> tuple[int | None, list[str]]:
    """Derive the F level: a key function that fails decides alone; otherwise every function needs a result."""
    functions = {name: row for name, row in checks.items() if row.get("role") == "function"}
    failed = [row for row in functions.values() if _result(row) == "fail"]
    if any(row.get("key") is True for row in failed):
        return _NOT_WORKING, []
    missing = [name for name, row in functions.items() if _result(row) not in ("pass", "fail", "na")]
    software = checks.get("software")
    if not failed and _result(software) not in ("pass", "fail", "na"):
        missing.append("software")
    if missing or not functions:
        return None, missing or ["function"]
    if failed:
        return _KEY_FUNCTIONS, []
    return (_ALL_FUNCTIONS if _result(software) == "pass" else _BEST_WITHOUT_SOFTWARE), []


def _looks(row: Mapping[str, object] | None) -> int | None:
    value = str((row or {}).get("value", ""))
    known = _result(row) in ("pass", "fail") and value[:1] == "C" and value[1:].isdecimal() and value.isascii()
    return int(value[1:]) or None if known else None  # C0 is "not assessed"


def _parts(row: Mapping[str, object] | None) -> tuple[str, ...] | None:
    if _result(row) not in ("pass", "fail"):
        return None
    named = tuple(part.strip() for part in str((row or {}).get("value", "")).split(",") if part.strip())
    return named if named or _result(row) == "pass" else None


def _battery(batteries: Sequence[Mapping[str, object]], row: Mapping[str, object] | None) -> int | None:
    """Return the worst battery in permille. 0 where there is none to use.

    A doubtful figure counts only after the check confirmed it by a discharge.
    """
    confirmed = _result(row)
    if confirmed == "fail" or (confirmed == "na" and not batteries):
        return 0
    figures = [_one_battery(battery, confirmed) for battery in batteries]
    known = [figure for figure in figures if figure is not None]
    return min(known) if known and len(known) == len(figures) else None


def _one_battery(battery: Mapping[str, object], confirmed: str) -> int | None:
    state, health = battery.get("state"), battery.get("health_permille")
    if state == "absent":
        return 0
    usable = state == "ok" or (state == "suspect" and confirmed == "pass")
    return health if usable and isinstance(health, int) and not isinstance(health, bool) else None


def _chassis(report: Mapping[str, object]) -> str:
    """Return the chassis; an unknown one counts as a laptop, the strictest."""
    machine = report.get("machine")
    identity = machine.get("identity") if isinstance(machine, Mapping) else None
    chassis = identity.get("chassis") if isinstance(identity, Mapping) else None
    return str(chassis or "laptop")


def _result(row: Mapping[str, object] | None) -> str:
    return str((row or {}).get("result", "not-tested"))


def _rows(value: object) -> list[Mapping[str, object]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []


def _refuse_nonsense(policy: GradePolicy, path: Path) -> None:
    if not policy.letters or any(letter.missing_parts not in ("none", "usable", "any") for letter in policy.letters):
        raise MalformedGradePolicy(f"{path.name}: missing_parts is one of none, usable, any")
    if len({letter.letter for letter in policy.letters}) != len(policy.letters):
        raise MalformedGradePolicy(f"{path.name}: a letter stands twice")
