"""The SCSI and SAS part of a report as text: inquiry, sense, grown defects, error counters; members as in its JSON.

The status is "OK" or the sense of a failure ("FAILURE PREDICTION THRESHOLD EXCEEDED [asc=5d, ascq=10]", SPC-5 annex F);
any other word is no status. There is no attribute table.
"""

import re
from collections.abc import Sequence
from typing import Any

from diagnostics.text_lines import Fields, whole

_STATUS = "SMART Health Status"
_COUNTERS = re.compile(r"^(read|write|verify):\s+\S.*?\s(\S+)$")
_OLD_DEVICE = re.compile(r"(\S+)\s+(\S.*?)\s+Version:\s*(\S*)")
_HOURS = re.compile(
    r"(?:number of hours powered up = (\d{1,9})|Accumulated power on time, hours:minutes (\d{1,9}):\d\d)"
)
_NOW = re.compile(r"^Current temperature = (\d{1,3})$")
_TEST = re.compile(r"^#\s?\d{1,2}\s+(\S.*)$")
_FAILED_TEST = 7  # any code of a failed test will do


def is_scsi(found: Fields, lines: Sequence[str]) -> bool:
    """Say whether a SCSI disk, or something that answers like one, is told of."""
    inquiry = "Vendor" in found and "Product" in found
    return inquiry or _STATUS in found or any(line.startswith("Device: ") and "Version:" in line for line in lines)


def scsi_members(found: Fields, lines: Sequence[str]) -> dict[str, Any]:
    """Return the members of a SCSI document."""
    members = _identity(found)
    if _STATUS in found:
        members["smart_status"] = {"passed": _passed(found[_STATUS])}
    if "Elements in grown defect list" in found:
        members["scsi_grown_defect_list"] = _told(whole(found["Elements in grown defect list"]))
    counters = {
        match.group(1): {"total_uncorrected_errors": _told(whole(match.group(2)))}
        for match in map(_COUNTERS.match, lines)
        if match
    }
    if counters:
        members["scsi_error_counter_log"] = counters
    worn = whole(found.get("Percentage used endurance indicator", ""), "%")
    if worn is not None:
        members["scsi_percentage_used_endurance_indicator"] = worn
    return members | _hours(lines) | _heat(found, lines) | _tests(lines)


def _told(figure: int | None) -> int | str:
    """Keep a figure that is there but cannot be read as such: absent is another thing."""
    return "unreadable" if figure is None else figure


def _passed(words: str) -> bool | None:
    if words == "OK":
        return True
    return False if "FAIL" in words.upper() or "[asc=" in words else None


def _identity(found: Fields) -> dict[str, Any]:
    old = _OLD_DEVICE.match(found.get("Device", ""))
    vendor, product, revision = old.groups() if old else ("", "", "")
    members: dict[str, Any] = {
        "scsi_vendor": found.get("Vendor", vendor),
        "scsi_product": found.get("Product", product),
        "scsi_revision": found.get("Revision", revision),
        "logical_unit_id": found.get("Logical Unit id", ""),
    }
    size = whole(found.get("User Capacity", ""), "bytes")
    if size is not None:
        members["user_capacity"] = {"bytes": size}
    for name, place in (("logical_block_size", "Logical block size"), ("physical_block_size", "Physical block size")):
        sector = whole(found.get(place, ""), "bytes")
        if sector is not None:
            members[name] = sector
    return members


def _hours(lines: Sequence[str]) -> dict[str, Any]:
    match = next((match for match in map(_HOURS.search, lines) if match), None)
    return {"power_on_time": {"hours": int(match.group(1) or match.group(2))}} if match else {}


def _heat(found: Fields, lines: Sequence[str]) -> dict[str, Any]:
    current = whole(found.get("Current Drive Temperature", ""), "C")
    if current is None:
        told = next((match for match in map(_NOW.match, lines) if match), None)
        current = int(told.group(1)) if told else None
    limit = whole(found.get("Drive Trip Temperature", ""), "C")
    shape = {"current": current, "drive_trip": limit}
    return {"temperature": {name: figure for name, figure in shape.items() if figure is not None}}


def _tests(lines: Sequence[str]) -> dict[str, Any]:
    told = [match.group(1) for match in map(_TEST.match, lines) if match]
    return {
        f"scsi_self_test_{place}": {"result": {"value": _FAILED_TEST if "Failed in segment" in row else 0}}
        for place, row in enumerate(told)
    }
