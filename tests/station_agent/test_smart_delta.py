"""SMART before and after: only numbers that changed, and a drive that may be busy or dead is not asked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_agent.smart_delta import delta, health_after, numbers

ATA = {
    "ata_smart_attributes": {"table": [{"id": 5, "name": "Reallocated_Sector_Ct", "raw": {"value": 0}}]},
    "temperature": {"current": 30},
    "power_cycle_count": 7,
}
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def test_only_what_changed_is_kept() -> None:
    after = {**ATA, "temperature": {"current": 41}}
    after["ata_smart_attributes"] = {"table": [{"id": 5, "name": "Reallocated_Sector_Ct", "raw": {"value": 8}}]}
    changed = {"ata 5 Reallocated_Sector_Ct": [0, 8], "temperature current": [30, 41]}
    assert delta(numbers(ATA), numbers(after)) == {"read_before": True, "read_after": True, "changed": changed}


def test_a_packed_counter_counts_by_its_first_part_only() -> None:
    row = {"id": 5, "name": "Reallocated_Sector_Ct", "raw": {"value": 8_589_934_592_007, "string": "7 (2000 0)"}}
    assert numbers({"ata_smart_attributes": {"table": [row]}}) == {"ata 5 Reallocated_Sector_Ct": 7}


@pytest.mark.parametrize(("overwritten", "verdict"), [(True, "reject"), (False, "review")])
def test_a_sector_that_a_full_overwrite_does_not_settle_rejects_the_drive(overwritten: Any, verdict: str) -> None:
    row = {"id": 197, "name": "Current_Pending_Sector", "raw": {"value": 3, "string": "3"}}
    document = {"smart_status": {"passed": True}, "ata_smart_attributes": {"table": [row]}}
    told = health_after(document, overwritten=overwritten)
    assert (told["verdict"], told["reasons"]) == (verdict, ["ata.pending 197 3"])
    assert health_after(None, overwritten=overwritten) == {}


@pytest.mark.parametrize(("before", "after"), [(None, ATA), (ATA, None), (None, None)])
def test_a_reading_that_is_missing_is_said_and_not_counted_as_change(before: Any, after: Any) -> None:
    told = delta(numbers(before), numbers(after))
    assert (told["read_before"], told["read_after"], told["changed"]) == (before is ATA, after is ATA, {})


@given(st.dictionaries(st.sampled_from([*ATA, "nvme_smart_health_information_log"]), PLAIN))
def test_any_document_gives_whole_numbers(document: dict[str, Any]) -> None:
    assert all(type(value) is int for value in numbers(document).values())
