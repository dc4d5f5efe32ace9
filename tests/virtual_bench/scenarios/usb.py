"""USB sticks: QEMU's own, behind the kernel's usb-storage."""

from pathlib import Path

from tests.virtual_bench.bench import Bench, expect, require
from tests.virtual_bench.cache import run
from tests.virtual_bench.drives import image
from tests.virtual_bench.outcome import Outcome
from tests.virtual_bench.scenarios.judging import is_erased, is_not_claimed

BOOT_LABEL = "ETABLI_BOOT"
STICK = 16 << 20  # bytes
SLOW = 4 << 20  # bytes a second


def a_usb_stick_is_overwritten_and_read_back(bench: Bench) -> Outcome:
    medium = image(bench.folder, "USB0001", STICK)
    node = bench.plug_usb("USB0001", medium)
    told = bench.agent.erase(node, "USB0001")
    is_erased(told, medium, method="overwrite.keystream", level="CLEAR", exceptions=("HIDDEN_AREA",))
    expect("sectors read back", seen=told.statement["verify"]["sectors"], wanted=medium.sectors)
    expect("mode of the verification", seen=told.statement["verify"]["mode"], wanted="full")
    return told.outcome()


def a_usb_stick_pulled_out_in_the_middle_is_not_certified(bench: Bench) -> Outcome:
    medium = image(bench.folder, "USB0002", 4 * STICK)
    node = bench.plug_usb("USB0002", medium, bytes_per_second=SLOW)
    running = bench.agent.begin(node, "USB0002")
    bench.wait_until_begun(running, medium.begun, "the overwrite begins")
    bench.pull("USB0002")
    told = running.ended()
    is_not_claimed(told, verdict="FAILED", reason="DEVICE_LOST")
    require("most of the donor's data is still there", medium.survivors() > medium.sectors // 4)
    return told.outcome()


def a_stick_that_benches_start_from_is_refused(bench: Bench) -> Outcome:
    medium = image(bench.folder, "USB0003", STICK)
    before = labelled(medium.path, BOOT_LABEL)
    node = bench.plug_usb("USB0003", medium)
    told = bench.agent.erase(node, "USB0003")
    is_not_claimed(told, verdict="NOT_ERASED", reason="BOOT_MEDIUM")
    expect("destructive commands", seen=told.commands, wanted=())
    expect("whether the stick is as it was", seen=medium.path.read_bytes() == before, wanted=True)
    return told.outcome()


def labelled(path: Path, label: str) -> bytes:
    """Write a file system with a label that says what it is for, and give the bytes."""
    run("mkfs.ext4", "-q", "-F", "-L", label, str(path))
    return path.read_bytes()


SCENARIOS = (
    a_usb_stick_is_overwritten_and_read_back,
    a_usb_stick_pulled_out_in_the_middle_is_not_certified,
    a_stick_that_benches_start_from_is_refused,
)
