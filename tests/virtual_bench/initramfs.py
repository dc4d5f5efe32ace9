"""A small initramfs: busybox, the modules that reach the root disk, and a script. Written as cpio "newc" by hand."""

import lzma
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.virtual_bench.cache import BenchError, run

ROOT_MODULES = ("virtio_pci", "virtio_blk", "virtio_console", "ext4")
APPLETS = ("sh", "mount", "insmod", "switch_root", "sleep")
FOLDERS = ("bin", "proc", "sys", "dev", "newroot", "modules")
DIRECTORY, REGULAR, LINK = 0o040755, 0o100755, 0o120777
INIT = b"""#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in /modules/*; do insmod $module; done
waited=0
until [ -b /dev/vda ] || [ $waited -ge 200 ]; do sleep 0.02; waited=$((waited + 1)); done
mount -t ext4 -o rw,noatime /dev/vda /newroot || exec sh
for folder in dev proc sys; do mount -o move /$folder /newroot/$folder; done
exec switch_root /newroot /sbin/bench-init
"""


@dataclass(frozen=True, slots=True)
class Member:
    """One file, folder or link of the archive."""

    name: str
    mode: int
    content: bytes = b""


def initramfs(root: Path, kernel: str) -> bytes:
    """Make the archive from an unpacked Debian root. Raises BenchError."""
    members = [Member(name, DIRECTORY) for name in FOLDERS]
    members += [Member("bin/busybox", REGULAR, (root / "bin/busybox").read_bytes())]
    members += [Member(f"bin/{name}", LINK, b"busybox") for name in APPLETS]
    for number, path in enumerate(modules_in_order(root, kernel, ROOT_MODULES)):
        members.append(Member(f"modules/{number:02}.ko", REGULAR, unpacked(path)))
    return newc([*members, Member("init", REGULAR, INIT)])


def modules_in_order(root: Path, kernel: str, names: Iterable[str]) -> list[Path]:
    """List module files, each after those that it needs. Raises BenchError."""
    found: dict[Path, None] = {}
    for name in names:
        said = run("modprobe", "--dirname", str(root), "--set-version", kernel, "--show-depends", name)
        found |= {Path(line.split()[1]): None for line in said.splitlines() if line.startswith("insmod ")}
    return [path if path.is_relative_to(root) else root / path.relative_to("/") for path in found]


def unpacked(module: Path) -> bytes:
    """Give a module as the kernel loads it: Debian packs them since release 13. Raises BenchError."""
    content = module.read_bytes()
    if module.suffix == ".xz":
        return lzma.decompress(content)
    if module.suffix == ".zst":
        done = subprocess.run(("zstd", "-dqc"), input=content, capture_output=True, check=False)
        if done.returncode:
            raise BenchError(f"{module.name}: zstd cannot unpack it")
        return done.stdout
    return content


def newc(members: Iterable[Member]) -> bytes:
    """Write the archive (`cpio(5)`, "New ASCII Format")."""
    packed = bytearray()
    for number, member in enumerate([*members, Member("TRAILER!!!", 0)], 1):
        name = member.name.encode() + b"\0"
        fields = (number, member.mode, 0, 0, 1, 0, len(member.content), 0, 0, 0, 0, len(name), 0)
        packed += b"070701" + b"".join(b"%08X" % field for field in fields) + name
        packed += bytes(-len(packed) % 4)
        packed += member.content
        packed += bytes(-len(packed) % 4)
    return bytes(packed)
