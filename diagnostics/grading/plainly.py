"""Reading plain JSON that may be anything: wrong types become nothing, never an exception."""

from collections.abc import Mapping

Table = Mapping[str, object]


def table(value: object) -> Table:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def rows(value: object) -> list[Table]:
    """Return the objects of `value` if it is a list, else nothing."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []


def whole(value: object) -> int | None:
    """Return `value` if it is an integer; True is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def word(value: object) -> str:
    """Return `value` if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def result(row: Table | None) -> str:
    """Return the result of a check; "not-tested" where it has none."""
    return word((row or {}).get("result")) or "not-tested"


def checks_of(report: Table) -> dict[str, Table]:
    """Return the checks of a report by id; of two rows of one id the last counts."""
    return {word(row.get("id")): row for row in rows(report.get("checks"))}


def chassis_of(report: Table) -> str:
    """Return the chassis that the report names; "" where it names none."""
    return word(table(table(report.get("machine")).get("identity")).get("chassis"))
