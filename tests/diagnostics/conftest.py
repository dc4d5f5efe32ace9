"""Documents and trees for the tests of diagnostics: invented identities, shaped like what smartctl and Linux print."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

Document = dict[str, Any]


@pytest.fixture(scope="session")
def fixtures_folder() -> Path:
    return CHECKOUT / "hardware-fixtures"


def attribute(
    number: int, raw: str = "0", *, value: int = 100, thresh: int = 10, prefail: bool = False, when_failed: str = ""
) -> Document:
    figure = int(raw) if raw.isdecimal() else 0
    return {
        "id": number,
        "name": f"Attribute_{number}",
        "value": value,
        "worst": value,
        "thresh": thresh,
        "when_failed": when_failed,
        "flags": {"prefailure": prefail},
        "raw": {"value": figure, "string": raw},
    }


@pytest.fixture
def ata() -> Callable[..., Document]:
    """Make an ATA document; `attributes` are (id, raw) pairs or whole rows, other keys replace members."""

    def make(
        *attributes: tuple[int, str] | Document, passed: bool = True, exit_status: int = 0, **members: Any
    ) -> Document:
        rows = [attribute(*row) if isinstance(row, tuple) else row for row in attributes] or [attribute(9, "100")]
        return {
            "smartctl": {"version": [7, 4], "exit_status": exit_status},
            "device": {"name": "/dev/demo", "type": "sat", "protocol": "ATA"},
            "model_name": "DEMO HDD",
            "serial_number": "DEMO-0001",
            "wwn": {"naa": 5, "oui": 0, "id": 1},
            "firmware_version": "1.0",
            "user_capacity": {"bytes": 500_107_862_016},
            "logical_block_size": 512,
            "physical_block_size": 4096,
            "smart_support": {"available": True, "enabled": True},
            "smart_status": {"passed": passed},
            "ata_smart_attributes": {"table": rows},
            "power_on_time": {"hours": 1000},
            **members,
        }

    return make


@pytest.fixture
def row() -> Callable[..., Document]:
    return attribute


@pytest.fixture
def nvme() -> Callable[..., Document]:
    """Make an NVMe document; keyword arguments replace members of the health log."""

    def make(*, passed: bool = True, exit_status: int = 0, **log: Any) -> Document:
        health = {
            "critical_warning": 0,
            "temperature": 35,
            "available_spare": 100,
            "available_spare_threshold": 10,
            "percentage_used": 3,
            "media_errors": 0,
            "num_err_log_entries": 0,
        }
        return {
            "smartctl": {"version": [7, 4], "exit_status": exit_status},
            "device": {"name": "/dev/demo", "type": "nvme", "protocol": "NVMe"},
            "model_name": "DEMO NVMe",
            "serial_number": "DEMO-0002",
            "nvme_total_capacity": 512_110_190_592,
            "smart_status": {"passed": passed},
            "nvme_smart_health_information_log": {**health, **log},
            "temperature": {"current": health["temperature"]},
        }

    return make


@pytest.fixture
def scsi() -> Document:
    counters = {"total_uncorrected_errors": 0}
    return {
        "smartctl": {"version": [7, 4], "exit_status": 0},
        "device": {"name": "/dev/demo", "type": "scsi", "protocol": "SCSI"},
        "scsi_vendor": "DEMO",
        "scsi_product": "SAS 300",
        "serial_number": "DEMO-0003",
        "logical_unit_id": "0x5000000000000003",
        "user_capacity": {"bytes": 300_000_000_000},
        "smart_support": {"available": True, "enabled": True},
        "smart_status": {"passed": True},
        "scsi_grown_defect_list": 0,
        "scsi_error_counter_log": {"read": dict(counters), "write": dict(counters), "verify": dict(counters)},
        "temperature": {"current": 30, "drive_trip": 65},
    }


@pytest.fixture
def battery_tree(tmp_path: Path) -> Callable[..., Path]:
    """Write a battery below a root folder and return the root; None leaves a file out."""

    def write(name: str = "BAT0", **files: Any) -> Path:
        sound = {
            "type": "Battery",
            "present": 1,
            "energy_full_design": 50_000_000,
            "energy_full": 40_000_000,
            "energy_now": 20_000_000,
            "capacity": 50,
            "cycle_count": 210,
        }
        node = tmp_path / "sys/class/power_supply" / name
        node.mkdir(parents=True)
        for file, value in {**sound, **files}.items():
            if value is not None:
                (node / file).write_text(f"{value}\n", encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Write text files below a root folder and return the root."""

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            place = tmp_path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def graded_report() -> Callable[..., Document]:
    """Make a report document that earns an A; keyword arguments name a check and its (result, value)."""
    functions = {"display": True, "keyboard": True, "wifi": False, "camera": False}

    def make(battery: Any = 900, chassis: str = "laptop", state: str = "ok", **answers: tuple[str, str]) -> Document:
        rows = [{"id": name, "role": "function", "key": key, "result": "pass"} for name, key in functions.items()]
        rows += [
            {"id": "casing", "role": "looks", "result": "pass", "value": "C6"},
            {"id": "parts", "role": "parts", "result": "pass", "value": ""},
            {"id": "locks", "role": "locks", "result": "pass"},
            {"id": "software", "role": "software", "result": "pass"},
            {"id": "battery", "role": "battery", "result": "not-tested"},
        ]
        for name, (result, value) in answers.items():
            found = next(entry for entry in rows if entry["id"] == name.removesuffix("_check"))
            found.update(result=result, value=value)
        batteries = [] if battery is None else [{"state": state, "health_permille": battery}]
        return {"machine": {"identity": {"chassis": chassis}}, "batteries": batteries, "checks": rows}

    return make


@pytest.fixture
def demo_drives(fixtures_folder: Path) -> dict[str, Document]:
    """The health documents of hardware-fixtures, by folder name."""
    found = sorted(fixtures_folder.glob("drives/*/smartctl.json"))
    return {path.parent.name: json.loads(path.read_text("utf-8")) for path in found}
