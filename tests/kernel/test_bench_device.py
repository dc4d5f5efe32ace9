"""The bench sees what a writer left behind, and whether a verifier looks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.cases import dd, run_case, verifier_fault
from tests.bench.device import SECTOR, Device, device
from tests.bench.places import disk, memory

pytestmark = pytest.mark.kernel


@pytest.fixture
def small(tmp_path: Path, udevd: None) -> Iterator[Device]:
    with device(tmp_path, "small", 8) as made:
        yield made


def write(device: Device, offset: int, data: bytes) -> None:
    with device.image.open("r+b") as handle:
        handle.seek(offset)
        handle.write(data)


def test_a_soiled_device_is_full_of_leftovers(small: Device) -> None:
    small.soil()
    assert small.leftovers(zeros=False) == f"{small.size // SECTOR} sectors hold what they must not"


def test_a_writer_that_forgets_the_tail_is_found_out(small: Device) -> None:
    small.soil()
    write(small, 0, bytes(small.size - SECTOR))
    assert small.leftovers(zeros=True) == "1 sectors hold what they must not"


def test_a_keystream_pass_that_left_zeros_is_found_out(small: Device) -> None:
    small.soil()
    write(small, 0, b"\xa5" * (small.size - SECTOR) + bytes(SECTOR))
    assert small.leftovers(zeros=False) == "1 sectors hold what they must not"


def test_dd_with_a_count_writes_all_of_it(small: Device, tmp_path: Path) -> None:
    samples = run_case(dd(), small, tmp_path)
    assert {name: sample.fault for name, sample in samples.items()} == {"dd-write": "", "dd-read": ""}


@pytest.mark.parametrize("policy", ["zeros", "overwrite"])
def test_our_read_back_blames_each_flipped_byte_on_its_sector(small: Device, tmp_path: Path, policy: str) -> None:
    assert verifier_fault(small, policy, tmp_path) == ""


def test_the_memory_of_the_bench_is_its_own_and_gone_afterwards(tmp_path: Path) -> None:
    with memory(tmp_path, 1) as place:
        mounted = place.folder
        assert mounted.is_mount()
        assert disk(mounted) == (None, f"{mounted} lies on tmpfs, no disk: choose another with --folder")
    assert not mounted.exists()
