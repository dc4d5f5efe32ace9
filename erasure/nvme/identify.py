"""Identify data of NVMe: the controller, a namespace, a list of namespaces. Pure.

What does not make sense is None, never zero: a list that is not sorted, a namespace without blocks, a controller
without a name. Drives reference, section 3.8; NVM Express Base Specification, section 5.1.13.
"""

import struct
from dataclasses import dataclass, field

from erasure.identity import PRINTABLE, visible
from erasure.nvme.commands import IDENTIFY_BYTES
from erasure.nvme.facts import NvmeNamespace

LIST = struct.Struct("<1024I")
LARGEST_NSID = 0xFFFFFFFD
SHARING_BITS = 0b111  # CMIC: more ports, more controllers, a virtual function
SMALLEST_SHIFT, LARGEST_SHIFT = 9, 16  # blocks of 512 bytes to 64 KiB
FIRST_FORMAT = 128


@dataclass(frozen=True, slots=True)
class ControllerWords:
    """The words of Identify Controller that an erase rests on."""

    serial: str
    model: str
    firmware: str
    subnqn: str
    cmic: int
    controller_id: int
    version: int
    oacs: int
    total_bytes: int  # TNVMCAP
    unallocated_bytes: int  # UNVMCAP
    rpmbs: int
    sanicap: int
    namespaces: int  # NN: the largest valid NSID
    fna: int
    raw: bytes = field(repr=False)

    @property
    def shared(self) -> bool:
        """Say whether somebody else may use it too."""
        return bool(self.cmic & SHARING_BITS)


def decode_controller(data: bytes) -> ControllerWords | None:
    """Decode Identify Controller (CNS 01h); None when it is not legible."""
    if len(data) != IDENTIFY_BYTES or not all(_named(data[at:end]) for at, end in ((4, 24), (24, 64), (64, 72))):
        return None
    if not data[24:64].strip(b" \0"):
        return None
    return ControllerWords(
        serial=visible(data[4:24]),
        model=visible(data[24:64]),
        firmware=visible(data[64:72]),
        subnqn=visible(data[768:1024]),
        cmic=data[76],
        controller_id=_number(data, 78, 2),
        version=_number(data, 80, 4),
        oacs=_number(data, 256, 2),
        total_bytes=_number(data, 280, 16),
        unallocated_bytes=_number(data, 296, 16),
        rpmbs=_number(data, 312, 4),
        sanicap=_number(data, 328, 4),
        namespaces=_number(data, 516, 4),
        fna=data[524],
        raw=bytes(data),
    )


def decode_namespace(data: bytes, nsid: int, *, active: bool) -> NvmeNamespace | None:
    """Decode Identify Namespace (CNS 00h or 11h); None when it describes none that could hold data."""
    if len(data) != IDENTIFY_BYTES:
        return None
    flbas = data[26]
    index = flbas & 0xF | (flbas >> 5 & 0b11) << 4
    metadata, shift, _performance = struct.unpack_from("<HBB", data, FIRST_FORMAT + 4 * index)
    blocks, capacity = _number(data, 0, 8), _number(data, 8, 8)
    if not 0 < capacity <= blocks or not SMALLEST_SHIFT <= shift <= LARGEST_SHIFT or blocks << shift >= 1 << 64:
        return None
    return NvmeNamespace(
        nsid=nsid,
        active=active,
        blocks=blocks,
        capacity_blocks=capacity,
        block_bytes=1 << shift,
        metadata_bytes=metadata,
        format_index=index,
        metadata_extended=bool(flbas >> 4 & 1),
        protection=data[29] & 0xF,
        deallocated_reads=data[33] & 0b111,
        nguid=_unique(data[104:120]),
        eui64=_unique(data[120:128]),
    )


def decode_list(data: bytes, after: int) -> tuple[int, ...] | None:
    """Decode one page of a namespace list that continues after an id; None when it is not a sorted list.

    1024 ids: the list goes on behind the last of them.
    """
    if len(data) != IDENTIFY_BYTES:
        return None
    entries = LIST.unpack(data)
    count = entries.index(0) if 0 in entries else len(entries)
    ids = entries[:count]
    ascending = all(low < high for low, high in zip((after, *ids), ids, strict=False))
    return None if any(entries[count:]) or not ascending or max(ids, default=0) > LARGEST_NSID else ids


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _named(text: bytes) -> bool:
    """Say whether every byte is printable; NULs may pad."""
    return all(byte in PRINTABLE for byte in text.rstrip(b"\0"))


def _unique(name: bytes) -> str:
    return name.hex() if any(name) else ""
