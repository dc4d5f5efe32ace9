"""ATA drives behind a translation: security erase, SANITIZE DEVICE; frozen, lying, and mute about their registers."""

import re

from erasure.simulated.firmware import Vice
from tests.virtual_bench.bench import Bench, expect, require
from tests.virtual_bench.outcome import Outcome
from tests.virtual_bench.scenarios.judging import is_alive, is_erased, is_not_claimed, states_the_same

NO_SANITIZE = {"block": False, "crypto": False, "overwrite": False}
BLOCK_ONLY = {"crypto": False, "overwrite": False}


def an_ata_drive_sanitizes_itself(bench: Bench) -> Outcome:
    drive, medium = bench.bay.ata("ATA0001")
    _, (node,) = bench.plug_scsi(("ATA0001", drive))
    told = bench.agent.erase(node, "ATA0001")
    is_erased(told, medium, method="ata.sanitize.block", level="PURGE")
    expect(
        "destructive commands",
        seen=[one["method"] for one in told.commands],
        wanted=["ata.sanitize.crypto", "ata.sanitize.block"],
    )
    return told.outcome()


def an_ata_drive_is_erased_by_its_security_feature_set(bench: Bench) -> Outcome:
    drive, medium = bench.bay.ata("ATA0002", **NO_SANITIZE)
    _, (node,) = bench.plug_scsi(("ATA0002", drive))
    told = bench.agent.erase(node, "ATA0002", ("--allow", "ata.security.enhanced"))
    is_erased(told, medium, method="ata.security.enhanced", level="PURGE")
    require("it is not locked afterwards", not drive.security.locked and not drive.security.enabled)
    seen = bench.guest.run(("hdparm", "-I", node)).out.split("Security:")[-1]
    require("hdparm sees no password", re.search(r"not\s+enabled\s+not\s+locked", seen), seen=seen)
    return told.outcome()


def a_frozen_ata_drive_is_refused_with_the_reason(bench: Bench) -> Outcome:
    drive, medium = bench.bay.ata("ATA0003", Vice.FROZEN, **NO_SANITIZE)
    _, (node,) = bench.plug_scsi(("ATA0003", drive))
    words = ("--policy", "purge-required", "--allow", "ata.security.enhanced")
    told = bench.agent.erase(node, "ATA0003", words)
    is_not_claimed(told, verdict="NOT_ERASED", reason="FROZEN")
    expect("destructive commands", seen=told.commands, wanted=())
    expect("sectors of the donor", seen=medium.survivors(), wanted=medium.sectors)
    return told.outcome()


def an_ata_drive_that_lies_about_success_is_found_out_by_its_canaries(bench: Bench) -> Outcome:
    drive, medium = bench.bay.ata("ATA0004", Vice.LIES, **BLOCK_ONLY)
    _, (node,) = bench.plug_scsi(("ATA0004", drive))
    told = bench.agent.erase(node, "ATA0004")
    is_not_claimed(told, verdict="FAILED", reason="CANARY_SURVIVED")
    is_alive(medium)
    return told.outcome()


def an_ata_drive_whose_registers_never_come_back_is_not_sanitized(bench: Bench) -> Outcome:
    drive, medium = bench.bay.ata("ATA0005", Vice.NO_SENSE, **BLOCK_ONLY)
    _, (node,) = bench.plug_scsi(("ATA0005", drive))
    told = bench.agent.erase(node, "ATA0005", ("--method", "ata.sanitize.block"))
    is_not_claimed(told, verdict="NOT_ERASED", reason="STATUS_UNREADABLE")
    expect("destructive commands", seen=told.commands, wanted=())
    expect("sectors of the donor", seen=medium.survivors(), wanted=medium.sectors)
    return told.outcome()


def an_ata_drive_that_answers_in_fixed_sense_is_never_claimed_without_its_status(bench: Bench) -> Outcome:
    drive, _ = bench.bay.ata("ATA0006", Vice.FIXED_SENSE, **BLOCK_ONLY)
    _, (node,) = bench.plug_scsi(("ATA0006", drive))
    told = bench.agent.erase(node, "ATA0006", ("--method", "ata.sanitize.block"))
    require("nothing is claimed", told.verdict in ("UNCONFIRMED", "NOT_ERASED"), seen=told.in_words())
    require("the reason", "STATUS_UNREADABLE" in told.reasons, seen=told.reasons)
    states_the_same(told)
    return told.outcome()


def an_ata_drive_that_answers_by_another_name_afterwards_is_not_claimed(bench: Bench) -> Outcome:
    drive, _ = bench.bay.ata("ATA0007", Vice.RENAMES, **BLOCK_ONLY)
    _, (node,) = bench.plug_scsi(("ATA0007", drive))
    told = bench.agent.erase(node, "ATA0007")
    is_not_claimed(told, verdict="FAILED", reason="IDENTITY")
    expect("destructive commands", seen=[one["method"] for one in told.commands], wanted=["ata.sanitize.block"])
    return told.outcome()


SCENARIOS = (
    an_ata_drive_sanitizes_itself,
    an_ata_drive_is_erased_by_its_security_feature_set,
    a_frozen_ata_drive_is_refused_with_the_reason,
    an_ata_drive_that_lies_about_success_is_found_out_by_its_canaries,
    an_ata_drive_whose_registers_never_come_back_is_not_sanitized,
    an_ata_drive_that_answers_in_fixed_sense_is_never_claimed_without_its_status,
    an_ata_drive_that_answers_by_another_name_afterwards_is_not_claimed,
)
