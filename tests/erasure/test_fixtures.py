"""Every hardware fixture is what its `expected.toml` says: facts, methods, plan, and the end of a run.

The expectations come from the standards and the rules of the house (drives reference, sections 2, 3 and 6).
"""

import random
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from erasure.applicability import Inapplicable
from erasure.clearance import Confirmation, authorize
from erasure.drive import BlockDevice, DriveFacts
from erasure.facts import read_facts
from erasure.methods import METHODS
from erasure.outcome import Reason
from erasure.plan import ErasurePlan, Refusal, plan
from erasure.policy import load_policy
from erasure.report import ErasureReport
from erasure.run import run
from erasure.simulated import SimulatedBench, SimulatedBlockDrive, load_bench
from tests.erasure.simulated_bench import PERSON, RUN_ID, FakeClock, MemoryJournal

DRIVES = Path(__file__).resolve().parents[2] / "hardware-fixtures" / "drives"
NAMES = sorted(folder.name for folder in DRIVES.iterdir())
ANY_FAMILY = "UNSUPPORTED"  # most methods are for other drives: in a refusal that says nothing
LEAST = 24
ALONE = """
schema = "etabli.bench-file/1"
name = "alone"
[[drives]]
name = "drive"
fixture = "drives/{}"
"""


def expectation(name: str) -> dict[str, Any]:
    return tomllib.loads((DRIVES / name / "expected.toml").read_text("utf-8"))


WITH_RUN = [name for name in NAMES if "run" in expectation(name)]


@dataclass
class Rig:
    """One fixture alone on a bench, with time that jumps when somebody waits."""

    bench: SimulatedBench
    clock: FakeClock

    @property
    def device(self) -> BlockDevice:
        return self.bench.devices[0]

    def open(self, device: BlockDevice) -> SimulatedBlockDrive:
        return SimulatedBlockDrive(self.bench.drive(device.name), self.bench.backing(device.name), self.clock)

    def facts(self) -> DriveFacts:
        with self.open(self.device) as port:
            return read_facts(port)

    def plan(self, facts: DriveFacts) -> ErasurePlan | Refusal:
        return plan(facts, self.bench.examiner(self.device), load_policy("purge-preferred"))

    def erase(self) -> ErasureReport:
        planned = self.plan(self.facts())
        assert isinstance(planned, ErasurePlan)
        with ExitStack() as held:
            port = held.enter_context(self.open(self.device))
            companions = tuple(held.enter_context(self.open(other)) for other in port.companions())
            confirmed = Confirmation(PERSON, planned.facts.device.identity.serial)
            return run(
                port,
                authorize(read_facts(port), planned, (), confirmed),
                MemoryJournal(),
                run_id=RUN_ID,
                clock=self.clock,
                random_bytes=random.Random(1).randbytes,
                report=lambda event: None,
                companions=() if planned.method.startswith("overwrite.") else companions,
            )


@pytest.fixture
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    """The fixture of the test's parameter; drives that wait for the wall clock do not here."""
    bench_file = tmp_path / "alone.toml"
    bench_file.write_text(ALONE.format(request.param))
    bench = load_bench(bench_file, tmp_path / "work")
    fast = tuple(replace(drive, bytes_per_second=0) for drive in bench.drives)
    return Rig(replace(bench, drives=fast), FakeClock())


EACH = pytest.mark.parametrize(("rig", "name"), [(name, name) for name in NAMES], indirect=["rig"], ids=NAMES)
EACH_RUN = pytest.mark.parametrize(("rig", "name"), [(n, n) for n in WITH_RUN], indirect=["rig"], ids=WITH_RUN)


def codes(reasons: tuple[Reason, ...]) -> set[str]:
    return {str(reason.code) for reason in reasons}


def member(facts: DriveFacts, path: str) -> Any:
    """A member of the facts by its dotted name, as TOML would have it."""
    found = reduce(getattr, path.split("."), facts)
    return list(found) if isinstance(found, tuple) else found


def judged(facts: DriveFacts) -> Iterator[tuple[str, str]]:
    for method in METHODS:
        answer = method.applies(facts)
        yield method.id, str(answer.reason.code) if isinstance(answer, Inapplicable) else "applies"


def told_of(planned: ErasurePlan | Refusal) -> dict[str, Any]:
    if isinstance(planned, Refusal):
        return {"refusal": codes(planned.reasons) - {ANY_FAMILY}}
    return {
        "method": planned.method,
        "level": str(planned.level),
        "before": list(planned.before),
        "exceptions": codes(planned.exceptions),
        "restore": planned.restore,
        "adopt": planned.adopt,
    }


def compared(wanted: dict[str, Any], told: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is wanted and what is told, for the members that are wanted; lists of codes as sets."""
    sets = {name: set(value) if isinstance(told.get(name), set) else value for name, value in wanted.items()}
    return sets, {name: told.get(name) for name in wanted}


def test_there_are_many_drives_and_a_run_of_most() -> None:
    assert len(NAMES) >= LEAST
    assert len(WITH_RUN) >= LEAST


@EACH
def test_the_facts_of_a_fixture(rig: Rig, name: str) -> None:
    facts, wanted = rig.facts(), expectation(name)["facts"]
    assert {path: member(facts, path) for path in wanted} == wanted


@EACH
def test_every_method_has_its_answer(rig: Rig, name: str) -> None:
    assert dict(judged(rig.facts())) == expectation(name)["methods"]


@EACH
def test_the_plan_of_a_fixture(rig: Rig, name: str) -> None:
    wanted, told = compared(expectation(name)["plan"], told_of(rig.plan(rig.facts())))
    assert told == wanted


@EACH_RUN
def test_how_a_run_ends(rig: Rig, name: str) -> None:
    report = rig.erase()
    ended = {
        "verdict": str(report.verdict),
        "level": str(report.level),
        "reasons": codes(report.reasons),
        "exceptions": codes(report.exceptions),
    }
    wanted, told = compared(expectation(name)["run"], ended)
    assert told == wanted
