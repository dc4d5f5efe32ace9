"""EA-02: no byte outside the target is written: the trace of writes, and every byte of the drive beside it."""

from pathlib import Path
from typing import Any

import pytest

from tests.erasure.assertions.cases import (
    EACH_FIXTURE,
    EACH_METHOD,
    KIB,
    KINDS,
    NVME,
    OVERWRITES,
    attempt,
    cut,
    fixture,
)


@EACH_FIXTURE
def test_nothing_is_written_beside_any_drive_by_any_method(tmp_path: Path, name: str, method: str) -> None:
    table = fixture(name)
    tried = attempt(tmp_path, table, method)
    largest = max(len(medium.before) for medium in tried.ending.media.values())
    assert tried.ending.untouched
    assert all(0 <= first < end <= max(largest, table["size_bytes"]) for first, end in tried.ending.written)
    assert tried.objections == []


@EACH_METHOD
def test_a_twin_under_its_name_keeps_every_byte(tmp_path: Path, table: dict[str, Any], method: str) -> None:
    """The bench dies, another drive of the same model and size comes up under the name: it is not touched."""
    tried = attempt(tmp_path, table, method, cut("record", 1, between="stranger"), cut("record", 90))
    assert (tried.verdict, tried.ending.untouched) == ("OPEN", True)
    assert "IDENTITY" in tried.table.told


@pytest.mark.parametrize("method", OVERWRITES)
def test_an_overwrite_of_one_namespace_leaves_the_other_and_says_so(tmp_path: Path, method: str) -> None:
    rows = [{"size_bytes": 128 * KIB}, {"size_bytes": 96 * KIB}]
    tried = attempt(tmp_path, {**NVME, "size_bytes": 128 * KIB, "nvme": {**NVME["nvme"], "namespaces": rows}}, method)
    other = next(medium for name, medium in tried.ending.media.items() if name != tried.ending.target)
    assert other.before == other.after
    assert tried.verdict == "ERASED_WITH_EXCEPTIONS"
    assert "namespace 2" in tried.ending.exceptions[0]


@pytest.mark.parametrize("kind", KINDS)
def test_no_write_begins_or_ends_beyond_the_last_sector(tmp_path: Path, kind: str) -> None:
    tried = attempt(tmp_path, KINDS[kind], "overwrite.keystream")
    assert (min(tried.ending.written)[0], max(end for _, end in tried.ending.written)) == (0, 128 * KIB + 512)
