"""What the commands answer about open runs, secrets, locked drives and finished runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.last_document import last_document
from tests.station_agent.interruption import interrupting

Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.world


def document(out: str, name: str) -> dict[str, Any]:
    read = last_document(out)
    assert read["schema"] == f"etabli.{name}/1"
    return dict(read)


PSID = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
OPAL = """
schema = "etabli.bench-file/1"
name = "opal"
[[drives]]
name = "n"
bus = "nvme"
model = "DEMO N"
serial = "DEMO-N"
size_bytes = 1048576
[drives.nvme]
[drives.opal]
locking_enabled = true
locked = true
psid = "DEMO0000PSID0000DEMO0000PSID0000"
"""


def test_a_psid_is_in_no_file_of_the_bench_and_in_no_answer(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "opal.toml"
    file.write_text(OPAL, encoding="utf-8")
    said = run("erase", "n", "--confirm", "DEMO-N", "--bench", file, "--psid", PSID, "--json")
    assert (said[0], last_document(said[1])["drives"][0]["reasons"][0]["code"]) == (20, "LOCKED"), (
        "it went to the drive"
    )
    assert PSID not in f"{said}"
    kept = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert any(path.name == "station.sqlite3" for path in kept)
    assert [path.name for path in kept if PSID.encode() in path.read_bytes()] == []


def test_an_open_run_is_mentioned_by_disks_and_plan(run: Run, bench_file: Path, tmp_path: Path) -> None:
    with interrupting(tmp_path / "state"):
        run("erase", "slow", "--confirm", "DEMO-slow", "--bench", bench_file, "--policy", "zeros")
    _, out, _ = run("plan", "slow", "--bench", bench_file, "--json")
    (drive,) = document(out, "plan")["drives"]
    assert (drive["open_run"]["state"], drive["method"]) == ("INTERRUPTED", "overwrite.zeros")
    _, out, _ = run("disks", "--bench", bench_file)
    assert "(overwrite.zeros); erase it again to go on" in " ".join(out.split())


def test_unlock_wants_the_serial_and_says_what_is_in_the_way(run: Run, bench_file: Path) -> None:
    assert run("unlock", "good", "--bench", bench_file)[0] == 2
    assert run("unlock", "good", "--confirm", "DEMO-bad", "--bench", bench_file)[0] == 30
    status, out, _ = run("unlock", "good", "--confirm", "DEMO-good", "--bench", bench_file, "--json")
    told = document(out, "unlock")
    assert (status, told["opened"], told["reasons"][0]["detail"]) == (0, False, "the drive is not locked")


def test_a_drive_that_opal_keeps_locked_is_not_called_a_bridge(run: Run, tmp_path: Path) -> None:
    drive = '[[drives]]\nname = "n"\nbus = "nvme"\nmodel = "DEMO N"\nserial = "DEMO-N"\nsize_bytes = 1048576\n'
    file = tmp_path / "opal.toml"
    opal = "[drives.nvme]\n[drives.opal]\nlocking_enabled = true\nlocked = true\n"
    file.write_text(f'schema = "etabli.bench-file/1"\nname = "opal"\n{drive}{opal}', encoding="utf-8")
    status, out, _ = run("unlock", "n", "--confirm", "DEMO-N", "--bench", file)
    assert (status, "with the PSID of its label" in out, "bridge" in out) == (20, True, False)


def test_a_simulated_bench_sleeps_by_itself_and_its_frozen_drive_is_thawed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "cold.toml"
    drive = '[[drives]]\nname = "cold"\nfixture = "drives/ata-ssd-frozen"\n'
    file.write_text(f'schema = "etabli.bench-file/1"\nname = "cold"\n{drive}', encoding="utf-8")
    status, out, _ = run("unfreeze", "--bench", file)
    assert (status, "DEMO-FW-0016  not frozen any more" in out) == (0, True)
    status, out, _ = run("unfreeze", "--bench", file)
    assert (status, "nothing was suspended" in out) == (0, True)


def test_the_report_of_a_drive_is_that_of_its_last_run(run: Run, bench_file: Path) -> None:
    assert run("report", "good", "--bench", bench_file)[0] == 2
    _, out, _ = run("erase", "good", "--confirm", "DEMO-good", "--bench", bench_file, "--json")
    run_id = document(out, "erase")["drives"][0]["run_id"]
    status, out, _ = run("report", "good", "--bench", bench_file, "--json")
    told = document(out, "report")
    assert (status, told["run_id"], told["evidence_found"]) == (0, run_id, True)
    _, out, _ = run("report", run_id)
    assert "every sector of the drive, written, flushed, read back and equal" in " ".join(out.split())


@pytest.mark.parametrize("option", ["--lot", "--asset", "--operator", "--state", "--confirm"])
def test_an_option_that_is_given_empty_erases_nothing(run: Run, bench_file: Path, option: str) -> None:
    words = ["erase", "good", "--bench", bench_file, option, ""]
    status, _, err = run(*words, *([] if option == "--confirm" else ["--confirm", "DEMO-good"]))
    assert (status, f"{option} needs a value" in err) == (2, True), err
    assert run("outbox", "--bench", bench_file)[1].split()[-1] == "0"


def test_a_diagnosis_that_no_statement_can_carry_is_a_sentence(run: Run) -> None:
    bench = Path(__file__).parents[2] / "hardware-fixtures" / "benches" / "demo.toml"
    status, _, err = run("diagnose", "--bench", bench, "--asset", "A\nB", "--lang", "fr")
    told = " ".join(err.split())
    assert (status, "Rien n'a été gardé" in told, "asset : caractère de commande" in told) == (2, True, True), err


def test_a_refused_drive_is_reported_without_a_level_and_with_nothing_done(run: Run, bench_file: Path) -> None:
    words = ("--bench", bench_file, "--policy", "purge-required")
    assert run("erase", "good", "--confirm", "DEMO-good", *words)[0] == 30
    _, out, _ = run("report", "good", "--bench", bench_file)
    assert "Course, in order\n  nothing is recorded\n" in out
    assert "\n  [--] NOT TOUCHED\n" in out


def test_the_outbox_says_how_each_erasure_ended_and_of_which_drive(run: Run, bench_file: Path) -> None:
    run("erase", "good", "bad", "--confirm", "DEMO-good", "DEMO-bad", "--bench", bench_file)
    shown = " ".join(run("outbox", "--bench", bench_file)[1].split())
    assert ("[OK] ERASED DEMO-good" in shown, "[KO] FAILED: not erased DEMO-bad" in shown) == (True, True), shown
    told = document(run("outbox", "--bench", bench_file, "--json")[1], "outbox")
    assert {(row["serial"], row["verdict"]) for row in told["statements"]} == {
        ("DEMO-good", "ERASED"),
        ("DEMO-bad", "FAILED"),
    }


def test_drives_that_stand_after_confirm_are_told_to_stand_before(run: Run, bench_file: Path) -> None:
    status, _, err = run("erase", "--confirm", "DEMO-good", "good", "--bench", bench_file)
    assert (status, "write the drives before it" in " ".join(err.split())) == (2, True), err
