"""Identify data: what makes no sense is None, never zero."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.nvme.identify import decode_controller, decode_list, decode_namespace
from tests.erasure.nvme.scripted import UNHURRIED, controller, damaged, id_list, namespace, noise, number, page


def test_a_controller_is_read_word_by_word() -> None:
    found = decode_controller(controller(oacs=0b1011, tnvmcap=1 << 70, unvmcap=5, sanicap=0x20000023, fna=5, nn=9))
    assert found is not None
    assert (found.serial, found.model, found.firmware) == ("DEMO-0001", "Invented NVMe", "1.0")
    assert (found.subnqn, found.controller_id, found.version) == ("nqn.2014.org.example:demo", 7, 0x10400)
    assert (found.oacs, found.total_bytes, found.unallocated_bytes) == (0b1011, 1 << 70, 5)
    assert (found.sanicap, found.fna, found.namespaces, found.rpmbs) == (0x20000023, 5, 9, 0)


@pytest.mark.parametrize(("cmic", "shared"), [(0, False), (1, True), (2, True), (4, True), (8, False)])
def test_a_controller_with_more_ports_or_hosts_is_shared(*, cmic: int, shared: bool) -> None:
    found = decode_controller(controller(cmic=cmic))
    assert found is not None
    assert found.shared is shared


@pytest.mark.parametrize(
    "data",
    [b"", bytes(4096), b"\xff" * 4096, controller()[:4095], controller() + b"\0"],
    ids=["empty", "zeros", "ones", "short", "long"],
)
def test_hostile_controller_data_is_none(data: bytes) -> None:
    assert decode_controller(data) is None


@UNHURRIED
@given(noise(4096) | st.binary(max_size=64) | damaged(namespace()) | damaged(id_list(1, 2, 9)) | damaged(controller()))
def test_random_data_never_raises(data: bytes) -> None:
    decode_controller(data)
    found = decode_namespace(data, 1, active=True)
    assert found is None or 0 < found.capacity_blocks <= found.blocks
    ids = decode_list(data, 0)
    assert ids is None or (list(ids) == sorted(set(ids)) and 0 not in ids)


def test_a_namespace_has_its_format_and_its_size() -> None:
    found = decode_namespace(namespace(4096, shift=12, flbas=0x11, dps=0b1001, metadata=8), 3, active=False)
    assert found is not None
    assert (found.nsid, found.active, found.blocks, found.capacity_blocks) == (3, False, 4096, 4096)
    assert (found.block_bytes, found.metadata_bytes, found.format_index) == (4096, 8, 1)
    assert (found.metadata_extended, found.protection, found.deallocated_reads) == (True, 0b1001, 1)
    assert (found.nguid, found.eui64) == ("", "0102030405060708")


def test_the_upper_bits_of_the_format_index_count() -> None:
    found = decode_namespace(namespace(flbas=0x4F), 1, active=True)
    assert found is not None
    assert found.format_index == 0x2F


@pytest.mark.parametrize(
    "data",
    [
        bytes(4096),
        b"\xff" * 4096,
        namespace()[:512],
        namespace(shift=8),
        namespace(shift=17),
        page(4096, {0: number(10, 8), 8: number(11, 8), 130: b"\x09"}),
        page(4096, {0: number(10, 8), 130: b"\x09"}),
        page(4096, {0: number(1 << 60, 8), 8: number(1, 8), 130: b"\x09"}),
    ],
    ids=["zeros", "ones", "short", "tiny blocks", "huge blocks", "NCAP over NSZE", "no capacity", "too large"],
)
def test_a_namespace_that_cannot_be_is_none(data: bytes) -> None:
    assert decode_namespace(data, 1, active=True) is None


def test_a_list_ends_at_its_first_zero() -> None:
    assert decode_list(id_list(1, 2, 7), 0) == (1, 2, 7)
    assert decode_list(id_list(), 0) == ()


def test_a_full_page_has_1024_ids() -> None:
    assert decode_list(id_list(*range(1, 1025)), 0) == tuple(range(1, 1025))


@pytest.mark.parametrize(
    ("data", "after"),
    [
        (id_list(2, 1), 0),
        (id_list(1, 1), 0),
        (id_list(1, 0, 2), 0),
        (id_list(1, 2), 1),
        (id_list(0xFFFFFFFE), 0),
        (b"\xff" * 4096, 0),
        (id_list(1)[:4095], 0),
    ],
    ids=["backwards", "twice", "a gap", "does not continue", "reserved id", "ones", "short"],
)
def test_a_list_that_makes_no_sense_is_none(data: bytes, after: int) -> None:
    assert decode_list(data, after) is None
