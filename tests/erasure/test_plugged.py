"""A simulated drive that is pulled and put back: gone for everybody at once, and another sighting afterwards."""

import errno
import os
import re
from pathlib import Path

import pytest

from erasure.measuring import read_measured
from erasure.simulated import SimulatedBench, load_bench
from erasure.simulated.specification import MOST_DRIVES

GONE = re.escape(os.strerror(errno.ENODEV))
BENCH = """
schema = "etabli.bench-file/1"
[[drives]]
name = "sda"
serial = "DEMO-0001"
size_bytes = 65536
vices = ["frozen"]
[drives.ata]
seconds = 1
"""


@pytest.fixture
def bench(tmp_path: Path) -> SimulatedBench:
    file = tmp_path / "one.toml"
    file.write_text(BENCH, encoding="utf-8")
    return load_bench(file, tmp_path / "work")


def test_a_drive_that_is_pulled_takes_no_more_requests(bench: SimulatedBench) -> None:
    (device,) = bench.devices
    with bench.opener(device) as port:
        assert port.pwrite(memoryview(bytes(512)), 0) == 512
        bench.unplug("sda")
        assert bench.devices == ()
        assert port.size_bytes() == 0
        for request in (lambda: port.pwrite(memoryview(bytes(512)), 0), port.flush, port.sighting):
            with pytest.raises(OSError, match=GONE):
                request()
        bench.plug("sda")
        with pytest.raises(OSError, match=GONE):
            port.pread_into(memoryview(bytearray(512)), 0)
    with bench.opener(device) as port:
        assert port.size_bytes() == 65536


def test_a_drive_that_is_put_back_is_the_same_drive_under_another_number(bench: SimulatedBench) -> None:
    (before,) = bench.devices
    bench.unplug("sda")
    with pytest.raises(OSError, match=GONE):
        bench.opener(before)
    bench.plug("sda")
    (after,) = bench.devices
    assert after.identity == before.identity
    assert after.diskseq != before.diskseq
    bench.plug("sda", "DEMO-0002")
    (other,) = bench.devices
    assert other.identity.serial == "DEMO-0002"
    assert bench.examiner(other) == ()


def frozen(bench: SimulatedBench) -> bool:
    with bench.opener(bench.devices[0]) as port:
        facts = read_measured(port)
    assert facts.ata is not None
    return facts.ata.security.frozen


def test_a_sleep_of_the_machine_thaws_a_frozen_drive_and_the_kernel_keeps_its_number(bench: SimulatedBench) -> None:
    before = bench.devices
    assert frozen(bench)
    bench.sleep()
    assert not frozen(bench)
    assert bench.devices == before


def test_a_drive_that_is_not_plugged_in_sleeps_through_nothing(bench: SimulatedBench) -> None:
    assert frozen(bench)
    (before,) = bench.devices
    bench.unplug("sda")
    bench.sleep()
    assert bench.devices == ()
    bench.plug("sda")
    (after,) = bench.devices
    assert (after.diskseq or 0) - (before.diskseq or 0) == MOST_DRIVES


def test_a_port_that_was_open_when_the_machine_slept_takes_no_more_requests(bench: SimulatedBench) -> None:
    with bench.opener(bench.devices[0]) as port:
        bench.sleep()
        with pytest.raises(OSError, match=GONE):
            port.pread_into(memoryview(bytearray(512)), 0)
