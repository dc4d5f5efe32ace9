"""What a plan does not cover is neither lost nor stale when a run is taken up while its drive is still at work."""

import errno
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from erasure.drive import DriveFacts
from erasure.facts import read_facts
from erasure.hidden import AreaState, HiddenAreas
from erasure.outcome import Reason, ReasonCode
from erasure.plan import is_running, uncovered
from erasure.run import known_exceptions
from tests.erasure.assertions.cases import ATA, SCSI, Tried, attempt, cut
from tests.erasure.plans.lottery import Part
from tests.erasure.simulated_bench import Bench

SLOW_ATA = {**ATA, "ata": {**ATA["ata"], "seconds": 30}}
SLOW_SCSI = {**SCSI, "scsi": {**SCSI["scsi"], "seconds": 30}}
ONE_STEP = {**SLOW_ATA, "ata": {"block": True, "seconds": 30}}
CLIPPED = {**SLOW_ATA, "ata": {**SLOW_ATA["ata"], "native_bytes": ATA["size_bytes"] + 64 * 512}}


def taken_up(folder: Path, table: dict[str, Any], *vices: str) -> Tried:
    """The bench dies right after the drive took its block erase, and comes up while it is at work."""
    method = f"{table['bus']}.sanitize.block"
    for nth in range(3, 9):
        tried = attempt(folder / str(nth), table, method, cut("record", nth), Part(), vices=vices)
        if tried.kinds.index("RESUMED") == tried.kinds.index("ACCEPTED") + 1:
            return tried
    raise AssertionError("no part of the run ended there")


@pytest.fixture(autouse=True)
def seen_at_work(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    seen: list[bool] = []

    def noting(port: Any) -> Any:
        facts = read_facts(port)
        seen.append(is_running(facts))
        return facts

    for module in ("run", "worker", "course"):
        monkeypatch.setattr(f"erasure.{module}.read_facts", noting)
    return seen


@pytest.mark.parametrize("table", [SLOW_ATA, SLOW_SCSI, CLIPPED, ONE_STEP], ids=["ata", "scsi", "clipped", "one-step"])
def test_areas_that_a_drive_at_work_could_not_tell_are_asked_again(
    tmp_path: Path, table: dict[str, Any], seen_at_work: list[bool]
) -> None:
    tried = taken_up(tmp_path, table)
    assert True in seen_at_work
    assert (tried.verdict, tried.ending.exceptions, tried.objections) == ("ERASED", (), [])
    assert tried.table.report is not None
    assert tried.table.report.facts.hidden.closed


@pytest.mark.parametrize(
    ("vices", "told"), [(("dco-frozen",), "DCO unknown"), (("hides-native",), "HPA unknown")], ids=["dco", "hpa"]
)
def test_areas_that_stay_unknown_stay_exceptions(tmp_path: Path, vices: tuple[str, ...], told: str) -> None:
    table = {**SLOW_ATA, "ata": {**SLOW_ATA["ata"], "dco": True}}
    tried = taken_up(tmp_path, table, *vices)
    assert tried.verdict == "ERASED_WITH_EXCEPTIONS"
    assert told in " ".join(tried.ending.exceptions)


def test_what_kept_a_hidden_area_is_told_by_the_part_that_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_given: Any) -> Any:
        raise OSError(errno.EIO, "no answer")

    monkeypatch.setattr("erasure.course.restore", refused)
    tried = taken_up(tmp_path, CLIPPED)
    assert tried.verdict == "ERASED_WITH_EXCEPTIONS"
    assert "could not be removed: EIO" in tried.ending.exceptions[0]


def test_a_drive_whose_areas_cannot_be_read_afterwards_keeps_the_exceptions_of_its_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_port: Any) -> Any:
        raise OSError(errno.EIO, "no answer")

    monkeypatch.setattr("erasure.course.read_facts", unreadable)
    tried = taken_up(tmp_path, ONE_STEP)
    assert (tried.verdict, tried.ending.exceptions) == ("ERASED_WITH_EXCEPTIONS", ("HIDDEN_AREA: HPA unknown",))


def test_an_area_that_the_plan_knew_and_the_drive_at_work_did_not_tell_stays_an_exception(bench: Bench) -> None:
    """What was read while the drive was busy may know less than the plan did: only its ledger is asked again."""
    unknown = HiddenAreas(AreaState.UNKNOWN, AreaState.NONE, AreaState.NONE, None)
    apart = Reason(ReasonCode.HIDDEN_AREA, "RPMB is a separate area of the drive")
    with bench.open() as port:
        planned = bench.plan_for(port)
    facts: DriveFacts = replace(planned.facts, hidden=unknown)
    ledger = tuple(uncovered(facts))
    assert [reason.detail for reason in ledger] == ["HPA unknown"]
    plan = replace(planned, facts=facts, exceptions=(*ledger, apart))
    for reread, told in ((False, (*ledger, apart)), (True, (apart,))):
        done: Any = SimpleNamespace(reread=reread, facts=planned.facts)
        assert known_exceptions(plan, done) == told
