"""Campaign: SIGKILL of a worker, the supervisor or everything, at random moments of wipes that sync to a live hub.

Several seats (processes), each with one bench after the other and three drives in each. After every life of a bench,
when all its processes are dead and before it starts again, the stick, the hub's ledger and every byte of the drives are
judged (`judge.py`). Some drives lose a sector while the power is off, which only an honest verification can find. Most
lives are forks of a loaded parent, some are programs of their own (`warm.py`). Kills by ETABLI_KILLS (200, and 10,000
by `make campaign`), seats by ETABLI_SEATS, seed by ETABLI_SEED; all are printed, with the phases that were hit.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns.amount import Amount, amount
from tests.campaigns.drives import MIB
from tests.campaigns.hub_process import HubProcess
from tests.campaigns.moments import PHASES
from tests.campaigns.score import Habits, Score
from tests.campaigns.seat import Order

FULL, EVERYDAY = 10_000, 200
SEATS = 3
FEW, FEW_SEED = 12, 20261121
SPOILING = Habits(
    worker_kill=0, station_kill=1, spoiled=1, hasty=0, execed=0, served=0, only="verify", drives=1, longest=MIB
)
TOUCHING = Habits(worker_kill=0, station_kill=1, spoiled=0, hasty=0, execed=0, served=0, only="intent", drives=1)
PER_KILL_S = 3
PATIENCE_S = max(1800, PER_KILL_S * int(os.environ.get("ETABLI_KILLS") or FULL))
pytestmark = [pytest.mark.campaign, pytest.mark.world, pytest.mark.timeout(PATIENCE_S)]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    process = HubProcess(tmp_path_factory.mktemp("kills") / "hub", demo=True)
    process.command("init", "--issuer", "Campaign", "--demo")
    process.start(forked=False)
    process.wait_ready()
    yield process
    process.close()


def test_a_bench_that_is_killed_again_and_again_tells_no_lie_and_loses_no_statement(
    hub: HubProcess, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    asked, began = amount(full=FULL, everyday=EVERYDAY, by_hand=True), time.monotonic()
    score = killed(hub, tmp_path, int(os.environ.get("ETABLI_SEATS") or SEATS), asked, Habits())
    for name, value in figures(asked, score, time.monotonic() - began).items():
        print(f"{name}: {value}")
        record_property(name, value)
    assert score.failures == []
    assert score.kills == asked.kills
    assert score.resumed > 0, "no kill hit a wipe: the campaign proves nothing"
    if asked.whole:
        assert [phase for phase in PHASES if not score.phases[phase]] == []


def test_what_was_lost_while_the_power_was_off_is_found_when_the_run_is_taken_up_again(
    hub: HubProcess, tmp_path: Path
) -> None:
    score = killed(hub, tmp_path, 1, Amount(FEW, FEW_SEED, FEW), SPOILING, first="s")
    assert score.failures == []
    assert score.ends["FAILED, taken up again"] > 0, dict(score.ends)


def test_a_kill_at_the_first_byte_that_changes_finds_its_intent_in_the_record(hub: HubProcess, tmp_path: Path) -> None:
    score = killed(hub, tmp_path, 1, Amount(FEW, FEW_SEED, FEW), TOUCHING, first="t")
    assert score.failures == []
    assert score.kills == FEW


def killed(hub: HubProcess, folder: Path, seats: int, asked: Amount, habits: Habits, *, first: str = "a") -> Score:
    """Let so many seats share the kills, until every drive has its verdict and the hub every statement."""
    score = Score(asked.kills, habits)
    shares = [asked.kills // seats + (number < asked.kills % seats) for number in range(seats)]
    at_work = [
        seated(Order(chr(ord(first) + number), str(folder), hub.url, str(hub.database), asked.seed, share, habits))
        for number, share in enumerate(shares)
    ]
    for process in at_work:
        said, _ = process.communicate()
        assert process.returncode == 0, process.args
        score.add(json.loads(said))
    return score


def seated(order: Order) -> "subprocess.Popen[str]":
    """Begin one seat."""
    argv = [sys.executable, "-m", "tests.campaigns.seat"]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    process.stdin.write(order.to_json())
    process.stdin.close()
    process.stdin = None
    return process


def figures(asked: Amount, score: Score, seconds: float) -> dict[str, Any]:
    """What the campaign tells at its end."""
    return {
        "seed": asked.seed,
        "kills": f"{score.kills} of {asked.kills}",
        "killed": dict(score.whom),
        "phases hit": {phase: score.phases[phase] for phase in (*PHASES, *(set(score.phases) - set(PHASES)))},
        "aimed at": dict(score.aimed),
        "lives": dict(score.lives),
        "kills by life": dict(score.killed_lives),
        "drives": dict(score.ends),
        "statements": f"{score.statements} on {score.sticks} sticks",
        "seconds": round(seconds),
    }
