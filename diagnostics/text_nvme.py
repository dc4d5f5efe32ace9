"""The NVMe part of a report as text: controller, namespaces, health log 02h, self-tests; members as in its JSON."""

import re
from collections.abc import Sequence
from typing import Any

from diagnostics.text_lines import Fields, hexadecimal, whole

_HEALTH = "SMART/Health Information (NVMe"
_COUNT = "Number of Namespaces"
_VERDICT = "SMART overall-health self-assessment test result"
_LOG = {  # name in the report -> (name in the document, unit)
    "Available Spare": ("available_spare", "%"),
    "Available Spare Threshold": ("available_spare_threshold", "%"),
    "Percentage Used": ("percentage_used", "%"),
    "Media and Data Integrity Errors": ("media_errors", ""),
    "Error Information Log Entries": ("num_err_log_entries", ""),
    "Power Cycles": ("power_cycles", ""),
    "Unsafe Shutdowns": ("unsafe_shutdowns", ""),
    "Power On Hours": ("power_on_hours", ""),
    "Data Units Written": ("data_units_written", ""),
    "Temperature": ("temperature", "Celsius"),
}
_NAMESPACE = re.compile(r"Namespace (\d{1,10}) Size(?:/Capacity)?")
_EUI = re.compile(r"([0-9a-f]{6}) ([0-9a-f]{10})")
_TEST = re.compile(r"^\s{0,3}\d{1,2}\s+(?:Short|Extended|Vendor specific)\s{2,}(\S.*)$")
_TEST_FAILED = re.compile(r"Completed: failed segment|Fatal or unknown test error", re.IGNORECASE)
_FATAL = 5  # any code of a failed test will do


def is_nvme(found: Fields, lines: Sequence[str]) -> bool:
    """Say whether an NVMe controller is told of."""
    controller = "Model Number" in found and ("Controller ID" in found or "Number of Namespaces" in found)
    return controller or "NVMe Version" in found or any(line.startswith(_HEALTH) for line in lines)


def nvme_members(found: Fields, lines: Sequence[str]) -> dict[str, Any]:
    """Return the members of an NVMe document."""
    members: dict[str, Any] = {
        "model_name": found.get("Model Number", ""),
        "firmware_version": found.get("Firmware Version", ""),
        "nvme_namespaces": _namespaces(found),
    }
    for name, place in (("nvme_total_capacity", "Total NVM Capacity"), ("nvme_number_of_namespaces", _COUNT)):
        figure = whole(found.get(place, ""))
        if figure is not None:
            members[name] = figure
    sector = whole(found.get("Namespace 1 Formatted LBA Size", ""))
    if sector is not None:
        members["logical_block_size"] = sector
    if _VERDICT in found:
        members["smart_status"] = {"passed": {"PASSED": True, "FAILED!": False}.get(found[_VERDICT])}
    return members | _health(found, lines) | _tests(lines)


def _namespaces(found: Fields) -> list[dict[str, Any]]:
    spaces = []
    for name, value in found.items():
        match = _NAMESPACE.fullmatch(name)
        if match:
            space: dict[str, Any] = {"id": int(match.group(1))}
            size = whole(value)
            if size is not None:
                space["size"] = {"bytes": size}
            unique = _EUI.fullmatch(found.get(f"Namespace {match.group(1)} IEEE EUI-64", ""))
            if unique:
                space["eui64"] = {"oui": int(unique.group(1), 16), "ext_id": int(unique.group(2), 16)}
            spaces.append(space)
    return spaces


def _health(found: Fields, lines: Sequence[str]) -> dict[str, Any]:
    """Read the health log; a figure that is there and cannot be read is None, so that the decoder tells of it."""
    if not any(line.startswith(_HEALTH) for line in lines):
        return {}
    log: dict[str, int | None] = {"critical_warning": hexadecimal(found.get("Critical Warning", ""))}
    for place, (name, unit) in _LOG.items():
        if place in found:
            log[name] = whole(found[place], unit)
    members: dict[str, Any] = {"nvme_smart_health_information_log": log}
    if log.get("power_on_hours") is not None:
        members["power_on_time"] = {"hours": log["power_on_hours"]}
    if log.get("temperature") is not None:
        members["temperature"] = {"current": log["temperature"]}
    return members


def _tests(lines: Sequence[str]) -> dict[str, Any]:
    told = [match.group(1) for match in map(_TEST.match, lines) if match]
    rows = [{"self_test_result": {"value": _FATAL if _TEST_FAILED.search(row) else 0}} for row in told]
    return {"nvme_self_test_log": {"table": rows}} if rows else {}
