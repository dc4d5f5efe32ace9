"""A category of the CTNRS sort: notes for memory, processor and drive, their sum, weights and caps, all of it data.

The score tables belong to whoever publishes the method. Without them the answer is "to be filled in by the site" with
the inputs that are known, and never a category. An input that a note needs and that is not known gives none either.
"""

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics.grading.inputs import inputs_of
from diagnostics.grading.orientation import age_of
from diagnostics.grading.plainly import Table, rows, table, whole
from diagnostics.grading.policy import ROOM, MalformedGradePolicy, policy_table

DEFAULT_CATEGORY_POLICY = ROOM / "category_policy.toml"
INPUTS = (
    *("memory_mib", "cores", "threads", "benchmark", "ssd_gb", "hdd_gb"),
    *("age_years", "function", "looks", "battery_permille"),
)
FOUND, MISSING, NO_TABLES, BELOW = "found", "input-missing", "to-be-filled-in", "below-all"
_MEBI, _GIGA = 2**20, 10**9


@dataclass(frozen=True, slots=True)
class CategoryPolicy:
    """The tables of a method. Rows are as the file has them, judged when it was read."""

    name: str
    version: int
    sha256: str
    method_version: str
    notes: tuple[Mapping[str, Any], ...]
    weights: tuple[Mapping[str, Any], ...]
    categories: tuple[Mapping[str, Any], ...]
    caps: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Category:
    """A category with everything that led to it; `state` says why there is none."""

    category: str
    state: str  # found, input-missing, to-be-filled-in, below-all
    policy: str
    policy_version: int
    policy_sha256: str
    method_version: str
    inputs: Mapping[str, int | None]
    notes: tuple[tuple[str, str, int], ...] = ()  # group, input, note
    weights: tuple[tuple[str, int], ...] = ()  # input, points
    total: int | None = None
    caps: tuple[tuple[str, str], ...] = ()  # input, at best
    missing: tuple[str, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        kept = ("category", "state", "policy", "policy_version", "policy_sha256", "method_version", "total")
        return {name: getattr(self, name) for name in kept} | {
            "inputs": dict(self.inputs),
            "notes": [dict(zip(("group", "input", "note"), row, strict=True)) for row in self.notes],
            "weights": [dict(zip(("input", "points"), row, strict=True)) for row in self.weights],
            "caps": [dict(zip(("input", "at_best"), row, strict=True)) for row in self.caps],
            "missing": list(self.missing),
        }


@functools.cache
def load_category_policy(path: Path = DEFAULT_CATEGORY_POLICY) -> CategoryPolicy:
    """Read a category policy file. Raises MalformedGradePolicy."""
    return read_category_policy(path.read_bytes(), path.name)


def read_category_policy(data: bytes, place: str = "policy") -> CategoryPolicy:
    """Read the bytes of a category policy; `place` names them in an error. Raises MalformedGradePolicy."""
    raw = policy_table(data, place)
    try:
        tables = {name: _judged(name, raw.get(name, [])) for name in _MEMBERS}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedGradePolicy(f"{place}: {error!r}") from error
    known = [row["id"] for row in tables["categories"]]
    if len(set(known)) != len(known) or any(row["at_best"] not in known for row in tables["caps"]):
        raise MalformedGradePolicy(f"{place}: a category stands twice, or a cap names an unknown one")
    digest = hashlib.sha256(data).hexdigest()
    return CategoryPolicy(raw["name"], raw["version"], digest, str(raw.get("method_version", "")), **tables)


def categorise(report: Table, policy: CategoryPolicy | None = None, *, year: int | None = None) -> Category:
    """Give the category of a report document; `year` is the year of the diagnosis. Never raises."""
    rules = policy or load_category_policy()
    facts = category_inputs(report, year)
    if not rules.notes or not rules.categories:
        return _made(rules, facts, "", NO_TABLES)
    groups = list(dict.fromkeys(row["group"] for row in rules.notes))
    notes = [_note(group, rules, facts) for group in groups]
    missing = tuple(group for group, note in zip(groups, notes, strict=True) if note is None)
    if missing:
        return _made(rules, facts, "", MISSING, missing=missing)
    given = tuple(note for note in notes if note is not None)
    weights = tuple((row["input"], row["points"]) for row in rules.weights if _within(facts[row["input"]], row))
    total = sum(note for _, _, note in given) + sum(points for _, points in weights)
    caps = tuple((row["input"], row["at_best"]) for row in rules.caps if _below(facts[row["input"]], row["below"]))
    found = _category(total, caps, rules)
    return _made(rules, facts, found, FOUND if found else BELOW, notes=given, weights=weights, total=total, caps=caps)


def category_inputs(report: Table, year: int | None = None) -> dict[str, int | None]:
    """Read the inputs of a category out of a report; None where the report does not tell. Never raises."""
    machine, graded = table(report.get("machine")), inputs_of(report)
    processor = table(machine.get("processor"))
    memory = whole(table(machine.get("memory")).get("bytes"))
    return {
        "memory_mib": memory // _MEBI if memory and memory > 0 else None,
        "cores": whole(processor.get("cores")) or None,
        "threads": whole(processor.get("threads")) or None,
        "benchmark": _benchmark(processor),
        "ssd_gb": _largest(machine, rotational=False),
        "hdd_gb": _largest(machine, rotational=True),
        "age_years": age_of(report, year),
        "function": graded.function,
        "looks": graded.looks,
        "battery_permille": graded.battery_permille,
    }


_MEMBERS: Mapping[str, Mapping[str, type]] = {
    "notes": {"group": str, "input": str, "at_least": int, "note": int},
    "weights": {"input": str, "points": int},
    "categories": {"id": str, "at_least": int},
    "caps": {"input": str, "below": int, "at_best": str},
}
_OPTIONAL = {"weights": ("at_least", "at_most")}


def _judged(name: str, found: Any) -> tuple[Mapping[str, Any], ...]:
    wanted, optional = _MEMBERS[name], _OPTIONAL.get(name, ())
    for row in found:
        for member, sort in {**wanted, **dict.fromkeys(set(optional) & set(row), int)}.items():
            if not isinstance(row[member], sort) or isinstance(row[member], bool):
                raise TypeError(f"{name}.{member}")
        if set(row) - set(wanted) - set(optional):
            raise ValueError(f"{name}: unknown member")
        if row.get("input", INPUTS[0]) not in INPUTS:
            raise ValueError(f"{name}.input is one of {', '.join(INPUTS)}")
    return tuple(found)


def _made(rules: CategoryPolicy, facts: Mapping[str, int | None], found: str, state: str, **more: Any) -> Category:
    return Category(
        found, state, rules.name, rules.version, rules.sha256, rules.method_version, dict(facts), **more
    )  # fmt: skip


def _note(group: str, rules: CategoryPolicy, facts: Mapping[str, int | None]) -> tuple[str, str, int] | None:
    """Return the best note of a group; 0 where its input is known and below every row; None where it is not known."""
    mine = [row for row in rules.notes if row["group"] == group]
    known = [row for row in mine if facts[row["input"]] is not None]
    if not known:
        return None
    met = [row for row in known if (facts[row["input"]] or 0) >= row["at_least"]]
    best = max(met, key=lambda row: int(row["note"]), default=None)
    return (group, best["input"], best["note"]) if best else (group, known[0]["input"], 0)


def _within(value: int | None, row: Mapping[str, Any]) -> bool:
    return value is not None and row.get("at_least", value) <= value <= row.get("at_most", value)


def _below(value: int | None, bound: int) -> bool:
    """An input that a cap asks for and that is not known counts as below: the cap is the careful side."""
    return value is None or value < bound


def _category(total: int, caps: tuple[tuple[str, str], ...], rules: CategoryPolicy) -> str:
    order = [str(row["id"]) for row in rules.categories]
    reached = next((at for at, row in enumerate(rules.categories) if total >= row["at_least"]), None)
    if reached is None:
        return ""
    return order[max([reached, *(order.index(best) for _, best in caps)])]


def _largest(machine: Table, *, rotational: bool) -> int | None:
    sizes = [
        whole(drive.get("size_bytes")) or 0
        for drive in rows(machine.get("storage"))
        if drive.get("removable") is not True and drive.get("rotational") is rotational
    ]
    return max(sizes) // _GIGA if sizes and max(sizes) > 0 else None


def _benchmark(processor: Table) -> int | None:
    stated = processor.get("benchmark")
    return whole(stated) if not isinstance(stated, Mapping) else whole(stated.get("score", stated.get("value")))
