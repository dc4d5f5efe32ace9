"""The port on real loop devices: exclusive, pinned, past the page cache, and honest about what it cannot do."""

import errno
import fcntl
import hashlib
import mmap
import os
import pickle
import subprocess
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erasure.drive import IdentityGrade
from erasure.errors import DeviceBusy, DeviceError, IdentityChanged, NotABlockDevice
from erasure.facts import read_facts
from erasure.hidden import AreaState
from erasure.interlocks import KernelView
from erasure.inventory import sight
from erasure.outcome import ReasonCode
from erasure.plan import uncovered
from erasure.transport import ioctl
from erasure.transport.linux_block import LinuxOpener

pytestmark = [pytest.mark.kernel, pytest.mark.world]

MIB = 1 << 20
VIEW = KernelView()
OPEN = LinuxOpener()


def page_aligned(data: bytes) -> memoryview:
    buffer = mmap.mmap(-1, len(data))
    buffer[:] = data
    return memoryview(buffer)


def test_what_is_flushed_is_in_the_image_and_reads_back_by_the_second_descriptor(
    loop_disk: Any,
) -> None:
    disk = loop_disk(8 * MIB)
    data = os.urandom(MIB)
    with OPEN(sight(VIEW, disk.path)) as port:
        assert port.pwrite(page_aligned(data), 3 * MIB) == MIB
        port.flush()
        assert disk.read(3 * MIB, MIB) == data
        with port.reopen_for_reading() as reading:
            buffer = page_aligned(bytes(MIB))
            assert reading.pread_into(buffer, 3 * MIB) == MIB
            assert bytes(buffer) == data
    assert disk.read(0, 8) == bytes(8)
    assert disk.read(512, 8) == (1).to_bytes(8, "little")


def test_reading_past_the_cache_sees_what_is_on_the_medium_now(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB)
    with OPEN(sight(VIEW, disk.path)) as port, port.reopen_for_reading() as reading:
        buffer = page_aligned(bytes(4096))
        reading.pread_into(buffer, 0)
        with disk.image.open("r+b") as image:
            image.write(b"\xa5" * 4096)
            os.fsync(image.fileno())
        reading.pread_into(buffer, 0)
        assert bytes(buffer) == b"\xa5" * 4096


def test_the_reading_descriptor_cannot_write(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB)
    before = disk.sha256()
    with (
        OPEN(sight(VIEW, disk.path)) as port,
        port.reopen_for_reading() as reading,
        pytest.raises(OSError, match="Bad file descriptor"),
    ):
        reading.pwrite(page_aligned(bytes(4096)), 0)
    assert disk.sha256() == before


@pytest.mark.parametrize("sector_size", [512, 4096])
def test_sizes_come_from_the_open_device(loop_disk: Any, sector_size: Any) -> None:
    disk = loop_disk(8 * MIB + 4096, sector_size)
    with OPEN(sight(VIEW, disk.path)) as port:
        assert port.size_bytes() == 8 * MIB + 4096
        assert port.sector_sizes()[0] == sector_size
        assert port.read_only() is False
        assert port.diskseq() == int(Path(f"/sys/block/{disk.name}/diskseq").read_text())


def test_the_sighting_names_the_loop_by_its_file(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB)
    status = disk.image.stat()
    expected = hashlib.sha256(f"{disk.image}\0{status.st_ino}".encode()).hexdigest()[:12]
    with OPEN(sight(VIEW, disk.path)) as port:
        seen = port.sighting()
    assert seen == sight(VIEW, disk.path)
    assert seen.identity.serial == f"LOOP-{expected}"
    assert (seen.identity.bus, seen.identity.source, seen.identity.grade) == ("loop", "loop", IdentityGrade.C)


def test_the_same_file_keeps_its_serial_when_it_is_attached_again(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB)
    first = sight(VIEW, disk.path)
    disk.reattach()
    again = sight(VIEW, disk.path)
    assert again.identity == first.identity
    assert again.diskseq != first.diskseq


def test_the_exclusive_open_keeps_a_second_bench_away_and_names_the_program(loop_disk: Any) -> None:
    device = sight(VIEW, loop_disk(8 * MIB).path)
    with OPEN(device), pytest.raises(DeviceBusy) as caught:
        OPEN(device)
    assert any(f"({os.getpid()})" in holder for holder in caught.value.holders)


def test_the_exclusive_open_keeps_mounts_away(loop_disk: Any, tmp_path: Path) -> None:
    disk = loop_disk(16 * MIB)
    subprocess.run(["mkfs.ext4", "-q", "-F", disk.path], check=True, timeout=60)
    with OPEN(sight(VIEW, disk.path)):
        words = ["mount", disk.path, str(tmp_path)]
        assert subprocess.run(words, capture_output=True, timeout=20, check=False).returncode != 0
    assert str(tmp_path) not in {line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()}


def test_a_mounted_device_is_busy_although_the_interlocks_were_not_asked(loop_disk: Any, mounted: Any) -> None:
    disk = loop_disk(16 * MIB)
    place = mounted(disk.path)
    before = disk.sha256()
    with pytest.raises(DeviceBusy, match=f"mounted on {place}"):
        OPEN(sight(VIEW, disk.path))
    assert disk.sha256() == before


@pytest.fixture
def locked(loop_disk: Any, cleanup: ExitStack) -> Any:
    """A loop whose node somebody else holds locked, and the descriptor of that lock."""
    disk = loop_disk(8 * MIB)
    fd = os.open(disk.path, os.O_RDONLY | os.O_CLOEXEC)
    cleanup.callback(os.close, fd)
    fcntl.flock(fd, fcntl.LOCK_SH)
    return disk, fd


def test_a_device_that_stays_locked_is_busy_after_some_patience(locked: Any) -> None:
    waits: list[float] = []
    with pytest.raises(DeviceBusy, match="locked by"):
        LinuxOpener(pause=waits.append)(sight(VIEW, locked[0].path))
    assert sum(waits) == pytest.approx(10)


def test_the_moment_in_which_udev_looks_at_a_disk_is_waited_for(locked: Any) -> None:
    disk, fd = locked

    def pause(seconds: float) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)
        time.sleep(seconds)

    with LinuxOpener(pause=pause)(sight(VIEW, disk.path)) as port:
        assert port.size_bytes() == 8 * MIB


def test_a_disk_that_was_replaced_behind_its_node_is_another_disk(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB)
    device = sight(VIEW, disk.path)
    before = disk.sha256()
    disk.reattach()
    with pytest.raises(IdentityChanged, match="is now"):
        OPEN(device)
    assert disk.sha256() == before


def test_a_node_that_leads_to_another_disk_is_refused(loop_disk: Any) -> None:
    wanted, other = loop_disk(8 * MIB), loop_disk(8 * MIB)
    before = other.sha256()
    with pytest.raises(IdentityChanged):
        OPEN(replace(sight(VIEW, wanted.path), path=other.path))
    assert other.sha256() == before


def test_a_path_that_does_not_exist_is_not_created(tmp_path: Path, loop_disk: Any) -> None:
    device = sight(VIEW, loop_disk(8 * MIB).path)
    missing = tmp_path / "sdz"
    with pytest.raises(DeviceError, match="No such file"):
        OPEN(replace(device, path=str(missing)))
    assert list(tmp_path.glob("sdz")) == []


@pytest.mark.parametrize("path", ["/dev/null", "/proc/self/mountinfo"])
def test_what_is_no_block_device_is_not_opened(loop_disk: Any, path: str) -> None:
    device = sight(VIEW, loop_disk(8 * MIB).path)
    with pytest.raises(NotABlockDevice):
        OPEN(replace(device, path=path))


def test_a_loop_over_a_part_of_its_file_hides_the_rest(loop_disk: Any, tmp_path: Path, cleanup: ExitStack) -> None:
    image = tmp_path / "part.img"
    image.write_bytes(bytes(8 * MIB))
    words = ["losetup", "--find", "--show", "--direct-io=on", "--offset", str(MIB), str(image)]
    path = subprocess.run(words, capture_output=True, text=True, check=True, timeout=20).stdout.strip()
    cleanup.callback(subprocess.run, ["losetup", "--detach", path], check=True, timeout=20)
    with OPEN(sight(VIEW, path)) as port:
        assert port.hidden_areas().hpa is AreaState.UNKNOWN
        assert not port.hidden_areas().closed
    with OPEN(sight(VIEW, loop_disk(8 * MIB).path)) as port:
        assert port.hidden_areas().closed
        assert port.hidden_areas().native_bytes == 8 * MIB


def test_the_end_of_a_file_that_its_loop_does_not_show_is_no_erased_area(loop_disk: Any) -> None:
    odd, grown = loop_disk(8 * MIB + 100), loop_disk(8 * MIB)
    os.truncate(grown.image, 9 * MIB)
    with OPEN(sight(VIEW, odd.path)) as port:
        assert (port.size_bytes(), port.hidden_areas().native_bytes) == (8 * MIB, 8 * MIB + 100)
    with OPEN(sight(VIEW, grown.path)) as port:
        facts = read_facts(port)
        assert (facts.size_bytes, facts.hidden.native_bytes) == (8 * MIB, 9 * MIB)
        assert [reason.code for reason in uncovered(facts)] == [ReasonCode.HIDDEN_AREA]
    other_file = replace(VIEW, stat=lambda _path: odd.image.stat())  # what is behind the loop cannot be seen from here
    with LinuxOpener(other_file)(sight(VIEW, grown.path)) as port:
        assert not port.hidden_areas().closed


def test_a_closed_port_speaks_no_more_and_closes_twice(loop_disk: Any) -> None:
    port = OPEN(sight(VIEW, loop_disk(8 * MIB).path))
    port.close()
    port.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        port.size_bytes()


def test_the_descriptor_is_not_inherited_by_programs(loop_disk: Any) -> None:
    with OPEN(sight(VIEW, loop_disk(8 * MIB).path)) as port:
        assert os.get_inheritable(port.fileno()) is False
        flags = fcntl.fcntl(port.fileno(), fcntl.F_GETFL)
        assert flags & os.O_DIRECT


def test_the_opener_travels_to_a_worker(loop_disk: Any) -> None:
    device = sight(VIEW, loop_disk(8 * MIB).path)
    opener = pickle.loads(pickle.dumps(OPEN))
    with opener(pickle.loads(pickle.dumps(device))) as port:
        assert port.device == device


def test_the_loop_itself_tells_what_it_lies_on(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB)
    status = ioctl.loop_status(Path(disk.path))
    file = disk.image.stat()
    assert (status.device, status.inode, status.rdevice) == (file.st_dev, file.st_ino, 0)
    assert (status.offset, status.size_limit) == (0, 0)


def test_an_ioctl_that_a_file_does_not_know_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "plain"
    file.write_bytes(b"")
    with file.open("rb") as plain, pytest.raises(OSError, match="Inappropriate ioctl") as caught:
        ioctl.size_bytes(plain.fileno())
    assert caught.value.errno == errno.ENOTTY
