"""The diagnosis on the console: locks before anything else, the year, the way proposed; ticks of people are taken."""

from dataclasses import replace
from pathlib import Path

import pytest

from diagnostics.checks import CheckOutcome
from diagnostics.grading import GradeReason
from diagnostics.locks import DriveLock
from diagnostics.report import DiagnosticReport
from erasure.drive import OpalFacts
from erasure.errors import DeviceError
from erasure.facts import read_facts
from station_agent.bench import simulated_bench
from station_agent.diagnose import Heard, declarations, diagnosis
from station_agent.diagnosis_words import diagnosis_lines
from station_agent.drive_locks import drive_locks, locks_of
from station_agent.errors import UsageError
from station_agent.language import voice
from tests.station_agent.test_health_readers import DEMO


def lines(tmp_path: Path, heard: Heard, lang: str = "en") -> list[str]:
    return diagnosis_lines(voice(lang, {}), diagnosis(simulated_bench(DEMO, tmp_path), heard), None)


def test_a_declared_lock_stands_right_below_the_name_and_leads_to_parts(tmp_path: Path) -> None:
    declared = declarations(["icloud=absent", "mdm=present"], "p-lou")
    told = lines(tmp_path, Heard(declared=declared, year=2026))
    first = next(place for place, line in enumerate(told) if "[KO] LOCKED" in line)
    assert "p-lou found a lock: management by a company or school (MDM)" in told[first]
    assert first == 1
    assert "Grade: not graded" in told
    assert told[told.index("Proposed: For parts") + 1] == "  - the machine is locked"


def test_the_year_of_today_gives_the_age_and_without_it_the_age_is_unknown(tmp_path: Path) -> None:
    bench = simulated_bench(DEMO, tmp_path)
    made = diagnosis(bench).machine.year.year
    assert made is not None
    assert "age" in diagnosis(bench).grade.orientation.unknown
    old = diagnosis(bench, Heard(year=made + 11)).grade.orientation
    assert (old.to, old.unknown) == ("weee", ())


def test_french_lines_are_french(tmp_path: Path) -> None:
    told = "\n".join(lines(tmp_path, Heard(year=2026), "fr"))
    assert "Proposition" in told
    assert "Proposed" not in told


@pytest.mark.parametrize("tick", ["", "mdm", "mdm=", "mdm=maybe", "moon=absent", "=absent"])
def test_a_tick_that_is_none_is_refused_with_the_words_that_there_are(tick: str) -> None:
    with pytest.raises(UsageError, match="is no tick"):
        declarations([tick], "p-lou")


def test_a_tick_without_a_person_is_refused() -> None:
    with pytest.raises(UsageError, match="Who looked"):
        declarations(["mdm=absent"], " ")
    assert declarations([], "") == ()


@pytest.mark.parametrize("states", [("absent", "present"), ("present", "absent"), ("present", "unknown")])
def test_ticks_that_contradict_each_other_are_refused_in_either_order(states: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match=f"mdm is declared {states[0]} and {states[1]}"):
        declarations([f"mdm={state}" for state in states], "p-lou")


def test_a_tick_given_twice_counts_once() -> None:
    assert [one.state for one in declarations(["mdm=absent", "mdm = absent"], "p-lou")] == ["absent"]


def test_a_refused_tick_is_shown_as_it_was_typed_without_its_control_characters() -> None:
    with pytest.raises(UsageError, match=r"^mdm\\x1B is no tick"):
        declarations(["mdm\x1b"], "p-lou")


def without_answers(tmp_path: Path, *answered: str) -> DiagnosticReport:
    report = diagnosis(simulated_bench(DEMO, tmp_path), Heard(year=2026))
    rows = [
        row if row.check.id in answered else replace(row, result=replace(row.result, outcome=CheckOutcome.NOT_TESTED))
        for row in report.checks
    ]
    missing = [GradeReason("grade.missing-check", {"check": name}) for name in ("keyboard", "display", "charger")]
    return replace(report, checks=tuple(rows), grade=replace(report.grade, letter="", reasons=tuple(missing)))


def test_a_machine_that_nobody_checked_takes_two_lines_and_says_what_to_do_next(tmp_path: Path) -> None:
    told = diagnosis_lines(voice("en", {}), without_answers(tmp_path), None)
    assert len([line for line in told if "result" in line and "[??]" not in line]) == 2
    place = next(place for place, line in enumerate(told) if "none of the 26 checks has a result" in line)
    assert told[place + 1] == "  > Go through the checks: etabli-station check"
    assert "  - Not graded: 3 of the checks above have no result" in told


def test_one_answer_names_the_checks_that_are_left_and_one_missing_check_is_named(tmp_path: Path) -> None:
    report = without_answers(tmp_path, "keyboard", "display")
    told = diagnosis_lines(voice("en", {}), report, None)
    left = next(line for line in told if line.startswith("  not tested: "))
    assert "Charger ; " in left
    assert "Keyboard" not in left
    assert "  - Not graded: “Keyboard” has no result" in told  # answered, and still missing: never hidden in a number
    assert "  - Not graded: “Charger” has no result" in told


def test_a_machine_that_names_nothing_asks_for_a_tag_and_its_kind(tmp_path: Path) -> None:
    report = diagnosis(simulated_bench(DEMO, tmp_path), Heard(year=2026))
    nameless = replace(report.machine.identity, maker="", model="", serial="", chassis="")
    told = diagnosis_lines(voice("en", {}), replace(report, machine=replace(report.machine, identity=nameless)), None)
    place = told.index("A machine without a name")
    assert "--asset" in told[place + 1]
    assert "--chassis, one of laptop, desktop" in told[place + 2]


def test_a_nameless_machine_that_has_a_tag_is_not_asked_for_one_and_its_checks_are_those_of_the_tag(
    tmp_path: Path,
) -> None:
    report = without_answers(tmp_path)
    nameless = replace(report.machine.identity, maker="", model="", serial="")
    tagged = replace(report, machine=replace(report.machine, identity=nameless))
    told = diagnosis_lines(voice("fr", {}), tagged, None, ("--asset", "X 1", "--chassis", "laptop"))
    assert not [line for line in told if "donnez-lui une étiquette" in line]
    assert "Machine sans nom  portable" in told
    assert any(line.endswith("etabli-station check --asset 'X 1' --chassis laptop") for line in told)


def test_the_kind_of_machine_is_said_in_french(tmp_path: Path) -> None:
    told = lines(tmp_path, Heard(year=2026), "fr")
    assert "DEMO Computers DEMO Book 14  DEMO-LAPTOP-0001  portable" in told


def test_drives_tell_their_passwords_and_one_that_cannot_be_opened_tells_none(tmp_path: Path) -> None:
    bench = simulated_bench(DEMO, tmp_path)
    drives = bench.enumerate_disks()
    told = drive_locks(bench.reader, drives)
    assert {lock.state for lock in told} == {"none"}
    assert told

    def broken(_device: object) -> object:
        raise DeviceError("gone")

    assert drive_locks(broken, drives) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["locked", "password-set", "none"])
def test_a_password_and_an_opal_lock_are_told_apart(tmp_path: Path, state: str) -> None:
    locked, enabled = state == "locked", state != "none"
    bench = simulated_bench(DEMO, tmp_path)
    drive = next(one for one in bench.enumerate_disks() if one.name == "sdb")
    with bench.reader(drive) as port:
        facts = read_facts(port)
    assert facts.ata is not None
    security = replace(facts.ata.security, supported=True, locked=locked, enabled=enabled)
    held = replace(facts, ata=replace(facts.ata, security=security), opal=OpalFacts(True, True, locked, 0))
    serial = drive.identity.serial
    opal = DriveLock(serial, "opal", "locked" if locked else "none")
    assert locks_of(held) == (DriveLock(serial, "ata", state), opal)
