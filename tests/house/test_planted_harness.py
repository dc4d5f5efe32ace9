"""The harness cannot call a bug caught that no test noticed."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.planted.__main__ import ROWS, chosen, told
from tests.planted.bugs import BadRow, Bug, load
from tests.planted.harness import Result, judge, judge_all, run_pytest

BUG = Bug("shrink", "the tail stays", "disk.py", "size", "size - 1", ("test_disk.py",))
ROW = '[[bug]]\nid = "a"\nwhy = "w"\nfile = "f"\nold = "x"\nnew = "y"\ntests = ["t"]\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("original", "copy"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "disk.py").write_text("def end(size): return 512\n")
    return tmp_path


def noticing(tree: Path, tests: tuple[str, ...]) -> int:
    return 1 if "size - 1" in (tree / "disk.py").read_text() else 0


def test_a_bug_that_a_test_notices_is_caught_and_the_copy_is_clean_again(tree: Path) -> None:
    assert judge(BUG, tree / "copy", tree / "original", noticing).result is Result.CAUGHT
    assert (tree / "copy" / "disk.py").read_text() == (tree / "original" / "disk.py").read_text()


@pytest.mark.parametrize(
    ("clean", "planted", "result"),
    [
        (0, 0, Result.MISSED),
        (1, 1, Result.BROKEN),
        (4, 4, Result.BROKEN),
        (5, 5, Result.UNTRIED),
        (0, 2, Result.BROKEN),
        (0, 4, Result.BROKEN),
    ],
    ids=[
        "nobody notices",
        "fails without the bug",
        "no test is there",
        "its tests are skipped",
        "tests cannot be loaded",
        "usage error",
    ],
)
def test_every_other_ending_is_not_caught(tree: Path, clean: int, planted: int, result: Result) -> None:
    codes = iter((clean, planted))
    assert judge(BUG, tree / "copy", tree / "original", lambda *_: next(codes)).result is result


@pytest.mark.parametrize("source", ["nothing here\n", "size size\n"], ids=["missing", "twice"])
def test_a_row_whose_old_text_does_not_stand_once_is_an_error(tree: Path, source: str) -> None:
    (tree / "copy" / "disk.py").write_text(source)
    finding = judge(BUG, tree / "copy", tree / "original", lambda *_: 0)
    assert finding.result is Result.BROKEN
    assert "not once" in finding.detail


def test_all_bugs_are_judged_in_order_beside_each_other(tree: Path) -> None:
    other = Bug("lost", "no such text", "disk.py", "absent", "x", ("test_disk.py",))
    findings = list(judge_all([BUG, other, BUG], tree / "original", noticing))
    assert [finding.result for finding in findings] == [Result.CAUGHT, Result.BROKEN, Result.CAUGHT]
    assert "size - 1" not in (tree / "original" / "disk.py").read_text()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ROW + ROW, "doubled id: a"),
        (ROW.replace('["t"]', "[]"), "needs a test"),
        (ROW.replace('"y"', '"x"'), "one that differs"),
        (ROW.replace("why", "reason"), "reason"),
        (ROW.replace('tests = ["t"]', ""), "tests"),
    ],
)
def test_a_malformed_list_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "bugs.toml").write_text(text)
    with pytest.raises(BadRow, match=told):
        load(tmp_path / "bugs.toml")


@pytest.mark.world
@pytest.mark.parametrize(
    ("body", "code"),
    [("assert True", 0), ("assert False", 1), ("import pytest; pytest.skip('no root')", 5)],
    ids=["passes", "fails", "is skipped"],
)
def test_a_skipped_test_does_not_count_as_passed(tmp_path: Path, body: str, code: int) -> None:
    (tmp_path / "pytest.ini").touch()
    (tmp_path / "test_it.py").write_text(f"def test_it():\n    {body}\n")
    assert run_pytest(tmp_path, ("test_it.py",)) == code


@pytest.mark.parametrize(
    ("ended", "strict", "status", "last"),
    [
        ({Result.CAUGHT: 3}, True, 0, "planted 3 caught 3  (1 s)"),
        ({Result.CAUGHT: 3, Result.UNTRIED: 1}, False, 0, "planted 3 caught 3  (1 s)"),
        ({Result.CAUGHT: 3, Result.UNTRIED: 1}, True, 1, "planted 4 caught 3  (1 s)"),
        ({Result.CAUGHT: 3, Result.MISSED: 1}, False, 1, "planted 4 caught 3  (1 s)"),
        ({Result.UNTRIED: 1}, False, 1, "planted 0 caught 0  (1 s)"),
    ],
)
def test_what_could_not_be_tried_is_told_and_counts_only_where_every_tier_is_required(
    ended: dict[Result, int], strict: int, status: int, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(Counter(ended), 1.0, strict=bool(strict)) == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == last
    assert (lines[0] == "not tried on this machine: 1") == (Result.UNTRIED in ended and not strict)


def test_the_shares_of_all_bugs_are_all_bugs_each_once() -> None:
    bugs = load(*ROWS)
    parts = [chosen(bugs, ["--share", f"{which}/3"]) for which in range(3)]
    assert sorted(bug.id for part in parts for bug in part) == sorted(bug.id for bug in bugs)
    assert min(map(len, parts)) > len(bugs) // 4
    assert [bug.id for bug in chosen(bugs, [bugs[7].id])] == [bugs[7].id]
    assert chosen(bugs, []) == list(bugs)


@pytest.mark.parametrize("share", ["3/3", "-1/3", "x", ""])
def test_no_share_is_no_green_run(share: str) -> None:
    with pytest.raises(ValueError, match=r"share|invalid literal"):
        chosen(load(*ROWS), ["--share", share])


def test_the_old_text_of_every_bug_stands_once() -> None:
    root = ROWS[0].parents[2]
    times = {bug.id: (root / bug.file).read_text("utf-8").count(bug.old) for bug in load(*ROWS)}
    assert {name: found for name, found in times.items() if found != 1} == {}


def test_every_bug_names_tests_that_are_there() -> None:
    root, lost = ROWS[0].parents[2], []
    for bug in load(*ROWS):
        for test in bug.tests:
            file, *names = test.split("::")
            source = (root / file).read_text("utf-8") if (root / file).is_file() else ""
            words = [name.partition("[")[0] for name in names]
            if not source or any(not re.search(rf"^ *(?:def|class) {word}\b", source, re.MULTILINE) for word in words):
                lost.append(f"{bug.id}: {test}")
    assert lost == []
