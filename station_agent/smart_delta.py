"""What an erase changed in the SMART numbers of a drive: only numbers, only those that differ.

Says how the drive took the work (sectors replaced, errors, temperature); it proves nothing about the erase.
"""

from typing import Any

Numbers = dict[str, int]


def numbers(document: dict[str, Any] | None) -> Numbers:
    """Give the counters of a smartctl document by a name of their own; empty without one."""
    if not isinstance(document, dict):
        return {}
    found: Numbers = {}
    table = document.get("ata_smart_attributes")
    rows = table.get("table") if isinstance(table, dict) else None
    for row in rows if isinstance(rows, list) else []:
        raw = row.get("raw") if isinstance(row, dict) else None
        if isinstance(raw, dict):
            _keep(found, f"ata {row.get('id')} {row.get('name')}", raw.get("value"))
    for name in ("nvme_smart_health_information_log", "temperature", "power_on_time"):
        group = document.get(name)
        for member, value in group.items() if isinstance(group, dict) else ():
            _keep(found, f"{name} {member}", value)
    for name in ("power_cycle_count", "scsi_grown_defect_list"):
        _keep(found, name, document.get(name))
    return found


def delta(before: Numbers, after: Numbers) -> dict[str, Any]:
    """Give the numbers that changed, as [before, after]; None where one side does not have it."""
    names = sorted(before.keys() | after.keys())
    changed = {name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)}
    return {"read_before": bool(before), "read_after": bool(after), "changed": changed if before and after else {}}


def _keep(found: Numbers, name: str, value: object) -> None:
    if type(value) is int:
        found[name] = value
