"""Each quirk of batteries is met, and a doubtful figure never passes for a sound one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from diagnostics import kernel
from diagnostics.battery import BatteryReport, BatteryState, on_mains, read_batteries

Document = dict[str, Any]
Make = Callable[..., Any]


def the_battery(root: Path) -> BatteryReport:
    (battery,) = read_batteries(root)
    return battery


def test_health_is_full_over_design_in_permille(battery_tree: Make) -> None:
    battery = the_battery(battery_tree())
    assert (battery.state, battery.health_permille, battery.cycles) == (BatteryState.OK, 800, 210)
    assert (battery.unit, battery.flags) == ("uWh", ())


def test_charge_figures_serve_where_there_is_no_energy_and_are_never_mixed_with_it(battery_tree: Make) -> None:
    files = {
        "energy_full": None,
        "energy_full_design": 50_000_000,
        "charge_full": 3_000_000,
        "charge_full_design": 4_000_000,
    }
    battery = the_battery(battery_tree(**files, energy_now=None, capacity=None))
    assert (battery.unit, battery.health_permille) == ("uAh", 750)


def test_half_of_a_pair_is_unknown(battery_tree: Make) -> None:
    battery = the_battery(battery_tree(energy_full_design=None))
    assert (battery.state, battery.health_permille) == (BatteryState.UNKNOWN, None)


@pytest.mark.parametrize(("health", "cycles"), [(970, 0), (969, None)])
def test_a_count_of_zero_cycles_is_not_reported_unless_the_battery_is_fresh(
    battery_tree: Make, health: int, cycles: int | None
) -> None:
    battery = the_battery(battery_tree(cycle_count=0, energy_full=50_000 * health, capacity=None))
    assert battery.cycles == cycles
    assert ("cycles-not-reported" in battery.flags) is (cycles is None)


def test_full_above_design_is_shown_as_one_hundred_with_the_raw_figure_kept(battery_tree: Make) -> None:
    battery = the_battery(battery_tree(energy_full=51_000_000, capacity=None))
    assert (battery.health_permille, battery.raw_permille, battery.flags) == (1000, 1020, ("over-design",))


def test_a_design_equal_to_full_is_suspect_where_a_charge_limit_is_set(battery_tree: Make) -> None:
    battery = the_battery(battery_tree(energy_full=50_000_000, charge_control_end_threshold=80, capacity=None))
    assert (battery.state, battery.flags) == (BatteryState.SUSPECT, ("design-rewritten",))


def test_a_design_equal_to_full_is_believed_where_no_limit_is_set(battery_tree: Make) -> None:
    battery = the_battery(battery_tree(energy_full=50_000_000, charge_control_end_threshold=100, capacity=None))
    assert (battery.state, battery.health_permille) == (BatteryState.OK, 1000)


@pytest.mark.parametrize(
    "files", [{"energy_full_design": 654_000_000}, {"energy_full_design": 5_000_000}, {"energy_full": 61_000_000}]
)
def test_figures_that_no_portable_battery_has_are_unknown(battery_tree: Make, files: Document) -> None:
    battery = the_battery(battery_tree(**files))
    assert (battery.state, battery.health_permille) == (BatteryState.UNKNOWN, None)
    assert "implausible" in battery.flags


def test_figures_that_jumped_are_read_again(battery_tree: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root, read = battery_tree(energy_full=40_000_000), kernel.number
    jumps = iter([654_000_000])

    def settling(path: Path) -> int | None:
        return next(jumps, 40_000_000) if path.name == "energy_full" else read(path)

    monkeypatch.setattr(kernel, "number", settling)
    assert the_battery(root).health_permille == 800
    assert list(jumps) == []


def test_the_kernels_capacity_is_not_believed_where_it_differs(battery_tree: Make) -> None:
    battery = the_battery(battery_tree(capacity=90))
    assert battery.flags == ("kernel-differs",)
    assert battery.health_permille == 800


def smbios_with_a_battery(milliwatt_hours: int) -> bytes:
    """A table of one portable battery (type 22) and its end."""
    body = bytearray(26)
    body[0], body[1], body[21] = 22, 26, 1
    body[10:12] = milliwatt_hours.to_bytes(2, "little")
    return bytes(body) + b"\0\0" + bytes([127, 4, 0, 0]) + b"\0\0"


def test_two_sources_that_disagree_are_suspect_and_the_worse_figure_is_taken(battery_tree: Make) -> None:
    root = battery_tree(energy_full=40_000_000, energy_full_design=40_000_000, capacity=50)
    table = root / "sys/firmware/dmi/tables/DMI"
    table.parent.mkdir(parents=True)
    table.write_bytes(smbios_with_a_battery(50_000))
    battery = the_battery(root)
    assert (battery.state, battery.health_permille) == (BatteryState.SUSPECT, 800)
    assert battery.flags == ("sources-disagree",)


def test_ampere_hours_are_not_converted_by_the_voltage_of_one_cell(battery_tree: Make) -> None:
    files = {"energy_full": None, "energy_full_design": None, "energy_now": None, "capacity": None}
    charge = {"charge_full": 3_000_000, "charge_full_design": 4_000_000, "voltage_min_design": 3_700_000}
    battery = the_battery(battery_tree(**files, **charge, voltage_now=7_600_000))
    assert battery.flags == ("no-voltage-conversion",)
    assert (battery.full, battery.health_permille) == (3_000_000, 750)


@pytest.mark.parametrize(
    "files",
    [{"present": 0}, {"energy_full": None, "energy_full_design": None}, {"energy_full": 0, "energy_full_design": 0}],
)
def test_a_battery_that_says_nothing_is_absent_or_dead(battery_tree: Make, files: Document) -> None:
    battery = the_battery(battery_tree(**files))
    assert (battery.state, battery.flags) == (BatteryState.ABSENT, ("absent",) if "present" in files else ("dead",))


def test_two_batteries_are_two_results(battery_tree: Make) -> None:
    battery_tree("BAT0", energy_full=45_000_000)
    found = read_batteries(battery_tree("BAT1", energy_full=30_000_000))
    assert [(battery.name, battery.health_permille) for battery in found] == [("BAT0", 900), ("BAT1", 600)]


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("hidpp_battery_0", {}),
        ("wacom_battery_1", {}),
        ("hid-00-battery", {}),
        ("BAT9", {"scope": "Device"}),
        ("AC", {"type": "Mains"}),
    ],
)
def test_mice_pens_and_mains_are_no_batteries_of_the_machine(battery_tree: Make, name: str, files: Document) -> None:
    assert read_batteries(battery_tree(name, **files)) == ()


@pytest.mark.parametrize(
    ("permille", "band"), [(900, ">=90"), (899, "80-89"), (800, "80-89"), (799, "70-79"), (700, "70-79"), (699, "<70")]
)
def test_bands_have_inclusive_bounds(battery_tree: Make, permille: int, band: str) -> None:
    assert the_battery(battery_tree(energy_full=50_000 * permille, capacity=None)).band == band


def test_a_machine_without_batteries_has_none(tmp_path: Path) -> None:
    assert read_batteries(tmp_path) == ()


def test_a_battery_at_its_end_says_so_and_stays_a_figure(battery_tree: Make) -> None:
    battery = the_battery(battery_tree(energy_full=19_900_000, capacity=None))
    assert (battery.state, battery.health_permille, battery.flags) == (BatteryState.OK, 398, ("worn-out",))


def test_many_cycles_beside_a_battery_without_wear_are_suspect(battery_tree: Make) -> None:
    battery = the_battery(battery_tree(energy_full=49_000_000, cycle_count=1501, capacity=None))
    assert (battery.state, battery.flags) == (BatteryState.SUSPECT, ("cycles-contradict",))


@pytest.mark.parametrize(("online", "fed"), [("1", True), ("0", False), (None, None)])
def test_a_charger_is_seen_or_not_told(battery_tree: Make, online: str | None, fed: Any) -> None:
    files = {"type": "Mains", "online": online}
    none = dict.fromkeys(("present", "energy_full_design", "energy_full", "energy_now", "capacity", "cycle_count"))
    assert on_mains(battery_tree("AC", **none, **files)) is fed
