"""Every row of the seeds that is marked must or should has a test with its name; no test names a row that there is not.

Tests are found in their text, not by importing them: what another machine skips counts here all the same.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROWS = Path(__file__).with_name("rows.toml")
NAMED = re.compile(r"test_s(\d+)_(\d+)_[a-z]")
# Rows that are being built, with what is still missing. This table is empty once all of them work.
PENDING: dict[str, str] = {}


def known() -> dict[str, str]:
    """Priority by row."""
    return {row: priority for priority, rows in tomllib.loads(ROWS.read_text("utf-8")).items() for row in rows}


def functions(text: str) -> Iterator[str]:
    """The names of the test functions of one file, those in classes too."""
    top = ast.parse(text).body
    for node in (*top, *(inner for one in top if isinstance(one, ast.ClassDef) for inner in one.body)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name


def rows_of(names: Iterable[str]) -> set[str]:
    """The rows that test names carry."""
    return {f"S{found[1]}-{found[2]}" for name in names if (found := NAMED.match(name))}


@cache
def shown() -> set[str]:
    """The rows that some test of the suite names."""
    texts = (path.read_text("utf-8") for path in TESTS.rglob("test_*.py"))
    return rows_of(name for text in texts if "def test_s" in text for name in functions(text))


def missing(rows: dict[str, str], named: set[str], pending: Iterable[str]) -> set[str]:
    """The rows that must have a test and have none."""
    return {row for row, priority in rows.items() if priority in {"must", "should"}} - named - set(pending)


def test_every_row_that_must_or_should_work_has_a_test_with_its_name() -> None:
    assert missing(known(), shown(), PENDING) == set()


def test_no_test_names_a_row_that_there_is_not() -> None:
    assert shown() - set(known()) == set()


def test_what_is_pending_is_still_without_a_test() -> None:
    assert set(PENDING) & shown() == set(), "take these rows out of PENDING"
    assert set(PENDING) <= set(known())


def test_a_row_without_a_test_is_found() -> None:
    named = rows_of(
        functions("class A:\n    def test_s2_10_a_device_is_reserved(self): ...\ndef s2_1_no_test(): ...\n")
    )
    assert named == {"S2-10"}
    assert missing({"S2-1": "must", "S2-10": "must", "S2-2": "later", "S2-7": "should"}, named, {"S2-7"}) == {"S2-1"}
    assert rows_of(["test_s21_and_no_row", "test_s2_x", "test_inv_4_a_rule"]) == set()


def test_each_row_stands_once() -> None:
    rows = [row for listed in tomllib.loads(ROWS.read_text("utf-8")).values() for row in listed]
    assert len(rows) == len(set(rows)) == 86
