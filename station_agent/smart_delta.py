"""What an erase changed in the SMART numbers of a drive: only numbers, only those that differ; its health after it.

Says how the drive took the work (sectors replaced, errors, temperature); it proves nothing about the erase. Counters
are decoded as the health reader does: of a packed raw value only the part that counts. After a full overwrite a sector
that still waits for reallocation is judged as one that even a write does not settle.
"""

from typing import Any

from diagnostics.health import assess_document
from diagnostics.reading import count

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
            number, printed = row.get("id"), raw.get("string", raw.get("value"))
            figure = count(number, str(printed)) if type(number) is int else None
            _keep(found, f"ata {number} {row.get('name')}", figure)
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


def health_after(document: dict[str, Any] | None, *, overwritten: bool) -> dict[str, Any]:
    """Judge the drive as it is after the erase: verdict, policy, reasons; empty without a reading."""
    if not isinstance(document, dict):
        return {}
    report = assess_document(document, after_overwrite=overwritten)
    return {
        "verdict": str(report.verdict),
        "policy": report.policy,
        "reasons": [f"{reason.code} {reason.attribute} {reason.value}".strip() for reason in report.reasons],
    }


def _keep(found: Numbers, name: str, value: object) -> None:
    if type(value) is int:
        found[name] = value
