"""NVMe: Format on QEMU's own drive in a PCIe slot; Format and Sanitize on a model that the kernel reaches over TCP."""

import re

from erasure.simulated.firmware import Vice
from tests.virtual_bench.bench import Bench, expect, require
from tests.virtual_bench.drives import image
from tests.virtual_bench.outcome import Outcome
from tests.virtual_bench.scenarios.judging import is_alive, is_erased, is_left_open, is_not_claimed

NO_SANITIZE: dict[str, object] = {"sanitize": []}
BLOCK_ONLY = {"sanitize": ["block"]}


def an_nvme_drive_in_a_slot_is_formatted(bench: Bench) -> Outcome:
    medium = image(bench.folder, "NVM0001")
    node = bench.plug_nvme("NVM0001", medium)
    told = bench.agent.erase(node, "NVM0001", ("--policy", "clear-is-enough", "--method", "nvme.format.user-data"))
    is_erased(told, medium, method="nvme.format.user-data", level="CLEAR", exceptions=("HIDDEN_AREA",))
    return told.outcome()


def an_nvme_drive_is_formatted_cryptographically(bench: Bench) -> Outcome:
    cabinet, medium = bench.bay.nvme("NVM0002", **NO_SANITIZE)
    _, node = bench.connect_nvme("NVM0002", cabinet)
    told = bench.agent.erase(node, "NVM0002")
    is_erased(told, medium, method="nvme.format.crypto", level="CLEAR", exceptions=("HIDDEN_AREA",))
    return told.outcome()


def an_nvme_drive_sanitizes_itself(bench: Bench) -> Outcome:
    cabinet, medium = bench.bay.nvme("NVM0003")
    _, node = bench.connect_nvme("NVM0003", cabinet)
    told = bench.agent.erase(node, "NVM0003")
    is_erased(told, medium, method="nvme.sanitize.block", level="PURGE", exceptions=("HIDDEN_AREA",))
    log = bench.guest.run(("nvme", "sanitize-log", node, "-o", "json")).out
    require("nvme-cli reads success in the sanitize log", log_says_success(log), seen=log)
    return told.outcome()


def an_nvme_drive_that_lies_about_success_is_found_out_by_its_canaries(bench: Bench) -> Outcome:
    cabinet, medium = bench.bay.nvme("NVM0004", Vice.LIES, **BLOCK_ONLY)
    _, node = bench.connect_nvme("NVM0004", cabinet)
    told = bench.agent.erase(node, "NVM0004")
    is_not_claimed(told, verdict="FAILED", reason="CANARY_SURVIVED")
    is_alive(medium)
    return told.outcome()


def an_nvme_drive_pulled_out_in_the_middle_of_a_sanitize_is_not_claimed(bench: Bench) -> Outcome:
    cabinet, medium = bench.bay.nvme("NVM0005", seconds=60, **BLOCK_ONLY)
    target, node = bench.connect_nvme("NVM0005", cabinet)
    running = bench.agent.begin(node, "NVM0005")
    bench.wait_until_begun(running, cabinet.drive.sanitizer.refusal, "the sanitize begins")
    target.close()
    told = running.ended()
    is_left_open(told)
    require("part of the donor's data is still there", medium.survivors() > 0)
    return told.outcome()


def a_drive_that_other_hosts_may_reach_is_refused(bench: Bench) -> Outcome:
    cabinet, medium = bench.bay.nvme("NVM0006")
    _, node = bench.connect_nvme("NVM0006", cabinet, as_local=False)
    told = bench.agent.erase(node, "NVM0006")
    is_not_claimed(told, verdict="NOT_ERASED", reason="UNSUPPORTED")
    expect("sectors of the donor", seen=medium.survivors(), wanted=medium.sectors)
    return told.outcome()


def every_namespace_of_an_nvme_drive_is_formatted(bench: Bench) -> Outcome:
    cabinets, media = bench.bay.nvme_namespaces("NVM0007", 2, **NO_SANITIZE, format_broadcast=False)
    _, node = bench.connect_nvme("NVM0007", *cabinets)
    told = bench.agent.erase(node, "NVM0007")
    expect("sectors of the donor in the other namespace", seen=media[1].survivors(), wanted=0)
    is_erased(told, media[0], method="nvme.format.crypto", level="CLEAR", exceptions=("HIDDEN_AREA",))
    return told.outcome()


def log_says_success(log: str) -> bool:
    """Read the sanitize log as nvme-cli prints it: SSTAT as a number, or in words that begin with its bits 2:0."""
    found = re.search(r'"sstat"\s*:\s*(\d+)|"status"\s*:\s*"\((\d)\)', log)
    return found is not None and int(found[1] or found[2]) & 7 == 1


SCENARIOS = (
    an_nvme_drive_in_a_slot_is_formatted,
    an_nvme_drive_is_formatted_cryptographically,
    an_nvme_drive_sanitizes_itself,
    an_nvme_drive_that_lies_about_success_is_found_out_by_its_canaries,
    an_nvme_drive_pulled_out_in_the_middle_of_a_sanitize_is_not_claimed,
    a_drive_that_other_hosts_may_reach_is_refused,
    every_namespace_of_an_nvme_drive_is_formatted,
)
