"""Batteries as sys/class/power_supply shows them: health is full over design in one unit, never a mixture.

Firmware lies in known ways (a cycle count of 0, a design capacity rewritten to the full one, figures that jump); each
way has a flag, and a doubtful figure never passes for a sound one. Two batteries are two results: there is no average.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from diagnostics import kernel, smbios

_PERIPHERAL = re.compile(r"wacom|wiimote|hidpp_|controller_|hid-|steam-controller|^bms$", re.IGNORECASE)
_PLAUSIBLE_WH = range(10_000_000, 120_000_001)  # µWh
_PLAUSIBLE_AH = range(800_000, 20_000_001)  # µAh: 10 Wh at 12 V to 120 Wh at 6 V
_FULL = 1000  # permille
_FRESH = 970  # permille from which a count of 0 cycles is believable
_DIFFERENT = 50  # permille between the kernel's capacity and the computed one
_TWO_CELLS = 1.5  # present voltage over stated design voltage: the stated one is of a single cell


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


def read_batteries(root: Path) -> tuple[BatteryReport, ...]:
    """Read every battery of the machine below `root`, none of its mice, pens and headsets. Never raises."""
    stated = smbios.battery_design_mwh(kernel.read_bytes(root / "sys/firmware/dmi/tables/DMI"))
    nodes = [node for node in kernel.entries(root / "sys/class/power_supply") if _is_battery(node)]
    designs = [value * 1000 for value in stated] if len(stated) == len(nodes) else [None] * len(nodes)
    return tuple(_settled(node, design) for node, design in zip(nodes, designs, strict=True))


def _is_battery(node: Path) -> bool:
    if kernel.read(node / "type") != "Battery" or kernel.read(node / "scope") == "Device":
        return False
    return not _PERIPHERAL.search(node.name)


def _settled(node: Path, stated_design: int | None) -> BatteryReport:
    """Read again where the figures are not plausible: they jump just after a suspend."""
    report = _report(node, stated_design)
    return report if report.state is not BatteryState.UNKNOWN else _report(node, stated_design)


@dataclass(frozen=True, slots=True)
class _Figures:
    """What one battery states: capacities in `unit`, and the design of SMBIOS (µWh) as a second source."""

    node: Path
    unit: str
    full: int | None
    design: int | None
    stated_design: int | None

    @property
    def raw_permille(self) -> int | None:
        return self.full * _FULL // self.design if self.full and self.design else None

    @property
    def stated_permille(self) -> int | None:
        """Health against the second source, where both are energies."""
        comparable = self.unit == "uWh" and self.full and self.stated_design
        return self.full * _FULL // self.stated_design if comparable and self.full and self.stated_design else None


def _report(node: Path, stated_design: int | None) -> BatteryReport:
    figures = _figures(node, stated_design)
    state, flags = _judge(figures)
    raw = figures.raw_permille
    if "sources-disagree" in flags:
        raw = figures.stated_permille
    usable = state in (BatteryState.OK, BatteryState.SUSPECT)
    health = min(raw, _FULL) if usable and raw is not None else None
    cycles = _cycles(node, health)
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
    )


def _figures(node: Path, stated_design: int | None) -> _Figures:
    """Read full and design from one family of files; energy first, never a pair of both."""
    found = []
    for unit, family in (("uWh", "energy"), ("uAh", "charge")):
        full, design = kernel.number(node / f"{family}_full"), kernel.number(node / f"{family}_full_design")
        found.append(_Figures(node, unit, full or None, design or None, stated_design))
    complete = [row for row in found if row.full and row.design]
    partial = [row for row in found if row.full or row.design]
    return next(iter(complete + partial), _Figures(node, "", None, None, stated_design))


def _judge(figures: _Figures) -> tuple[BatteryState, tuple[str, ...]]:
    if kernel.read(figures.node / "present") == "0" or (not figures.full and not figures.design):
        return BatteryState.ABSENT, ("absent",)
    if figures.raw_permille is None or not _plausible(figures):
        return BatteryState.UNKNOWN, ("implausible",)
    flags = tuple(flag for flag, holds in _doubts(figures, figures.raw_permille).items() if holds)
    doubtful = {"design-rewritten", "sources-disagree"} & set(flags)
    return BatteryState.SUSPECT if doubtful else BatteryState.OK, flags


def _plausible(figures: _Figures) -> bool:
    """Design in the range of portable computers, full not more than a fifth above it."""
    scale = _PLAUSIBLE_WH if figures.unit == "uWh" else _PLAUSIBLE_AH
    return figures.design in scale and 0 < (figures.full or 0) <= (figures.design or 0) * 6 // 5


def _doubts(figures: _Figures, raw: int) -> dict[str, bool]:
    same, stated = figures.full == figures.design, figures.stated_permille
    worn_elsewhere = same and stated is not None and stated < _FRESH
    limited = any(kernel.number(figures.node / file) not in (None, 0, 100) for file in _THRESHOLDS)
    return {
        "over-design": raw > _FULL,
        "sources-disagree": worn_elsewhere,
        "design-rewritten": same and limited and not worn_elsewhere,
        "kernel-differs": _kernel_differs(figures),
        "no-voltage-conversion": figures.unit == "uAh" and _voltage_of_one_cell(figures.node),
    }


_THRESHOLDS = ("charge_control_end_threshold", "charge_stop_threshold")


def _kernel_differs(figures: _Figures) -> bool:
    """Compare the kernel's `capacity` with now over full; the computed one counts."""
    now = kernel.number(figures.node / ("energy_now" if figures.unit == "uWh" else "charge_now"))
    percent = kernel.number(figures.node / "capacity")
    if now is None or percent is None or not figures.full:
        return False
    return abs(now * _FULL // figures.full - percent * 10) > _DIFFERENT


def _voltage_of_one_cell(node: Path) -> bool:
    present, stated = kernel.number(node / "voltage_now"), kernel.number(node / "voltage_min_design")
    return bool(present and stated and present > stated * _TWO_CELLS)


def _cycles(node: Path, health: int | None) -> int | None:
    """0 is the kernel's default where the firmware does not count; it is believed only of a fresh battery."""
    count = kernel.number(node / "cycle_count")
    if count is None or count < 0 or (count == 0 and (health is None or health < _FRESH)):
        return None
    return count
