"""The judge of the fault plans objects to every lie that it is there for; the plans find a blind engine."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.erasure.plans.judge import Ending, Medium, judge
from tests.erasure.plans.lottery import Part, Plan
from tests.erasure.plans.score import Score, run_plans
from tests.erasure.plans.table import Table

DRIVE = {
    "size_bytes": 65536,
    "logical_sector": 512,
    "physical_sector": 4096,
    "contents": "pattern",
    "bus": "ata",
    "wwn": "50000000000000a1",
    "ata": {"block": True, "seconds": 1},
}
CARD = {**DRIVE, "bus": "mmc", "wwn": "", "mmc": {"seconds": 1.0}}
del CARD["ata"]


def ending_of(folder: Path, table: dict[str, object], method: str) -> Ending:
    plan = Plan(table, dict(DRIVE), "purge-preferred", method, (Part(),), healthy=True)
    return Table(folder, plan).carry_out()


@pytest.fixture
def sanitized(tmp_path: Path) -> Ending:
    return ending_of(tmp_path, DRIVE, "ata.sanitize.block")


@pytest.fixture
def overwritten(tmp_path: Path) -> Ending:
    return ending_of(tmp_path, DRIVE, "overwrite.keystream")


def with_a_leaf(ending: Ending, at: int) -> Ending:
    """One old sector is back at byte `at`."""
    medium = ending.media[ending.target]
    after = medium.after[:at] + medium.before[at : at + 512] + medium.after[at + 512 :]
    return replace(ending, media={ending.target: Medium(medium.before, after)})


def test_an_honest_ending_has_nothing_against_it(sanitized: Ending) -> None:
    assert (sanitized.verdict, sanitized.level, judge(sanitized)) == ("ERASED", "PURGE", [])


@pytest.mark.parametrize("at", [0, 512, 32768, 65536 - 512])
def test_one_old_sector_is_a_false_claim(sanitized: Ending, at: int) -> None:
    assert "FALSE ERASED" in judge(with_a_leaf(sanitized, at))[0]


def test_an_area_that_the_report_excepts_may_keep_what_it_held(sanitized: Ending) -> None:
    excepted = {"verdict": "ERASED_WITH_EXCEPTIONS", "exceptions": ("HIDDEN_AREA: HPA present",), "size_bytes": 32768}
    assert judge(replace(with_a_leaf(sanitized, 49152), **excepted)) == []
    assert "FALSE" in judge(replace(with_a_leaf(sanitized, 1024), **excepted))[0]


LIES: dict[str, Callable[[Ending], Ending]] = {
    "THE OTHER DRIVE CHANGED": lambda ending: replace(ending, untouched=False),
    "level CLEAR for": lambda ending: replace(ending, level="CLEAR"),
    "claims ata.sanitize.block": lambda ending: replace(ending, sent=()),
    "sent nvme.format.crypto under": lambda ending: replace(ending, sent=(*ending.sent, ("nvme.format.crypto", True))),
    "ERASED with exceptions": lambda ending: replace(ending, exceptions=("HIDDEN_AREA: HPA unknown",)),
    "a healthy drive ends FAILED": lambda ending: replace(ending, verdict="FAILED", level="NONE", reasons=("x",)),
    "claimed under": lambda ending: replace(ending, serials=frozenset({"DEMO-TARGET", "DEMO-TARGET-OTHER"})),
    "UNCONFIRMED without a reason": lambda ending: replace(ending, verdict="UNCONFIRMED", level="NONE", reasons=()),
    "FAILED earns PURGE": lambda ending: replace(ending, verdict="FAILED", reasons=("x",)),
    "NOT_ERASED, and the drive was touched": lambda ending: replace(
        ending, verdict="NOT_ERASED", level="NONE", reasons=("x",)
    ),
}


@pytest.mark.parametrize("objection", LIES)
def test_every_other_lie_is_named(sanitized: Ending, objection: str) -> None:
    assert any(text.startswith(objection) for text in judge(LIES[objection](sanitized)))


def test_an_overwrite_that_left_out_a_sector_is_named(overwritten: Ending) -> None:
    assert judge(overwritten) == []
    short = tuple((first, min(end, 65536 - 512)) for first, end in overwritten.written)
    assert judge(replace(overwritten, written=short)) == ["claimed, and not every byte was written"]


def test_a_card_that_keeps_what_it_unmapped_is_named(tmp_path: Path) -> None:
    card = ending_of(tmp_path, CARD, "emmc.sanitize")
    assert judge(card) == []
    assert judge(replace(card, memory='{"remains": [[0, 0, 512]]}')) == ["the flash still holds what was unmapped"]


def test_the_plans_find_an_engine_that_does_not_look_for_survivors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("erasure.canaries._Seeker._note", lambda *_place, **_alive: None)
    with pytest.raises(AssertionError, match="FALSE ERASED"):
        run_plans(400, Score())


def test_the_plans_find_an_engine_that_does_not_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("erasure.pattern.Zeros.matches", lambda *_chunk: True)
    monkeypatch.setattr("erasure.keystream.Keystream.matches", lambda *_chunk: True)
    with pytest.raises(AssertionError, match="FALSE ERASED"):
        run_plans(1500, Score())
