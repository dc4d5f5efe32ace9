"""Drives that say they erased and did not, drives reference 5.1: FAST'11, dwipe's randomness test, BIOS erase.

Control, everywhere: with survivors ignored the same drive is ERASED and its backing file still has the old bytes.
"""

from dataclasses import replace
from typing import Any

import pytest

from erasure.canaries import _Gardener
from erasure.report import ErasureReport
from erasure.simulated import Fault, FaultKind
from tests.erasure.catalogue.catalogue_bench import Make, codes, destructive, kept, succeeded
from tests.erasure.catalogue.guards import ignore_survivors

SECURITY = {"wanted": "ata.security.enhanced", "allowed": "ata.security.enhanced"}
FAMILIES: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("nvme-sanitize-all", {}, {"wanted": "nvme.sanitize.block"}),
    ("nvme-sanitize-all", {}, {"wanted": "nvme.sanitize.overwrite"}),
    ("nvme-format-only", {}, {}),
    ("ata-ssd-sanitize", {"ata": {"crypto": False}}, {}),
    ("ata-ssd-sanitize", {}, SECURITY),
    ("sas-ssd-sanitize", {}, {"wanted": "scsi.sanitize.crypto"}),
    ("emmc-boot-partitions", {}, {}),
]
NAMES = ["nvme-block", "nvme-overwrite", "nvme-format", "ata-sanitize", "ata-security", "scsi", "emmc"]
EACH = pytest.mark.parametrize(("fixture", "tables", "asked"), FAMILIES, ids=NAMES)


@EACH
@pytest.mark.parametrize(("vice", "left"), [("lies", 0.5), ("half", 0.25)])
def test_an_instant_success_with_the_data_intact_is_found_out(  # noqa: PLR0917 - given by name, by pytest
    on_bench: Make,
    monkeypatch: pytest.MonkeyPatch,
    fixture: str,
    tables: dict[str, Any],
    asked: dict[str, str],
    vice: str,
    left: float,
) -> None:
    """FAST'11: one of 12 SSDs reported success with all data readable. Every family of commands, all and half of it."""
    report = on_bench(fixture, vices=[vice], **tables).erase(**asked)
    assert destructive(report) != []
    assert (str(report.verdict), codes(report)) == ("FAILED", {"CANARY_SURVIVED"})
    assert report.bad.mismatch != ()

    ignore_survivors(monkeypatch)
    bench = on_bench(fixture, vices=[vice], **tables)
    before = bench.content()
    assert succeeded(bench.erase(**asked))
    assert kept(before, bench.content()) > left


@EACH
def test_the_twin_that_erases_is_believed(
    on_bench: Make, fixture: str, tables: dict[str, Any], asked: dict[str, str]
) -> None:
    """The healthy twin of each family: its old bytes are gone from the backing file, and it is a success."""
    bench = on_bench(fixture, **tables)
    before = bench.content()
    assert succeeded(bench.erase(**asked))
    assert kept(before, bench.content()) < 0.02


ASKED_AGAIN = [family for family, name in zip(FAMILIES, NAMES, strict=True) if name != "emmc"]


@pytest.mark.parametrize(("fixture", "tables", "asked"), ASKED_AGAIN, ids=[one for one in NAMES if one != "emmc"])
def test_a_drive_that_answers_under_another_name_afterwards_is_another_drive(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch, fixture: str, tables: dict[str, Any], asked: dict[str, str]
) -> None:
    """Scenario of drives 10: the kernel goes on telling the serial that it heard, so the drive itself is asked."""
    bench = on_bench(fixture, vices=["renames"], **tables)
    before = bench.facts().device.identity
    report = bench.erase(**asked)
    with bench.open() as port:
        assert port.sighting().identity.serial == before.serial
    assert "IDENTITY" in codes(report)
    assert not succeeded(report)
    assert report.identity_after != report.facts.device.identity

    monkeypatch.setattr("erasure.methods.ata_security.another", lambda _planned, _found: ())
    monkeypatch.setattr("erasure.course.identify", lambda _port, before: before.device)
    monkeypatch.setattr("erasure.course.other_word", lambda _before, _now: "")
    assert succeeded(on_bench(fixture, vices=["renames"], **tables).erase(**asked))


def test_ciphertext_that_nobody_touched_is_not_taken_for_erased(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dwipe 3.0.2, 6.3: a disk full of ciphertext passes its randomness test. Here only the old bytes count."""
    encrypted = {"contents": "random", "vices": ["lies"]}
    report = on_bench("ata-ssd-sanitize", ata={"crypto": False}, **encrypted).erase()
    assert codes(report) == {"CANARY_SURVIVED"}

    ignore_survivors(monkeypatch)
    assert succeeded(on_bench("ata-ssd-sanitize", ata={"crypto": False}, **encrypted).erase())
    monkeypatch.undo()
    assert succeeded(on_bench("ata-ssd-sanitize", ata={"crypto": False}, contents="random").erase())


def test_a_drive_that_took_no_marks_is_known_by_its_old_content(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Section 7: salted hashes of prior content. Control: nothing planted, survivors ignored: a success."""
    monkeypatch.setattr(_Gardener, "write", lambda _self, _disk: frozenset())
    report = on_bench("ata-ssd-lies").erase()
    assert (str(report.verdict), codes(report)) == ("FAILED", {"CANARY_SURVIVED"})
    twin = on_bench("ata-ssd-sanitize", ata={"crypto": False}).erase()
    assert (str(twin.verdict), {str(one.code) for one in twin.exceptions}) == (
        "ERASED_WITH_EXCEPTIONS",
        {"NO_CANARIES"},
    )
    ignore_survivors(monkeypatch)
    assert succeeded(on_bench("ata-ssd-lies").erase())


def test_a_namespace_that_took_no_marks_is_not_vouched_for_by_another(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """5.1, namespace 1 only: the second takes no marks and holds one letter. Control: disks not told apart, a success.

    The letter lies where nobody looks; its twin is erased, and nobody can know that either.
    """

    def tried(fixture: str) -> tuple[ErasureReport, bool]:
        bench = on_bench(fixture, nvme={"sanitize": ["block"]})
        bench.drives = (bench.drives[0], replace(bench.drives[1], faults=(Fault(FaultKind.DROP_WRITES),)))
        medium = bytearray(len(bench.content(1)))
        medium[512 * 24 : 512 * 24 + 16] = b"salaries, photos"
        bench.backing(1).write_bytes(medium)
        return bench.erase(), b"salaries" in bench.content(1)

    for fixture, left in (("nvme-one-namespace-eraser", True), ("nvme-two-namespaces", False)):
        report, there = tried(fixture)
        assert (str(report.verdict), codes(report), there) == ("UNCONFIRMED", {"NO_CANARIES"}, left)
    monkeypatch.setattr("erasure.verdict.BLIND", 0)
    report, there = tried("nvme-one-namespace-eraser")
    assert (succeeded(report), there) == (True, True)


class Cached:
    """A port whose host remembers: until it forgets, a reader sees what stood in the cache before the erase."""

    def __init__(self, port: Any) -> None:
        self.port, self.remembered, self.forgotten = port, b"", 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port, name)

    def forget_cache(self) -> None:
        self.forgotten += 1
        self.port.forget_cache()


def test_what_the_host_cached_is_dropped_before_marks_are_looked_for(on_bench: Make) -> None:
    """nvme-cli #1320, 5.1: files still visible after a format: the host's cache. Control: the row of planted bugs."""
    seen: list[Cached] = []

    def cached(port: Any) -> Cached:
        seen.append(Cached(port))
        return seen[-1]

    assert succeeded(on_bench("nvme-format-only").erase(wrap=cached))
    assert seen[0].forgotten == 1


def test_an_erase_by_the_firmware_of_the_machine_is_no_evidence(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """edk2 #12212 and #12473, 6.3: the drive's log tells of a success that was started elsewhere, and it refuses ours.

    Control: the same past and a drive that takes the command is ERASED by our own.
    """
    past: dict[str, Any] = {"sanitize": ["block"], "last": "succeeded", "last_action": "block"}
    report = on_bench("nvme-sanitize-all", nvme=past, vices=["aborts"]).erase()
    assert (str(report.verdict), codes(report)) == ("FAILED", {"ABORTED"})

    lost = on_bench("nvme-sanitize-all", nvme=past, vices=["hangs"]).erase()
    assert (str(lost.verdict), codes(lost)) == ("UNCONFIRMED", {"STATUS_UNREADABLE"})

    taken = on_bench("nvme-sanitize-all", nvme=past).erase()
    assert len(destructive(taken)) == 1
    assert str(taken.verdict) == "ERASED"
