"""What changes on real block devices between plan and start: the worker looks again, refuses, and writes nothing.

The scenarios of drives, section 10, that a loop device can show; the others are played in simulation
(`tests/station_agent/daemon/interlocks`). The first test shows that the same worker erases what stayed free.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erasure.clearance import Confirmation
from erasure.drive import BlockDevice
from erasure.facts import read_facts
from erasure.interlocks import KernelExaminer, KernelView
from erasure.inventory import sight
from erasure.orders import WorkOrder
from erasure.outcome import ReasonCode, VerdictWord
from erasure.plan import ErasurePlan, plan
from erasure.policy import Policy
from erasure.report import ErasureReport
from erasure.transport.linux_block import LinuxOpener
from erasure.worker import erase
from tests.erasure.simulated_bench import RUN_ID, FakeClock
from tests.kernel.conftest import SWAP_BYTES, LoopDisk
from tests.station_agent.daemon.interlocks.workers import Hand, NoJournal

pytestmark = [pytest.mark.kernel, pytest.mark.world]

MIB = 1 << 20
VIEW = KernelView()
POLICY = Policy("overwrite", 1, ("overwrite.keystream",), "full", 0)


def never() -> bool:
    return False


def silent(_message: object) -> None:
    """Nobody listens."""


def planned(path: str) -> WorkOrder:
    """Plan a free loop device, as it stands now."""
    device = sight(VIEW, path)
    with LinuxOpener()(device) as port:
        made = plan(read_facts(port), KernelExaminer(allow_loop=True)(device), POLICY)
    assert isinstance(made, ErasurePlan)
    return WorkOrder(RUN_ID, device, made, Confirmation("Camille", device.identity.serial), allow_loop=True)


def started(order: WorkOrder, protected: frozenset[str] = frozenset()) -> ErasureReport:
    """Let a worker carry it out."""
    examine = KernelExaminer(allow_loop=True, protected_serials=protected)
    return erase(order, Hand(NoJournal(), silent, never), LinuxOpener(), examine, FakeClock())


def refusal(order: WorkOrder, **given: Any) -> tuple[set[ReasonCode], str]:
    """Start it: it has to be refused before anything was sent; give why."""
    report = started(order, **given)
    assert report.verdict is VerdictWord.NOT_ERASED, report.verdict
    return {reason.code for reason in report.reasons}, " | ".join(reason.detail for reason in report.reasons)


@contextmanager
def unchanged(*disks: LoopDisk, behind: int = 0) -> Iterator[None]:
    """See that not a byte from `behind` on changes on any of these."""
    before = [disk.sha256(behind) for disk in disks]
    yield
    assert [disk.sha256(behind) for disk in disks] == before


def test_what_stayed_free_is_erased_and_its_neighbour_is_not_touched(loop_disk: Callable[..., LoopDisk]) -> None:
    disk, neighbour = loop_disk(2 * MIB), loop_disk(2 * MIB)
    before = disk.sha256()
    with unchanged(neighbour):
        assert started(planned(disk.path)).verdict is VerdictWord.ERASED
    assert disk.sha256() != before


def test_row_04_what_is_mounted_between_plan_and_start_is_refused(
    loop_disk: Callable[..., LoopDisk], mounted: Callable[..., Path]
) -> None:
    disk, neighbour = loop_disk(16 * MIB), loop_disk(2 * MIB)
    order = planned(disk.path)
    place = mounted(disk.path)
    with unchanged(disk, neighbour):
        codes, details = refusal(order)
    assert codes == {ReasonCode.IN_USE}
    assert f"mounted on {place}" in details


def test_row_05_what_becomes_swap_between_plan_and_start_is_refused(
    loop_disk: Callable[..., LoopDisk], swapped_on: Callable[[str], None]
) -> None:
    disk = loop_disk(16 * MIB)
    order = planned(disk.path)
    swapped_on(disk.path)
    with unchanged(disk, behind=SWAP_BYTES):
        codes, details = refusal(order)
    assert codes == {ReasonCode.IN_USE}
    assert f"swap on {disk.name}" in details


def test_row_15_what_becomes_read_only_between_plan_and_start_is_refused(
    loop_disk: Callable[..., LoopDisk], cleanup: ExitStack
) -> None:
    disk = loop_disk(2 * MIB)
    order = planned(disk.path)
    subprocess.run(["blockdev", "--setro", disk.path], check=True, timeout=20)
    cleanup.callback(subprocess.run, ["blockdev", "--setrw", disk.path], check=True, timeout=20)
    with unchanged(disk):
        codes, details = refusal(order)
    assert ReasonCode.READ_ONLY in codes
    assert f"{disk.name} is read-only" in details


def crossed(order: WorkOrder, path: str, name: str, number: int) -> WorkOrder:
    """Give an order that names another node than it was planned for."""
    device: BlockDevice = replace(order.device, path=path, name=name, major=os.major(number), minor=os.minor(number))
    return replace(order, device=device)


def test_row_19_an_order_that_names_a_partition_is_refused(loop_disk: Callable[..., LoopDisk]) -> None:
    disk = loop_disk(32 * MIB)
    order = planned(disk.path)
    part = disk.add_partition()
    with unchanged(disk):
        codes, details = refusal(crossed(order, part, Path(part).name, Path(part).stat().st_rdev))
    assert codes <= {ReasonCode.UNSUPPORTED, ReasonCode.IDENTITY, ReasonCode.TRANSPORT}
    assert details


def test_row_19_a_partition_that_a_program_holds_protects_its_disk(
    loop_disk: Callable[..., LoopDisk], cleanup: ExitStack
) -> None:
    disk = loop_disk(32 * MIB)
    order = planned(disk.path)
    held = os.open(disk.add_partition(), os.O_RDWR | os.O_EXCL)
    cleanup.callback(os.close, held)
    with unchanged(disk):
        codes, details = refusal(order)
    assert codes == {ReasonCode.IN_USE}
    assert disk.path in details


def test_row_20_a_link_is_followed_to_the_number_and_a_crossed_order_is_refused(
    loop_disk: Callable[..., LoopDisk], tmp_path: Path
) -> None:
    disk, other = loop_disk(2 * MIB), loop_disk(2 * MIB)
    link = tmp_path / "by-id"
    link.symlink_to(disk.path)
    order = planned(str(link))
    link.unlink()
    link.symlink_to(other.path)
    assert (order.device.path, sight(VIEW, link).path) == (disk.path, other.path)
    with unchanged(disk, other):
        codes, _ = refusal(crossed(order, other.path, other.name, Path(disk.path).stat().st_rdev))
    assert codes == {ReasonCode.IDENTITY}


def test_row_22_another_file_behind_the_node_is_another_disk(loop_disk: Callable[..., LoopDisk]) -> None:
    disk, neighbour = loop_disk(2 * MIB), loop_disk(2 * MIB)
    order = planned(disk.path)
    disk.detach_for_good()
    disk.image.rename(disk.image.with_name("pulled.img"))
    disk.image.write_bytes(b"a colleague's photographs".ljust(2 * MIB, b"."))
    disk.reattach()
    with unchanged(disk, neighbour):
        codes, details = refusal(order)
    assert codes == {ReasonCode.IDENTITY}
    assert disk.path in details


def test_row_23_the_same_file_attached_again_is_not_what_was_planned(loop_disk: Callable[..., LoopDisk]) -> None:
    disk = loop_disk(2 * MIB)
    order = planned(disk.path)
    disk.reattach()
    with unchanged(disk):
        codes, details = refusal(order)
    assert codes == {ReasonCode.IDENTITY}
    assert "sequence" in details


def test_row_26_a_twin_that_comes_between_plan_and_start_is_refused(
    loop_disk: Callable[..., LoopDisk], cleanup: ExitStack
) -> None:
    disk = loop_disk(2 * MIB)
    order = planned(disk.path)
    words = ["losetup", "--find", "--show", "--direct-io=on", str(disk.image)]
    twin = subprocess.run(words, capture_output=True, text=True, check=True, timeout=20).stdout.strip()
    cleanup.callback(subprocess.run, ["losetup", "--detach", twin], check=True, timeout=20)
    with unchanged(disk):
        codes, details = refusal(order)
    assert codes == {ReasonCode.IDENTITY}
    assert f"{twin.removeprefix('/dev/')} has the same serial number" in details


def test_row_33_sectors_of_another_size_than_planned_are_refused(loop_disk: Callable[..., LoopDisk]) -> None:
    disk = loop_disk(2 * MIB)
    order = planned(disk.path)
    again = replace(disk, sector_size=4096)
    again.reattach()
    now = sight(VIEW, disk.path)
    facts = replace(order.plan.facts, device=now)  # were it only for its number, it would be the planned disk
    with unchanged(disk):
        codes, details = refusal(replace(order, device=now, plan=replace(order.plan, facts=facts)))
    assert codes == {ReasonCode.IDENTITY}
    assert "logical sector was 512, is 4096" in details


def test_row_40_what_is_protected_between_plan_and_start_is_refused(loop_disk: Callable[..., LoopDisk]) -> None:
    disk = loop_disk(2 * MIB)
    order = planned(disk.path)
    with unchanged(disk):
        codes, _ = refusal(order, protected=frozenset({order.device.identity.serial}))
    assert codes == {ReasonCode.NOT_IN_LOT}
