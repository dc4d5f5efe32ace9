"""Whatever is done to the log is found: by the search, by the next look of a bench, or by a witness.

A small share every day; ETABLI_TAMPERINGS=1000 (or the campaign) runs more, from ETABLI_SEED.
"""

import os
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from hub.log.sequencer import Log
from tests.hub.log.filled import SIZES, Filled, add, doubted, filled, searched
from tests.hub.log.plans import PLANS, Plan, Spoilt, chained

LAST = SIZES[-1]
CAMPAIGN = os.environ.get("ETABLI_CAMPAIGN") == "full"
COUNT = int(os.environ.get("ETABLI_TAMPERINGS", "1000" if CAMPAIGN else "48"))
SEED = int(os.environ.get("ETABLI_SEED", "8"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sqlite_template: bytes) -> Filled:
    return filled(tmp_path_factory.mktemp("log") / "hub", sqlite_template)


def found_by(made: Filled, plan: Plan, place: Path, random: Random) -> tuple[str, str]:
    """Who finds a plan first, and what was done; fails where the search does not name what it has to."""
    held = made.notes[random.choice(SIZES)]
    with made.copy(place) as hub:
        spoilt = plan(made, hub, random)
        report = searched(hub)
        require_named(spoilt, report.new)
        if report.new:
            return "fsck", spoilt.what
        assert spoilt.named is None, f"{spoilt.what}: fsck found nothing"
        if doubted(hub, made.vkey, held):
            return "station", spoilt.what
        if doubted(hub, made.vkey, made.notes[LAST]):
            return "witness", spoilt.what
        others = [note for note in spoilt.shown.values() if doubted(hub, made.vkey, note)]
        if others:
            assert searched(hub, spoilt.shown).new, "fsck --seen has to find what the other bench holds"
            return "station of the other view", spoilt.what
    return "nobody", spoilt.what


def require_named(spoilt: Spoilt, findings: list[object]) -> None:
    if spoilt.named is None:
        return
    told = [one.facts for one in findings]  # type: ignore[attr-defined]
    assert any(spoilt.named.items() <= facts.items() for facts in told), (spoilt, told[:5])


def test_the_hub_that_is_spoilt_is_right_before(made: Filled, tmp_path: Path) -> None:
    with made.copy(tmp_path / "whole") as hub:
        report = searched(hub)
        assert (report.entries, report.checkpoints, report.findings) == (LAST, len(SIZES), [])
        for note in made.notes.values():
            assert doubted(hub, made.vkey, note) == ""


@pytest.mark.timeout(1800)
def test_every_plan_is_found(made: Filled, tmp_path: Path) -> None:
    finders: Counter[str] = Counter()
    for number in range(COUNT):
        random = Random(f"{SEED}/{number}")
        plan = PLANS[number % len(PLANS)]
        who, what = found_by(made, plan, tmp_path / str(number), random)
        assert who != "nobody", f"plan {number} of seed {SEED} was not found: {what}"
        finders[f"{plan.__name__}: {who}"] += 1
    print(f"\n{COUNT} plans of tampering from seed {SEED}:")
    for name, count in sorted(finders.items()):
        print(f"{count:5} {name}")
    assert finders.total() == COUNT
    assert {name.rpartition(": ")[2] for name in finders} >= {"fsck", "station", "station of the other view"}


def test_a_checkpoint_of_another_history_of_the_same_size_is_named(made: Filled, tmp_path: Path) -> None:
    shown = {}
    for name, later in (("here", 7), ("there", 0)):
        with made.copy(tmp_path / name) as hub:
            with hub.sessions().begin() as session:
                add(session, chained(made, made.bench.seq, made.bench.prev, 3), later=later)
            note = Log(hub).bring_up().note
            shown[name] = note
            if name == "there":
                found = {one.code: one.facts["file"] for one in searched(hub, shown).new}
    assert found == {"seen.root": "here"}
