"""The temperature of a drive, wherever its kernel puts the sensor; without a sensor it is unknown."""

from typing import Any

import pytest

from erasure.thermometer import temperature_of
from tests.erasure.kernel_trees import write

NUMBERS = {"ata": (8, 0), "nvme": (259, 0)}


def reading(machine: Any, name: str) -> int | None:
    return temperature_of(machine.view, machine.view.nodes()[name])


@pytest.mark.parametrize(
    ("bus", "place", "sensor"),
    [
        ("ata", "device/hwmon/hwmon3", "drivetemp"),
        ("nvme", "device/hwmon1", "nvme"),
        ("nvme", "device/hwmon/hwmon1", "nvme"),
        ("nvme", "device/device/hwmon/hwmon1", "nvme"),
        ("nvme", "device/nvme0/hwmon1", "nvme"),
    ],
)
def test_the_sensor_is_found_where_kernels_put_it(machine: Any, bus: str, place: str, sensor: str) -> None:
    folder = machine.drive("disk", NUMBERS[bus], bus)
    write(folder / place / "name", f"{sensor}\n")
    write(folder / place / "temp1_input", "41850\n")
    assert reading(machine, "disk") == 41


def test_the_sensor_of_another_chip_is_not_taken_for_the_drives(machine: Any) -> None:
    folder = machine.drive("disk", (8, 0))
    write(folder / "device/hwmon/hwmon0/name", "acpitz\n")
    write(folder / "device/hwmon/hwmon0/temp1_input", "90000\n")
    assert reading(machine, "disk") is None
    write(folder / "device/hwmon/hwmon1/name", "drivetemp\n")
    write(folder / "device/hwmon/hwmon1/temp1_input", "-3000\n")
    assert reading(machine, "disk") == -3


@pytest.mark.parametrize("text", ["", "warm", "4e4", "99999999999999", "0x20"])
def test_a_sensor_that_tells_no_number_tells_nothing(machine: Any, text: str) -> None:
    folder = machine.drive("disk", (8, 0))
    write(folder / "device/hwmon/hwmon1/name", "drivetemp\n")
    write(folder / "device/hwmon/hwmon1/temp1_input", text)
    assert reading(machine, "disk") is None
