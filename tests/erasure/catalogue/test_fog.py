"""FOG fos (#125, PR #127, ADR-0008), drives reference 6.3, rows 1 and 2: Format NVM that erased nothing, 2023 to 2026.

Wire bytes are taken from the trace of the run, old bytes from the backing file.
"""

from dataclasses import replace
from typing import Any

import pytest

from erasure.nvme import formatting
from erasure.nvme.sanitize_log import STATES
from erasure.plan import ErasurePlan
from erasure.sanitizing import SanitizeState
from tests.erasure.catalogue.catalogue_bench import Make, codes, destructive, kept, succeeded
from tests.erasure.catalogue.guards import ignore_nvme_statuses, ignore_survivors, take_for_success

FORMAT, SANITIZE = 0x80, 0x84


def ses(sent: dict[str, Any]) -> int:
    return int(sent["cdw10"]) >> 9 & 0b111


@pytest.fixture
def without_ses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The defect: `nvme format` without `--ses` sends secure erase setting 0."""
    right = formatting.format_namespace

    def wrong(*given: Any) -> Any:
        command = right(*given)
        return replace(command, cdw10=command.cdw10 & ~(0b111 << 9))

    monkeypatch.setattr(formatting, "format_namespace", wrong)


def test_a_format_that_erases_says_so_on_the_wire(on_bench: Make) -> None:
    """FOG fos, row 1, healthy twin: the same path ends ERASED, and nothing of the old content is left."""
    bench = on_bench("nvme-format-only")
    before = bench.content()
    report = bench.erase()
    assert [(sent["opcode"], ses(sent)) for sent in destructive(report)] == [(FORMAT, 2)]
    assert succeeded(report)
    assert kept(before, bench.content()) < 0.01


def test_fos_format_without_ses_never_completes(
    on_bench: Make, without_ses: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FOG fos, row 1: SES 0 on the wire. Control: both checks off, and it is ERASED with all data on it."""
    report = on_bench("nvme-format-only").erase()
    assert [ses(sent) for sent in destructive(report)] == [0]
    assert (str(report.verdict), codes(report)) == ("FAILED", {"WRONG_ACTION"})

    monkeypatch.setattr("erasure.methods.nvme_format.erased_on_the_wire", lambda _notes, _erase: True)
    assert codes(on_bench("nvme-format-only").erase()) == {"CANARY_SURVIVED"}

    ignore_survivors(monkeypatch)
    bench = on_bench("nvme-format-only")
    before = bench.content()
    assert succeeded(bench.erase())
    assert kept(before, bench.content()) > 0.5


def test_fos_ignored_exit_codes_never_complete(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """FOG fos, row 1: the drive refuses and the script goes on. Control: statuses and canaries ignored, ERASED."""
    report = on_bench("nvme-format-only", vices=["aborts"]).erase()
    assert [sent["status"] & 0x7FF for sent in destructive(report)] == [0x002]
    assert (str(report.verdict), codes(report)) == ("FAILED", {"ABORTED"})

    ignore_nvme_statuses(monkeypatch)
    assert codes(on_bench("nvme-format-only", vices=["aborts"]).erase()) == {"CANARY_SURVIVED"}

    ignore_survivors(monkeypatch)
    assert succeeded(on_bench("nvme-format-only", vices=["aborts"]).erase())


def test_fos_second_namespace_keeps_its_data_and_is_never_forgotten(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FOG fos, row 1, and 5.1 (Format reaches one namespace): each active one has its own command and its own marks.

    Control: with commands for the first only, the second keeps everything, and only its canaries tell.
    """
    pair: dict[str, Any] = {"nvme": {"sanitize": []}}
    report = on_bench("nvme-two-namespaces", **pair).erase()
    assert [sent["nsid"] for sent in destructive(report)] == [1, 2]
    assert succeeded(report)

    monkeypatch.setattr(
        "erasure.methods.nvme_format.format_orders", lambda *given: formatting.format_orders(*given)[:1]
    )
    bench = on_bench("nvme-two-namespaces", **pair)
    before = bench.content(1)
    report = bench.erase()
    assert codes(report) == {"CANARY_SURVIVED"}
    assert kept(before, bench.content(1)) > 0.5
    assert "drive" in report.reasons[0].detail

    ignore_survivors(monkeypatch)
    assert succeeded(on_bench("nvme-two-namespaces", **pair).erase())


def test_fos_first_fix_never_falls_back_to_format_while_sanitizing(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FOG first fix, row 2: a misread log, Format under a running sanitize. Control: log misread, a command goes."""
    bench = on_bench("nvme-sanitizing-already")
    planned = bench.plan()
    assert isinstance(planned, ErasurePlan)
    assert planned.adopt
    report = bench.erase(planned)
    assert destructive(report) == []
    assert "NO_CANARIES" in {str(reason.code) for reason in report.exceptions}

    take_for_success(monkeypatch, 2)
    monkeypatch.setitem(STATES, 2, SanitizeState.IDLE)
    misled = on_bench("nvme-sanitizing-already").erase()
    assert destructive(misled) != []


def test_fos_first_fix_never_falls_back_after_a_sanitize_that_does_not_end(on_bench: Make) -> None:
    """FOG first fix, row 2: one Sanitize and nothing after it. Control: the twin that ends is ERASED this way."""
    report = on_bench("nvme-sanitize-all", vices=["stuck"], nvme={"sanitize": ["block"]}).erase()
    assert [sent["opcode"] for sent in destructive(report)] == [SANITIZE]
    assert (str(report.verdict), codes(report)) == ("UNCONFIRMED", {"STUCK"})
    twin = on_bench("nvme-sanitize-all", nvme={"sanitize": ["block"]}).erase()
    assert [sent["opcode"] for sent in destructive(twin)] == [SANITIZE]
    assert str(twin.verdict) == "ERASED"
