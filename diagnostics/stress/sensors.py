"""Temperatures, fans, pace and throttling of the processor, from sysfs (hwmon, thermal, cpufreq) below a root."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics import kernel

_MILLI = 1000
_COLDEST, _HOTTEST = 1, 150  # °C: outside, a sensor is not connected
_CPU_CHIPS = ("coretemp", "k10temp", "k8temp", "zenpower", "via_cputemp", "cpu_thermal")
_CPU_ZONES = ("x86_pkg_temp", "cpu-thermal", "cpu_thermal", "acpitz")


@dataclass(frozen=True, slots=True)
class SensorReading:
    """One look. °C of the hottest part of the processor and its limit, fans in turns a minute, pace in MHz.

    None where the kernel shows no such sensor. `throttled` counts since the machine started.
    """

    celsius: int | None
    limit: int | None
    fans: tuple[tuple[str, int], ...]
    megahertz: int | None
    megahertz_most: int | None
    throttled: int | None

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        fans = [{"name": name, "rpm": rpm} for name, rpm in self.fans]
        return {name: getattr(self, name) for name in self.__slots__ if name != "fans"} | {"fans": fans}


def read_sensors(root: Path) -> SensorReading:
    """Read every sensor below `root` ("/" for this machine); never raises."""
    chips = kernel.entries(root / "sys/class/hwmon")
    temperatures, limits = _hottest(chips)
    if temperatures is None:
        temperatures = _zone(root)
    policies = [node for node in kernel.entries(root / "sys/devices/system/cpu/cpufreq") if "policy" in node.name]
    return SensorReading(
        celsius=temperatures,
        limit=limits,
        fans=tuple(fan for chip in chips for fan in _fans(chip)),
        megahertz=_mean([kernel.number(node / "scaling_cur_freq") for node in policies]),
        megahertz_most=_mean([kernel.number(node / "cpuinfo_max_freq") for node in policies]),
        throttled=_throttled(root),
    )


def _hottest(chips: tuple[Path, ...]) -> tuple[int | None, int | None]:
    found: list[int] = []
    limits: list[int] = []
    for chip in chips:
        if kernel.read(chip / "name") in _CPU_CHIPS:
            for node in kernel.entries(chip):
                if node.name.startswith("temp") and node.name.endswith("_input"):
                    found += _plausible(kernel.number(node))
                if node.name.startswith("temp") and node.name.endswith("_crit"):
                    limits += _plausible(kernel.number(node))
    return max(found, default=None), min(limits, default=None)


def _zone(root: Path) -> int | None:
    zones = kernel.entries(root / "sys/class/thermal")
    told = [_plausible(kernel.number(node / "temp")) for node in zones if kernel.read(node / "type") in _CPU_ZONES]
    return max((one for values in told for one in values), default=None)


def _plausible(milli: int | None) -> list[int]:
    return [] if milli is None or not _COLDEST <= milli // _MILLI <= _HOTTEST else [milli // _MILLI]


def _fans(chip: Path) -> list[tuple[str, int]]:
    nodes = [node for node in kernel.entries(chip) if node.name.startswith("fan") and node.name.endswith("_input")]
    turns = ((f"{kernel.read(chip / 'name')} {node.name[:-6]}", kernel.number(node)) for node in nodes)
    return [(name, rpm) for name, rpm in turns if rpm is not None]


def _mean(kilohertz: list[int | None]) -> int | None:
    known = [value for value in kilohertz if value]
    return sum(known) // len(known) // _MILLI if known else None


def _throttled(root: Path) -> int | None:
    cores = [node for node in kernel.entries(root / "sys/devices/system/cpu") if node.name[3:].isdecimal()]
    told = [kernel.number(core / "thermal_throttle/core_throttle_count") for core in cores]
    known = [value for value in told if value is not None]
    return sum(known) if known else None
