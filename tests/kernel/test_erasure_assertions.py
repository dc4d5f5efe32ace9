"""Erasure assertions that a kernel can show: EA-01, EA-02, EA-06, EA-07 and EA-10 on loop devices.

The rest is shown on simulated drives (`tests/erasure/assertions`): a loop takes no commands and hides nothing.
"""

import hashlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from erasure.clearance import Confirmation, authorize
from erasure.errors import DeviceError
from erasure.facts import read_facts
from erasure.interlocks import KernelView, interlocks
from erasure.inventory import sight
from erasure.outcome import ReasonCode, VerdictWord
from erasure.plan import ErasurePlan, plan
from erasure.policy import load_policy
from erasure.report import ErasureReport
from erasure.run import run
from erasure.transport.linux_block import LinuxOpener
from tests.erasure.simulated_bench import FakeClock, MemoryJournal
from tests.kernel.failing import failing_disk
from tests.kernel.loops import attached, fill_random

pytestmark = [pytest.mark.kernel, pytest.mark.world]

MIB = 1 << 20
RUN_ID = "0" * 32
VIEW = KernelView()
LAST = 2 * MIB // 512 - 1
PLACES = {"first": [0, 1], "mid": [2048, 1], "last": [LAST, 1], "burst": [1000, 40]}
EACH_PLACE = pytest.mark.parametrize("place", PLACES)


def erase(node: str, policy: str, looking: Callable[[Any], None] = lambda event: None) -> ErasureReport:
    """Erase one loop of ours in this process."""
    device = sight(VIEW, node)
    blocks = interlocks(VIEW, device, allow_loop=True)
    with LinuxOpener()(device) as port:
        facts = read_facts(port)
        made = plan(facts, blocks, load_policy(policy))
        assert isinstance(made, ErasurePlan), made
        clearance = authorize(facts, made, blocks, Confirmation("Test", device.identity.serial))
        return run(
            port,
            clearance,
            MemoryJournal(),
            run_id=RUN_ID,
            clock=FakeClock(),
            random_bytes=random.Random(1).randbytes,
            report=looking,
        )


@pytest.mark.parametrize("policy", ["zeros", "overwrite"])
@pytest.mark.parametrize("sector", [512, 4096])
@pytest.mark.parametrize("tail", [0, 1, 7, 129, 2047])
def test_every_sector_of_an_odd_size_is_written_and_no_neighbour(
    loop_disk: Any, policy: str, sector: int, tail: int
) -> None:
    """EA-01 and EA-02: the image is compared whole, and so are those of two devices beside it."""
    size = 2 * MIB + tail * sector
    disk, neighbours = loop_disk(size, sector, "random"), [loop_disk(size, sector), loop_disk(size, sector)]
    before = [other.sha256() for other in neighbours]
    old = disk.read(0, size)
    report = erase(disk.path, policy)
    assert report.verdict is VerdictWord.ERASED, report.reasons
    now = disk.read(0, size)
    assert not [at for at in range(0, size, 512) if now[at : at + 512] == old[at : at + 512]]
    if policy == "zeros":
        assert now == bytes(size)
    else:
        assert len({hashlib.sha256(now[at : at + 512]).digest() for at in range(0, size, 512)}) == size // 512
    assert [other.sha256() for other in neighbours] == before


@EACH_PLACE
@pytest.mark.parametrize("kind", ["read", "write"])
def test_a_bad_sector_is_listed(tmp_path: Path, udevd: None, kind: str, place: str) -> None:
    """EA-06 and EA-07: the kernel fails the whole request, and the sector is found in it."""
    fill_random(tmp_path / "backing", 2 * MIB)
    bad = failing_disk(tmp_path / "backing", tmp_path, **{kind: [PLACES[place]]})
    with bad as disk, attached(disk.image) as loop:
        report = erase(loop.node, "overwrite")
    found = report.bad.read if kind == "read" else report.bad.write
    wanted = ReasonCode.READ_ERROR if kind == "read" else ReasonCode.WRITE_ERROR
    assert report.verdict is VerdictWord.FAILED
    assert wanted in {reason.code for reason in report.reasons}
    first, count = PLACES[place]
    page = 8  # sectors: FUSE moves whole pages, so that the neighbours in a page may fail with it
    assert found[0].first in range(first // page * page, first + 1)
    assert sum(item.count for item in found) in range(count, count + 2 * page)


@pytest.mark.parametrize("phase", ["write", "verify"])
def test_a_disk_that_dies_on_the_way_is_never_erased(tmp_path: Path, udevd: None, phase: str) -> None:
    """EA-10: everything fails from one moment on, as when a cable is pulled."""
    fill_random(tmp_path / "backing", 12 * MIB)
    with failing_disk(tmp_path / "backing", tmp_path) as disk, attached(disk.image) as loop:

        def pull(event: Any) -> None:
            if getattr(event, "phase", "") == phase:
                disk.fail(dead=True)

        report = erase(loop.node, "overwrite", pull)
    assert report.verdict is VerdictWord.FAILED
    assert report.reasons


def test_a_loop_that_was_attached_anew_is_another_disk_to_a_plan(loop_disk: Any) -> None:
    """EA-10: the same file at the same node has another sequence number; what was planned is not opened."""
    disk = loop_disk(2 * MIB)
    device, before = sight(VIEW, disk.path), disk.sha256()
    disk.reattach()
    with pytest.raises(DeviceError):
        LinuxOpener()(device)
    assert disk.sha256() == before
