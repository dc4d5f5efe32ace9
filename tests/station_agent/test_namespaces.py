"""Two namespaces of one NVMe drive: one serial number, one drive, erased once by itself, or each overwritten."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from erasure.journal import EntryKind, JournalEntry
from erasure.outcome import ReasonCode
from erasure.plan import ErasurePlan, Refusal
from erasure.policy import load_policy
from station_agent.bench import Bench, simulated_bench
from station_agent.planning import choose, confirm, survey
from station_agent.run_context import RunContext
from station_agent.station import open_station
from tests.last_document import last_document

HEAD = 'schema = "etabli.bench-file/1"\nname = "pair"\n'
CONTROLLER = """
[[drives]]
name = "{name}"
bus = "nvme"
model = "DEMO PAIR"
serial = "DEMO-PAIR"
size_bytes = 1048576
contents = "pattern"
[drives.nvme]
sanitize = ["block"]
seconds = 0.2
[[drives.nvme.namespaces]]
size_bytes = 1048576
eui64 = "{eui}1"
[[drives.nvme.namespaces]]
size_bytes = 1048576
eui64 = "{eui}2"
"""
Run = Callable[..., tuple[int, str, str]]


def pair(folder: Path, *eui: str) -> Path:
    file = folder / "pair.toml"
    drives = [CONTROLLER.format(name=f"nvme{n}", eui=one) for n, one in enumerate(eui or ("00000000000005a",))]
    file.write_text(HEAD + "".join(drives), encoding="utf-8")
    return file


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return simulated_bench(pair(tmp_path), tmp_path / "drives")


def test_one_drive_with_two_namespaces_is_no_pair_of_twins(bench: Bench) -> None:
    for name in ("nvme0n1", "nvme0n2"):
        [found] = survey(bench, choose(bench.enumerate_disks(), [name]), load_policy("purge-preferred"))
        assert isinstance(found.outcome, ErasurePlan)
        assert (found.outcome.method, found.together) == ("nvme.sanitize.block", "")


def test_what_erases_the_whole_drive_is_planned_once_and_confirmed_once(bench: Bench) -> None:
    found = survey(bench, choose(bench.enumerate_disks(), ["nvme0n2", "nvme0n1"]), load_policy("purge-preferred"))
    assert [drive.together for drive in found] == ["", "sim:nvme0n2"]
    assert confirm(found, ["DEMO-PAIR"], "op").keys() == {"sim:nvme0n1", "sim:nvme0n2"}


def test_an_overwrite_reaches_one_namespace_so_that_each_gets_its_own_with_the_other_as_exception(bench: Bench) -> None:
    found = survey(bench, choose(bench.enumerate_disks(), ["nvme0n1", "nvme0n2"]), load_policy("overwrite"))
    assert [drive.together for drive in found] == ["", ""]
    for drive in found:
        assert isinstance(drive.outcome, ErasurePlan)
        assert ReasonCode.HIDDEN_AREA in {one.code for one in drive.outcome.exceptions}


def test_two_controllers_that_show_one_serial_number_are_refused_as_before(tmp_path: Path) -> None:
    bench = simulated_bench(pair(tmp_path, "00000000000005a", "00000000000005b"), tmp_path / "drives")
    found = survey(bench, bench.enumerate_disks(), load_policy("purge-preferred"))
    assert len(found) == 4
    for drive in found:
        assert isinstance(drive.outcome, Refusal)
        assert [one.detail for one in drive.outcome.reasons] == ["two drives show this serial number"]


@pytest.mark.world
def test_naming_both_namespaces_erases_the_drive_once_and_says_so(run: Run, tmp_path: Path) -> None:
    call: tuple[Any, ...] = ("erase", "nvme0n1", "nvme0n2", "--confirm", "DEMO-PAIR", "--bench", pair(tmp_path))
    status, out, _ = run(*call, "--json")
    told = last_document(out)
    assert (status, [drive["path"] for drive in told["drives"]]) == (0, ["sim:nvme0n1"])
    assert told["together"] == [{"path": "sim:nvme0n2", "with": "sim:nvme0n1"}]
    assert json.loads(run("outbox", "--json")[1])["counts"]["queued"] == 1
    status, out, _ = run(*call)
    assert status == 0
    assert out.count("one drive with sim:nvme0n1, erased in the same run") == 2, "before it and at the end"


@pytest.mark.world
def test_one_namespace_overwritten_alone_keeps_its_exception(run: Run, tmp_path: Path) -> None:
    file = pair(tmp_path)
    call = ("erase", "nvme0n2", "--confirm", "DEMO-PAIR", "--bench", file, "--policy", "overwrite", "--json")
    status, out, _ = run(*call)
    [drive] = last_document(out)["drives"]
    assert (status, drive["verdict"]) == (10, "ERASED_WITH_EXCEPTIONS")
    assert [one["code"] for one in drive["exceptions"]] == ["HIDDEN_AREA"]


@pytest.mark.world
def test_an_interrupted_erase_begun_on_the_other_namespace_is_the_one_that_goes_on(run: Run, tmp_path: Path) -> None:
    file = pair(tmp_path)
    bench = simulated_bench(file, tmp_path / "state" / "bench")
    begun = begun_on(bench, "nvme0n1", tmp_path / "state")
    call: tuple[Any, ...] = ("--confirm", "DEMO-PAIR", "--bench", file, "--json")
    status, out, _ = run("erase", "nvme0n2", *call)
    [drive] = last_document(out)["drives"]
    assert (status, drive["verdict"]) == (30, "NOT_ERASED")
    assert [one["detail"] for one in drive["reasons"]] == [
        "a run of sim:nvme0n1, the same drive, is open: it goes first"
    ]
    status, out, _ = run("erase", "nvme0n2", "nvme0n1", *call)
    told = last_document(out)
    assert [(drive["path"], drive["run_id"]) for drive in told["drives"]] == [("sim:nvme0n1", begun)]
    assert told["together"] == [{"path": "sim:nvme0n2", "with": "sim:nvme0n1"}]


@pytest.mark.world
@pytest.mark.parametrize("named", [("nvme0n2",), ("nvme0n2", "nvme0n1")])
def test_a_restart_on_the_other_namespace_is_refused_and_leaves_the_run_open(
    run: Run, tmp_path: Path, named: tuple[str, ...]
) -> None:
    file = pair(tmp_path)
    bench = simulated_bench(file, tmp_path / "state" / "bench")
    begun = begun_on(bench, "nvme0n1", tmp_path / "state")
    call: tuple[Any, ...] = ("--confirm", "DEMO-PAIR", "--bench", file, "--restart")
    status, _, err = run("erase", *named, *call)
    assert status == 2
    assert "sim:nvme0n2 is one drive with sim:nvme0n1, whose run is interrupted" in " ".join(err.split())
    with open_station(tmp_path / "state", demo=True) as station:
        assert [one.run_id for one in station.journal.open_runs()] == [begun]
    status, out, _ = run("erase", "nvme0n1", "nvme0n2", *call, "--json")
    assert (status, [drive["path"] for drive in last_document(out)["drives"]]) == (0, ["sim:nvme0n1"])
    with open_station(tmp_path / "state", demo=True) as station:
        assert station.journal.open_runs() == ()


@pytest.mark.world
@pytest.mark.parametrize("option", ["--lot", "--asset"])
def test_two_namespaces_of_one_drive_cannot_have_two_places(run: Run, tmp_path: Path, option: str) -> None:
    call: tuple[Any, ...] = ("erase", "nvme0n1", "nvme0n2", "--confirm", "DEMO-PAIR", "--bench", pair(tmp_path))
    status, _, err = run(*call, option, "A-1", option, "A-2")
    assert status == 2
    assert f"are one drive, erased in one run: give {option} once for both, not A-2 and A-1" in " ".join(err.split())
    status, out, _ = run(*call, option, "A-1", option, "A-1", "--json")
    assert (status, len(last_document(out)["drives"])) == (0, 1)


@pytest.mark.world
def test_two_namespaces_that_are_overwritten_apart_may_have_two_places(run: Run, tmp_path: Path) -> None:
    call: tuple[Any, ...] = ("erase", "nvme0n1", "nvme0n2", "--confirm", "DEMO-PAIR", "--bench", pair(tmp_path))
    status, out, _ = run(*call, "--policy", "overwrite", "--asset", "A-1", "--asset", "A-2", "--json")
    assert (status, len(last_document(out)["drives"])) == (10, 2)


def begun_on(bench: Bench, name: str, folder: Path) -> str:
    """Journal a run of one namespace that had put its marks there when the bench lost its power."""
    [drive] = survey(bench, choose(bench.enumerate_disks(), [name]), load_policy("purge-preferred"))
    assert isinstance(drive.outcome, ErasurePlan)
    context = RunContext(drive.outcome.facts, drive.outcome.method, 1, "purge-preferred", "", "", "op", None, None)
    run_id = "5" * 32
    with open_station(folder, demo=True) as station:
        station.journal.open_run(run_id, context)
        intent = {
            "method": drive.outcome.method,
            "method_version": 1,
            "key": "00" * 32,
            "identity": {},
            "size_bytes": 1 << 20,
        }
        station.journal.record(JournalEntry(run_id, EntryKind.INTENT, intent))
    return run_id
