"""The other members of a report as sentences: known ones in words, unknown ones as they stand, never an exception."""

from typing import Any

import pytest

from diagnostics.grading import (
    differing_fields,
    discharge_lines,
    earlier_lines,
    evidence_lines,
    lock_lines,
    note_lines,
    readers_line,
    year_line,
)

MACHINE = {
    "identity": {"placeholders": [{"field": "serial", "value": "Default string"}], "repeated": ["uuid"]},
    "locks": {
        "findings": [
            {"code": "lock.drive-ata", "weight": "blocks", "values": {"serial": "DEMO-1"}},
            {"code": "lock.to-declare", "weight": "ask", "values": {"lock": "mdm"}},
            {"code": "lock.of-tomorrow", "weight": "new", "values": {}},
        ]
    },
    "notes": ["note.no-tpm", "note.of-tomorrow"],
    "panels": [{"doubt": "edid-short"}, {"doubt": ""}],
    "year": {"year": 2019, "source": "panel"},
}
READERS = {
    "state": "differs",
    "differences": [{"field": "serial", "explained": ""}, {"field": "model", "explained": "not-told"}],
}


def test_locks_are_told_with_their_weight_and_their_values() -> None:
    assert lock_lines({"machine": MACHINE}) == (
        ("blocks", "Drive DEMO-1 has a password: ask the donor, or erase it by its own erase"),
        ("ask", "Look for this lock and tick the result with your name: management by a company or school (MDM)"),
        ("new", "lock.of-tomorrow"),
    )


def test_outside_the_workshop_nobody_learns_who_looked() -> None:
    declared = {"code": "lock.declared-present", "weight": "blocks", "values": {"lock": "icloud", "person": "p-lou"}}
    report = {"machine": {"locks": {"findings": [declared]}}}
    assert "p-lou found a lock" in lock_lines(report)[0][1]
    assert "Somebody found a lock: iCloud activation lock" in lock_lines(report, inside=False)[0][1]


def test_notes_placeholders_repeats_and_doubts_about_panels_are_told() -> None:
    assert note_lines({"machine": MACHINE}) == (
        "No TPM is visible",
        "note.of-tomorrow",
        "The maker left “Default string” in place of the serial",
        "Another machine shows the same UUID: it tells neither of them apart",
        "The data of the panel break off",
    )


def test_the_year_is_told_with_its_source() -> None:
    assert year_line({"machine": MACHINE}) == "Made in 2019, by the date of the panel"


def test_a_discharge_is_told_for_each_battery() -> None:
    report = {"battery_discharge": [{"name": "BAT0", "outcome": "holds"}, {"outcome": "of-tomorrow"}]}
    assert discharge_lines(report) == (("BAT0", "The battery holds under load"), ("", "of-tomorrow"))


def test_readers_are_told_and_what_is_explained_keeps_no_certificate_back() -> None:
    assert "serial number, model" in readers_line({"readers": READERS})
    assert differing_fields({"readers": READERS}) == ("serial",)
    assert differing_fields({"readers": READERS | {"state": "explained"}}) == ()


def test_evidence_and_earlier_answers_of_a_check_are_told() -> None:
    row = {"evidence": {"stuck": [30, 31], "memory": {"errors": 0}}, "earlier": [{"result": "fail", "ended": "10:00"}]}
    assert evidence_lines(row) == (("stuck", "30, 31"), ("memory.errors", "0"))
    assert earlier_lines(row) == (("Failed", "10:00"),)


@pytest.mark.parametrize("hostile", [None, 7, "x", [7, None], {"a": 7}, [[]], [{"code": 7, "values": 7}]])
def test_whatever_a_bench_of_tomorrow_writes_nothing_raises(hostile: Any) -> None:
    machine = dict.fromkeys(MACHINE, hostile)
    lines = (lock_lines, note_lines, year_line, discharge_lines, readers_line, differing_fields, earlier_lines)
    for line in (*lines, evidence_lines):
        for row in ({"machine": machine}, {"machine": {"locks": {"findings": hostile}, "identity": machine}}):
            assert line({**row, "readers": hostile, "evidence": hostile, "earlier": hostile}) is not None
