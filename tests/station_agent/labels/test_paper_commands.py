"""The commands of the sheet, the operators and the labels, as a person calls them."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station_agent.pins.MEMORY_KIB", 64)


@pytest.fixture
def op_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("4711\n"))
    assert run("operator", "add", "op-1")[0] == 0


def test_an_operator_is_added_shown_and_removed(run: Run, op_1: None) -> None:
    assert run("operator", "show")[1] == "op-1  PIN  -  added here\n"
    assert json.loads(run("operator", "show", "--json")[1])["operators"] == [
        {"name": "op-1", "pin": True, "badge": False, "from_hub": False}
    ]
    assert run("operator", "remove", "op-1")[0] == 0
    assert run("operator", "show")[1].startswith("No operator yet")


def test_a_weak_pin_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1234\n"))
    status, _, told = run("operator", "add", "op-1")
    assert status == 2
    assert "first that anybody tries" in told


def test_the_sheet_makes_badges_that_their_operators_have_then(run: Run, op_1: None, tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    assert run("sheet", "--out", file, "--badge", "OP-1")[0] == 0
    assert file.read_bytes().startswith(b"%PDF")
    assert file.stat().st_mode & 0o077 == 0
    assert run("operator", "show")[1] == "op-1  PIN  badge  added here\n"


def test_a_badge_for_nobody_makes_no_sheet(run: Run, tmp_path: Path) -> None:
    status, _, told = run("sheet", "--out", tmp_path / "sheet.pdf", "--badge", "op-9")
    assert (status, (tmp_path / "sheet.pdf").exists()) == (2, False)
    assert "no operator op-9" in told


def test_a_sheet_that_cannot_be_written_leaves_the_old_badge(run: Run, op_1: None, tmp_path: Path) -> None:
    status, _, told = run("sheet", "--out", tmp_path / "no" / "sheet.pdf", "--badge", "op-1")
    assert status == 2
    assert "cannot be written" in told
    assert run("operator", "show")[1] == "op-1  PIN  -  added here\n"


def test_labels_of_a_bench_are_printed_from_its_records(run: Run, keep_run: Callable[..., str], tmp_path: Path) -> None:
    good = keep_run("DEMO-0001", asset="PC-1")
    keep_run("DEMO-0002", "FAILED", asset="PC-1")
    file = tmp_path / "label.pdf"
    status, out, _ = run("label", "--asset", "PC-1", "--pdf", file, "--json")
    assert status == 0
    assert [one["kind"] for one in json.loads(out)["labels"]] == ["device", "shred"]
    assert file.read_bytes().startswith(b"%PDF")
    assert run("label", good[:12], "--pdf", file, "--a4", "--skip", "5")[1].startswith("1 label: ")


def test_a_label_of_nothing_stored_is_refused(run: Run, tmp_path: Path) -> None:
    status, _, told = run("label", "abcdef123456", "--pdf", tmp_path / "x.pdf")
    assert status == 2
    assert "no records" in told
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("label", "abcdef"),
        ("label", "abcdef", "--pdf", "x", "--cups", "y"),
        ("label", "abcdef", "--printer", "h", "--a4"),
        ("label", "abcdef", "--pdf", "x", "--skip", "3"),
        ("label", "abcdef", "--pdf", "x", "--a4", "--skip", "24"),
    ],
)
def test_a_label_goes_to_one_place(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words)[0] == 2
