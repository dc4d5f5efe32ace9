"""The structures that Identify and Get Log return, byte by byte. Built from a table, never parsed here.

NVMe Base Specification, Identify controller, NVM command set Identify namespace, sanitize status log; drives, 3.8.
"""

import struct
from dataclasses import dataclass

from erasure.simulated.nvme_table import ACTIONS, NamespaceTable, NvmeTable

IDENTIFY_BYTES = 4096
LOG_BYTES = 512
BOOT_UNIT = RPMB_UNIT = 131_072  # both are counted in units of 128 KiB


@dataclass(frozen=True, slots=True)
class NvmeIdentity:
    """Who the controller says it is."""

    model: str
    serial: str
    firmware: str


def padded(text: str, length: int) -> bytes:
    """ASCII filled up with spaces."""
    return text.encode("ascii", "replace")[:length].ljust(length, b" ")


def sanicap(table: NvmeTable) -> int:
    """Sanitize capabilities, bytes 328 to 331."""
    bits = {"crypto": 0, "block": 1, "overwrite": 2}
    value = sum(1 << bits[action] for action in table.sanitize)
    value |= table.purge_reporting << 5 | table.no_deallocate_inhibited << 29
    return value | (table.no_deallocate_modifies & 3) << 30


def capacity_words(table: NvmeTable) -> tuple[int, int]:
    """TNVMCAP and UNVMCAP in bytes; both 0 where namespaces are not managed and nothing is left over."""
    if not (table.namespace_management or table.unallocated_bytes):
        return table.total_bytes, 0
    used = sum(one.size_bytes for one in table.namespaces)
    return table.total_bytes or used + table.unallocated_bytes, table.unallocated_bytes


def identify_controller(table: NvmeTable, identity: NvmeIdentity) -> bytes:
    """CNS 01h."""
    page = bytearray(IDENTIFY_BYTES)
    page[4:24] = padded(identity.serial, 20)
    page[24:64] = padded(identity.model, 40)
    page[64:72] = padded(identity.firmware, 8)
    page[76] = 0b011 if table.shared else 0  # CMIC: several ports, several controllers
    struct.pack_into("<H", page, 78, table.controller_id)
    major, minor = (int(part) for part in table.version.split(".")[:2])
    struct.pack_into("<I", page, 80, major << 16 | minor << 8)
    page[102] = 0b100 if table.boot_partition_bytes else 0  # BPCAP: write protection by Set Features
    page[111] = 1  # CNTRLTYPE: I/O controller
    oacs = table.security | table.format << 1 | table.namespace_management << 3
    struct.pack_into("<H", page, 256, oacs)
    page[261] = 0b10_0000  # LPA: log page 00h says which pages there are
    total, unallocated = capacity_words(table)
    page[280:296] = total.to_bytes(16, "little")
    page[296:312] = unallocated.to_bytes(16, "little")
    rpmb = table.rpmb_units and (table.rpmb_units & 7 | 31 << 16)  # 32 x 128 KiB each
    struct.pack_into("<II", page, 312, rpmb, 0)
    struct.pack_into("<I", page, 328, sanicap(table))
    page[512], page[513] = 0x66, 0x44  # queue entries of 64 and 16 bytes
    struct.pack_into("<I", page, 516, max(one.nsid for one in table.namespaces))
    fna = table.format_all | table.erase_all << 1 | table.format_crypto << 2 | (not table.format_broadcast) << 3
    page[524] = fna
    page[525] = 1  # a volatile write cache
    subnqn = table.subnqn or f"nqn.2026-01.org.example:{identity.serial}"
    page[768:1024] = subnqn.encode("ascii")[:255].ljust(256, b"\0")
    return bytes(page)


def identify_namespace(table: NvmeTable, one: NamespaceTable, format_index: int) -> bytes:
    """CNS 00h and 11h, for the LBA format in use now."""
    page = bytearray(IDENTIFY_BYTES)
    data, metadata = table.formats[format_index]
    blocks = one.size_bytes // data
    struct.pack_into("<QQQ", page, 0, blocks, blocks, blocks)
    page[25] = len(table.formats) - 1
    page[26] = format_index & 0xF | (format_index >> 4 & 3) << 5 | bool(metadata) << 4
    page[27] = 0b01 if metadata else 0  # metadata travel with the data
    page[30] = int(table.shared)
    page[33] = table.deallocated_reads & 7
    page[48:64] = one.size_bytes.to_bytes(16, "little")
    page[104:120] = bytes.fromhex(one.nguid).rjust(16, b"\0")
    page[120:128] = bytes.fromhex(one.eui64).rjust(8, b"\0")
    for place, (data_bytes, metadata_bytes) in enumerate(table.formats):
        struct.pack_into("<HBB", page, 128 + 4 * place, metadata_bytes, data_bytes.bit_length() - 1, 0)
    return bytes(page)


def identify_list(numbers: list[int]) -> bytes:
    """CNS 02h and 10h: up to 1024 namespace numbers in rising order, the rest zero."""
    return b"".join(struct.pack("<I", number) for number in sorted(numbers)[:1024]).ljust(IDENTIFY_BYTES, b"\0")


def identify_descriptors(one: NamespaceTable) -> bytes:
    """CNS 03h: the world-wide names of a namespace."""
    names = [(1, bytes.fromhex(one.eui64)), (2, bytes.fromhex(one.nguid))]
    told = (bytes((kind, len(name), 0, 0)) + name for kind, name in names if name)
    return b"".join(told).ljust(IDENTIFY_BYTES, b"\0")


@dataclass(frozen=True, slots=True)
class SanitizeWords:
    """The changing words of log 81h."""

    sprog: int = 0xFFFF
    sstat: int = 0
    scdw10: int = 0
    ssi: int = 0


def sanitize_log(table: NvmeTable, words: SanitizeWords) -> bytes:
    """LID 81h."""
    page = bytearray(LOG_BYTES)
    struct.pack_into("<HHI", page, 0, words.sprog, words.sstat, words.scdw10)
    names = ("overwrite", "block", "crypto")
    plain = [table.estimate(name) for name in names]
    kept = [table.estimate(f"{name}-no-deallocate") for name in names]
    struct.pack_into("<7I", page, 8, *plain, *kept, 0)
    page[36] = words.ssi
    return bytes(page)


def smart_log() -> bytes:
    """LID 02h: a healthy controller at 305 K."""
    page = bytearray(LOG_BYTES)
    struct.pack_into("<BHBBB", page, 0, 0, 305, 100, 10, 3)
    page[112:128] = (42).to_bytes(16, "little")  # power cycles
    page[128:144] = (1234).to_bytes(16, "little")  # hours
    return bytes(page)


def boot_partition_log(table: NvmeTable) -> bytes:
    """LID 15h: header of the boot partition log, 16 bytes."""
    return struct.pack("<BBHI", 0x15, 0, 0, table.boot_partition_bytes // BOOT_UNIT & 0x7FFF).ljust(16, b"\0")


def supported_logs(numbers: tuple[int, ...]) -> bytes:
    """LID 00h: one dword for each log page, bit 0 set where there is one."""
    return b"".join(struct.pack("<I", int(number in numbers)) for number in range(256))


def action_of(cdw10: int) -> str:
    """Name the action in SANACT, "" when it is none that erases."""
    return {value: name for name, value in ACTIONS.items()}.get(cdw10 & 7, "")
