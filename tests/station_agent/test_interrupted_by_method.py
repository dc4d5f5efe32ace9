"""An interrupted run goes on by the method that it was begun with; another one is a wrong call."""

from collections.abc import Callable
from pathlib import Path

import pytest

from erasure.journal import EntryKind, JournalEntry
from erasure.plan import ErasurePlan
from erasure.policy import load_policy
from station_agent.bench import simulated_bench
from station_agent.planning import choose, survey
from station_agent.run_context import RunContext
from station_agent.station import open_station

pytestmark = pytest.mark.world


def test_another_method_for_an_interrupted_run_is_a_wrong_call_and_nothing_is_said_to_go_on(
    run: Callable[..., tuple[int, str, str]], bench_file: Path, tmp_path: Path
) -> None:
    bench = simulated_bench(bench_file, tmp_path / "state" / "bench")
    [drive] = survey(bench, choose(bench.enumerate_disks(), ["good"]), load_policy("overwrite"))
    assert isinstance(drive.outcome, ErasurePlan)
    context = RunContext(drive.outcome.facts, "overwrite.keystream", 1, "overwrite", "", "", "op", None, None)
    with open_station(tmp_path / "state", demo=True) as station:
        station.journal.open_run("5" * 32, context)
        station.journal.record(JournalEntry("5" * 32, EntryKind.INTENT, {}))
    call = ("erase", "good", "--confirm", "DEMO-good", "--bench", bench_file, "--policy", "overwrite")
    status, _, told = run(*call, "--method", "overwrite.zeros")
    assert status == 2
    assert "an interrupted run by the method overwrite.keystream" in told
    assert "goes on" not in told
