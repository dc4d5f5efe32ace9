"""Campaign: SIGKILL of a worker, the supervisor or everything, at random moments of wipes that sync to a live hub.

Four benches, three drives each. After every session, when all its processes are dead and before it starts again, the
stick, the hub's ledger and every byte of the drives are judged (`judge.py`). Some drives lose a sector while the power
is off, which only an honest verification can find. Kills by ETABLI_KILLS (15, and 200 where every tier is required),
seed by ETABLI_SEED; both are printed, with the phases that were hit.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns.amount import Amount, amount
from tests.campaigns.drives import MIB
from tests.campaigns.hall import Bench, Habits, Score, accept_all
from tests.campaigns.hub_process import HubProcess
from tests.campaigns.moments import PHASES

FULL, EVERYDAY = 200, 15
BENCHES = (("a", "overwrite"), ("b", "zeros"), ("c", "overwrite"), ("d", "zeros"))
FEW, FEW_SEED = 4, 20261121
SPOILING = Habits(worker_kill=0, station_kill=1, spoiled=1, hasty=0, only="verify", drives=1, longest=MIB)
LEAST = 5  # kills in every phase, of 200
PER_KILL_S = 10  # 10,000 kills are asked for by ETABLI_KILLS, and take hours
PATIENCE_S = max(1800, PER_KILL_S * int(os.environ.get("ETABLI_KILLS") or 0))
pytestmark = [pytest.mark.campaign, pytest.mark.world, pytest.mark.timeout(PATIENCE_S)]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    process = HubProcess(tmp_path / "hub", demo=True)
    process.command("init", "--issuer", "Campaign", "--demo")
    process.start(forked=False)
    process.wait_ready()
    yield process
    process.close()


def test_a_bench_that_is_killed_again_and_again_tells_no_lie_and_loses_no_statement(
    hub: HubProcess, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    asked, began = amount(full=FULL, everyday=EVERYDAY), time.monotonic()
    score = Score(asked.kills)
    benches = killed(hub, tmp_path, BENCHES, asked.seed, score)
    for name, value in figures(asked, score, benches, time.monotonic() - began).items():
        print(f"{name}: {value}")
        record_property(name, value)
    assert score.failures == []
    assert score.kills == asked.kills
    assert sum(bench.resumed for bench in benches) > 0, "no kill hit a wipe: the campaign proves nothing"
    if asked.whole:
        assert {phase: n for phase in PHASES if (n := score.phases[phase]) < LEAST} == {}


def test_what_was_lost_while_the_power_was_off_is_found_when_the_run_is_taken_up_again(
    hub: HubProcess, tmp_path: Path
) -> None:
    score = Score(FEW, SPOILING)
    killed(hub, tmp_path, BENCHES[:2], FEW_SEED, score)
    assert score.failures == []
    assert score.ends["FAILED, taken up again"] > 0, dict(score.ends)


def killed(hub: HubProcess, folder: Path, names: Sequence[tuple[str, str]], seed: int, score: Score) -> list[Bench]:
    """Let these benches work until `score` has its kills, every drive its verdict, and the hub every statement."""
    benches = [Bench(name, policy, folder, hub=hub, seed=seed, score=score) for name, policy in names]
    for bench in benches:
        bench.enrol()
    accept_all(hub)
    for bench in benches:
        bench.start()
    for bench in benches:
        bench.join()
    return benches


def figures(asked: Amount, score: Score, benches: list[Bench], seconds: float) -> dict[str, Any]:
    """What the campaign tells at its end."""
    return {
        "seed": asked.seed,
        "kills": f"{score.kills} of {asked.kills}",
        "killed": dict(score.whom),
        "phases hit": {phase: score.phases[phase] for phase in (*PHASES, *(set(score.phases) - set(PHASES)))},
        "aimed at": dict(score.aimed),
        "sessions": score.sessions,
        "drives": dict(score.ends),
        "statements": sum(len(bench.stick.statements) for bench in benches if bench.stick),
        "seconds": round(seconds),
    }
