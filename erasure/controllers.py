"""Controllers of this machine behind which a drive may be hidden. From sysfs; nothing is opened, nothing is sent.

Drives 5.1: RAID controllers show volumes in place of drives, RST remapping and an unbound VMD keep NVMe drives away,
and a controller without a driver shows nothing. While one of these is there, nobody can say "all drives erased".
PCI class codes: PCI Code and ID Assignment 1.1; `remapped_nvme`: the kernel's ahci driver.
"""

from dataclasses import dataclass
from pathlib import Path

from erasure.kernel_view import KernelView

STORAGE, RAID = "01", "0104"  # class, class and subclass
VMD, AHCI = "vmd", "ahci"  # drivers that show every drive, NVMe or SATA, behind a controller of class RAID
HIDDEN = "a drive may be hidden"


@dataclass(frozen=True, slots=True)
class HidingController:
    """One controller, by its PCI address, and why a drive may be hidden behind it."""

    address: str  # "0000:00:17.0"
    kind: str  # PCI class and subclass, "0104"
    driver: str  # "" when none is bound
    detail: str  # plain ASCII


def hiding_controllers(view: KernelView) -> tuple[HidingController, ...]:
    """Name every controller behind which a drive may be hidden; empty when there is none. Raises Unreadable."""
    devices = view.inside("/sys/bus/pci/devices")
    if not devices.exists():  # a machine without PCI
        return ()
    seen = (controller(view, devices / name) for name in view.names(devices))
    return tuple(one for one in seen if one is not None)


def controller(view: KernelView, folder: Path) -> HidingController | None:
    """Judge one PCI device; None when it is no storage controller, or hides nothing. Raises Unreadable."""
    code = view.text(folder / "class").removeprefix("0x").lower()
    kind, driver = code[:4], view.link_name(folder / "driver")
    if not code.startswith(STORAGE):
        return None
    detail = why_hiding(kind, driver, view.attribute(folder / "remapped_nvme"))
    return HidingController(folder.name, kind, driver, f"{HIDDEN}: {detail}") if detail else None


def why_hiding(kind: str, driver: str, remapped: str) -> str:
    """Say what keeps drives away behind a storage controller; "" when every drive behind it is shown."""
    if not driver:
        return "its controller has no driver"
    if driver == AHCI:
        return remapping(kind, remapped)
    if kind == RAID and driver != VMD:
        return f"a RAID controller ({driver}) shows volumes in place of drives"
    return ""


def remapping(kind: str, remapped: str) -> str:
    """Say what an AHCI controller keeps away; one in RAID mode on a kernel that does not tell is not trusted."""
    if remapped.isdecimal() and int(remapped) > 0:
        return f"RST remaps {int(remapped)} NVMe drives: choose AHCI in the firmware setup"
    told = remapped.isdecimal() or (not remapped and kind != RAID)
    return "" if told else "RST may remap NVMe drives: choose AHCI in the firmware setup"
