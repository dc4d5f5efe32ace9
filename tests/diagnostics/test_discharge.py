"""The discharge measurement on a battery that discharges by a curve: clock, waiting, load and charger are simulated."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from diagnostics import machine_wording, wording
from diagnostics.discharge import Bench, DischargeReport, measure_discharge
from diagnostics.errors import DischargeRefused
from diagnostics.load import HashingLoad

Make = Callable[..., Any]
FULL, WATTS, IDLE_WATTS = 50_000_000, 30_000_000, 6_000_000  # µWh, µW


class SimulatedBattery:
    """A battery of three cells: its voltage follows the charge and sags with the load by its inner resistance."""

    def __init__(self, root: Path, *, milliohms: int = 120, charge: float = 0.8, **flaws: Any) -> None:
        self.node = root / "sys/class/power_supply/BAT0"
        self.mains = root / "sys/class/power_supply/AC/online"
        self.now, self.left, self.loaded = 0.0, FULL * charge, False
        self.milliohms, self.flaws, self.loads_ended = milliohms, flaws, 0
        self.show()

    def wait(self, seconds: float) -> None:
        self.now += seconds
        watts = WATTS if self.loaded else IDLE_WATTS
        self.left -= watts * seconds / 3600
        if self.now >= self.flaws.get("gives_way_at", 1e9):
            self.left = FULL * 0.1
        if self.now >= self.flaws.get("plugged_at", 1e9):
            self.mains.write_text("1\n", encoding="utf-8")
        self.show()

    def show(self) -> None:
        watts = WATTS if self.loaded else IDLE_WATTS
        rest = 10_500_000 + 2_000_000 * self.left / FULL  # µV
        volts = rest - watts / rest * self.milliohms * 1000
        left = FULL * 0.8 if self.flaws.get("stuck") else self.left
        files = {"voltage_now": volts, "power_now": watts, "energy_now": left}
        for name, value in files.items():
            if name not in self.flaws.get("hides", ()):
                (self.node / name).write_text(f"{int(value)}\n", encoding="utf-8")

    @contextmanager
    def load(self) -> Iterator[None]:
        self.loaded = True
        self.show()
        try:
            yield
        finally:
            self.loaded, self.loads_ended = False, self.loads_ended + 1

    def bench(self, stop_at: float = 1e9) -> Bench:
        load: Callable[[], AbstractContextManager[object]] = self.load
        return Bench(now=lambda: self.now, wait=self.wait, load=load, stopped=lambda: self.now >= stop_at)


@pytest.fixture
def battery(tree: Make) -> Callable[..., tuple[Path, SimulatedBattery]]:
    def make(*, mains: str = "0", status: str = "Discharging", **options: Any) -> tuple[Path, SimulatedBattery]:
        node = "sys/class/power_supply"
        words = {"type": "Battery", "present": "1", "status": status, "energy_full": str(FULL)}
        files = {f"{node}/BAT0/{name}": f"{word}\n" for name, word in words.items()}
        root = tree({**files, f"{node}/AC/type": "Mains\n", f"{node}/AC/online": f"{mains}\n"})
        return root, SimulatedBattery(root, **options)

    return make


def measured(root: Path, simulated: SimulatedBattery, stop_at: float = 1e9) -> DischargeReport:
    return measure_discharge(root, "BAT0", simulated.bench(stop_at))


def test_a_sound_battery_holds_and_its_figures_are_those_of_its_curve(battery: Make) -> None:
    root, simulated = battery()
    report = measured(root, simulated)
    assert (report.outcome, report.mean_power, simulated.loads_ended) == ("holds", WATTS, 1)
    assert 118 <= report.seconds <= 120
    assert report.samples == 5 + 60
    assert report.drawn is not None
    assert report.counted is not None
    assert abs(report.counted - report.drawn) < 20_000
    assert report.sag_permille is not None
    assert 15 <= report.sag_permille <= 40
    assert report.minutes_to_empty is not None
    assert 70 <= report.minutes_to_empty <= 80


def test_a_battery_of_high_inner_resistance_gives_way(battery: Make) -> None:
    report = measured(*battery(milliohms=700))
    assert report.outcome == "gives-way"
    assert report.sag_permille is not None
    assert report.sag_permille > 100


def test_a_charge_that_falls_off_a_cliff_gives_way(battery: Make) -> None:
    report = measured(*battery(gives_way_at=60))
    assert report.outcome == "gives-way"
    assert report.drop_permille is not None
    assert report.drop_permille > 500


def test_a_gauge_that_stands_still_is_not_believed(battery: Make) -> None:
    assert measured(*battery(stuck=True)).outcome == "gauge-stuck"


@pytest.mark.parametrize("hidden", ["voltage_now", "power_now"])
def test_without_a_figure_there_is_no_result(battery: Make, hidden: str) -> None:
    assert measured(*battery(hides=(hidden,))).outcome == "unclear"


def test_a_person_can_stop_and_the_load_ends(battery: Make) -> None:
    root, simulated = battery()
    report = measured(root, simulated, stop_at=40)
    assert (report.outcome, simulated.loads_ended, simulated.loaded) == ("stopped", 1, False)
    assert report.seconds < 35


def test_stopped_at_rest_no_load_is_put_on(battery: Make) -> None:
    root, simulated = battery()
    report = measured(root, simulated, stop_at=4)
    assert (report.outcome, simulated.loads_ended) == ("stopped", 0)


def test_a_charger_plugged_in_between_ends_it_without_a_result(battery: Make) -> None:
    root, simulated = battery(plugged_at=50)
    report = measured(root, simulated)
    assert (report.outcome, simulated.loads_ended) == ("plugged", 1)
    assert report.seconds < 45


def test_an_error_of_the_world_ends_the_load_too(battery: Make) -> None:
    root, simulated = battery()

    def broken(_seconds: float) -> None:
        if simulated.loaded:
            raise KeyboardInterrupt
        simulated.wait(2)

    bench = Bench(now=lambda: simulated.now, wait=broken, load=simulated.load)
    with pytest.raises(KeyboardInterrupt):
        measure_discharge(root, "BAT0", bench)
    assert simulated.loads_ended == 1


@pytest.mark.parametrize(
    ("options", "name", "code"),
    [
        ({"mains": "1"}, "BAT0", "discharge.on-mains"),
        ({"status": "Charging"}, "BAT0", "discharge.on-mains"),
        ({"charge": 0.19}, "BAT0", "discharge.too-low"),
        ({"hides": ("energy_now",)}, "BAT0", "discharge.no-charge-figure"),
        ({}, "BAT7", "discharge.no-battery"),
        ({}, "AC", "discharge.no-battery"),
    ],
)
def test_it_refuses_with_words_where_nothing_could_be_measured(
    battery: Make, options: dict[str, Any], name: str, code: str
) -> None:
    root, simulated = battery(**options)
    with pytest.raises(DischargeRefused) as refused:
        measure_discharge(root, name, simulated.bench())
    assert (refused.value.code, refused.value.battery, simulated.loads_ended) == (code, name, 0)
    said = wording.render(*machine_wording.discharge_refusal(refused.value.code, refused.value.battery))
    assert said.startswith(f"{name}: ")
    assert code not in said


def test_every_outcome_has_words() -> None:
    assert set(machine_wording.DISCHARGE_OUTCOMES) == {
        "holds", "gives-way", "gauge-stuck", "unclear", "stopped", "plugged",
    }  # fmt: skip


def test_the_load_works_while_it_is_entered_and_not_after() -> None:
    with HashingLoad(2) as load:
        assert load.running == 2
    assert load.running == 0
