"""What blocks reuse as one list, machines seen before, a corrected chassis, and what was measured, as sentences."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.agreement import Agreement, SecondReading, compare_document
from diagnostics.blocking import blocking_list
from diagnostics.checks import CheckOutcome, CheckResult, answer
from diagnostics.diagnosis import diagnose
from diagnostics.grading import (
    chassis_line,
    lock_lines,
    note_lines,
    pace_lines,
    read_rows,
    reader_rows,
    self_test_rows,
    stress_rows,
)
from diagnostics.locks import Declaration, DriveLock
from diagnostics.machine import read_machine
from diagnostics.repeats import SeenMachine, seen_machine, without_repeats
from tests.diagnostics.machine_trees import materialise

READERS = (stress_rows, read_rows, self_test_rows, reader_rows, pace_lines, chassis_line, lock_lines, note_lines)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
LOAD = {
    "id": "cpu-load", "by": "stress", "verdict": "review", "seconds": 60, "celsius_most": 97, "celsius_limit": 100,
    "throttled": 3, "wrong": 0, "lost": 0, "fans_seen": True, "fans_turn": False, "ending": "done",
}  # fmt: skip
DRIVE = {"model": "DEMO HDD", "serial": "DEMO-1"}


def test_a_recorded_machine_lists_every_lock_over_machine_drives_and_people_blocking_ones_first(
    fixtures_folder: Path, tmp_path: Path
) -> None:
    root = materialise(fixtures_folder / "machines/absolute-enabled", tmp_path)
    locked, ticked = [DriveLock("DEMO-1", "opal", "locked")], [Declaration("mdm", "unknown", "p-lou")]
    checks = [CheckResult("locks", CheckOutcome.FAIL, operator="p-lou")]
    report = diagnose(root, checks=checks, drive_locks=locked, declared=ticked).to_document()
    rows = [(row["weight"], row["of"], row["code"]) for row in report["locks"]]
    assert rows == [
        ("blocks", "machine", "lock.absolute"),
        ("blocks", "drive", "lock.drive-opal"),
        ("blocks", "check", "lock.check-failed"),
        *(row for row in rows if row[0] == "look"),
        ("ask", "machine", "lock.declared-unknown"),
        ("ask", "machine", "lock.to-declare"),
    ]
    assert report["locks"][1]["serial"] == "DEMO-1"
    said = [sentence for _, sentence in lock_lines(report)]
    assert said[0] == "Absolute (Computrace) in the firmware: Enabled"
    assert len(said) == len(set(said))
    assert "p-lou" not in " ".join(sentence for _, sentence in lock_lines(report, inside=False))


def test_a_passed_check_and_a_licence_are_no_obstacle(fixtures_folder: Path) -> None:
    machine = read_machine(fixtures_folder / "machines/demo-laptop")
    passed = answer("laptop", [CheckResult("locks", CheckOutcome.PASS)])
    licensed = replace(machine.locks, windows_key=True)
    assert blocking_list(licensed, passed) == blocking_list(machine.locks)
    assert {row["weight"] for row in blocking_list(licensed)} == {"ask"}


def seen(**changes: str) -> SeenMachine:
    told = {"maker": "DEMO Computers", "serial": "DEMO-LAPTOP-0001", "uuid": "another", **changes}
    board = {"serial": told.pop("board", "")}
    return seen_machine({"identity": told, "board": board}, told.pop("asset", ""))


@pytest.mark.parametrize(
    ("other", "repeated"),
    [
        (seen(), ("serial",)),
        (seen(uuid=""), ()),  # nothing differs: the same machine, read without its UUID
        (seen(uuid="", serial="another"), ()),
        (seen(uuid="", maker="Other Computers"), ("serial",)),
        (seen(asset="ETB-1"), ()),  # one tag, one machine, whatever board is in it now
        (seen(asset="ETB-2"), ("serial",)),
        (seen(serial="another", board="BOARD-1"), ("board",)),
    ],
)
def test_only_another_machine_repeats_a_serial(fixtures_folder: Path, other: SeenMachine, repeated: tuple[str]) -> None:
    machine = read_machine(fixtures_folder / "machines/demo-laptop")
    machine = replace(machine, board=("DEMO", "Board", "BOARD-1"))
    judged = without_repeats(machine, "ETB-1", [other])
    assert judged.identity.repeated == repeated
    assert bool(judged.identity.serial) == ("serial" not in repeated)


def test_a_machine_that_lost_its_serial_as_repeated_still_repeats_it(fixtures_folder: Path) -> None:
    machine = read_machine(fixtures_folder / "machines/demo-laptop")
    judged = without_repeats(machine, "", [seen()])
    document = json.loads(json.dumps(judged.to_document()))
    assert document["identity"]["repeated_values"] == {"serial": "DEMO-LAPTOP-0001"}
    assert seen_machine(document, "").identity.serial == "DEMO-LAPTOP-0001"
    assert note_lines({"machine": document})[-1].startswith("Another machine shows the same serial number")


def test_a_corrected_chassis_shapes_checks_and_grade_and_keeps_what_the_firmware_says(fixtures_folder: Path) -> None:
    root = fixtures_folder / "machines/demo-laptop"
    report = diagnose(root, chassis="desktop").to_document()
    identity = report["machine"]["identity"]
    assert [identity[name] for name in ("chassis", "chassis_source", "chassis_read")] == ["desktop", "person", "laptop"]
    assert "hinges" not in {row["id"] for row in report["checks"]}
    assert chassis_line(report) == "desktop computer: corrected by a person, the firmware says laptop"
    plain = diagnose(root, chassis="laptop").to_document()
    assert plain["machine"]["identity"]["chassis_source"] == "firmware"
    assert chassis_line(plain) == "laptop"


def test_a_load_test_says_heat_throttling_and_a_fan_that_stands_still() -> None:
    (row,) = stress_rows({"stress": [LOAD]})
    assert (row.name, row.verdict, row.said) == ("Processor under load", "review", "to be looked at")
    for fact in ("60 s", "hottest: 97 °C", "slowed down by heat: 3 times", "the fan did not turn"):
        assert fact in row.facts
    (cool,) = stress_rows({"stress": [LOAD | {"celsius_most": None, "throttled": 0, "fans_turn": True}]})
    assert "no sensor tells how hot it became" in cool.facts
    assert not [fact for fact in cool.facts if "slowed" in fact or "fan" in fact]


def test_memory_that_was_not_tested_through_is_not_called_tested() -> None:
    row = {"id": "memory", "verdict": "unknown", "region_bytes": 8 << 30, "ending": "time-limit"}
    (told,) = stress_rows({"stress": [row]})
    assert told.facts == ("set aside for the test: 8192 MiB, not tested through", "ended by its time limit")
    (whole,) = stress_rows({"stress": [row | {"verdict": "pass", "ending": "done"}]})
    assert whole.facts == ("tested: 8192 MiB",)


def test_a_benchmark_is_told_with_its_method_and_the_last_one_stands_beside_the_processor() -> None:
    figure = {"work": "sha256", "workers": 1, "kilobytes_per_second": 412_000}
    row = {"id": "benchmark", "method": "etabli.cpu/1", "figures": [figure], "libraries": {"zlib": "1.3"}}
    report = {"stress": [row | {"figures": []}, row | {"load_hundredths": 204}]}
    assert pace_lines(report) == ("SHA-256: 412 MB/s with one worker process",)
    facts = stress_rows(report)[1].facts
    assert facts[1].startswith("method etabli.cpu/1, with zlib 1.3: compare it only")
    assert facts[2].startswith("load of the machine before: 2.04")


def test_self_tests_and_reading_speeds_of_drives_are_told() -> None:
    tests = [{"drive": DRIVE, "kind": "short", "outcome": "failed", "minutes": 2, "first_error_lba": 4711}]
    (row,) = self_test_rows({"self_tests": tests})
    assert (row.name, row.verdict, row.facts) == (
        "DEMO HDD DEMO-1",
        "failed",
        ("short", "2 min", "first fault at block 4711"),
    )
    speeds = [{"drive": DRIVE, "min": 20, "median": 90, "max": 120, "slow": [1, 2], "verdict": "review"}]
    (read,) = read_rows({"read_benchmark": speeds})
    assert read.facts[0] == "90 MB/s in the middle, at the slowest place 20, at the fastest 120"
    assert "slow places: 2" in read.facts


def test_two_readers_are_quoted_where_they_differ_and_only_there() -> None:
    first = {"model_name": "DEMO HDD", "serial_number": "DEMO-1", "user_capacity": {"bytes": 500}}
    differs = compare_document(first, SecondReading("DEMO HDD", "DEMO-2", 500))
    (row,) = reader_rows({"second_reader": [{"drive": DRIVE, **differs.to_row()}]})
    assert row.verdict == "differs"
    assert row.facts == ("smartctl: DEMO HDD, DEMO-1, 500 B", "pySMART: DEMO HDD, DEMO-2, 500 B")
    agrees = compare_document(first, SecondReading("DEMO HDD", "DEMO-1", 500))
    assert agrees == Agreement("agree", ())
    (calm,) = reader_rows({"second_reader": [{"drive": DRIVE, **agrees.to_row()}]})
    assert (calm.said, calm.facts) == ("Both readers agree", ())


@settings(max_examples=150, deadline=None)
@given(member=JSON, row=st.dictionaries(st.sampled_from([*LOAD, "drive", "figures", "libraries"]), JSON, max_size=6))
def test_hostile_members_break_nothing_and_stay_short(member: Any, row: dict[str, Any]) -> None:
    rows = [
        row | {"id": "cpu-load"},
        row | {"id": "benchmark"},
        row | {"outcome": "passed"},
        row | {"state": "differs"},
    ]
    for value in (member, rows):
        report = dict.fromkeys(("stress", "self_tests", "read_benchmark", "second_reader", "locks"), value)
        for reader in READERS:
            told = reader(report)
            assert len(str(told)) < 40_000


def test_a_report_of_a_million_rows_and_letters_stays_a_page() -> None:
    row = {"id": "x" * 10**6, "verdict": "y" * 10**6, "drive": {"model": "z" * 10**6}}
    told = stress_rows({"stress": [row] * 10_000})
    assert len(told) <= 64
    assert max(len(one.name) for one in told) < 400
