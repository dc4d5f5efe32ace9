"""Interlock scenarios of drives, section 10: one name, one drive; and the same drive from selection to start."""

from dataclasses import replace
from typing import Any

import pytest

from erasure.interlocks import interlocks
from erasure.outcome import Reason, ReasonCode


def ask(machine: Any, device: Any, **given: Any) -> tuple[Reason, ...]:
    return interlocks(machine.view, device, allow_loop=False, **given)


@pytest.fixture
def bench(machine: Any) -> Any:
    machine.drive("sda", (8, 0), serial="WD-WCC4N0000001", wwid="naa.50014ee2b0000001")
    machine.drive("sdb", (8, 16), serial="WD-WCC4N0000002", wwid="naa.50014ee2b0000002")
    return machine


def test_row_19_a_partition_is_refused_and_its_disk_named(bench: Any) -> None:
    bench.partition("sdb", "sdb1", (8, 17))
    device = replace(bench.sight("sdb"), path="/dev/sdb1", name="sdb1", minor=17)
    assert Reason(ReasonCode.UNSUPPORTED, "sdb1 is a partition of sdb: name the whole disk") in ask(bench, device)


def test_row_20_a_sighting_whose_name_and_number_disagree_is_refused(bench: Any) -> None:
    device = replace(bench.sight("sdb"), path="/dev/sda", name="sda")
    assert ask(bench, device) == (Reason(ReasonCode.IDENTITY, "8:16 is sdb, not sda"),)


@pytest.mark.parametrize("row", ["21 renumbered", "22 reused by another disk", "25 re-enumerated after suspend"])
def test_row_21_22_25_a_node_with_another_sequence_number_is_another_disk(bench: Any, row: str) -> None:
    device = bench.sight("sdb")
    (bench.folder("sdb") / "diskseq").write_text("99\n")
    detail = f"sdb is another disk now: sequence 99, not {device.diskseq}"
    assert Reason(ReasonCode.IDENTITY, detail) in ask(bench, device)


def test_row_22_a_sequence_number_that_is_gone_is_no_match(bench: Any) -> None:
    device = bench.sight("sdb")
    (bench.folder("sdb") / "diskseq").unlink()
    assert ReasonCode.IDENTITY in {reason.code for reason in ask(bench, device)}


def test_row_23_a_disk_that_was_pulled_out_is_lost(bench: Any) -> None:
    device = bench.sight("sdb")
    bench.leave("sdb")
    assert ask(bench, device) == (Reason(ReasonCode.DEVICE_LOST, "the kernel knows no block device 8:16"),)


def test_row_26_a_serial_that_two_disks_share_is_refused_for_both(machine: Any) -> None:
    machine.drive("sda", (8, 0), "usb", usb_serial="AB12CD34EF56")
    machine.drive("sdb", (8, 16), "usb", usb_serial="AB12CD34EF56")
    for name, other in (("sda", "sdb"), ("sdb", "sda")):
        reason = Reason(ReasonCode.IDENTITY, f"{other} has the same serial number AB12CD34EF56")
        assert ask(machine, machine.sight(name)) == (reason,)


def test_row_28_a_byte_swapped_serial_is_the_same_serial(machine: Any) -> None:
    machine.drive("sda", (8, 0), serial="WD-WCC4N0001")
    machine.drive("sdb", (8, 16), "usb", usb_serial="DWW-CCN40010")
    assert ReasonCode.IDENTITY in {reason.code for reason in ask(machine, machine.sight("sda"))}


def test_row_30_two_units_of_one_card_reader_are_refused_also_when_one_is_empty(machine: Any) -> None:
    machine.drive("sda", (8, 0), "usb", usb_serial="20120926571200000")
    machine.drive("sdb", (8, 16), "usb", usb_serial="20120926571200000", size="0")
    assert ReasonCode.IDENTITY in {reason.code for reason in ask(machine, machine.sight("sda"))}


def test_row_09_two_paths_to_one_unit_without_a_map_are_refused_by_their_world_wide_name(machine: Any) -> None:
    for number, name in enumerate(("sda", "sdb")):
        machine.drive(name, (8, 16 * number), "scsi", serial=f"PATH{number}A77", wwid="naa.600508b1001c0001")
    reason = Reason(ReasonCode.IDENTITY, "sdb has the same world-wide name 600508b1001c0001: one drive, two paths?")
    assert ask(machine, machine.sight("sda")) == (reason,)


def test_two_world_wide_names_settle_a_shared_serial(machine: Any) -> None:
    machine.drive("sda", (8, 0), serial="SAME0042", wwid="naa.50014ee2b0000001")
    machine.drive("sdb", (8, 16), serial="SAME0042", wwid="naa.50014ee2b0000002")
    assert ask(machine, machine.sight("sda")) == ()


@pytest.mark.parametrize("listed", ["WD-WCC4N0000002", "wd-wcc4n0000002", "50014EE2B0000002"])
def test_row_40_a_disk_on_the_protected_list_is_refused_by_serial_or_world_wide_name(bench: Any, listed: str) -> None:
    found = ask(bench, bench.sight("sdb"), protected_serials=frozenset({listed, ""}))
    assert found == (Reason(ReasonCode.NOT_IN_LOT, f"{listed} is on the list of protected drives"),)
    assert ask(bench, bench.sight("sda"), protected_serials=frozenset({listed, ""})) == ()
