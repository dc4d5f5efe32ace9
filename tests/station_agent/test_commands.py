"""The commands as a person or a script meets them: exit statuses, documents, sentences, and what stays untouched."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certificates.keys import SigningKey
from certificates.pre_approval import pre_approved_operator
from station_agent.app import PROGRAM, with_many_serials
from station_agent.exit_status import ExitStatus
from station_agent.own_keys import replace_key
from station_agent.station import open_station
from tests.last_document import last_document
from tests.station_agent.interruption import interrupting

MIB = 1 << 20
Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.world


def document(out: str, name: str) -> dict[str, Any]:
    read = last_document(out)
    assert read["schema"] == f"etabli.{name}/1"
    return dict(read)


@pytest.mark.parametrize(
    ("drives", "status", "verdicts"),
    [
        (["good"], 0, ["ERASED"]),
        (["odd"], 10, ["ERASED_WITH_EXCEPTIONS"]),
        (["bad"], 20, ["FAILED"]),
        (["good", "bad", "odd"], 20, ["ERASED", "FAILED", "ERASED_WITH_EXCEPTIONS"]),
        (["good", "shut"], 30, ["ERASED", "NOT_ERASED"]),
    ],
)
def test_erase_ends_with_the_status_of_the_worst_drive(
    run: Run, bench_file: Path, drives: list[str], status: int, verdicts: list[str]
) -> None:
    serials = [f"DEMO-{name}" for name in drives]
    got, out, _ = run("erase", *drives, "--confirm", *serials, "--bench", bench_file, "--lot", "L", "--json")
    told = document(out, "erase")
    assert (got, told["exit_status"], told["simulated"]) == (status, status, True)
    assert [drive["verdict"] for drive in told["drives"]] == verdicts
    assert all(drive["statement"] and drive["kept"] == "queued" for drive in told["drives"])
    _, out, _ = run("outbox", "--json")
    assert document(out, "outbox")["counts"]["queued"] == len(drives)


def test_nobody_erases_in_the_name_of_an_approval_beforehand(run: Run, bench_file: Path) -> None:
    name = pre_approved_operator("lead-1", 7)
    given = ("--confirm", "DEMO-good", "--bench", bench_file, "--operator", name, "--json")
    status, out, _ = run("erase", "good", *given)
    assert (status, document(out, "error")["error"]["code"]) == (2, "usage")
    assert "no name of a person" in document(out, "error")["error"]["message"]


def test_bad_sectors_are_named_in_the_document_and_in_words(run: Run, bench_file: Path) -> None:
    _, out, _ = run("erase", "bad", "--confirm", "DEMO-bad", "--bench", bench_file, "--json")
    assert document(out, "erase")["drives"][0]["bad"]["write"] == [[100, 2]]
    status, out, _ = run("erase", "bad", "--confirm", "DEMO-bad", "--bench", bench_file)
    assert status == 20
    assert "not written: LBA 100-101 (2 sectors)" in out
    assert "saved on this bench, not yet confirmed by the hub" in out


@pytest.mark.parametrize(("typed", "status"), [([], 2), (["DEMO-goo"], 30), (["good"], 30)])
def test_a_wrong_serial_leaves_every_byte(
    run: Run, bench_file: Path, tmp_path: Path, typed: list[str], status: int
) -> None:
    run("plan", "good", "--bench", bench_file)
    image = next((tmp_path / "state").rglob("good.img"))
    before = image.read_bytes()
    confirm = ["--confirm", *typed] if typed else []
    got, out, err = run("erase", "good", *confirm, "--bench", bench_file, "--json")
    assert got == status
    assert document(out, "error")["error"]["code"] == "confirmation"
    assert "DEMO-good" in err
    assert image.read_bytes() == before


def test_an_erased_drive_holds_nothing_of_its_old_content(run: Run, bench_file: Path, tmp_path: Path) -> None:
    run("plan", "good", "--bench", bench_file)
    image = next((tmp_path / "state").rglob("good.img"))
    old = image.read_bytes()
    assert run("erase", "good", "--confirm", "DEMO-good", "--bench", bench_file)[0] == 0
    new = image.read_bytes()
    assert len(new) == len(old)
    assert all(old[n : n + 512] != new[n : n + 512] for n in range(0, MIB, 512))


@pytest.mark.parametrize(
    ("drives", "status"), [(["good"], 0), (["good", "odd"], 10), (["shut"], 30), (["good", "shut"], 30)]
)
def test_plan_says_what_would_be_done_and_touches_nothing(
    run: Run, bench_file: Path, tmp_path: Path, drives: list[str], status: int
) -> None:
    got, out, _ = run("plan", *drives, "--bench", bench_file, "--json")
    told = document(out, "plan")
    assert (got, told["simulated"]) == (status, True)
    assert [drive["erasable"] for drive in told["drives"]] == [name != "shut" for name in drives]
    assert not (tmp_path / "state" / "station.sqlite3").exists()


def test_disks_shows_every_drive_with_its_protection(run: Run, bench_file: Path) -> None:
    status, out, _ = run("disks", "--bench", bench_file, "--json")
    drives = {drive["name"]: drive for drive in document(out, "disks")["drives"]}
    assert status == 0
    assert set(drives) == {"good", "bad", "odd", "shut", "slow"}
    assert drives["shut"]["protections"][0]["code"] == "READ_ONLY"
    planned = [method for method in drives["good"]["methods"] if method["planned"]]
    assert [(method["id"], method["reason"]) for method in planned] == [("overwrite.keystream", None)]
    assert drives["good"]["health"] == "unknown"


@pytest.mark.parametrize(
    "arguments",
    [
        ["erase", "nowhere", "--confirm", "X"],
        ["plan", "good", "good"],
        ["plan", "good", "--policy", "none-such"],
        ["erase", "good", "--confirm", "DEMO-good", "--lot", "x" * 500],
        ["erase", "good", "bad", "odd", "--lot", "A", "--lot", "B"],
        ["plan"],
        ["no-such-command"],
    ],
)
def test_a_call_that_cannot_be_is_usage(run: Run, bench_file: Path, arguments: list[str]) -> None:
    bench = ["--bench", str(bench_file)] if len(arguments) > 1 else []
    assert run(*arguments, *bench)[0] == 2


def test_ctrl_c_leaves_the_run_open_and_the_next_call_goes_on(run: Run, bench_file: Path, tmp_path: Path) -> None:
    with interrupting(tmp_path / "state"):
        status, out, err = run("erase", "slow", "--confirm", "DEMO-slow", "--bench", bench_file)
    assert status == ExitStatus.OPEN
    assert "To go on with this run: etabli-station erase sim:slow --confirm DEMO-slow" in out
    assert "Stopping in good order" in err
    status, out, err = run("erase", "slow", "--confirm", "DEMO-slow", "--bench", bench_file, "--json")
    told = document(out, "erase")["drives"][0]
    assert (status, told["verdict"], told["resumed"]) == (0, "ERASED", True)
    assert "goes on at" in err


def test_restart_states_the_old_run_as_failed_first(run: Run, bench_file: Path, tmp_path: Path) -> None:
    with interrupting(tmp_path / "state"):
        run("erase", "slow", "--confirm", "DEMO-slow", "--bench", bench_file)
    status, out, _ = run("erase", "slow", "--confirm", "DEMO-slow", "--bench", bench_file, "--restart", "--json")
    assert (status, document(out, "erase")["drives"][0]["resumed"]) == (0, False)
    _, out, _ = run("outbox", "--json")
    rows = document(out, "outbox")["statements"]
    assert len(rows) == 2
    assert len({row["run_id"] for row in rows}) == 2


def test_an_interrupted_run_goes_on_under_its_own_policy_only(run: Run, bench_file: Path, tmp_path: Path) -> None:
    with interrupting(tmp_path / "state"):
        run("erase", "slow", "--confirm", "DEMO-slow", "--bench", bench_file)
    status, _, err = run("erase", "slow", "--confirm", "DEMO-slow", "--bench", bench_file, "--policy", "zeros")
    assert (status, "--policy purge-preferred" in err) == (2, True)


def test_an_interrupted_run_goes_on_under_its_own_lot_only(run: Run, bench_file: Path, tmp_path: Path) -> None:
    call = ["erase", "slow", "--confirm", "DEMO-slow", "--bench", bench_file]
    with interrupting(tmp_path / "state"):
        run(*call, "--lot", "A")
    status, _, err = run(*call, "--lot", "B")
    assert (status, "--lot A" in err) == (2, True)
    protected = bench_file.read_text().replace("bytes_per_second = 500000", "read_only = true")
    bench_file.write_text(protected)
    status, _, err = run(*call, "--restart")
    assert (status, "stays open" in err) == (30, True)


def test_a_real_key_is_not_used_for_a_simulated_bench(run: Run, bench_file: Path, tmp_path: Path) -> None:
    open_station(tmp_path / "state").close()
    status, _, err = run("erase", "good", "--confirm", "DEMO-good", "--bench", bench_file)
    assert (status, "--state" in err) == (2, True)


def test_a_locked_chain_starts_no_wipe(run: Run, bench_file: Path, tmp_path: Path) -> None:
    with open_station(tmp_path / "state", demo=True) as station:
        station.chain.lock("hub: statement 9, stick: 0")
    assert run("erase", "good", "--confirm", "DEMO-good", "--bench", bench_file)[0] == 30


def test_a_chain_that_an_older_version_locked_stays_locked(run: Run, bench_file: Path, tmp_path: Path) -> None:
    """Its note named no key; a key that the bench takes later is free."""
    with open_station(tmp_path / "state", demo=True) as station:
        station.store.note("chain-locked", "hub: statement 9, stick: 0")
    assert run("erase", "good", "--confirm", "DEMO-good", "--bench", bench_file)[0] == 30
    with open_station(tmp_path / "state", demo=True) as station:
        replace_key(tmp_path / "state", station.key, SigningKey.generate(demo=True).text)
    with open_station(tmp_path / "state", demo=True) as station:
        assert station.chain.locked() == ""


def test_a_second_process_gets_a_clear_sentence(run: Run, bench_file: Path, tmp_path: Path) -> None:
    with open_station(tmp_path / "state", demo=True):
        status, out, err = run("sync", "--json")
    assert status == 2
    assert document(out, "error")["error"]["code"] == "store-busy"
    assert str(os.getpid()) in err


@pytest.mark.parametrize(
    ("health", "status", "verdict"),
    [
        ({"passed": True}, 21, "unknown"),
        (None, 2, None),
    ],
)
def test_health_judges_a_smartctl_document(run: Run, tmp_path: Path, health: Any, status: int, verdict: Any) -> None:
    file = tmp_path / "smart.json"
    file.write_text(json.dumps({"smartctl": {"version": [7, 4]}, "smart_status": health} if health else []), "utf-8")
    got, out, _ = run("health", file, "--json")
    assert got == status
    if verdict:
        assert document(out, "health")["verdict"] == verdict


def test_sync_without_a_hub_says_how_to_enrol(run: Run, bench_file: Path) -> None:
    run("erase", "good", "--confirm", "DEMO-good", "--bench", bench_file)
    status, out, _ = run("sync")
    assert (status, "etabli-station enrol --hub" in out) == (22, True)
    status, out, _ = run("sync", "--json")
    assert document(out, "sync")["state"] == "unenrolled"


def test_no_command_shows_the_bench_in_words(run: Run, bench_file: Path) -> None:
    run("erase", "good", "--confirm", "DEMO-good", "--bench", bench_file)
    status, out, _ = run("--bench", bench_file)
    assert status == 0
    assert "sim:good  DEMO good  DEMO-good  1 MB" in out
    assert "saved on this bench, waiting: 1" in out
    assert all(name in out.splitlines()[-1] for name in PROGRAM.commands)


def test_help_speaks_french(run: Run) -> None:
    status, out, _ = run("erase", "--help", "--lang", "fr")
    assert status == 0
    assert "Efface" in out


def test_many_serials_may_follow_one_confirm() -> None:
    given = ["erase", "sda", "sdb", "--confirm", "A", "B", "C", "--json", "x"]
    spread = ["erase", "sda", "sdb", "--confirm", "A", "--confirm", "B", "--confirm", "C", "--json", "x"]
    assert with_many_serials(given) == spread


def test_serve_watches_and_ends_cleanly_on_sigterm(run: Run, bench_file: Path) -> None:
    timer = threading.Timer(4.0, os.kill, (os.getpid(), signal.SIGTERM))
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    timer.start()
    started = time.monotonic()
    status, out, _ = run("serve", "--bench", bench_file)
    timer.join()
    for number, handler in before.items():
        signal.signal(number, handler)
    assert status == 0
    assert "+ sim:good  DEMO good  DEMO-good  1 MB" in out
    assert "everything is saved" in out
    assert time.monotonic() - started < 40


def test_the_table_is_drawn_on_a_terminal_only(run: Run, bench_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _self: True, raising=False)
    monkeypatch.setenv("COLUMNS", "140")
    status, out, _ = run("erase", "good", "--confirm", "DEMO-good", "--bench", bench_file)
    assert status == 0
    assert "[OK] ERASED" in out
    assert "...good" in out


def test_options_before_the_command_count_as_options_of_the_command(run: Run, bench_file: Path) -> None:
    found = PROGRAM.find(["--bench", "disks", "--lang=en", "plan", "disks"])
    assert (found.name, found.words) == ("etabli-station plan", ("--bench", "disks", "--lang=en", "disks"))
    assert PROGRAM.find(["--help"]).words == ("--help",)
    status, out, _ = run("--bench", bench_file, "disks", "--json")
    assert (status, document(out, "disks")["simulated"]) == (0, True)


def test_a_language_that_is_not_there_is_refused(run: Run) -> None:
    status, out, err = run("disks", "--lang", "de")
    assert (status, out) == (2, "")
    assert "--lang de: choose one of fr, en." in err


def test_outbox_and_sync_find_the_state_of_a_simulated_bench(
    run: Run, bench_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ETABLI_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    run("erase", "good", "--confirm", "DEMO-good", "--bench", bench_file)
    for command, status in (("outbox", 0), ("sync", 22)):
        got, out, _ = run(command, "--bench", bench_file, "--json")
        assert (got, document(out, command)["counts"]["queued"]) == (status, 1)


def test_a_folder_that_cannot_be_used_is_a_sentence(run: Run, bench_file: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for command in (("disks", "--bench", bench_file), ("outbox",)):
        status, _, err = run(*command, "--state", tmp_path / "file" / "state")
        assert (status, "Choose another with --state" in err) == (2, True)


def test_health_of_nothing_is_refused_and_of_a_mute_drive_is_explained(run: Run, tmp_path: Path) -> None:
    status, _, err = run("health", tmp_path / "nothing")
    assert (status, "neither a file nor a drive" in err) == (2, True)
    status, _, err = run("health", tmp_path)
    assert (status, "is neither a file nor a drive" in err, "/dev/sda" in err) == (2, True, True)
    status, out, err = run("health", "/dev/null")
    assert (status, "cannot be asked" in err, out.startswith("Health unknown")) == (21, True, True)


@pytest.mark.parametrize(
    "held", [b"", b" \n", b"<html></html>", b"[1]", b"\x00\xff" * 99, b"smartctl: command not found"]
)
def test_health_of_a_file_that_smartctl_did_not_write_says_in_french_how_to_make_one(
    run: Run, tmp_path: Path, held: bytes
) -> None:
    (tmp_path / "it").write_bytes(held)
    status, out, err = run("health", tmp_path / "it", "--lang", "fr")
    told = " ".join(err.split())
    assert (status, out) == (2, "")
    assert "smartctl -x --json=c /dev/sdX > FILE" in told
    assert not any(english in told for english in ("this is", "JSON was", "Expecting"))


def test_how_to_go_on_names_the_bench_file_again(run: Run, bench_file: Path, tmp_path: Path) -> None:
    with interrupting(tmp_path / "state"):
        status, out, _ = run("erase", "slow", "--confirm", "DEMO-slow", "--bench", bench_file)
    assert status == 22
    assert f"etabli-station erase sim:slow --confirm DEMO-slow --bench {bench_file}" in out
