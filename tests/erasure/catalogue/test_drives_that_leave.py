"""Drives that stick, leave, come back or come back closed, drives reference 5.1. Nothing else is ever tried instead."""

from typing import Any

import pytest

from erasure.errors import DeviceError, RunInterrupted
from erasure.plan import ErasurePlan, Refusal, plan
from erasure.policy import load_policy
from erasure.resume import ResumePoint
from erasure.standing import Standing
from tests.erasure.catalogue.catalogue_bench import Make, Workbench, codes, destructive, succeeded
from tests.erasure.catalogue.guards import (
    ignore_bare_words,
    ignore_nvme_statuses,
    ignore_survivors,
    ignore_unreadable_marks,
)

NVME: dict[str, Any] = {"nvme": {"sanitize": ["block"]}}
ATA: dict[str, Any] = {"ata": {"crypto": False}}
SCSI: dict[str, Any] = {"scsi": {"crypto": False}}
EACH = [("nvme-sanitize-all", NVME), ("ata-ssd-sanitize", ATA), ("sas-ssd-sanitize", SCSI)]
KILLED = "SSDPEKKF256G8L"


@pytest.mark.parametrize(("fixture", "tables"), [("nvme-sanitize-all", NVME), ("ata-ssd-sanitize", ATA)])
def test_a_drive_that_stays_at_655_is_given_up_and_nothing_else_is_tried(
    on_bench: Make, fixture: str, tables: dict[str, Any]
) -> None:
    """Intel 660p, nvme-cli #752, #1784, #3027: 655 for a week. Control: the twin that moves on is ERASED."""
    report = on_bench(fixture, vices=["stuck"], **tables).erase()
    assert (str(report.verdict), codes(report)) == ("UNCONFIRMED", {"STUCK"})
    assert "655 of 65536" in report.reasons[0].detail
    assert len(destructive(report)) == 1
    assert not any(phase.op in ("write", "look") for phase in report.phases)
    assert str(on_bench(fixture, **tables).erase().verdict) == "ERASED"


def test_a_model_that_dies_of_a_format_gets_none(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nvme-cli #2677: dead after format. Control: without its quirk row it is planned."""
    careful = on_bench("nvme-format-only", model=KILLED).plan()
    assert isinstance(careful, ErasurePlan)
    assert careful.method == "overwrite.keystream"
    monkeypatch.setattr("erasure.plan.quirks_of", lambda _identity: ())
    careless = on_bench("nvme-format-only", model=KILLED).plan()
    assert isinstance(careless, ErasurePlan)
    assert careless.method == "nvme.format.crypto"


def interrupted(bench: Workbench) -> ErasurePlan:
    """Begin a run whose drive loses its power in the middle."""
    planned = bench.plan()
    assert isinstance(planned, ErasurePlan)
    with pytest.raises((DeviceError, RunInterrupted)):
        bench.erase(planned)
    return planned


def resumed(bench: Workbench, method: str) -> Any:
    """Take the run up again as the station does: a new plan for the method of the open run."""
    planned = plan(bench.facts(), (), load_policy("purge-preferred"), resuming=method)
    return bench.erase(planned, resume=ResumePoint.from_entries(bench.journal.entries))


@pytest.mark.parametrize(("fixture", "tables"), EACH)
def test_a_sanitize_that_goes_on_after_a_power_loss_is_followed(
    on_bench: Make, fixture: str, tables: dict[str, Any]
) -> None:
    """openSeaChest #102: it resumes by itself, and is adopted by the run that sent it. Control: the next test."""
    bench = on_bench(fixture, vices=["power-loss"], **tables)
    method = interrupted(bench).method
    assert "CLOSED" not in bench.journal.kinds()
    report = resumed(bench, method)
    assert str(report.verdict) in ("ERASED", "ERASED_WITH_EXCEPTIONS")
    assert codes_of_exceptions(report) <= {"HIDDEN_AREA"}
    assert destructive(report) == []
    assert commanded(bench).count(method) == 1


def commanded(bench: Workbench) -> list[str]:
    return [entry.data["method"] for entry in bench.journal.entries if entry.kind == "COMMANDED"]


def codes_of_exceptions(report: Any) -> set[str]:
    return {str(reason.code) for reason in report.exceptions}


def test_a_bench_that_forgot_its_command_would_send_it_again(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control of the test above: with nothing remembered a second Sanitize goes to the drive that is at work."""
    bench = on_bench("nvme-sanitize-all", vices=["power-loss"], **NVME)
    method = interrupted(bench).method
    monkeypatch.setattr("erasure.resume.standing_of", lambda _entries, _method: Standing())
    assert len(destructive(resumed(bench, method))) == 1


def test_an_open_run_is_not_taken_up_on_another_drive(on_bench: Make) -> None:
    """EA-10. Control: the drive of the run itself, in the test before this."""
    bench = on_bench("nvme-sanitize-all", vices=["power-loss"], **NVME)
    method = interrupted(bench).method
    other = on_bench("nvme-sanitize-all", serial="DEMO-OTHER", **NVME)
    before = other.content()
    other.journal = bench.journal
    with pytest.raises(DeviceError):
        resumed(other, method)
    assert other.content() == before


def test_a_drive_that_refuses_all_after_a_suspend_is_no_success(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """omarchy #12887, fos ADR-0008: SCT 2 / 86h after S3. Control: statuses and marks ignored, the log believed."""
    planned = on_bench("nvme-format-only").plan()
    assert isinstance(planned, ErasurePlan)
    closed = on_bench("nvme-format-only", vices=["locked"])
    report = closed.erase(planned)
    assert not succeeded(report)
    assert codes(report) & {"LOCKED", "ABORTED"}
    assert [sent["status"] & 0x7FF for sent in destructive(report)] == [0x286]

    ignore_nvme_statuses(monkeypatch)
    ignore_survivors(monkeypatch)
    ignore_unreadable_marks(monkeypatch)
    ignore_bare_words(monkeypatch)
    assert succeeded(on_bench("nvme-format-only", vices=["locked"]).erase(planned))


def test_a_volume_of_a_raid_controller_is_refused(on_bench: Make) -> None:
    """Blancco KB 26214603: its metadata is written anew after the wipe. Control: a plain disk of the same maker."""
    volume = on_bench("sas-ssd-sanitize", model="LOGICAL VOLUME").plan()
    assert isinstance(volume, Refusal)
    assert "RAID_VOLUME" in codes(volume)
    assert isinstance(on_bench("sas-ssd-sanitize").plan(), ErasurePlan)
