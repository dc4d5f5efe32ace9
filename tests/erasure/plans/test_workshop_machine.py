"""A random workshop, step by step: not one false ERASED, not one byte on another drive, no drive out of the journal.

ETABLI_WORKSHOPS and ETABLI_SEED vary it, as ETABLI_PLANS does the fault plans. That it can fail is shown on three blind
engines.
"""

import os
import random

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.erasure.plans.machine import Tally, WorkshopMachine
from tests.erasure.plans.score import campaign_size

EVERYDAY, STEPS = 100, 20
ENDS = {"ERASED", "ERASED_WITH_EXCEPTIONS", "FAILED", "NOT_ERASED", "UNCONFIRMED", "OPEN"}


def run_workshops(count: int, number: int | None = None) -> Tally:
    """Let `count` workshops happen; the same ones each time unless a seed is given. Raises AssertionError."""

    class Machine(WorkshopMachine):
        tally = Tally()

    drawn = Machine if number is None else seed(number)(Machine)
    run_state_machine_as_test(
        drawn,
        settings=settings(
            max_examples=count,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=number is None,
            database=None,
            phases=[Phase.generate],
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return Machine.tally


@pytest.mark.timeout(600)
def test_no_workshop_ends_in_a_lie() -> None:
    tally = run_workshops(EVERYDAY)
    print(*tally.lines(), sep="\n")
    assert set(tally.verdicts) >= ENDS - {"UNCONFIRMED"}
    assert min(tally.verdicts[word] for word in ("ERASED", "FAILED", "OPEN")) > EVERYDAY // 20
    assert tally.taken_up > EVERYDAY // 4


BLIND = {
    "another drive was taken": ("erasure.resume.ResumePoint.differs_from", lambda *_drive: ""),
    "one intent, and it comes first": ("erasure.run._announce", lambda *_run: None),
    "FALSE ERASED": ("erasure.canaries._Seeker._note", lambda *_place, **_alive: None),
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("objection", BLIND)
def test_the_machine_finds_a_blind_engine(monkeypatch: pytest.MonkeyPatch, objection: str) -> None:
    """It does not know the drive of its run, writes before its intent, or does not look for survivors."""
    monkeypatch.setattr(*BLIND[objection])
    with pytest.raises(AssertionError, match=objection):
        run_workshops(300)


@pytest.mark.campaign
@pytest.mark.timeout(7200)
def test_no_workshop_of_thousands_ends_in_a_lie() -> None:
    number = int(os.environ.get("ETABLI_SEED") or random.SystemRandom().randrange(2**32))
    print(f"seed: {number}")
    count = campaign_size("ETABLI_WORKSHOPS")
    tally = run_workshops(count, number)
    print(*tally.lines(), sep="\n")
    assert tally.workshops >= count
