"""Random fault plans over every kind of drive: not one false ERASED, not one byte on another drive.

Each plan is a drive with vices, a bench that stops, dies or loses power at any moment, drives that leave, come back or
take each other's names, any policy and any method. ETABLI_PLANS and ETABLI_SEED vary it.
"""

import os
import random

import pytest

from tests.erasure.plans.score import EVERYDAY, FULL, KINDS, Score, campaign_size, run_plans

ENDS = {"ERASED", "ERASED_WITH_EXCEPTIONS", "FAILED", "UNCONFIRMED", "NOT_ERASED", "OPEN", "REFUSED"}
HEALTHY = {"healthy ERASED", "healthy ERASED_WITH_EXCEPTIONS"}
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
        assert set(score.verdicts) == ENDS | HEALTHY
        assert len(score.proven) >= METHODS
