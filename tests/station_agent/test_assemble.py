"""From report to statement: mapped by name, hostile text visible, nothing claimed when two readers disagree."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from certificates.statement import REASONS, VERDICTS, validate_statement
from erasure.outcome import BadRanges, LbaRange, Level, Phase, Reason, ReasonCode, VerdictWord, Verification
from station_agent.assemble import VERDICTS as MAPPED
from station_agent.assemble import compare_readings, drive_member, erasure_facts, plain
from station_agent.errors import IdentityDisagreement
from station_agent.run_context import SecondReading
from station_agent.station import Station

Make = Callable[..., Any]
SAME = SecondReading("DEMO HDD", "DEMO-0001", 64 * 512)


def test_every_verdict_and_reason_of_the_engine_is_one_of_a_statement() -> None:
    assert {str(word) for word in VerdictWord} == set(MAPPED.values()) == set(VERDICTS)
    assert {str(code) for code in ReasonCode} == set(REASONS)


@pytest.mark.parametrize(
    ("second", "what"),
    [
        (replace(SAME, serial="DEMO-0002"), "serial"),
        (replace(SAME, model="OTHER HDD"), "model"),
        (replace(SAME, size_bytes=63 * 512), "capacity"),
    ],
)
def test_an_erased_drive_is_failed_when_the_readers_disagree(
    make_report: Make, make_context: Make, second: SecondReading, what: str
) -> None:
    facts = erasure_facts(make_report(), make_context(second=second))
    assert facts["result"]["verdict"] == "FAILED"
    assert facts["method"]["level"] == "NONE"
    assert [reason["code"] for reason in facts["result"]["reasons"]] == ["IDENTITY"]
    assert what in facts["result"]["reasons"][0]["detail"]


@pytest.mark.parametrize("second", [None, SAME, SecondReading("", "", None), replace(SAME, model="DEMO_HDD ")])
def test_readers_that_agree_or_say_nothing_leave_the_claim(
    make_report: Make, make_context: Make, second: SecondReading | None
) -> None:
    assert erasure_facts(make_report(), make_context(second=second))["result"]["verdict"] == "ERASED"


def test_a_model_cut_by_the_kernel_is_the_same_model(make_facts: Make) -> None:
    compare_readings(make_facts(model="DEMO HDD 123456 "[:16]), replace(SAME, model="DEMO HDD 123456 EXTENDED"))
    with pytest.raises(IdentityDisagreement):
        compare_readings(make_facts(model="DEMO"), replace(SAME, model="DEMO HDD"))


@pytest.mark.parametrize("health", ["DEMO HDD 123456 EXTENDED", "ACME DEMO HDD 123456"])
def test_a_model_that_the_drive_itself_told_is_whole(make_facts: Make, health: str) -> None:
    own = make_facts(model="DEMO HDD 123456", source="identify")
    compare_readings(own, replace(SAME, model="DEMO  HDD 123456"))
    with pytest.raises(IdentityDisagreement):
        compare_readings(own, replace(SAME, model=health))


def test_behind_a_usb_bridge_only_the_capacity_is_compared(make_facts: Make) -> None:
    compare_readings(make_facts(bus="usb"), replace(SAME, serial="THE-DRIVES-OWN", model="INSIDE"))
    with pytest.raises(IdentityDisagreement):
        compare_readings(make_facts(bus="usb"), replace(SAME, size_bytes=1))


def test_a_failure_stays_a_failure_and_gains_the_reason(make_report: Make, make_context: Make) -> None:
    failed = make_report(
        verdict=VerdictWord.FAILED, level=Level.NONE, reasons=(Reason(ReasonCode.WRITE_ERROR, "2 sectors"),)
    )
    facts = erasure_facts(failed, make_context(second=replace(SAME, serial="X")))
    assert [reason["code"] for reason in facts["result"]["reasons"]] == ["WRITE_ERROR", "IDENTITY"]


def test_hostile_strings_of_a_drive_become_visible_ascii(make_facts: Make) -> None:
    member = drive_member(make_facts(model="A\x1b[31m\u202e<b>", serial="é\x00" + "Z" * 5000))
    assert member["model"] == "A\\x1B[31m\\xE2\\x80\\xAE<b>"
    assert member["serial"].startswith("\\xC3\\xA9\\x00Z")
    assert len(member["serial"]) == 1000
    assert all(0x20 <= ord(letter) < 0x7F for letter in member["serial"])


def test_text_that_is_no_unicode_is_shown_too() -> None:
    assert plain("\udcff") == "\\xFF"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"facts": "hostile"},
        {
            "verdict": VerdictWord.FAILED,
            "level": Level.NONE,
            "reasons": tuple(Reason(ReasonCode.WRITE_ERROR, "é" * 900) for _ in range(40)),
            "bad": BadRanges(write=tuple(LbaRange(n * 2 + 10**11, 1) for n in range(700))),
            "verification": Verification("none", "", "", "", 0, 0, 0),
        },
        {
            "verdict": VerdictWord.NOT_ERASED,
            "level": Level.NONE,
            "method_achieved": "",
            "reasons": (Reason(ReasonCode.IN_USE, "/dev/sda1 on /"),),
            "phases": (),
            "verification": Verification("none", "", "", "", 0, 0, 0),
        },
    ],
)
def test_every_statement_fits_the_schema(
    station: Station, make_report: Make, make_context: Make, make_facts: Make, changes: dict[str, Any]
) -> None:
    if changes.get("facts") == "hostile":
        changes = {"facts": make_facts(model="\x00" * 3000, serial="\u202e" * 3000, wwn="\n" * 999, bus="x" * 500)}
    station.journal.open_run("a" * 32, make_context())
    signed = station.journal.close_run(make_report(**changes), make_context())
    assert len(signed.envelope) < 98_304


@pytest.mark.parametrize("count", [200, 201, 5000])
def test_many_phases_are_cut_in_their_middle_and_the_decisive_ones_stay(
    make_report: Make, make_context: Make, count: int
) -> None:
    phases = tuple(Phase(f"op {number}", 1, int(number == 150), number, number + 1) for number in range(count))
    member = erasure_facts(make_report(phases=phases), make_context())["phases"]
    assert len(member) == 200
    assert (member[0]["op"], member[-1]["op"]) == ("op 0", f"op {count - 1}")
    assert (sum(one["bytes"] for one in member), sum(one["errors"] for one in member)) == (count, 1)
    assert [one["op"] for one in member if "..." in one["op"]] == ([f"({count - 199} ...)"] if count > 200 else [])


def test_a_long_list_of_bad_sectors_is_cut_and_its_total_is_not(make_report: Make, make_context: Make) -> None:
    bad = BadRanges(write=tuple(LbaRange(n * 4, 2) for n in range(600)))
    failed = make_report(
        verdict=VerdictWord.FAILED, level=Level.NONE, bad=bad, reasons=(Reason(ReasonCode.WRITE_ERROR),)
    )
    member = erasure_facts(failed, make_context())["bad"]
    assert (len(member["write"]), member["write_total"], member["truncated"]) == (500, 1200, True)


def test_a_valid_statement_names_its_lot_its_person_and_its_build(
    station: Station, state_runs: Make, make_report: Make, make_context: Make
) -> None:
    facts = erasure_facts(make_report(), make_context())
    assert (facts["lot"], facts["asset"], facts["operator"]) == ("LOT", "ETB-1", "op-1")
    common = station.chain._common("erasure", station.chain.head())
    assert validate_statement({**facts, **common}) == "erasure"
    assert len(common["agent"]["build_sha256"]) == 64


def test_more_exceptions_than_a_statement_holds_keep_each_kind_and_say_how_many_are_left_out(
    make_report: Make, make_context: Make, station: Station
) -> None:
    areas = tuple(Reason(ReasonCode.HIDDEN_AREA, f"area {n}") for n in range(40))
    exceptions = (*areas, Reason(ReasonCode.NO_CANARIES, "started elsewhere"))
    unmarked = make_report(
        verdict=VerdictWord.ERASED_WITH_EXCEPTIONS,
        exceptions=exceptions,
        method_requested="nvme.sanitize.block",
        method_achieved="nvme.sanitize.block",
        verification=Verification("none", "", "", "", 0, 0, 0),
    )
    told = erasure_facts(unmarked, make_context())["exceptions"]
    assert len(told) == 30
    assert {"code": "NO_CANARIES", "detail": "started elsewhere"} in told
    assert told[-1] == {"code": "HIDDEN_AREA", "detail": "and 12 more, which the evidence names"}
    station.journal.open_run(unmarked.run_id, make_context())
    assert station.journal.close_run(unmarked, make_context()).id, "it can be stated"
