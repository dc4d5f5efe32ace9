"""Firmware behind the block port of a bench: size, serial, locks and presence follow it, across processes and power."""

import errno
import pickle
from pathlib import Path

import pytest

from erasure.drive import BlockDevice
from erasure.errors import DeviceError
from erasure.hidden import AreaState
from erasure.simulated import SimulatedBench, SimulatedBlockDrive, load_bench
from erasure.simulated.bench import SCHEMA
from erasure.transport.ports import NO_COMMANDS, ScsiPort
from tests.erasure.simulated.drives import BLOCK, IDENTIFY, NATIVE_MAX_EXT, SANITIZE_STATUS

SIZE = 64 * 1024
DRIVE = f"""
schema = "{SCHEMA}"
[[drives]]
name = "sda"
bus = "ata"
model = "DEMO SSD"
serial = "DEMO-0001"
size_bytes = {SIZE}
logical_sector = 512
contents = "pattern"
"""
SET_MAX = "85 07 20 00 00 00 01 00 ff 00 00 00 00 40 37 00"  # 256 sectors
SCSI_BLOCK = "48 82 00 00 00 00 00 00 00 00"


def bench_of(folder: Path, more: str = "[drives.ata]\nblock = true\nseconds = 0\n") -> SimulatedBench:
    path = folder / "one.toml"
    path.write_text(DRIVE + more)
    return load_bench(path, folder / "work")


def opened(bench: SimulatedBench) -> SimulatedBlockDrive:
    return bench.opener(bench.devices[0])


def scsi(port: SimulatedBlockDrive) -> ScsiPort:
    found = port.commands().scsi
    assert found is not None
    return found


def send(port: SimulatedBlockDrive, *commands: str, data_in: int = 0) -> bytes:
    """Send commands; give the sense data or the data of the last one."""
    told = b""
    for command in commands:
        reply = scsi(port).command(bytes.fromhex(command), timeout_ms=60_000, data_in=data_in)
        told = reply.sense or reply.data
    return told


def read_error(port: SimulatedBlockDrive, offset: int = 0) -> int | None:
    try:
        port.pread_into(memoryview(bytearray(512)), offset)
    except OSError as error:
        return error.errno
    return None


def write_error(port: SimulatedBlockDrive) -> int | None:
    try:
        port.pwrite(memoryview(bytes(512)), 0)
    except OSError as error:
        return error.errno
    return None


def test_without_a_table_a_drive_takes_no_commands_and_remembers_nothing(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, "")
    with opened(bench) as port:
        assert port.commands() == NO_COMMANDS
        assert port.hidden_areas().closed
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == ["sda.img"]


def test_with_a_table_it_answers_and_its_hidden_areas_must_be_asked_for(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    with pickle.loads(pickle.dumps(bench.opener))(bench.devices[0]) as port:
        assert send(port, IDENTIFY, data_in=512)[54:60] == b"EDOMS "
        assert port.hidden_areas().hpa is AreaState.UNKNOWN


def test_a_sanitize_started_by_one_process_is_found_by_the_next(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, "[drives.ata]\nblock = true\nseconds = 3600\n")
    with opened(bench) as port:
        send(port, BLOCK)
        assert (read_error(port), write_error(port)) == (errno.EIO, errno.EIO)
        with pytest.raises(OSError, match="Input/output"):
            port.flush()
    with opened(bench) as port:
        assert send(port, SANITIZE_STATUS)[12] == 0x40


def test_what_the_firmware_wiped_the_block_port_reads(tmp_path: Path) -> None:
    with opened(bench_of(tmp_path)) as port:
        send(port, BLOCK, SANITIZE_STATUS)
        buffer = bytearray(b"x" * SIZE)
        reader = port.reopen_for_reading()
        assert reader.pread_into(memoryview(buffer), 0) == SIZE
        assert buffer == bytes(SIZE)


def test_a_locked_drive_refuses_reads_and_writes(tmp_path: Path) -> None:
    with opened(bench_of(tmp_path, 'vices = ["locked"]\n[drives.ata]\n')) as port:
        assert (read_error(port), write_error(port)) == (errno.EIO, errno.EIO)
        assert port.size_bytes() == SIZE


@pytest.mark.parametrize(("kind", "command", "code"), [("ata", BLOCK, errno.EIO), ("scsi", SCSI_BLOCK, errno.ENODATA)])
def test_sectors_that_need_a_write_cannot_be_read_until_then(
    tmp_path: Path, kind: str, command: str, code: int
) -> None:
    bench = bench_of(tmp_path, f'[drives.{kind}]\nblock = true\nseconds = 0\nvices = ["needs-write"]\n')
    with opened(bench) as port:
        send(port, command, "00 00 00 00 00 00")
        assert read_error(port) == code
    with opened(bench) as port:
        assert write_error(port) is None
        assert (read_error(port), read_error(port, 512)) == (None, code)


HIDING = f"[drives.ata]\nnative_bytes = {2 * SIZE}\n"


def test_the_size_follows_a_restored_maximum_for_every_later_look(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, HIDING)
    assert bench.devices[0].size_bytes == SIZE
    with opened(bench) as port:
        send(port, NATIVE_MAX_EXT, SET_MAX)
        assert port.size_bytes() == port.sighting().size_bytes == 2 * SIZE
        buffer = memoryview(bytearray(512))
        assert port.pread_into(buffer, 2 * SIZE - 512) == 512
        assert b"old sector          255" in bytes(buffer)
    shown = bench_of(tmp_path, HIDING).devices[0]
    assert shown.size_bytes == 2 * SIZE
    assert bench.examiner(shown) == ()


def test_a_kernel_that_keeps_the_size_looks_again_after_a_power_cycle(tmp_path: Path) -> None:
    keeping = f'vices = ["keeps-size"]\n{HIDING}'
    with opened(bench_of(tmp_path, keeping)) as port:
        send(port, NATIVE_MAX_EXT, SET_MAX)
        assert port.size_bytes() == SIZE
    later = bench_of(tmp_path, f"power = 2\n{keeping}")
    assert later.devices[0].size_bytes == 2 * SIZE
    with opened(later) as port:
        assert port.size_bytes() == 2 * SIZE


def test_looking_at_a_bench_changes_nothing_in_it(tmp_path: Path) -> None:
    with opened(bench_of(tmp_path)) as port:
        send(port, BLOCK)
    memory = tmp_path / "work" / "sda.memory.json"
    before = memory.read_bytes()
    assert len(bench_of(tmp_path, "power = 2\n[drives.ata]\nblock = true\n").devices) == 1
    assert memory.read_bytes() == before


def leave(folder: Path, vice: str, power: int = 1) -> SimulatedBench:
    return bench_of(folder, f'power = {power}\nvices = ["{vice}"]\n[drives.ata]\nblock = true\nseconds = 0\n')


def test_a_drive_that_vanished_is_gone_from_the_bench_until_a_power_cycle(tmp_path: Path) -> None:
    bench = leave(tmp_path, "vanishes")
    device: BlockDevice = bench.devices[0]
    with opened(bench) as port:
        with pytest.raises(OSError, match="No such device"):
            send(port, BLOCK, SANITIZE_STATUS)
        assert (read_error(port), port.size_bytes()) == (errno.ENODEV, 0)
        with pytest.raises(OSError, match="No such device"):
            port.sighting()
    assert bench.devices == ()
    with pytest.raises(OSError, match="No such device"):
        bench.opener(device)
    with opened(leave(tmp_path, "vanishes", power=2)) as port:
        assert send(port, SANITIZE_STATUS)[12] == 0x80


def test_a_drive_that_lost_its_power_is_back_when_it_is_opened_again(tmp_path: Path) -> None:
    bench = leave(tmp_path, "power-loss")
    with opened(bench) as port, pytest.raises(OSError, match="No such device"):
        send(port, BLOCK, SANITIZE_STATUS)
    with opened(bench) as port:
        assert send(port, SANITIZE_STATUS)[12] == 0x80


def test_the_kernel_goes_on_telling_the_serial_that_it_heard_when_another_answers(tmp_path: Path) -> None:
    bench = leave(tmp_path, "renames")
    with opened(bench) as port:
        assert port.sighting().identity.serial == "DEMO-0001"
        send(port, BLOCK, SANITIZE_STATUS)
        assert b"DEMO-0001-OTHER" in send(port, "12 01 80 00 fc 00", data_in=252)
        assert port.sighting().identity.serial == "DEMO-0001"
    assert bench.devices[0].identity.serial == "DEMO-0001"


def test_the_kernel_sees_the_serial_of_the_bridge(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, 'bridge = "DEMO DOCK"\n[drives.ata]\nbridge_serial = "DEMO-152D"\n')
    with opened(bench) as port:
        assert port.sighting().identity.serial == bench.devices[0].identity.serial == "DEMO-152D"
        assert send(port, IDENTIFY, data_in=512)[20:30] == b"EDOM0-00 1"


def test_addresses_wrap_for_the_host_and_not_for_the_firmware(tmp_path: Path) -> None:
    table = f'[drives.ata]\nblock = true\nseconds = 0\nwrap_bytes = {SIZE // 2}\nvices = ["wraps"]\n'
    with opened(bench_of(tmp_path, table)) as port:
        port.pwrite(memoryview(b"w" * 512), SIZE // 2)
        content = (tmp_path / "work" / "sda.img").read_bytes()
        assert (len(content), content[:512], content[SIZE // 2 : SIZE // 2 + 3]) == (SIZE, b"w" * 512, b"sda")
        assert send(port, "28 00 00 00 00 40 00 00 01 00", data_in=512) == b"w" * 512
        send(port, BLOCK, SANITIZE_STATUS)
    assert (tmp_path / "work" / "sda.img").read_bytes() == bytes(SIZE)


def test_sectors_of_520_bytes_show_no_capacity(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, "[drives.scsi]\nsector = 520\n")
    assert bench.devices[0].size_bytes == 0
    with opened(bench) as port:
        assert port.size_bytes() == 0
    assert bench.examiner(bench.devices[0]) == ()


def test_another_capacity_is_another_drive_with_an_empty_memory(tmp_path: Path) -> None:
    with opened(leave(tmp_path, "renames")) as port:
        send(port, BLOCK, SANITIZE_STATUS)
    bench = bench_of(tmp_path, f"[drives.ata]\nnative_bytes = {4 * SIZE}\n")
    with opened(bench) as port:
        assert port.sighting().identity.serial == "DEMO-0001"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("[drives.ata]\nblok = true\n", "table ata: unknown members \\['blok'\\]"),
        ('[drives.scsi]\nvices = ["lazy"]\n', "vice 'lazy' is none of lies, half"),
        ("[drives.ata]\nnative_bytes = 65537\n", "native_bytes and dco_bytes"),
        (f"[drives.ata]\nnative_bytes = {2 * SIZE}\ndco_bytes = {SIZE - 512}\n", "native_bytes and dco_bytes"),
        ('vices = ["lies"]\n', "vices need a table of firmware"),
    ],
)
def test_nonsense_about_firmware_is_refused_by_name(tmp_path: Path, more: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        bench_of(tmp_path, more)


def test_a_drive_of_another_bench_is_still_not_opened(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    (tmp_path / "other").mkdir()
    other = (tmp_path / "other" / "b.toml").resolve()
    other.write_text(DRIVE.replace('"sda"', '"sdz"'))
    with pytest.raises(DeviceError, match="not on this bench"):
        bench.opener(load_bench(other, tmp_path / "elsewhere").devices[0])
