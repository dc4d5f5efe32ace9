"""A drive that reports purges, and denies this one, has not earned Purge: its weakest word counts."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erasure.closing import NOTHING_READ, Done
from erasure.facts import read_facts
from erasure.outcome import Level, ReasonCode, VerdictWord
from erasure.passes import NOTHING_WRITTEN
from erasure.policy import Policy
from erasure.run import purge_denied
from erasure.simulated import load_bench
from tests.erasure.firmware_bench import GOOD, FirmwareBench, finished

BENCH = 'schema = "etabli.bench-file/1"\n[[drives]]\nname = "nvme0n1"\nfixture = "drives/nvme-sanitize-all"\n'


@pytest.mark.parametrize(
    ("attested", "reports", "denied"),
    [(False, True, True), (False, False, False), (True, True, False), (None, True, False)],
)
def test_a_purge_is_denied_only_by_a_drive_that_reports_them(
    tmp_path: Path, *, attested: bool | None, reports: bool, denied: bool
) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(BENCH)
    bench = load_bench(file, tmp_path)
    with bench.opener(bench.devices[0]) as port:
        facts = read_facts(port)
    assert facts.nvme is not None
    told = replace(facts, nvme=replace(facts.nvme, purge_reporting=reports))
    written = replace(NOTHING_WRITTEN, completion=replace(GOOD, attested_purge=attested))
    assert purge_denied(Done(written, NOTHING_READ, facts.device, told)) is denied


@pytest.mark.parametrize(
    ("require", "word", "level"),
    [(Level.CLEAR, VerdictWord.ERASED, Level.CLEAR), (Level.PURGE, VerdictWord.FAILED, Level.NONE)],
)
def test_a_denied_purge_is_clear_and_fails_where_purge_is_required(
    firmware: FirmwareBench, monkeypatch: pytest.MonkeyPatch, require: Level, word: VerdictWord, level: Level
) -> None:
    monkeypatch.setattr("erasure.run.purge_denied", lambda done: True)
    firmware.drive.answers = [finished()]
    with firmware.bench.open() as port:
        made: Any = firmware.bench.plan_for(port)
    report = firmware.erase(planned=replace(made, policy=Policy("test", 1, (made.method,), "full", 0, require)))
    assert (report.verdict, report.level) == (word, level)
    assert word is VerdictWord.ERASED or [reason.code for reason in report.reasons] == [ReasonCode.ABORTED]
