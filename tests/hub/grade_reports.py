"""Whole reports as a bench signs them, graded by the shipped policy, for the tests of grades on the hub."""

from typing import Any

from diagnostics.grading import grade_report
from diagnostics.grading.refurbished import checks_by_chassis

ROLES = {"casing": "looks", "parts": "parts", "locks": "locks", "battery": "battery", "software": "software"}


def full_report(
    looks: str = "C6", battery: int = 900, serial: str = "WD-0001", results: dict[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    """Make a report of a laptop in which every check passed, but for `results`; `more` adds members."""
    rows = [_row(name, looks, (results or {}).get(name, "pass")) for name in checks_by_chassis()["laptop"]]
    machine = {
        "identity": {"maker": "DEMO", "model": "Laptop", "chassis": "laptop"},
        "processor": {"name": "Demo CPU", "cores": 4, "threads": 8},
        "memory": {"bytes": 8 * 2**30, "modules": []},
        "storage": [
            {"name": "sda", "model": "SSD", "serial": serial, "size_bytes": 240_057_409_536, "rotational": False,
             "removable": False}
        ],
        "adapters": [{"name": "wlp1s0", "kind": "wifi", "ids": ""}],
        "panels": [{"name": "eDP-1", "width": 1920, "height": 1080}],
        "cameras": 1,
        "tpm": "2",
        "bios": {"vendor": "DEMO", "version": "1.2", "date": "01/02/2020"},
        "year": {"year": 2019, "source": "panel"},
        "locks": {
            "passwords": {"administrator": "disabled", "power-on": "unknown"}, "remote_lock": "",
            "reinstalling_agent": False, "management_engine": True, "windows_key": True,
        },
    }  # fmt: skip
    drives = [
        {
            "schema": "etabli.health/1", "verdict": "review", "hours": 12345, "temperature": 33, "policy": "etabli 3",
            "identity": {"model": "SSD", "serial": serial},
            "reasons": [{"code": "ata.pending", "attribute": "197", "value": 3, "text": "Sectors"}],
        }
    ]  # fmt: skip
    batteries = [{"name": "BAT0", "state": "ok", "health_permille": battery, "cycles": 211, "flags": ["over-design"]}]
    report = {"machine": machine, "drives": drives, "batteries": batteries, "checks": rows, **more}
    grade = grade_report(report).to_document()
    return {**report, "grade": {**grade, "letter": grade["letter"] or "none"}}


def _row(name: str, looks: str, result: str) -> dict[str, Any]:
    return {
        "id": name, "role": ROLES.get(name, "function"), "key": name in ("keyboard", "display"), "result": result,
        "value": looks if name == "casing" else "", "reason": "not-fitted" if result == "na" else "", "note": "",
        "operator": "p-lou", "started": "2026-03-02T08:40:00Z", "ended": "2026-03-02T08:41:00Z", "attempts": 1,
    }  # fmt: skip
