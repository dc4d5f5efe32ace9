"""nvme-cli and libnvme, drives reference 5.2 and 6.3: ends that were none, waits without end, timeouts ignored."""

from typing import Any

import pytest

from erasure.errors import DeviceBusy, RunInterrupted
from erasure.methods.nvme_sanitize import NvmeSanitize
from erasure.nvme.commands import Action
from erasure.stall import StallWatch
from tests.erasure.catalogue.catalogue_bench import Make, codes, completion_of, destructive, succeeded, wire
from tests.erasure.catalogue.guards import (
    believe_any_action,
    ignore_nvme_statuses,
    ignore_survivors,
    ignore_unreadable_marks,
    take_for_success,
)

BLOCK: dict[str, Any] = {"sanitize": ["block"]}
HOUR_MS = 3_600_000
ENOUGH = 3_000  # questions


def test_wait_sanitize_does_not_end_well_on_a_finished_progress(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nvme-cli wait_sanitize: SPROG FFFFh ends it, SSTAT 3 is not looked at. Control: state and marks ignored."""
    report = on_bench("nvme-sanitize-all", vices=["fails"], nvme=BLOCK).erase()
    assert (str(report.verdict), codes(report)) == ("FAILED", {"ABORTED"})
    assert "SPROG FFFFh" in completion_of(report)["raw"]["words"]
    assert "SSTAT 0003h" in completion_of(report)["raw"]["words"]

    take_for_success(monkeypatch, 3)
    assert codes(on_bench("nvme-sanitize-all", vices=["fails"], nvme=BLOCK).erase()) == {"READ_ERROR"}

    ignore_unreadable_marks(monkeypatch)
    assert succeeded(on_bench("nvme-sanitize-all", vices=["fails"], nvme=BLOCK).erase())


def test_an_estimate_of_all_ones_is_not_waited_for_without_end(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nvme-cli wait_sanitize: estimate FFFFFFFFh waits for ever. Control: without the watch nothing ends the wait."""
    unknown = {**BLOCK, "estimates": {"block": 0xFFFFFFFF}}
    report = on_bench("nvme-sanitize-all", vices=["stuck"], nvme=unknown).erase()
    assert (str(report.verdict), codes(report)) == ("UNCONFIRMED", {"STUCK"})

    monkeypatch.setattr(StallWatch, "verdict", lambda _watch, _done: "")
    asked: list[int] = []
    with pytest.raises(RunInterrupted):
        on_bench("nvme-sanitize-all", vices=["stuck"], nvme=unknown).erase(
            stop=lambda: bool(asked.append(1)) or len(asked) > ENOUGH
        )


def test_an_estimate_of_zero_is_no_deadline_of_a_second(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nvme-cli wait_sanitize: estimate 0 gives up after a second. Control: with that deadline a good drive is lost."""
    slow = {**BLOCK, "estimates": {"block": 0}, "seconds": 20.0}
    assert succeeded(on_bench("nvme-sanitize-all", nvme=slow).erase())
    monkeypatch.setattr(StallWatch, "_deadline", lambda _watch: 60)  # of the simulated drive: one second
    assert codes(on_bench("nvme-sanitize-all", nvme=slow).erase()) == {"STUCK"}


def test_every_command_has_its_own_timeout(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nvme-cli 2.2 to 2.4 (#1925, PR #3302, #3307): `-t` ignored, controller reset in the middle of a format.

    Control: with the kernel's minute the same good drive is cut off, and nobody knows what it did.
    """
    slow = {"seconds": 900.0}
    report = on_bench("nvme-format-only", nvme=slow).erase()
    assert succeeded(report)
    assert all(sent["timeout_ms"] > 0 for sent in wire(report))
    assert [sent["timeout_ms"] >= HOUR_MS for sent in destructive(report)] == [True]

    monkeypatch.setattr("erasure.methods.nvme_format.format_timeout_ms", lambda _nvme: 60_000)
    cut = on_bench("nvme-format-only", nvme=slow).erase()
    assert (str(cut.verdict), codes(cut)) == ("UNCONFIRMED", {"STATUS_UNREADABLE"})


def test_an_interrupted_sanitize_is_not_sent_again(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """nvme-cli #1925, CPython PR #132768: EINTR retried. Control: a retry shows twice on the wire."""
    report = on_bench("nvme-sanitize-all", vices=["hangs"], nvme=BLOCK).erase()
    assert len(destructive(report)) == 1
    assert (str(report.verdict), codes(report)) == ("UNCONFIRMED", {"STATUS_UNREADABLE"})

    once = NvmeSanitize._send

    def again(self: Any, *given: Any, **named: Any) -> Any:
        try:
            return once(self, *given, **named)
        except InterruptedError:
            return once(self, *given, **named)

    monkeypatch.setattr(NvmeSanitize, "_send", again)
    assert len(destructive(on_bench("nvme-sanitize-all", vices=["hangs"], nvme=BLOCK).erase())) == 2


@pytest.mark.parametrize("vices", [["zero-log"], ["zero-log", "lies"]])
def test_an_all_zero_log_is_neither_done_nor_free_of_failure(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch, vices: list[str]
) -> None:
    """libnvme 1.12 (#979, #980): an all-zero log. Control: state, action and marks believed, and it is ERASED."""
    report = on_bench("nvme-sanitize-all", vices=vices, nvme=BLOCK).erase()
    assert (str(report.verdict), codes(report)) == ("UNCONFIRMED", {"STATUS_UNREADABLE"})
    assert "SSTAT 0000h" in completion_of(report)["raw"]["words"]

    take_for_success(monkeypatch, 0)
    assert codes(on_bench("nvme-sanitize-all", vices=vices, nvme=BLOCK).erase()) == {"WRONG_ACTION"}

    believe_any_action(monkeypatch, Action.BLOCK)
    ignore_survivors(monkeypatch)
    ignore_unreadable_marks(monkeypatch)
    assert succeeded(on_bench("nvme-sanitize-all", vices=vices, nvme=BLOCK).erase())


def test_a_refused_sanitize_is_not_taken_for_one_that_was_started(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nvme-cli #3667: the status of sanitize was not returned. Control: statuses ignored, only its log is left."""
    report = on_bench("nvme-sanitize-all", vices=["aborts"], nvme=BLOCK).erase()
    assert (str(report.verdict), codes(report)) == ("FAILED", {"ABORTED"})

    ignore_nvme_statuses(monkeypatch)
    assert codes(on_bench("nvme-sanitize-all", vices=["aborts"], nvme=BLOCK).erase()) == {"STATUS_UNREADABLE"}

    take_for_success(monkeypatch, 0)
    believe_any_action(monkeypatch, Action.BLOCK)
    assert codes(on_bench("nvme-sanitize-all", vices=["aborts"], nvme=BLOCK).erase()) == {"CANARY_SURVIVED"}

    ignore_survivors(monkeypatch)
    assert succeeded(on_bench("nvme-sanitize-all", vices=["aborts"], nvme=BLOCK).erase())


def test_nobody_else_opens_a_drive_before_its_run_is_over(on_bench: Make) -> None:
    """nvme-cli `--force` drops O_EXCL. Control: the same second opening succeeds once the first is closed."""
    bench = on_bench("nvme-format-only")
    tried: list[str] = []

    def second() -> bool:
        with pytest.raises(DeviceBusy):
            bench.open()
        tried.append("held")
        return False

    assert succeeded(bench.erase(stop=second))
    assert tried
    with bench.open() as port:
        assert port.size_bytes() > 0
