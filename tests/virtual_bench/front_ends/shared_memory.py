"""The memory of a guest as an emulated drive sees it: regions that QEMU shares, at guest and at QEMU addresses."""

import mmap
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass

REGION = struct.Struct("<QQQQ")  # guest address, size, address in QEMU, offset in the file


class OutsideMemory(Exception):
    """An address that lies in no shared region: the guest or QEMU is wrong."""


@dataclass(frozen=True, slots=True)
class Region:
    """One shared piece."""

    guest: int
    size: int
    qemu: int
    view: memoryview  # exactly `size` bytes


class SharedMemory:
    """Every region of one guest."""

    def __init__(self, regions: Sequence[Region] = ()) -> None:
        self._regions = tuple(regions)

    @classmethod
    def of(cls, payload: bytes, descriptors: Sequence[int]) -> "SharedMemory":
        """Map what VHOST_USER_SET_MEM_TABLE names; the descriptors are closed."""
        regions = []
        for number, descriptor in enumerate(descriptors):
            guest, size, qemu, offset = REGION.unpack_from(payload, 8 + number * REGION.size)
            mapped = mmap.mmap(descriptor, offset + size)
            os.close(descriptor)
            regions.append(Region(guest, size, qemu, memoryview(mapped)[offset : offset + size]))
        return cls(regions)

    def at_guest(self, address: int, size: int) -> memoryview:
        """Give the bytes at a guest address. Raises OutsideMemory."""
        for region in self._regions:
            if region.guest <= address and address + size <= region.guest + region.size:
                return region.view[address - region.guest : address - region.guest + size]
        raise OutsideMemory(f"guest address {address:#x}, {size} bytes")

    def at_qemu(self, address: int, size: int) -> memoryview:
        """Give the bytes at an address in QEMU, as the addresses of the rings are told. Raises OutsideMemory."""
        for region in self._regions:
            if region.qemu <= address and address + size <= region.qemu + region.size:
                return region.view[address - region.qemu : address - region.qemu + size]
        raise OutsideMemory(f"QEMU address {address:#x}, {size} bytes")
