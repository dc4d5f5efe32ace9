"""Random fault plans over every kind of drive: not one false ERASED, not one byte on another drive.

Each plan is a drive with vices, a bench that stops, dies or loses power at any moment, drives that leave, come back or
take each other's names, any policy and any method. ETABLI_PLANS and ETABLI_SEED vary it.
"""

import os
import random

import pytest

from tests.erasure.plans.judge import Ending
from tests.erasure.plans.lottery import Plan
from tests.erasure.plans.score import EVERYDAY, FULL, KINDS, Score, campaign_size, run_plans
from tests.erasure.plans.table import Table

ENDS = {"ERASED", "ERASED_WITH_EXCEPTIONS", "FAILED", "UNCONFIRMED", "NOT_ERASED", "OPEN", "REFUSED"}
HEALTHY = {"healthy ERASED", "healthy ERASED_WITH_EXCEPTIONS"}
WAITING = "healthy OPEN"  # rare: the bench died under a security erase, and a person unlocks the drive
AGAIN = 30  # plans that happen twice
METHODS = 15  # that erase: all but the recovery of a locked drive


@pytest.mark.timeout(900)
def test_no_plan_ends_in_a_lie() -> None:
    score = Score()
    run_plans(EVERYDAY, score)
    print(*score.lines(), sep="\n")
    assert set(score.verdicts) == ENDS | HEALTHY
    assert min(score.verdicts[word] for word in ("ERASED", "FAILED", "healthy ERASED")) > EVERYDAY // 20
    assert len(score.kinds) == KINDS
    assert len(score.proven) >= METHODS
    assert score.taken_up > EVERYDAY // 10


class Endings(Score):
    """Keeps every ending whole: verdict, reasons, what went over the wire, every byte that is left."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[Ending] = []

    def note(self, plan: Plan, table: Table, ending: Ending) -> None:
        super().note(plan, table, ending)
        self.all.append(ending)


def test_a_plan_ends_the_same_way_each_time() -> None:
    once, again = Endings(), Endings()
    run_plans(AGAIN, once, 1)
    run_plans(AGAIN, again, 1)
    assert len(once.all) == AGAIN
    assert [(one.verdict, one.reasons) for one in once.all] == [(one.verdict, one.reasons) for one in again.all]
    assert once.all == again.all


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_no_plan_of_thousands_ends_in_a_lie() -> None:
    number = int(os.environ.get("ETABLI_SEED") or random.SystemRandom().randrange(2**32))
    count, score = campaign_size(), Score()
    print(f"seed: {number}")
    run_plans(count, score, number)
    print(*score.lines(), sep="\n")
    assert score.verdicts.total() == count
    if count >= FULL:
        assert set(score.verdicts) - {WAITING} == ENDS | HEALTHY
        assert len(score.proven) >= METHODS
