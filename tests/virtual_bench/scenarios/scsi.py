"""SCSI disks: SANITIZE through the kernel's sg, by an adapter that keeps every byte of sense data."""

from erasure.simulated.firmware import Vice
from tests.virtual_bench.agent import Told
from tests.virtual_bench.bench import Bench, expect, require
from tests.virtual_bench.front_ends.scsi_host import ScsiHost
from tests.virtual_bench.outcome import Outcome
from tests.virtual_bench.scenarios.judging import (
    is_alive,
    is_erased,
    is_left_open,
    is_not_claimed,
    was_commanded,
)

CRYPTO, BLOCK = "48 83", "48 82"  # SANITIZE with IMMED
AT_WORK_S = 1800.0  # by the clock of the drive, which leaps to the end when the agent was seen to wait
FOLLOWED = 8  # times asked for its progress: what only looks at a drive asks less often
BLOCK_ONLY = {"crypto": False, "overwrite": False}


def a_scsi_disk_sanitizes_itself(bench: Bench) -> Outcome:
    drive, medium = bench.bay.scsi("SAS0001")
    _, (node,) = bench.plug_scsi(("SAS0001", drive))
    told = bench.agent.erase(node, "SAS0001")
    is_erased(told, medium, method="scsi.sanitize.block", level="PURGE", exceptions=("HIDDEN_AREA",))
    was_commanded(told, CRYPTO, BLOCK)
    return told.outcome()


def a_scsi_disk_that_lies_about_success_is_found_out_by_its_canaries(bench: Bench) -> Outcome:
    drive, medium = bench.bay.scsi("SAS0002", Vice.LIES, **BLOCK_ONLY)
    _, (node,) = bench.plug_scsi(("SAS0002", drive))
    told = bench.agent.erase(node, "SAS0002")
    is_not_claimed(told, verdict="FAILED", reason="CANARY_SURVIVED")
    was_commanded(told, BLOCK)
    is_alive(medium)
    return told.outcome()


def a_scsi_disk_pulled_out_in_the_middle_of_a_sanitize_is_claimed_only_after_it_came_back(bench: Bench) -> Outcome:
    drive, medium = bench.bay.scsi("SAS0003", seconds=20, **BLOCK_ONLY)
    host, (node,) = bench.plug_scsi(("SAS0003", drive))
    running = bench.agent.begin(node, "SAS0003")
    bench.wait_until_begun(running, lambda: drive.shelf.get("stage") == "running", "the sanitize begins")
    host.remove(0)
    left = running.ended()
    is_left_open(left)
    require("part of the donor's data is still there", medium.survivors() > 0)
    bench.wait_until(lambda: "SAS0003" not in bench.drives(), "the disk is gone")
    bench.wait_until(lambda: drive.erasing.stage() == "succeeded", "the disk ends its sanitize by itself")
    host.put_back(0, drive)  # not before: a kernel that meets a disk at its sanitize believes that it has no sectors
    told = bench.agent.erase(bench.await_drive("SAS0003"), "SAS0003")
    is_erased(told, medium, method="scsi.sanitize.block", level="PURGE", exceptions=("HIDDEN_AREA",))
    was_commanded(told, BLOCK)
    return left.outcome().then(told.outcome())


def a_scsi_disk_that_comes_back_at_its_sanitize_is_followed_until_the_kernel_reads_its_capacity(
    bench: Bench,
) -> Outcome:
    drive, medium = bench.bay.scsi("SAS0004", seconds=AT_WORK_S, **BLOCK_ONLY)
    host, (node,) = bench.plug_scsi(("SAS0004", drive))
    running = bench.agent.begin(node, "SAS0004")
    bench.wait_until_begun(running, lambda: drive.shelf.get("stage") == "running", "the sanitize begins")
    host.remove(0)
    left = running.ended()
    is_left_open(left)
    bench.wait_until(lambda: "SAS0004" not in bench.drives(), "the disk is gone")
    host.put_back(0, drive)
    node = bench.await_drive("SAS0004")
    shown = next(one for one in bench.agent.documents("disks")["drives"] if one["path"] == node)
    require("it is still at work", drive.erasing.stage() == "running")
    expect("the capacity that the kernel shows", seen=shown["size_bytes"], wanted=0)
    expect("its sanitize as `disks` tells it", seen=shown["sanitize"]["state"], wanted="running")
    told = followed_to_the_end(bench, host, node, "SAS0004")
    is_erased(told, medium, method="scsi.sanitize.block", level="PURGE", exceptions=("HIDDEN_AREA",))
    was_commanded(told, BLOCK)
    expect("the capacity in the statement", seen=told.statement["subject"]["drive"]["size_bytes"] > 0, wanted=True)
    return left.outcome().then(told.outcome())


def a_scsi_disk_that_comes_at_a_sanitize_of_others_is_adopted_and_not_claimed(bench: Bench) -> Outcome:
    drive, medium = bench.bay.scsi("SAS0005", seconds=AT_WORK_S, **BLOCK_ONLY)
    drive.command(bytes.fromhex("48820000000000000000"), timeout_ms=1000)
    host, (node,) = bench.plug_scsi(("SAS0005", drive))
    told = followed_to_the_end(bench, host, node, "SAS0005")
    expect("the verdict", seen=told.verdict, wanted="ERASED_WITH_EXCEPTIONS")
    require("it is not claimed as ours", "NO_CANARIES" in told.reasons, seen=told.reasons)
    expect("destructive commands of this bench", seen=told.commands, wanted=())
    expect("old sectors on the medium", seen=medium.survivors(), wanted=0)
    return told.outcome()


def a_scsi_disk_that_answers_by_another_name_afterwards_is_not_claimed(bench: Bench) -> Outcome:
    drive, _ = bench.bay.scsi("SAS0006", Vice.RENAMES, **BLOCK_ONLY)
    _, (node,) = bench.plug_scsi(("SAS0006", drive))
    told = bench.agent.erase(node, "SAS0006")
    is_not_claimed(told, verdict="FAILED", reason="IDENTITY")
    was_commanded(told, BLOCK)
    return told.outcome()


def followed_to_the_end(bench: Bench, host: ScsiHost, node: str, serial: str) -> Told:
    """Let the agent wait for a sanitize that runs already; when it was seen to wait, let the drive come to its end."""
    before = host.asked
    running = bench.agent.begin(node, serial)
    bench.wait_until_begun(running, lambda: host.asked - before >= FOLLOWED, "the agent follows the sanitize")
    bench.bay.clock.leap(AT_WORK_S)
    return running.ended()


SCENARIOS = (
    a_scsi_disk_sanitizes_itself,
    a_scsi_disk_that_lies_about_success_is_found_out_by_its_canaries,
    a_scsi_disk_pulled_out_in_the_middle_of_a_sanitize_is_claimed_only_after_it_came_back,
    a_scsi_disk_that_comes_back_at_its_sanitize_is_followed_until_the_kernel_reads_its_capacity,
    a_scsi_disk_that_comes_at_a_sanitize_of_others_is_adopted_and_not_claimed,
    a_scsi_disk_that_answers_by_another_name_afterwards_is_not_claimed,
)
