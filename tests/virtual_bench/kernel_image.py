"""The uncompressed kernel inside a Debian `vmlinuz`: QEMU starts an ELF file directly (PVH), which saves seconds.

Debian 12 compresses with xz, Debian 13 with zstd. Whatever follows the compressed stream in the file is ignored.
"""

import lzma
import subprocess
from collections.abc import Iterator

from tests.virtual_bench.cache import BenchError

ELF = b"\x7fELF"
XZ = b"\xfd7zXZ\x00"
ZSTD = b"\x28\xb5\x2f\xfd"


def vmlinux(vmlinuz: bytes) -> bytes:
    """Give the ELF kernel. Raises BenchError when there is none."""
    for place in occurrences(vmlinuz, XZ):
        if (kernel := unpack_xz(vmlinuz[place:])).startswith(ELF):
            return kernel
    for place in occurrences(vmlinuz, ZSTD):
        if (kernel := unpack_zstd(vmlinuz[place:])).startswith(ELF):
            return kernel
    raise BenchError("no compressed ELF kernel in this vmlinuz: neither xz nor zstd")


def occurrences(data: bytes, wanted: bytes) -> Iterator[int]:
    """Give every offset at which `wanted` stands."""
    place = data.find(wanted)
    while place >= 0:
        yield place
        place = data.find(wanted, place + 1)


def unpack_xz(data: bytes) -> bytes:
    """Unpack one xz stream; b"" when it is none."""
    try:
        return lzma.LZMADecompressor().decompress(data)
    except lzma.LZMAError:
        return b""


def unpack_zstd(data: bytes) -> bytes:
    """Unpack one zstd frame by the program; it complains of what follows the frame, and its status says nothing."""
    return subprocess.run(("zstd", "-dqc"), input=data, capture_output=True, check=False).stdout
