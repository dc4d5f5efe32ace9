"""Whatever JSON a drive, a bridge or a file brings: a verdict, never an exception, and never a pass out of nothing."""

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagnostics.grading import grade_report
from diagnostics.health import HealthVerdict, assess_document
from diagnostics.plain import text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    "smartctl", "device", "smart_status", "smart_support", "ata_smart_attributes", "power_on_time", "temperature",
    "nvme_smart_health_information_log", "nvme_namespaces", "nvme_total_capacity", "scsi_error_counter_log", "wwn",
    "scsi_grown_defect_list", "serial_number", "model_name", "user_capacity", "scsi_self_test_0",
    "ata_smart_self_test_log", "nvme_self_test_log",
)  # fmt: skip
QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUIET
@given(document=st.dictionaries(st.sampled_from(KEYS), JSON))
def test_a_document_of_nonsense_is_never_healthy(document: dict[str, Any]) -> None:
    assert assess_document(document).verdict in {HealthVerdict.UNKNOWN, HealthVerdict.REJECT}


@QUIET
@given(data=st.data(), replacement=JSON)
def test_one_member_replaced_by_anything_never_makes_the_reader_fall_over(
    ata: Callable[..., Any], data: st.DataObject, replacement: object
) -> None:
    document = copy.deepcopy(ata((5, "0"), (197, "1")))
    spoiled = data.draw(st.sampled_from(sorted(document)))
    document[spoiled] = replacement
    report = assess_document(document)
    assert report.verdict is not HealthVerdict.OK
    assert isinstance(report.to_document()["reasons"], list)


@QUIET
@given(report=st.dictionaries(st.sampled_from(("machine", "batteries", "checks")), JSON))
def test_a_report_of_nonsense_gets_no_letter(report: dict[str, Any]) -> None:
    assert grade_report(report).letter == ""


@QUIET
@given(word=st.text())
def test_text_of_a_drive_is_always_printable_ascii_and_short(word: str) -> None:
    shown = text(word)
    assert shown.isascii()
    assert shown.isprintable()
    assert len(shown) <= 200
