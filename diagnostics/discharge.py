"""Two minutes of discharge under load: what a battery does, beside what it says of itself.

The load, the clock and the waiting are handed in; nothing here draws current by itself. It refuses on mains and on a
low charge, stops when it is told to, and always ends the load. It measures no capacity: two minutes are too short.
It shows batteries that give way (voltage sag), switch off, or whose gauge stands still.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diagnostics import kernel
from diagnostics.battery import battery_nodes, on_mains
from diagnostics.errors import DischargeRefused

SECONDS, STEP, REST = 120.0, 2.0, 10.0
_PERMILLE = 1000


@dataclass(frozen=True, slots=True)
class DischargeLimits:
    """When a measurement is refused or doubted. Charge in percent, sag and drop in permille."""

    lowest_charge: int = 20
    sag_permille: int = 100  # of the voltage at rest
    drop_permille: int = 80  # of full, within the measurement: more is a battery that gives way
    gauge_permille: int = 500  # the gauge may count this much less than voltage and current give


@dataclass(frozen=True, slots=True)
class Bench:
    """What the measurement needs of the world. Times in seconds; `load` draws current while it is entered."""

    now: Callable[[], float]
    wait: Callable[[float], None]
    load: Callable[[], AbstractContextManager[object]]
    stopped: Callable[[], bool] = lambda: False
    told: Callable[[float, "Sample"], None] = lambda _elapsed, _sample: None


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading: seconds since the start, microvolts, microwatts, microwatt-hours left, permille of full; or None."""

    at: float
    microvolts: int | None
    microwatts: int | None
    left: int | None
    permille: int | None


@dataclass(frozen=True, slots=True)
class DischargeReport:
    """One measurement of one battery.

    `outcome`: "holds", "gives-way" (sag, sudden drop), "gauge-stuck", "unclear" (figures missing), "stopped", "plugged"
    (a charger came in between). Voltages in microvolts, power in microwatts, energy in microwatt-hours.
    """

    name: str
    outcome: str
    seconds: float
    rest_voltage: int | None
    lowest_voltage: int | None
    sag_permille: int | None
    mean_power: int | None
    counted: int | None  # by the battery's gauge
    drawn: int | None  # by voltage and current
    drop_permille: int | None
    minutes_to_empty: int | None  # at this load, by the gauge
    samples: int = field(default=0)

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types, whole numbers alone: a signed statement holds no others."""
        return {name: getattr(self, name) for name in self.__slots__} | {"seconds": round(self.seconds)}


def measure_discharge(
    root: Path, name: str, bench: Bench, *, seconds: float = SECONDS, limits: DischargeLimits | None = None
) -> DischargeReport:
    """Measure the battery `name` below `root` at rest, then under load. Raises DischargeRefused."""
    bounds = limits or DischargeLimits()
    node = _allowed(root, name, bounds)
    start = bench.now()
    rest = list(_samples(node, root, bench, start, REST))
    stopped_early = bench.stopped()
    loaded: list[Sample] = []
    if not stopped_early:
        with bench.load():
            loaded = list(_samples(node, root, bench, start, REST + seconds))
    outcome = "plugged" if on_mains(root) else "stopped" if bench.stopped() else ""
    return _judged(node.name, rest, loaded, outcome, bounds)


def _allowed(root: Path, name: str, limits: DischargeLimits) -> Path:
    node = next((one for one in battery_nodes(root) if one.name == name), None)
    if node is None or kernel.read(node / "present") == "0":
        raise DischargeRefused("discharge.no-battery", name)
    if on_mains(root) or kernel.read(node / "status") in ("Charging", "Full"):
        raise DischargeRefused("discharge.on-mains", name)
    charge = _permille(node)
    if charge is None:
        raise DischargeRefused("discharge.no-charge-figure", name)
    if charge < limits.lowest_charge * 10:
        raise DischargeRefused("discharge.too-low", name)
    return node


def _samples(node: Path, root: Path, bench: Bench, start: float, until: float) -> Iterator[Sample]:
    """Read until the time is over, a person stops, or a charger is plugged in."""
    while (elapsed := bench.now() - start) < until and not bench.stopped() and not on_mains(root):
        sample = _sample(node, elapsed)
        bench.told(elapsed, sample)
        yield sample
        bench.wait(STEP)


def _sample(node: Path, at: float) -> Sample:
    voltage = kernel.number(node / "voltage_now")
    power = kernel.number(node / "power_now")
    current = kernel.number(node / "current_now")
    if power is None and current is not None and voltage is not None:
        power = abs(current) * voltage // 1_000_000
    left, charge = kernel.number(node / "energy_now"), kernel.number(node / "charge_now")
    if left is None and charge is not None and voltage is not None:
        left = charge * voltage // 1_000_000
    return Sample(at, voltage or None, abs(power) if power else None, left, _permille(node))


def _permille(node: Path) -> int | None:
    """Return the charge over the full one in one unit; the kernel's percentage where there is no pair."""
    for family in ("energy", "charge"):
        now, full = kernel.number(node / f"{family}_now"), kernel.number(node / f"{family}_full")
        if now is not None and full:
            return now * _PERMILLE // full
    percent = kernel.number(node / "capacity")
    return None if percent is None else percent * 10


def _judged(
    name: str, rest: list[Sample], loaded: list[Sample], outcome: str, limits: DischargeLimits
) -> DischargeReport:
    rest_voltage = max((one.microvolts for one in rest if one.microvolts), default=None)
    lowest = min((one.microvolts for one in loaded if one.microvolts), default=None)
    sag = (rest_voltage - lowest) * _PERMILLE // rest_voltage if rest_voltage and lowest else None
    powers = [one.microwatts for one in loaded if one.microwatts]
    seconds = loaded[-1].at - loaded[0].at if loaded else 0.0
    mean = sum(powers) // len(powers) if powers else None
    counted, drop = _fall([one.left for one in loaded]), _fall([one.permille for one in loaded])
    drawn = int(mean * seconds / 3600) if mean is not None else None
    left = next((one.left for one in reversed(loaded) if one.left is not None), None)
    return DischargeReport(
        name=name,
        outcome=outcome or _outcome(sag, drop, counted, drawn, limits),
        seconds=round(seconds, 1),
        rest_voltage=rest_voltage,
        lowest_voltage=lowest,
        sag_permille=sag,
        mean_power=mean,
        counted=counted,
        drawn=drawn,
        drop_permille=drop,
        minutes_to_empty=left * 60 // mean if left is not None and mean else None,
        samples=len(rest) + len(loaded),
    )


def _fall(figures: list[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return known[0] - known[-1] if len(known) > 1 else None


def _outcome(sag: int | None, drop: int | None, counted: int | None, drawn: int | None, limits: DischargeLimits) -> str:
    if (sag is not None and sag > limits.sag_permille) or (drop is not None and drop > limits.drop_permille):
        return "gives-way"
    if sag is None or drawn is None or counted is None:
        return "unclear"
    if drawn and counted * _PERMILLE < drawn * (_PERMILLE - limits.gauge_permille):
        return "gauge-stuck"
    return "holds"
