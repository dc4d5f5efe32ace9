"""What a reading says: counters out of packed figures, identities, capacities."""

from collections.abc import Callable
from typing import Any

import pytest

from diagnostics.reading import count, decode

Document = dict[str, Any]
Make = Callable[..., Any]


@pytest.mark.parametrize(
    ("number", "raw", "counter"),
    [
        (5, "0", 0), (5, "0 (2000 0)", 0), (5, "24 (3 0)", 24), (5, str(2000 << 32), 0), (5, str((2000 << 32) + 7), 7),
        (197, "8", 8), (9, "1234h+05m+10.2s", 1234), (199, "0x001f", 31), (188, "2 2 2", 2), (188, "9 4 1", 1),
        (188, "17180131332", 4), (188, "51", 51), (5, "", None), (5, "-", None), (197, str(0xFFFFFFFF), None),
    ],
)  # fmt: skip
def test_a_counter_is_the_first_integer_and_of_a_packed_figure_the_low_word(
    number: int, raw: str, counter: int | None
) -> None:
    assert count(number, raw) == counter


def test_a_plain_raw_value_is_used_only_where_there_is_no_string(ata: Make, row: Make) -> None:
    bare = row(5, "0")
    bare["raw"] = {"value": 12}
    packed = row(197, "0")
    packed["raw"] = {"value": 8_589_934_592_000, "string": "0 (2000 0)"}
    reading = decode(ata(bare, packed))
    assert {row.number: row.count for row in reading.attributes} == {5: 12, 197: 0}


def test_a_truth_value_is_no_number(ata: Make) -> None:
    reading = decode(ata(logical_block_size=True, power_on_time={"hours": True}))
    assert (reading.identity.logical_sector, reading.hours_raw) == (None, None)


def test_integers_above_two_to_the_fifty_third_are_read_from_their_string_twin(nvme: Make) -> None:
    document = nvme(media_errors=None)
    document["nvme_smart_health_information_log"]["media_errors_s"] = "18446744073709551615"
    log = decode(document).nvme
    assert log is not None
    assert log.media_errors == 18446744073709551615


def test_both_shapes_of_smart_support_mean_the_same(ata: Make) -> None:
    shapes = (True, {"available": True, "enabled": True})
    assert [decode(ata(smart_support=shape)).smart_enabled for shape in shapes] == [True, True]


def test_blanks_around_a_serial_are_dropped_those_inside_are_kept_and_models_are_single_spaced(ata: Make) -> None:
    identity = decode(ata(serial_number="  DEMO 00 01  ", model_name="DEMO   HDD  500 ")).identity
    assert (identity.serial, identity.model) == ("DEMO 00 01", "DEMO HDD 500")


def test_bytes_that_are_no_printable_ascii_become_visible(ata: Make) -> None:
    assert decode(ata(model_name="DEMO\u00e9\u202e")).identity.model == "DEMO\\xc3\\xa9\\xe2\\x80\\xae"


def test_identity_is_graded_by_who_answered(ata: Make, scsi: Document, nvme: Make) -> None:
    assert decode(ata()).identity.grade == "A"
    assert decode(ata(wwn=None)).identity.grade == "B"
    assert decode(ata(serial_number="")).identity.grade == "C"
    assert decode(scsi).identity.grade == "A"
    assert decode(nvme()).identity.grade == "B"


def test_a_bridge_that_passes_the_drives_table_on_is_named_and_one_that_only_names_itself_is_doubted(ata: Make) -> None:
    through = decode(ata(device={"type": "usbjmicron,0", "protocol": "ATA"})).identity
    assert (through.grade, through.bridge) == ("A", "usbjmicron,0")
    silent = ata(device={"type": "jmb39x,0", "protocol": "ATA"})
    del silent["ata_smart_attributes"], silent["smart_status"]
    assert decode(silent).identity.grade == "C"


def test_a_member_behind_a_raid_controller_keeps_its_own_identity_and_the_controller_is_named(ata: Make) -> None:
    identity = decode(ata(device={"type": "sat+megaraid,3", "protocol": "ATA"})).identity
    assert (identity.serial, identity.bridge, identity.grade) == ("DEMO-0001", "megaraid,3", "A")


def test_the_capacity_of_an_nvme_drive_is_the_controllers_total(nvme: Make) -> None:
    spaces = [{"id": n, "size": {"bytes": 100}, "eui64": {"oui": 0, "ext_id": n}} for n in (1, 2)]
    document = nvme() | {"nvme_namespaces": spaces, "user_capacity": {"bytes": 100}}
    assert decode(document).identity.size_bytes == 512_110_190_592
    del document["nvme_total_capacity"]
    assert decode(document).identity.size_bytes == 200
    del document["nvme_namespaces"]
    assert decode(document).identity.size_bytes == 100


def test_world_wide_names_are_written_the_way_the_kernel_writes_them(ata: Make, nvme: Make, scsi: Document) -> None:
    assert decode(ata(wwn={"naa": 5, "oui": 0x000102, "id": 0x3})).identity.wwn == "5000102000000003"
    named = nvme() | {"nvme_namespaces": [{"eui64": {"oui": 1, "ext_id": 2}}]}
    assert decode(named).identity.wwn == "eui.0000010000000002"
    assert decode(scsi).identity.wwn == "5000000000000003"


def test_self_tests_of_nvme_and_scsi_drives_are_counted_by_their_result(nvme: Make, scsi: Document) -> None:
    table = [{"self_test_result": {"value": code}} for code in (0, 1, 5, 6, 7)]
    assert decode(nvme() | {"nvme_self_test_log": {"table": table}}).failed_self_tests == 3
    tests = {f"scsi_self_test_{n}": {"result": {"value": code}} for n, code in enumerate((0, 2, 3, 7, 15))}
    assert decode(scsi | tests).failed_self_tests == 2


def test_the_same_document_gives_the_same_reading_twice(demo_drives: dict[str, Document]) -> None:
    assert demo_drives
    assert all(decode(document) == decode(document) for document in demo_drives.values())
