"""The image file: squashfs, kernel, boot loaders for BIOS and UEFI, one partition table that any copy carries on.

The layout is one ISO 9660 volume as partition 1 (the system), and a FAT partition with Debian's signed shim and GRUB as
partition 2, which also holds the settings that people write. Behind them a stick has room for its records.
"""

import hashlib
import os
import shutil
import uuid
from pathlib import Path
from typing import Final

from station_agent.image.failure import ImageError
from station_agent.image.recipe import HERE
from station_agent.system import run

SQUASH_S: Final = 1800.0
PATIENCE_S: Final = 300.0
NAMESPACE: Final = uuid.UUID("6d1b4f06-7f0d-4b61-8f6a-3f5d1f7f2f60")
ESP_GUID: Final = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
LINUX_GUID: Final = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
ESP_MIB: Final = 24
VOLUME: Final = "ETABLI_LIVE"
SETTINGS: Final = "ETABLI_BOOT"
BIOS: Final = Path("/usr/lib/grub/i386-pc")
BIOS_MODULES: Final = ("biosdisk", "iso9660", "part_gpt", "search", "search_fs_file", "configfile", "normal")
EFI_FILES: Final = {
    "usr/lib/shim/shimx64.efi.signed": "EFI/BOOT/BOOTX64.EFI",
    "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed": "EFI/BOOT/grubx64.efi",
}
SEARCH: Final = """search --no-floppy --set=root --file /etabli-{image}
set prefix=($root)/boot/grub
"""
MENU: Final = (
    "configfile ($root)/boot/grub/grub.cfg\n"  # only where GRUB runs already: before that it counts no seconds
)
NEEDED: Final = {
    "mmdebstrap": "mmdebstrap",
    "mksquashfs": "squashfs-tools",
    "xorriso": "xorriso",
    "mcopy": "mtools",
    "mkfs.vfat": "dosfstools",
    "grub-mkimage": "grub-common",
    "dpkg-deb": "dpkg",
    "git": "git",
}


def missing_packages() -> tuple[str, ...]:
    """Name the Debian packages that this host lacks."""
    lacking = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    return (*lacking, *(() if BIOS.is_dir() else ("grub-pc-bin",)))


def take_boot_files(root: Path, disc: Path) -> None:
    """Move kernel, initramfs and boot loaders out of the root: they lie on the medium, not in the squashfs."""
    live, loader = disc / "live", disc.parent / "loader"
    live.mkdir(parents=True)
    for name, pattern in (("vmlinuz", "vmlinuz-*"), ("initrd", "initrd.img-*")):
        found = sorted((root / "boot").glob(pattern))
        if len(found) != 1:
            raise ImageError(f"/boot of the image has {len(found)} files {pattern}, one is needed")
        shutil.copyfile(found[0], live / name)
    for path in (root / "boot").iterdir():
        path.unlink() if path.is_file() or path.is_symlink() else shutil.rmtree(path)
    for package in sorted((root / "var/loader").glob("*.deb")):
        run(("dpkg-deb", "--extract", str(package), str(loader)), timeout_s=PATIENCE_S).require()
    shutil.rmtree(root / "var/loader")


def squash(root: Path, image: Path) -> None:
    """Write the squashfs; its times are SOURCE_DATE_EPOCH."""
    options = ("-comp", "zstd", "-Xcompression-level", "15", "-noappend", "-no-progress", "-quiet", "-no-xattrs")
    run(("nice", "mksquashfs", str(root), str(image), *options), timeout_s=SQUASH_S, env=os.environ).require()


def id_of(squashfs: Path) -> str:
    """Give the id of an image: a UUID made of the content of its system."""
    digest = hashlib.sha256()
    with squashfs.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return str(uuid.uuid5(NAMESPACE, digest.hexdigest()))


def make_esp(loader: Path, image: str, esp: Path, example: Path) -> None:
    """Make the FAT partition: the signed boot loaders, where to look for the system, and an example of the settings."""
    with esp.open("wb") as file:
        file.truncate(ESP_MIB << 20)
    label = ("-n", SETTINGS, "-i", image.replace("-", "")[:8])
    run(("mkfs.vfat", "--invariant", "-F", "16", *label, str(esp)), timeout_s=PATIENCE_S).require()
    tree = esp.parent / "esp"
    for source, target in EFI_FILES.items():
        (tree / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(loader / source, tree / target)
    (tree / "EFI/debian").mkdir(parents=True)
    (tree / "EFI/debian/grub.cfg").write_text(SEARCH.format(image=image) + MENU, "utf-8")
    shutil.copyfile(example, tree / example.name)
    epoch = int(os.environ["SOURCE_DATE_EPOCH"])
    for path in sorted(tree.rglob("*"), reverse=True):
        os.utime(path, (epoch, epoch))
    tops = sorted(str(path) for path in tree.iterdir())
    run(("mcopy", "-s", "-m", "-i", str(esp), *tops, "::"), timeout_s=PATIENCE_S).require()


def make_bios_loader(disc: Path, image: str) -> None:
    """Make GRUB for BIOS, started from the hybrid boot sector of a stick or by El Torito from a disc."""
    place = disc / "boot/grub/i386-pc"
    place.mkdir(parents=True)
    early = disc.parent / "early.cfg"
    early.write_text(SEARCH.format(image=image), "utf-8")
    core = place.parent / "core.img"
    options = ("-O", "i386-pc", "-d", str(BIOS), "-p", "/boot/grub", "-c", str(early), "-o", str(core))
    run(("grub-mkimage", *options, *BIOS_MODULES), timeout_s=PATIENCE_S).require()
    (place / "eltorito.img").write_bytes((BIOS / "cdboot.img").read_bytes() + core.read_bytes())
    core.unlink()
    for path in (*BIOS.glob("*.mod"), *BIOS.glob("*.lst")):
        shutil.copyfile(path, place / path.name)
    fonts = disc / "boot/grub/fonts"
    fonts.mkdir()
    shutil.copyfile("/usr/share/grub/unicode.pf2", fonts / "unicode.pf2")


def write_menu(disc: Path, image: str, names: tuple[str, str]) -> None:
    """Write the menu, with what this system is called, and the file by which the loaders find this very image."""
    menu = (HERE / "files/grub.cfg").read_text("utf-8")
    for word, value in zip(("@IMAGE@", "@FR@", "@EN@"), (image, *names), strict=True):
        menu = menu.replace(word, value)
    (disc / "boot/grub/grub.cfg").write_text(menu, "utf-8")
    (disc / f"etabli-{image}").write_text(f"{image}\n", "utf-8")


def write_image(disc: Path, esp: Path, image: str, target: Path) -> None:
    """Write the one file: an ISO volume, and a partition table with two entries and the id of the image."""
    stamp = ("-volid", VOLUME, "--gpt_disk_guid", image)
    bios = ("-b", "boot/grub/i386-pc/eltorito.img", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table")
    hybrid = ("--grub2-boot-info", "--grub2-mbr", str(BIOS / "boot_hybrid.img"), "--mbr-force-bootable")
    table = ("-partition_offset", "16", "--protective-msdos-label", "-partition_cyl_align", "off", "-no-pad")
    kind = ("-iso_mbr_part_type", LINUX_GUID)
    esp_part = ("-append_partition", "2", ESP_GUID, str(esp), "-appended_part_as_gpt", "-eltorito-alt-boot")
    uefi = (*esp_part, "-e", "--interval:appended_partition_2:all::", "-no-emul-boot")
    options = ("-quiet", "-r", *stamp, *table, *kind, *bios, *hybrid, *uefi)
    argv = ("xorriso", "-as", "mkisofs", *options, "-o", str(target), str(disc))
    run(argv, timeout_s=SQUASH_S, env=os.environ).require()
