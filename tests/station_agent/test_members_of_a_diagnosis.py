"""What `diagnose` puts into a report from what the bench really ran: long tests, self-tests, two readings, repeats."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from diagnostics.agreement import SecondReading, compare_document
from diagnostics.checks import CheckOutcome, CheckResult
from diagnostics.reading import decode
from diagnostics.self_test import SelfTestKind, SelfTestOutcome, SelfTestResult
from diagnostics.stress.course import Progress
from erasure.drive import BlockDevice
from station_agent import diagnosing, stress
from station_agent.bench import simulated_bench
from station_agent.diagnose import Heard, diagnosis, joined, state_diagnosis, stated_report
from station_agent.diagnosing import teller
from station_agent.diagnosis_words import diagnosis_lines
from station_agent.earlier_machines import seen_in, seen_machines
from station_agent.errors import StoreBroken
from station_agent.kept_self_tests import keep_self_test, kept_self_tests
from station_agent.language import voice
from station_agent.station import Station
from station_agent.stress import Hands, rows_of_checks, run_parts
from tests.station_agent.test_health_readers import DEMO

Make = Callable[..., Any]
Run = Callable[..., tuple[int, str, str]]
DRIVE = decode({"device": {}, "model_name": "DEMO NVMe 512", "serial_number": "DEMO-NVME-0001"}).identity
ENDED = "2026-11-21T10:00:00Z"


class Elsewhere:
    """A finding of a long test that ran nowhere."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said

    def to_document(self) -> dict[str, Any]:
        return self.said


def hands(root: Path, **more: Any) -> Hands:
    plain = Hands(root, 2, 60, lambda: ENDED, lambda: False, lambda _name, _progress: None, lambda _drive: False)
    return replace(plain, **more)


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The long tests of the machine answer at once, without a process."""
    monkeypatch.setattr(stress, "measure_processor", lambda *_: Elsewhere({"verdict": "pass"}))
    monkeypatch.setattr(stress, "try_memory", lambda *_: Elsewhere({"verdict": "pass"}))
    monkeypatch.setattr(stress, "load_processor", lambda *_: Elsewhere({"verdict": "review"}))


@pytest.mark.usefixtures("nowhere")
def test_only_what_was_asked_for_is_run_and_the_benchmark_before_the_heat(tmp_path: Path) -> None:
    assert run_parts((), (), hands(tmp_path)) == []
    rows = run_parts(("cpu", "benchmark"), (), hands(tmp_path))
    assert [(row["id"], row["by"], row["ended"]) for row in rows] == [
        ("benchmark", "stress", ENDED),
        ("cpu-load", "stress", ENDED),
    ]
    assert [row["id"] for row in run_parts(("all",), (), hands(tmp_path))] == ["benchmark", "memory", "cpu-load"]


@pytest.mark.usefixtures("nowhere")
def test_after_a_stop_nothing_more_is_begun(tmp_path: Path) -> None:
    asked = iter([False, True, True, True])
    assert [row["id"] for row in run_parts(("all",), (), hands(tmp_path, stopped=lambda: next(asked)))] == ["benchmark"]


def test_a_drive_is_read_unless_it_is_being_erased_or_cannot_be_opened(make_facts: Make, tmp_path: Path) -> None:
    drive: BlockDevice = make_facts().device
    skipped, gone = (
        run_parts(("drives",), [drive], hands(tmp_path, left_alone=lambda _drive, here=here: here))[0]
        for here in (True, False)
    )
    assert (skipped["verdict"], skipped["skipped"], skipped["drive"]["serial"]) == (
        "unknown",
        True,
        drive.identity.serial,
    )
    assert gone["verdict"] == "unknown"
    assert "error" in gone


def test_an_erase_that_begins_meanwhile_ends_the_reading(
    make_facts: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Drive:
        def __init__(self, _path: Path) -> None:
            self.reads = 0

        def size(self) -> int:
            return 64 << 20

        def read(self, _offset: int, length: int) -> int:
            self.reads += 1
            return length

        def close(self) -> None:
            assert self.reads == 1

    monkeypatch.setattr(stress, "DirectReader", Drive)
    monkeypatch.setattr("station_agent.checks.drives_at_hand.ASK_EVERY_S", 0.0)
    erasing = iter([False, False, True])
    (row,) = run_parts(("drives",), [make_facts().device], hands(tmp_path, left_alone=lambda _drive: next(erasing)))
    assert (row["verdict"], row["ending"]) == ("unknown", "aborted")


def test_long_tests_of_the_guided_checks_are_on_the_list_the_last_of_each() -> None:
    checks = [
        CheckResult("memory", CheckOutcome.FAIL, ended="1", evidence={"verdict": "fail"}),
        CheckResult("memory", CheckOutcome.PASS, ended="2", evidence={"verdict": "pass"}),
        CheckResult("cpu-load", CheckOutcome.PASS, ended="3"),  # by hand: nothing was measured
        CheckResult("wifi", CheckOutcome.PASS, ended="4", evidence={"verdict": "pass"}),
    ]
    assert rows_of_checks(checks) == [{"id": "memory", "by": "check", "ended": "2", "verdict": "pass"}]


def test_a_self_test_is_kept_until_the_diagnosis_of_its_drive(tmp_path: Path) -> None:
    result = SelfTestResult(SelfTestKind.SHORT, SelfTestOutcome.PASSED, 121)
    row = keep_self_test(tmp_path, DRIVE, result, ENDED)
    path = next((tmp_path / "self-tests").iterdir())
    path.write_text(
        path.read_text("ascii") + "{\n[]\nnull\n" + json.dumps(row | {"outcome": "splendid"}) + "\n", "ascii"
    )
    assert kept_self_tests(tmp_path, ["DEMO-NVME-0001", "DEMO-NVME-0001", "", "DEMO-2"]) == [row]
    bench = simulated_bench(DEMO, tmp_path / "bench")
    heard = Heard(kept_of=lambda serials: {"self_tests": kept_self_tests(tmp_path, serials)})
    report = diagnosis(bench, heard)
    assert stated_report(report)["self_tests"] == [row]
    told = diagnosis_lines(voice("en", {}), report, None)
    assert "  DEMO NVMe 512 DEMO-NVME-0001: Self-test passed" in told


def test_a_result_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "self-tests").write_text("in the way", "ascii")
    with pytest.raises(StoreBroken, match="cannot be written"):
        keep_self_test(tmp_path, DRIVE, SelfTestResult(SelfTestKind.SHORT, SelfTestOutcome.PASSED, 1), ENDED)


def test_what_both_readers_said_of_each_drive_is_on_the_record(tmp_path: Path) -> None:
    def second(_device: BlockDevice, document: dict[str, Any] | None) -> Any:
        assert document is not None
        return compare_document(document, SecondReading("DEMO NVMe 512", "DEMO-OTHER", 512110190592))

    report = diagnosis(replace(simulated_bench(DEMO, tmp_path), readers=second))
    (row,) = stated_report(report)["second_reader"]
    assert (row["state"], row["drive"]["serial"]) == ("differs", "DEMO-NVME-0001")
    assert (row["first"]["serial"], row["second"]["serial"]) == ("DEMO-NVME-0001", "DEMO-OTHER")
    told = diagnosis_lines(voice("en", {}), report, None)
    assert any("pySMART: DEMO NVMe 512, DEMO-OTHER" in line for line in told)
    assert "second_reader" not in stated_report(diagnosis(simulated_bench(DEMO, tmp_path)))


def test_members_of_one_name_are_put_together_and_empty_ones_left_out() -> None:
    assert joined({"a": [{"x": 1}], "b": []}, {"a": [{"x": 2}]}, {}) == {"a": [{"x": 1}, {"x": 2}]}


def sister(folder: Path, root: Path, uuid: str) -> Path:
    """Copy a recorded machine: the same, but for its UUID."""
    made = shutil.copytree(root, folder)
    (made / "sys/class/dmi/id/product_uuid").write_text(f"{uuid}\n", "ascii")
    return made


def test_a_serial_that_another_machine_of_this_bench_showed_tells_neither_apart(
    tmp_path: Path, open_bench_at: Callable[..., Station]
) -> None:
    station = open_bench_at(tmp_path / "state", demo=True)
    bench = simulated_bench(DEMO, tmp_path / "bench")
    assert bench.machine_root is not None
    other = replace(
        bench, machine_root=sister(tmp_path / "sister", bench.machine_root, "5b2a1d3f-1111-4111-8111-de1111111111")
    )
    assert seen_in(station.store) == ()

    def diagnosed(where: Any) -> Any:
        report = diagnosis(where, Heard(seen=seen_in(station.store)))
        state_diagnosis(station, where, report, lot="", asset="", operator="")
        return report.machine.identity

    first, again, second, back = (diagnosed(one) for one in (bench, bench, other, bench))
    assert (first.repeated, again.repeated, first.grade) == ((), (), "A")
    assert (second.repeated, second.serial, second.grade) == (("serial", "board"), "", "B")
    assert back.repeated == ("serial", "board")
    assert [one.identity.serial for one in seen_in(station.store)] == ["DEMO-LAPTOP-0001"] * 4


def test_statements_that_nobody_can_read_tell_of_no_machine(
    tmp_path: Path, open_bench_at: Callable[..., Station]
) -> None:
    assert seen_machines(tmp_path / "nothing") == ()

    class Damaged:
        def rows(self, question: str, _values: tuple[Any, ...] = ()) -> list[Any]:
            assert "diagnostics" in question
            return [
                {"envelope": one} for one in (b"", b"[]", b"\xff", b'{"payload":7}', b'{"payload":"e30="}', None, 7)
            ]

    assert seen_in(Damaged()) == ()


def test_locks_are_told_before_the_drives_are_asked_and_lead_the_lines(tmp_path: Path) -> None:
    order: list[str] = []
    bench = simulated_bench(DEMO, tmp_path)
    heard = Heard(first=lambda _machine: order.append("machine"), tell=lambda _done, _of: order.append("drive"))
    told = diagnosis_lines(voice("en", {}), diagnosis(bench, heard), None)
    assert order == ["machine", "drive"]
    assert told[0] == "Locks, before anything else:"
    assert told[1].startswith("  [??] ASK")


def test_progress_of_a_long_test_is_told_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    tell = teller(str)
    for seconds in (0, 1, 4, 5, 9):
        tell("memory", Progress(seconds * 100, seconds, f"{seconds} MiB"))
    tell("memory", Progress(1000, 10))
    assert capsys.readouterr().err.splitlines() == [
        "Memory test  0 %  0 MiB",
        "Memory test  50 %  5 MiB",
        "Memory test  100 %",
    ]


@pytest.mark.world
def test_the_command_corrects_the_chassis_and_refuses_to_load_a_recording(run: Run) -> None:
    status, out, _ = run("diagnose", "--bench", DEMO, "--show-only", "--json", "--chassis", "desktop")
    identity = json.loads(out)["report"]["machine"]["identity"]
    assert (status, identity["chassis_source"], identity["chassis_read"]) == (0, "person", "laptop")
    for wrong, said in (
        (("--chassis", "toaster"), "There is no chassis toaster"),
        (("--stress", "cpu"), "is a recording"),
        (("--stress", "moon"), "moon"),
        (("--stress-seconds", "0"), "from 1 to"),
    ):
        status, _, error = run("diagnose", "--bench", DEMO, "--show-only", *wrong)
        assert (status, said in error) == (2, True), error


def test_what_no_statement_can_carry_is_refused_before_a_drive_is_asked(run: Run) -> None:
    for wrong in (("--asset", "A\x1b[31m"), ("--lot", "L" * 5000), ("--operator", "o\n")):
        status, _, error = run("diagnose", "--bench", DEMO, *wrong)
        assert (status, "Nothing was kept" in error, "Health of drive" in error) == (2, True, False)


def test_a_diagnosis_that_cannot_be_kept_is_shown_all_the_same(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreBroken("The state cannot be written: {detail}", detail="full")

    monkeypatch.setattr(diagnosing, "state_members", full)
    status, out, error = run("diagnose", "--bench", DEMO)
    assert status != 0
    assert out == ""
    assert "Grade: B" in error
