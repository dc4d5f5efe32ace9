"""Disks that are volumes of a RAID controller and not drives, told by the driver and the channel that they hang on.

Drives 5.1 and 2.2: a logical volume is never certified. Their names differ from vendor to vendor, the kernel's place
for them does not: megaraid_sas shows its volumes on channels 2 and 3 and plain drives below, aacraid its volumes on
channel 0. hpsa, smartpqi and mpt3sas tell a RAID level of each disk (`erasure.interlocks`). From sysfs, nothing opened.
"""

import re

from erasure.kernel_view import KernelView, Node

PLACE = re.compile(r"([0-9]+):([0-9]+):[0-9]+:[0-9]+")  # host, channel, target, unit
FIRST_MEGARAID_VOLUME = 2
AACRAID_VOLUMES = 0
VOLUMES_ONLY = frozenset({"3w-9xxx", "3w-sas", "3w-xxxx", "arcmsr", "ips", "megaraid_mbox", "megaraid_legacy", "stex"})


def raid_volume(view: KernelView, node: Node) -> str:
    """Say of which controller this disk is a volume, as far as its driver tells; "" for a drive."""
    found = next((match for part in node.folder.parts if (match := PLACE.fullmatch(part))), None)
    if found is None:
        return ""
    driver = view.attribute(view.inside(f"/sys/class/scsi_host/host{found[1]}/proc_name"))
    return driver if is_volume(driver, int(found[2])) else ""


def is_volume(driver: str, channel: int) -> bool:
    """Say whether a driver shows volumes on this channel."""
    if driver == "megaraid_sas":
        return channel >= FIRST_MEGARAID_VOLUME
    if driver == "aacraid":
        return channel == AACRAID_VOLUMES
    return driver in VOLUMES_ONLY
