"""What a simulated controller says of itself, byte by byte, at the offsets of the standard."""

import struct
from pathlib import Path

import pytest

from erasure.simulated.nvme_table import nvme_table
from tests.erasure.simulated.tapes import SIZE, NvmeRig


@pytest.fixture
def rig(tmp_path: Path) -> NvmeRig:
    return NvmeRig(tmp_path)


def number(page: bytes, first: int, length: int) -> int:
    return int.from_bytes(page[first : first + length], "little")


def test_the_names_of_a_controller_are_padded_with_spaces(rig: NvmeRig) -> None:
    page = rig.build(subnqn="nqn.2026-01.org.example:one").identify(1).data
    assert len(page) == 4096
    assert page[4:24] == b"DEMO-0001".ljust(20)
    assert page[24:64] == b"DEMO NVMe".ljust(40)
    assert page[64:72] == b"1.0     "
    assert page[768:1024] == b"nqn.2026-01.org.example:one".ljust(256, b"\0")


def test_what_is_announced_lies_where_the_standard_says(rig: NvmeRig) -> None:
    table = {
        "format_crypto": True,
        "erase_all": True,
        "namespace_management": True,
        "security": True,
        "purge_reporting": True,
        "no_deallocate_inhibited": True,
        "no_deallocate_modifies": 2,
        "unallocated_bytes": 3 << 20,
        "rpmb_units": 1,
        "shared": True,
        "controller_id": 7,
        "sizes": (SIZE, SIZE),
    }
    page = rig.build(**table).identify(1).data
    assert page[76] == 3
    assert number(page, 78, 2) == 7
    assert number(page, 80, 4) == 0x00020100
    assert number(page, 256, 2) == 0b1011
    assert number(page, 280, 16) == 5 << 20
    assert number(page, 296, 16) == 3 << 20
    assert page[312] & 7 == 1
    assert number(page, 328, 4) == 0x80000000 | 0x20000000 | 0b100111
    assert number(page, 516, 4) == 2
    assert page[524] == 0b0110


def test_a_controller_that_can_do_nothing_announces_nothing(rig: NvmeRig) -> None:
    page = rig.build(sanitize=(), format=False, format_broadcast=False).identify(1).data
    assert number(page, 256, 2) == 0
    assert number(page, 328, 4) == 0
    assert number(page, 280, 32) == 0
    assert page[524] == 0b1000


@pytest.mark.parametrize(("action", "bit"), [("crypto", 1), ("block", 2), ("overwrite", 4)])
def test_each_sanitize_has_its_bit(rig: NvmeRig, action: str, bit: int) -> None:
    assert number(rig.build(sanitize=(action,)).identify(1).data, 328, 4) == bit


def test_a_namespace_tells_its_blocks_and_formats(rig: NvmeRig) -> None:
    row = {"size_bytes": SIZE, "format_index": 1, "nguid": "00" * 8 + "01" * 8, "eui64": "0000000000000102"}
    formats = [(512, 0), (4096, 8)]
    page = rig.build(namespaces=[row], formats=formats, deallocated_reads=2).identify(0, nsid=1).data
    assert struct.unpack_from("<QQQ", page) == (256, 256, 256)
    assert page[25:27] == bytes((1, 0x11))
    assert page[33] == 2
    assert page[104:120].hex() == "00" * 8 + "01" * 8
    assert page[120:128].hex() == "0000000000000102"
    assert page[128:136] == bytes((0, 0, 9, 0, 8, 0, 12, 0))


def test_the_lists_begin_above_the_number_asked_for(rig: NvmeRig) -> None:
    rows = [{"size_bytes": SIZE}, {"size_bytes": SIZE, "active": False}, {"size_bytes": SIZE}]
    rig.build(sizes=(SIZE,) * 3, namespaces=rows, namespace_management=True)
    assert rig.identify(2).data[:12] == struct.pack("<III", 1, 3, 0)
    assert rig.identify(2, nsid=1).data[:8] == struct.pack("<II", 3, 0)
    assert rig.identify(0x10).data[:16] == struct.pack("<IIII", 1, 2, 3, 0)
    assert rig.identify(2, nsid=0xFFFFFFFE).status == 0x400B


def test_an_inactive_number_is_all_zero_and_an_impossible_one_an_error(rig: NvmeRig) -> None:
    rows = [{"size_bytes": SIZE}, {"size_bytes": SIZE, "active": False}, {"size_bytes": SIZE}]
    rig.build(sizes=(SIZE,) * 3, namespaces=rows, namespace_management=True)
    assert rig.identify(0, nsid=2).data == bytes(4096)
    assert number(rig.identify(0x11, nsid=2).data, 0, 8) == SIZE // 512
    assert [rig.identify(0, nsid=wrong).status for wrong in (0, 4, 0xFFFFFFFF)] == [0x400B] * 3


def test_lists_of_allocated_namespaces_need_namespace_management(rig: NvmeRig) -> None:
    rig.build()
    assert [rig.identify(cns).status for cns in (0x10, 0x11, 0x7F)] == [0x4002] * 3


def test_descriptors_name_the_namespace(rig: NvmeRig) -> None:
    rig.build(namespaces=[{"size_bytes": SIZE, "eui64": "0000000000000102"}])
    assert rig.identify(3, nsid=1).data[:16].hex() == "01080000" + "0000000000000102" + "00000000"


def test_an_unknown_opcode_is_an_invalid_opcode(rig: NvmeRig) -> None:
    rig.build()
    assert [rig.send(opcode).status for opcode in (0x0D, 0x81, 0xC0)] == [0x4001] * 3


def test_an_unknown_log_page_and_a_log_of_one_namespace_are_refused(rig: NvmeRig) -> None:
    rig.build()
    assert rig.send(0x02, nsid=0xFFFFFFFF, cdw10=0x007F0085, data_in=512).status == 0x4109
    assert rig.send(0x02, nsid=1, cdw10=0x007F0081, data_in=512).status == 0x4002


def test_boot_partitions_show_in_their_log(rig: NvmeRig) -> None:
    rig.build(boot_partition_bytes=4 << 17)
    reply = rig.send(0x02, nsid=0, cdw10=0x00030015, data_in=16)
    assert (reply.status, number(reply.data, 4, 4)) == (0, 4)
    assert rig.identify(1).data[102] == 4
    assert rig.send(0x02, cdw10=0x00FF0000, data_in=1024).data[0x15 * 4] == 1


def test_without_boot_partitions_there_is_no_such_log(rig: NvmeRig) -> None:
    rig.build()
    assert rig.send(0x02, cdw10=0x00030015, data_in=16).status == 0x4109
    assert rig.send(0x02, cdw10=0x00FF0000, data_in=1024).data[0x15 * 4] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": 1},
        {"sanitize": ["bleach"]},
        {"last": "perhaps"},
        {"namespaces": [{"size": 1}]},
        {"formats": [(520, 0)]},
    ],
)
def test_a_table_that_says_something_else_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="nvme"):
        nvme_table(wrong, SIZE)
