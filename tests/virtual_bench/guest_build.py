"""Builds a guest: a Debian root as an ext4 image, its kernel uncompressed, an initramfs. Needs root, for mmdebstrap.

A guest is kept in a folder named for everything that went into it; when any of that changes another one is built.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from station_agent.errors import StationError
from station_agent.image import wheels
from station_agent.image.release import Release, archive
from station_agent.image.wheels import LOCK, install_packages
from tests.virtual_bench.cache import BenchError, run
from tests.virtual_bench.initramfs import initramfs
from tests.virtual_bench.kernel_image import vmlinux

HERE = Path(__file__).resolve().parent
GUEST_FILES = {name: f"sbin/{name}" for name in ("bench-init", "bench-command-server")}
RECIPE = ("guest_build.py", "initramfs.py", "kernel_image.py", *(f"guest/{name}" for name in GUEST_FILES))
PACKAGES = (
    *("udev", "kmod", "linux-image-amd64", "busybox-static", "iproute2", "util-linux", "procps"),
    *("python3", "smartmontools"),
    *("hdparm", "nvme-cli", "sg3-utils"),  # independent eyes on what the agent claims
)
HOST_PROGRAMS = {
    "mmdebstrap": "mmdebstrap",
    "mkfs.ext4": "e2fsprogs",
    "modprobe": "kmod",
    "zstd": "zstd",
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "iasl": "acpica-tools",
}
SITE_PACKAGES = "opt/packages"
AGENT_PLACE = "opt/etabli"  # the checkout is mounted there
SPARE_MIB = 200
NO_INITRAMFS_TOOLS = (
    'mkdir -p "$1/etc/initramfs-tools"; echo update_initramfs=no > "$1/etc/initramfs-tools/update-initramfs.conf"'
)


@dataclass(frozen=True, slots=True)
class Guest:
    """The files of a guest that was built."""

    folder: Path

    @property
    def kernel(self) -> Path:
        """The ELF kernel."""
        return self.folder / "vmlinux"

    @property
    def initramfs(self) -> Path:
        """The archive that finds the root disk."""
        return self.folder / "initramfs.cpio"

    @property
    def root(self) -> Path:
        """The ext4 image; never written to, a guest writes to an overlay."""
        return self.folder / "root.ext4"

    @property
    def kernel_release(self) -> str:
        """What `uname -r` says in it."""
        return (self.folder / "kernel-release").read_text("utf-8").strip()


def guest(release: Release, cache: Path, say: Callable[[str], None]) -> Guest:
    """Give the guest of a release, built when there is none for this recipe. Raises BenchError."""
    missing = [package for program, package in HOST_PROGRAMS.items() if shutil.which(program) is None]
    if missing:
        raise BenchError(f"missing Debian packages: {' '.join(missing)}")
    ready = cache / f"guest-{release.name}-{recipe_digest(release)}"
    if not ready.exists():
        if os.geteuid() != 0:
            raise BenchError("building a guest needs root: mmdebstrap uses chroot")
        for old in cache.glob(f"guest-{release.name}-*"):
            shutil.rmtree(old)
        say(f"building the guest: Debian {release.name}, about a minute, once")
        with tempfile.TemporaryDirectory(prefix="build-", dir=cache) as work:
            try:
                build(release, Path(work))
            except StationError as error:
                raise BenchError(str(error)) from error
            (Path(work) / "files").rename(ready)
    return Guest(ready)


def recipe_digest(release: Release) -> str:
    """Name everything that goes into a guest, but for the packages of Debian, which are as new as the build."""
    digest = hashlib.sha256(repr(release).encode() + LOCK.read_bytes() + Path(wheels.__file__).read_bytes())
    for name in RECIPE:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def build(release: Release, work: Path) -> None:
    """Make the files of a guest in `work`/files. Raises BenchError."""
    root, files = work / "root", work / "files"
    files.mkdir()
    unpack_debian(release, root)
    install_packages(release, root / SITE_PACKAGES)
    compile_in(root, SITE_PACKAGES)
    (root / AGENT_PLACE).mkdir()
    for name, place in GUEST_FILES.items():
        shutil.copyfile(HERE / "guest" / name, root / place)
        (root / place).chmod(0o755)
    kernel = next((root / "lib/modules").iterdir()).name
    (files / "kernel-release").write_text(kernel + "\n", "utf-8")
    (files / "vmlinux").write_bytes(vmlinux((root / f"boot/vmlinuz-{kernel}").read_bytes()))
    (files / "initramfs.cpio").write_bytes(initramfs(root, kernel))
    slim(root)
    write_ext4(root, files / "root.ext4")


def unpack_debian(release: Release, root: Path) -> None:
    """Let mmdebstrap unpack the packages into a folder. Raises BenchError."""
    options = ("--quiet", "--variant=apt", "--dpkgopt=force-confold", "--aptopt=Apt::Install-Recommends false")
    without = tuple(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale"))
    hook = f"--setup-hook={NO_INITRAMFS_TOOLS}"
    run("mmdebstrap", *options, *without, hook, f"--include={','.join(PACKAGES)}", release.name, str(root), archive())


def compile_in(root: Path, place: str) -> None:
    """Compile the modules of a folder by the Python of a guest, here: in a guest that takes ten times as long.

    Raises BenchError.
    """
    run("chroot", str(root), "python3", "-m", "compileall", "-q", f"/{place}")


def slim(root: Path) -> None:
    """Remove what a guest never reads."""
    for place in ("var/cache/apt", "var/lib/apt/lists", "boot", "usr/share/locale"):
        shutil.rmtree(root / place, ignore_errors=True)
    for listed in root.glob("etc/apt/sources.list*"):
        shutil.rmtree(listed) if listed.is_dir() else listed.unlink()


def write_ext4(root: Path, image: Path) -> None:
    """Write a folder as a sparse ext4 image. Raises BenchError."""
    used_mib = int(run("du", "--summarize", "--block-size=1M", "--one-file-system", str(root)).split()[0])
    with image.open("wb") as file:
        file.truncate((used_mib * 5 // 4 + SPARE_MIB) << 20)
    run("mkfs.ext4", "-q", "-F", "-O", "^has_journal", "-E", "lazy_itable_init=1", "-d", str(root), str(image))
