"""The scenarios, in order, and how one is carried out: a fresh guest, a folder of its own, one row of the record."""

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.virtual_bench.bench import Bench, Surprise
from tests.virtual_bench.cache import BenchError
from tests.virtual_bench.checkout import ROOT
from tests.virtual_bench.failure import write_log
from tests.virtual_bench.machine import Machine, end_all
from tests.virtual_bench.outcome import Outcome
from tests.virtual_bench.scenarios import ata, laptop, machine_report, nvme, other_eyes, scsi, usb, whole_way
from tests.virtual_bench.snapshot import Saved, rebooted, restored

Scenario = Callable[[Bench], Outcome]
"""A function whose name is a sentence; it raises Surprise, or gives what the agent said and left as evidence."""

LOGS = Path("build") / "virtual-bench"  # below the checkout; one for each scenario that failed

SCENARIOS: tuple[Scenario, ...] = (  # those that take longest first: no processor waits for the last of another
    *whole_way.SCENARIOS,
    *laptop.SCENARIOS,
    *other_eyes.SCENARIOS,
    *usb.SCENARIOS,
    *scsi.SCENARIOS,
    *ata.SCENARIOS,
    *nvme.SCENARIOS,
    *machine_report.SCENARIOS,
)
WIDEST = 300


@dataclass(frozen=True, slots=True)
class Row:
    """How one scenario went."""

    name: str
    outcome: str
    evidence: tuple[dict[str, Any], ...]
    surprise: str  # "" when all was as it should be
    log: str  # what to read about the surprise, below the checkout
    seconds: float
    judged: bool  # False where the bench itself could not go on
    worked_s: float  # how long processors worked for its guest: what others do on this machine does not count

    @property
    def sentence(self) -> str:
        """The name as a sentence."""
        return self.name.replace("_", " ")

    def line(self) -> str:
        """Give the line that a person reads."""
        said = f"{shortened(self.surprise)} (read {self.log})" if self.surprise else self.outcome
        took = f"{self.seconds:5.1f} s ({self.worked_s:4.1f})"
        return f"{'FAIL' if self.surprise else 'ok':4} {took}  {self.sentence}: {said}"


def shortened(surprise: str) -> str:
    """Give the first line, cut: the log has all of it."""
    first = surprise.partition("\n")[0]
    return first if len(first) <= WIDEST else f"{first[:WIDEST]} ..."


def chosen(words: Sequence[str]) -> tuple[Scenario, ...]:
    """Give the scenarios with one of these words in their sentence, all when none is given."""
    asked = [word.replace(" ", "_") for word in words] or [""]
    return tuple(one for one in SCENARIOS if any(word in one.__name__ for word in asked))


def carry_out(saved: Saved, wanted: Sequence[Scenario], jobs: int, tell: Callable[[Row], None]) -> list[Row]:
    """Carry out scenarios, `jobs` guests at a time; tell each row when it is there, give them in the order asked."""
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        waiting = [pool.submit(row_of, saved, scenario) for scenario in wanted]
        try:
            for done in as_completed(waiting):
                tell(done.result())
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            end_all()
            raise
        return [done.result() for done in waiting]


def row_of(saved: Saved, scenario: Scenario) -> Row:
    """Carry out one scenario in a fresh guest. What the bench itself cannot do is a surprise too."""
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="media-", dir=saved.cache))
    log = LOGS / f"{scenario.__name__}{'-planted' if saved.mended else ''}.log"
    (ROOT / log).unlink(missing_ok=True)
    outcome, surprise, judged, machines = Outcome("", ()), "", True, list[Machine]()
    try:
        outcome = watched(saved, scenario, folder, ROOT / log, machines)
    except (Surprise, BenchError) as error:
        surprise, judged = str(error), isinstance(error, Surprise)
    except Exception as error:  # noqa: BLE001  the one top loop of the bench: a scenario that breaks is no success
        surprise, judged = f"{type(error).__name__}: {error}", False
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    named = str(log) if surprise else ""
    worked_s = sum(machine.worked_s for machine in machines)
    seconds = time.monotonic() - begun
    return Row(scenario.__name__, outcome.words, outcome.evidence, surprise, named, seconds, judged, worked_s)


def started(saved: Saved, scenario: Scenario) -> Machine:
    """Start the machine of a scenario: the saved guest, which is a laptop, or one that boots. Raises BenchError."""
    return rebooted(saved) if scenario in machine_report.SCENARIOS else restored(saved)


def watched(saved: Saved, scenario: Scenario, folder: Path, log: Path, machines: list[Machine]) -> Outcome:
    """Carry out a scenario on a machine that is put on the list; when it fails, write the log while it still runs."""
    with ExitStack() as rest:
        bench = None
        try:
            machines.append(started(saved, scenario))
            bench = rest.enter_context(Bench(machines[-1], folder))
            return scenario(bench)
        except BaseException as error:
            write_log(log, scenario.__name__.replace("_", " "), error, bench)
            raise
