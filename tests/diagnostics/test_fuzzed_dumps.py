"""Mutated documents, JSON and text: never an exception, a verdict of the four, and no "ok" where health cannot be read.

ETABLI_FUZZ sets the number of cases over all tests of this file (20 000 for the record; a few hundred otherwise).
"""

import contextlib
import copy
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagnostics.dump import text_of
from diagnostics.errors import UnreadableReport
from diagnostics.health import HealthReport, HealthVerdict, assess_document, assess_text
from tests.diagnostics.text_reports import ATA_A, HEALTHY

Document = dict[str, Any]
Make = Callable[..., Any]
TESTS = 4
CASES = int(os.environ.get("ETABLI_FUZZ") or 600) // TESTS
FUZZ = settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WORDS = ("", "-", "abc", "PASSED", "OK", "FAILED!", "0x00", "NaN", "-1", "9" * 60, "9" * 5000, "1,2", "\x00", "é", "—")
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
STATUS = ("self-assessment test result: PASSED", "SMART Health Status: OK")
COUNTERS = ("ID# ATTR", "SMART/Health Information (NVMe", "Elements in grown defect list", "read:", "write:")

LOG = ("Critical Warning:", "198 Offline")
# Half of the mutations strike where health is told; the others anywhere.
VITAL = frozenset(
    {"smart_status", "passed", "critical_warning", "ata_smart_attributes", "table", "raw", "string", "exit_status"}
)


@pytest.fixture
def healthy(ata: Make, nvme: Make, scsi: Document) -> list[Document]:
    return [ata((5, "0"), (187, "0"), (197, "0"), (198, "0")), nvme(), scsi]


def places(value: object, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path into a document, deep ones too."""
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, inner in rows for path in ((*above, key), *places(inner, (*above, key)))]


def mutate(data: st.DataObject, document: Document) -> Document:
    """Take away, replace or double up to four members anywhere."""
    for _ in range(data.draw(st.integers(1, 4))):
        paths = places(document)
        if not paths:
            return document
        vital = [path for path in paths if path[-1] in VITAL] or paths
        *above, last = data.draw(st.sampled_from(vital if data.draw(st.booleans()) else paths))
        owner: Any = document
        for key in above:
            owner = owner[key]
        if data.draw(st.booleans()):
            owner[last] = data.draw(JUNK)
        else:
            del owner[last]
    return document


def readable(document: Document) -> bool:
    """Say, apart from the reader, whether status and counters are there in their plain shape."""
    if not isinstance(document.get("smart_status"), dict) or document["smart_status"].get("passed") is not True:
        return False
    log = document.get("nvme_smart_health_information_log")
    if isinstance(log, dict) and log:
        return str(log.get("critical_warning", "")).removesuffix(".0").strip().isdecimal()
    table = document.get("ata_smart_attributes")
    scsi = any(document.get(name) is not None for name in ("scsi_grown_defect_list", "scsi_error_counter_log"))
    return scsi or (isinstance(table, dict) and isinstance(table.get("table"), list) and bool(table["table"]))


def sound(report: HealthReport) -> None:
    assert report.verdict in set(HealthVerdict)
    assert json.loads(json.dumps(report.to_document()))["verdict"] == report.verdict
    assert report.verdict is not HealthVerdict.OK or report.complete


@FUZZ
@given(data=st.data(), kind=st.integers(0, 2))
def test_a_mutated_document_is_never_healthy_without_its_status_and_counters(
    healthy: list[Document], data: st.DataObject, kind: int
) -> None:
    document = mutate(data, copy.deepcopy(healthy[kind]))
    report = assess_document(document)
    sound(report)
    assert report.verdict is not HealthVerdict.OK or readable(document)


@FUZZ
@given(data=st.data(), kind=st.integers(0, 2), cut=st.integers(0, 2500), patch=st.binary(max_size=6))
def test_the_bytes_of_a_mutated_json_file_never_make_the_reader_fall_over(
    healthy: list[Document], data: st.DataObject, kind: int, cut: int, patch: bytes
) -> None:
    raw = json.dumps(mutate(data, copy.deepcopy(healthy[kind]))).encode("utf-8", "surrogatepass")
    with contextlib.suppress(UnreadableReport):
        sound(assess_text(text_of(raw[:cut] + patch + raw[cut + data.draw(st.integers(0, 9)) :])))


@FUZZ
@given(data=st.data(), kind=st.sampled_from((*HEALTHY, "ata-a")))
def test_a_mutated_text_is_never_healthy_without_its_status_and_counters(data: st.DataObject, kind: str) -> None:
    lines = (HEALTHY | {"ata-a": ATA_A})[kind].splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 5))):
        vital = [place for place, line in enumerate(lines) if any(sign in line for sign in (*STATUS, *COUNTERS, *LOG))]
        anywhere = st.integers(0, len(lines) - 1)
        place = data.draw(st.sampled_from(vital) if vital and data.draw(st.booleans()) else anywhere)
        lines[place] = data.draw(line_in_place_of(lines[place]))
    text = "".join(lines)
    try:
        report = assess_text(text)
    except UnreadableReport:
        return
    sound(report)
    if report.verdict is HealthVerdict.OK:
        assert any(line.strip().endswith(STATUS) for line in text.splitlines())
        assert any(sign in text for sign in COUNTERS)


def line_in_place_of(line: str) -> st.SearchStrategy[str]:
    """Nothing, a part of the line, the line with a word changed, the line twice, or anything."""
    name = line.partition(":")[0]
    return st.one_of(
        st.just(""),
        st.integers(0, len(line)).map(lambda end: line[:end]),
        st.sampled_from(WORDS).map(lambda word: f"{name}: {word}\n"),
        st.sampled_from(WORDS).map(lambda word: line.replace(" 0", f" {word}", 1)),
        st.just(line + line),
        st.text(max_size=20).map(lambda text: f"{text}\n"),
    )


@FUZZ
@given(kind=st.sampled_from((*HEALTHY, "ata-a")), end=st.integers(0, 4000), tail=st.binary(max_size=12))
def test_a_text_that_is_cut_is_healthy_only_behind_its_last_counter(kind: str, end: int, tail: bytes) -> None:
    whole = (HEALTHY | {"ata-a": ATA_A})[kind].encode()
    text = text_of(whole[:end] + tail)
    try:
        report = assess_text(text)
    except UnreadableReport:
        return
    sound(report)
    last = {"ata-x": "198 Offline", "ata-a": "198 Offline", "nvme": "Media and Data", "scsi": "grown defect list"}[kind]
    assert report.verdict is not HealthVerdict.OK or last in text
