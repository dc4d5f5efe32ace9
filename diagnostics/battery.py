"""Batteries as sys/class/power_supply shows them: health is full over design in one unit, never a mixture.

Firmware lies in known ways (a cycle count of 0, a design capacity rewritten to the full one, figures that jump); each
way has a flag and a row in `battery_quirks.toml`, and a doubtful figure never passes for a sound one. Two batteries are
two results: there is no average.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from diagnostics import kernel, smbios
from diagnostics.battery_quirks import BatteryQuirks, load_quirks
from diagnostics.smbios import PortableBattery

_FULL = 1000  # permille


class BatteryState(StrEnum):
    """How far the reading can be used."""

    OK = "ok"
    SUSPECT = "suspect"  # a figure, but one that must be confirmed by a discharge
    UNKNOWN = "unknown"
    ABSENT = "absent"  # not there, or dead: a result of its own


@dataclass(frozen=True, slots=True)
class BatteryReport:
    """One battery. `full` and `design` are in `unit` ("uWh" or "uAh"), health in permille capped at 1000.

    `raw_permille` is the uncapped figure. None is "not reported", never zero.
    """

    name: str
    state: BatteryState
    maker: str
    model: str
    technology: str
    unit: str
    full: int | None
    design: int | None
    health_permille: int | None
    raw_permille: int | None
    cycles: int | None
    flags: tuple[str, ...]
    status: str = ""  # Charging, Discharging, Full, Not charging, Unknown: the kernel's word
    made: str = ""  # "YYYY-MM", "YYYY-MM-DD" or the firmware's own words

    @property
    def band(self) -> str:
        """Return ">=90", "80-89", "70-79", "<70", or "" when the health is unknown."""
        if self.health_permille is None:
            return ""
        bands = ((900, ">=90"), (800, "80-89"), (700, "70-79"))
        return next((word for floor, word in bands if self.health_permille >= floor), "<70")

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return fields | {"state": str(self.state), "flags": list(self.flags), "band": self.band}


def read_batteries(root: Path, quirks: BatteryQuirks | None = None) -> tuple[BatteryReport, ...]:
    """Read every battery of the machine below `root`, none of its mice, pens and headsets. Raises PolicyError."""
    table = quirks or load_quirks()
    stated = smbios.portable_batteries(kernel.read_bytes(root / "sys/firmware/dmi/tables/DMI"))
    nodes = battery_nodes(root, table)
    second = stated if len(stated) == len(nodes) else (None,) * len(nodes)
    return tuple(_settled(node, other, table) for node, other in zip(nodes, second, strict=True))


def battery_nodes(root: Path, quirks: BatteryQuirks | None = None) -> tuple[Path, ...]:
    """Return the folders of the batteries that power the machine itself."""
    table = quirks or load_quirks()
    return tuple(node for node in kernel.entries(root / "sys/class/power_supply") if _is_battery(node, table))


def on_mains(root: Path) -> bool | None:
    """Say whether a charger feeds the machine; None where it shows neither mains nor a USB supply."""
    states = [
        kernel.number(node / "online")
        for node in kernel.entries(root / "sys/class/power_supply")
        if kernel.read(node / "type") in ("Mains", "USB", "USB_PD", "USB_C") and kernel.read(node / "scope") != "Device"
    ]
    known = [state for state in states if state is not None]
    return any(known) if known else None


def _is_battery(node: Path, quirks: BatteryQuirks) -> bool:
    if kernel.read(node / "type") != "Battery" or kernel.read(node / "scope") == "Device":
        return False
    return not quirks.peripherals.search(node.name)


def _settled(node: Path, second: PortableBattery | None, quirks: BatteryQuirks) -> BatteryReport:
    """Read again where the figures are not plausible: they jump just after a suspend."""
    report = _report(node, second, quirks)
    return report if report.state is not BatteryState.UNKNOWN else _report(node, second, quirks)


@dataclass(frozen=True, slots=True)
class _Figures:
    """What one battery states: capacities in `unit`, and the design of SMBIOS (µWh) as a second source."""

    node: Path
    unit: str
    full: int | None
    design: int | None
    stated_design: int | None
    quirks: BatteryQuirks

    @property
    def raw_permille(self) -> int | None:
        return self.full * _FULL // self.design if self.full and self.design else None

    @property
    def stated_permille(self) -> int | None:
        """Health against the second source, where both are energies."""
        comparable = self.unit == "uWh" and self.full and self.stated_design
        return self.full * _FULL // self.stated_design if comparable and self.full and self.stated_design else None


def _report(node: Path, second: PortableBattery | None, quirks: BatteryQuirks) -> BatteryReport:
    stated = second.design_mwh * 1000 if second and second.design_mwh else None
    figures = _figures(node, stated, quirks)
    state, flags = _judge(figures)
    raw = figures.raw_permille
    if "sources-disagree" in flags:
        raw = figures.stated_permille
    usable = state in (BatteryState.OK, BatteryState.SUSPECT)
    health = min(raw, _FULL) if usable and raw is not None else None
    cycles = _cycles(node, health, quirks)
    if cycles is None and state is not BatteryState.ABSENT:
        flags = (*flags, "cycles-not-reported")
    return BatteryReport(
        name=node.name,
        state=state,
        maker=kernel.read(node / "manufacturer"),
        model=kernel.read(node / "model_name"),
        technology=kernel.read(node / "technology"),
        unit=figures.unit,
        full=figures.full,
        design=figures.design,
        health_permille=health,
        raw_permille=raw,
        cycles=cycles,
        flags=flags,
        status=kernel.read(node / "status"),
        made=_made(node) or (second.made if second else ""),
    )


def _made(node: Path) -> str:
    year, month = kernel.number(node / "manufacture_year"), kernel.number(node / "manufacture_month")
    if not year:
        return ""
    return f"{year:04}-{month:02}" if month else f"{year:04}"


def _figures(node: Path, stated_design: int | None, quirks: BatteryQuirks) -> _Figures:
    """Read full and design from one family of files; energy first, never a pair of both."""
    found = []
    for unit, family in (("uWh", "energy"), ("uAh", "charge")):
        full, design = kernel.number(node / f"{family}_full"), kernel.number(node / f"{family}_full_design")
        found.append(_Figures(node, unit, full or None, design or None, stated_design, quirks))
    complete = [row for row in found if row.full and row.design]
    partial = [row for row in found if row.full or row.design]
    return next(iter(complete + partial), _Figures(node, "", None, None, stated_design, quirks))


def _judge(figures: _Figures) -> tuple[BatteryState, tuple[str, ...]]:
    if kernel.read(figures.node / "present") == "0":
        return BatteryState.ABSENT, ("absent",)
    if not figures.full and not figures.design:
        return BatteryState.ABSENT, ("dead",)
    if figures.raw_permille is None or not _plausible(figures):
        return BatteryState.UNKNOWN, ("implausible",)
    flags = tuple(flag for flag, holds in _doubts(figures, figures.raw_permille).items() if holds)
    doubtful = any(figures.quirks.effects.get(flag, "").startswith("suspect") for flag in flags)
    return BatteryState.SUSPECT if doubtful else BatteryState.OK, flags


def _plausible(figures: _Figures) -> bool:
    """Design in the range of portable computers, full not far above it."""
    quirks = figures.quirks
    raw = figures.raw_permille or 0
    return figures.design in quirks.plausible[figures.unit] and 0 < raw <= quirks.over_design_permille


def _doubts(figures: _Figures, raw: int) -> dict[str, bool]:
    quirks = figures.quirks
    same, stated = figures.full == figures.design, figures.stated_permille
    worn_elsewhere = same and stated is not None and stated < quirks.fresh_permille
    limited = any(kernel.number(figures.node / file) not in (None, 0, 100) for file in _THRESHOLDS)
    cycles = kernel.number(figures.node / "cycle_count") or 0
    return {
        "over-design": raw > _FULL,
        "sources-disagree": worn_elsewhere,
        "design-rewritten": same and limited and not worn_elsewhere,
        "cycles-contradict": cycles > quirks.many_cycles and raw >= quirks.fresh_permille,
        "worn-out": raw < quirks.worn_out_permille,
        "kernel-differs": _kernel_differs(figures),
        "no-voltage-conversion": figures.unit == "uAh" and _voltage_of_one_cell(figures),
    }


_THRESHOLDS = ("charge_control_end_threshold", "charge_stop_threshold")


def _kernel_differs(figures: _Figures) -> bool:
    """Compare the kernel's `capacity` with now over full; the computed one counts."""
    now = kernel.number(figures.node / ("energy_now" if figures.unit == "uWh" else "charge_now"))
    percent = kernel.number(figures.node / "capacity")
    if now is None or percent is None or not figures.full:
        return False
    return abs(now * _FULL // figures.full - percent * 10) > figures.quirks.different_permille


def _voltage_of_one_cell(figures: _Figures) -> bool:
    node = figures.node
    present, stated = kernel.number(node / "voltage_now"), kernel.number(node / "voltage_min_design")
    return bool(present and stated and present > stated * figures.quirks.two_cells)


def _cycles(node: Path, health: int | None, quirks: BatteryQuirks) -> int | None:
    """0 is the kernel's default where the firmware does not count; it is believed only of a fresh battery."""
    count = kernel.number(node / "cycle_count")
    if count is None or count < 0 or (count == 0 and (health is None or health < quirks.fresh_permille)):
        return None
    return count
