"""The pieces between a model and a kernel: rings in shared memory, units of NVMe over TCP, archives, media."""

import socket
import struct
from pathlib import Path

import pytest

from station_agent.image.wheels import lock_blocks
from tests.virtual_bench.drives import wwn_of
from tests.virtual_bench.front_ends import nvme_pdu
from tests.virtual_bench.front_ends.shared_memory import OutsideMemory, Region, SharedMemory
from tests.virtual_bench.front_ends.virtqueue import DESCRIPTOR, NEXT, WRITABLE, Virtqueue
from tests.virtual_bench.initramfs import DIRECTORY, REGULAR, Member, newc
from tests.virtual_bench.media import SECTOR, Medium

GUEST, QEMU = 0x1000, 0x7F0000000000
TABLE, AVAILABLE, USED, SENT, ROOM = 0, 0x100, 0x200, 0x300, 0x400


@pytest.fixture
def memory() -> bytearray:
    return bytearray(0x1000)


def shared(memory: bytearray) -> SharedMemory:
    return SharedMemory([Region(GUEST, len(memory), QEMU, memoryview(memory))])


def queue_with_a_request(memory: bytearray) -> Virtqueue:
    """The driver sends "ask" and has room for eight bytes in two pieces."""
    memory[SENT : SENT + 3] = b"ask"
    DESCRIPTOR.pack_into(memory, TABLE, GUEST + SENT, 3, NEXT, 1)
    DESCRIPTOR.pack_into(memory, TABLE + 16, GUEST + ROOM, 4, NEXT | WRITABLE, 2)
    DESCRIPTOR.pack_into(memory, TABLE + 32, GUEST + ROOM + 16, 4, WRITABLE, 0)
    struct.pack_into("<HHH", memory, AVAILABLE, 0, 1, 0)
    return Virtqueue(4, QEMU + TABLE, QEMU + AVAILABLE, QEMU + USED)


def test_a_request_is_taken_once_and_its_answer_fills_the_pieces_in_order(memory: bytearray) -> None:
    queue, view = queue_with_a_request(memory), shared(memory)
    chain = queue.take(view)
    assert chain is not None
    assert chain.sent == b"ask"
    assert queue.take(view) is None
    queue.give_back(view, chain, chain.answer(b"ANSWERED+more"))
    assert memory[ROOM : ROOM + 4] == b"ANSW"
    assert memory[ROOM + 16 : ROOM + 20] == b"ERED"
    assert struct.unpack_from("<HHII", memory, USED) == (0, 1, 0, 8)


def test_an_address_outside_of_the_shared_memory_is_never_touched(memory: bytearray) -> None:
    view = shared(memory)
    for address, size in ((GUEST - 1, 1), (GUEST + len(memory) - 1, 2), (0, 1)):
        with pytest.raises(OutsideMemory):
            view.at_guest(address, size)
    assert view.at_qemu(QEMU, 4) == bytes(4)


@pytest.mark.world
def test_units_of_nvme_over_tcp_arrive_as_they_were_packed() -> None:
    here, there = socket.socketpair()
    with here, there:
        here.sendall(nvme_pdu.data_in(7, bytes(range(200)), piece=128) + nvme_pdu.response(7, 1, 3, 0x4002, 9))
        first, second, last = (nvme_pdu.receive(there) for _ in range(3))
        assert first.data + second.data == bytes(range(200))
        assert (first.flags, second.flags) == (0, nvme_pdu.LAST)
        assert struct.unpack("<QHHHH", last.header) == (9, 3, 1, 7, 0x8004)
        here.close()
        with pytest.raises(EOFError):
            nvme_pdu.receive(there)


def test_an_archive_of_the_initramfs_is_one_that_cpio_knows() -> None:
    packed = newc([Member("bin", DIRECTORY), Member("bin/tool", REGULAR, b"12345")])
    assert packed.count(b"070701") == 3
    assert b"TRAILER!!!" in packed
    assert len(packed) % 4 == 0
    head = packed[packed.index(b"070701", 6) :]
    assert int(head[14:22], 16) == REGULAR
    assert int(head[54:62], 16) == 5


def test_survivors_are_counted_to_the_sector(tmp_path: Path) -> None:
    medium = Medium.filled(tmp_path / "disk.img", "a donor", 1 << 20)
    assert medium.survivors() == medium.sectors
    with medium.path.open("r+b") as file:
        file.seek(3 * SECTOR)
        file.write(bytes(5 * SECTOR))
    assert (medium.survivors(), medium.zeros()) == (medium.sectors - 5, 5)
    assert medium.begun()


def test_two_serial_numbers_have_two_world_wide_names() -> None:
    names = {wwn_of(f"ATA{number:04}") for number in range(100)}
    assert len(names) == 100
    assert {len(name) for name in names} == {16}


def test_the_lock_is_cut_into_packages_with_all_their_hashes() -> None:
    first = "a-b==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n    # via x\n"
    lock = first + "C_d==2 ; sys_platform == 'linux' \\\n    --hash=sha256:02\n"
    names = lock_blocks(lock)
    assert [name for name, _ in names] == ["a-b", "c-d"]
    assert names[0][1].count("sha256") == 2
    assert "".join(block for _, block in names) == lock
