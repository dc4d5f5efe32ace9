"""An interrupted run goes on by the method that it was begun with; another one is a wrong call."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from erasure.journal import EntryKind, JournalEntry
from erasure.plan import ErasurePlan
from erasure.policy import load_policy
from station_agent.bench import simulated_bench
from station_agent.commands import erase
from station_agent.planning import choose, confirm, survey
from station_agent.reconcile import abandon
from station_agent.run_context import RunContext
from station_agent.station import open_station

pytestmark = pytest.mark.world


RUN = "5" * 32


def begun(bench_file: Path, state: Path) -> None:
    """Leave an interrupted overwrite of the drive "good"."""
    bench = simulated_bench(bench_file, state / "bench")
    [drive] = survey(bench, choose(bench.enumerate_disks(), ["good"]), load_policy("overwrite"))
    assert isinstance(drive.outcome, ErasurePlan)
    context = RunContext(drive.outcome.facts, "overwrite.keystream", 1, "overwrite", "", "", "op", None, None)
    with open_station(state, demo=True) as station:
        station.journal.open_run(RUN, context)
        station.journal.record(JournalEntry(RUN, EntryKind.INTENT, {}))


def test_another_method_for_an_interrupted_run_is_a_wrong_call_and_nothing_is_said_to_go_on(
    run: Callable[..., tuple[int, str, str]], bench_file: Path, tmp_path: Path
) -> None:
    begun(bench_file, tmp_path / "state")
    call = ("erase", "good", "--confirm", "DEMO-good", "--bench", bench_file, "--policy", "overwrite")
    status, _, told = run(*call, "--method", "overwrite.zeros")
    assert status == 2
    assert "an interrupted run by the method overwrite.keystream" in told
    assert "goes on" not in told


def test_a_run_that_another_process_ended_meanwhile_is_no_leave_for_a_new_one(
    run: Callable[..., tuple[int, str, str]], bench_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records are read beside whoever writes them: between the plan and the lock a run may end."""
    begun(bench_file, tmp_path / "state")

    def meanwhile(*given: Any) -> Any:
        with open_station(tmp_path / "state", demo=True) as other:
            for one in other.journal.open_runs():
                abandon(other.journal, one, other.clock)
        return confirm(*given)

    monkeypatch.setattr(erase, "confirm", meanwhile)
    call = ("erase", "good", "--confirm", "DEMO-good", "--bench", bench_file, "--policy", "overwrite")
    status, _, told = run(*call)
    assert status == 2
    assert "was ended meanwhile by another process. Nothing was erased" in " ".join(told.split())
    with open_station(tmp_path / "state", demo=True) as station:
        assert [row["run_id"] for row in station.store.rows("SELECT run_id FROM run")] == [RUN]
    monkeypatch.undo()
    assert run(*call)[0] == 0
