"""The ATA part of a report as text: identity, attribute table in both layouts, logs; members as in its JSON.

Layouts: `-a` prints "FLAG VALUE WORST THRESH TYPE UPDATED WHEN_FAILED RAW_VALUE", `-x` "FLAGS VALUE WORST THRESH FAIL
RAW_VALUE" (smartctl(8), -A and -f). A line of the table that cannot be read, and a table that the text breaks off, stay
in the document as rows without an id: the decoder tells of them.
"""

import re
from collections.abc import Sequence
from typing import Any

from diagnostics.plain import first_integer
from diagnostics.text_lines import Fields, whole

_ROW = re.compile(
    r"^\s*(?P<id>\d{1,3}|0x[0-9a-f]{2})\s+(?P<name>\S+)\s+(?P<flags>0x[0-9a-fA-F]{4}|[A-Z+-]{6,7})\s+"
    r"(?P<value>\d{3}|---)\s+(?P<worst>\d{3}|---)\s+(?P<thresh>\d{3}|---)\s+"
    r"(?:(?P<type>Pre-fail|Old_age)\s+(?:Always\s+|Offline\s+)?)?(?P<failed>\S+)\s+(?P<raw>\S.*)$"
)
_FAILED = {"-": "", "FAILING_NOW": "now", "NOW": "now", "In_the_past": "past", "Past": "past"}
_WWN = re.compile(r"([0-9a-f]) ([0-9a-f]{6}) ([0-9a-f]{9})")
_SECTORS = re.compile(r"(\d{3,5}) bytes logical(?:, (\d{3,5}) bytes physical|/physical)")
_TEST = re.compile(r"^#\s?\d{1,2}\s+(\S.*)$")
_TEST_FAILED = re.compile(
    r"Completed: (?:read|unknown|electrical|servo/seek|handling damage)|Fatal or unknown error", re.IGNORECASE
)
_STATISTIC_HOURS = re.compile(r"^0x01\s+0x010\s+\d\s+(\d{1,9})\s.*Power-on Hours")
_VERDICT = "SMART overall-health self-assessment test result"
_HOURS, _TEMPERATURE, _AIRFLOW = 9, 194, 190


def is_ata(found: Fields, lines: Sequence[str]) -> bool:
    """Say whether an ATA drive is told of."""
    return "Device Model" in found or "ATA Version is" in found or any(line.startswith("ID# ATTR") for line in lines)


def ata_members(found: Fields, lines: Sequence[str]) -> dict[str, Any]:
    """Return the members of an ATA document."""
    rows = _table(lines)
    members: dict[str, Any] = {
        "model_name": found.get("Device Model", ""),
        "firmware_version": found.get("Firmware Version", ""),
        "ata_additional_product_id": found.get("Add. Product Id", ""),
        "ata_smart_self_test_log": {"extended": {"error_count_total": _failed_tests(lines)}},
    }
    members |= _identity(found)
    if _VERDICT in found:
        members["smart_status"] = {"passed": _passed(found[_VERDICT])}
    if rows:
        members["ata_smart_attributes"] = {"table": rows}
    members |= _hours(lines, rows) | _heat(found, rows) | _errors(found)
    return members


def _passed(word: str) -> bool | None:
    return {"PASSED": True, "FAILED!": False}.get(word)


def _identity(found: Fields) -> dict[str, Any]:
    members: dict[str, Any] = {}
    size = whole(found.get("User Capacity", ""), "bytes")
    if size is not None:
        members["user_capacity"] = {"bytes": size}
    name = _WWN.fullmatch(found.get("LU WWN Device Id", ""))
    if name:
        members["wwn"] = dict(zip(("naa", "oui", "id"), (int(part, 16) for part in name.groups()), strict=True))
    sectors = _SECTORS.match(found.get("Sector Sizes", "") or found.get("Sector Size", ""))
    if sectors:
        members["logical_block_size"] = int(sectors.group(1))
        members["physical_block_size"] = int(sectors.group(2) or sectors.group(1))
    return members


def _table(lines: Sequence[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    inside = False
    for line in lines:
        if line.startswith("ID# ATTR"):
            inside = True
        elif inside and not line.strip():
            return rows
        elif inside and "|" not in line:
            rows.append(_row(line))
    return [*rows, {"id": None}] if inside else rows


def _row(line: str) -> dict[str, Any]:
    match = _ROW.match(line)
    if match is None or match["failed"] not in _FAILED:
        return {"id": None}
    number, flags = match["id"], match["flags"]
    prefail = bool(int(flags, 16) & 1) if flags.startswith("0x") else flags.startswith("P")
    row: dict[str, Any] = {
        "id": int(number, 16 if number.startswith("0x") else 10),
        "name": match["name"],
        "flags": {"prefailure": prefail or match["type"] == "Pre-fail"},
        "when_failed": _FAILED[match["failed"]],
        "raw": {"string": match["raw"]},
    }
    return row | {name: int(match[name]) for name in ("value", "worst", "thresh") if match[name] != "---"}


def _hours(lines: Sequence[str], rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Take attribute 9, which smartctl prints in hours first, else the device statistics."""
    hours = _raw(rows, _HOURS)
    if hours is None:
        told = next((match for match in map(_STATISTIC_HOURS.match, lines) if match), None)
        hours = int(told.group(1)) if told else None
    return {} if hours is None else {"power_on_time": {"hours": hours}}


def _heat(found: Fields, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    current = whole(found.get("Current Temperature", ""), "Celsius")
    if current is None:
        airflow = _raw(rows, _AIRFLOW, "Temperature")
        current = _raw(rows, _TEMPERATURE) if _raw(rows, _TEMPERATURE) is not None else airflow
    shape = {} if current is None else {"current": current}
    limit = re.fullmatch(r"-?\d{1,3}/(\d{1,3}) Celsius", found.get("Min/Max Temperature Limit", ""))
    if limit:
        shape["op_limit_max"] = int(limit.group(1))
    return {"temperature": shape} if shape else {}


def _raw(rows: Sequence[dict[str, Any]], number: int, name: str = "") -> int | None:
    """Return the first integer of an attribute whose name holds `name`."""
    row = next((row for row in rows if row["id"] == number and name in row["name"]), None)
    return None if row is None else first_integer(row["raw"]["string"])


def _errors(found: Fields) -> dict[str, Any]:
    told = found.get("Device Error Count") or found.get("ATA Error Count") or ""
    entries = first_integer(told)
    return {} if entries is None else {"ata_smart_error_log": {"extended": {"count": entries}}}


def _failed_tests(lines: Sequence[str]) -> int:
    """Count the failed self-tests; the two logs of one drive repeat each other."""
    told = {match.group(1) for match in map(_TEST.match, lines) if match}
    return sum(bool(_TEST_FAILED.search(row)) for row in told)
