"""How warm a drive is, as the kernel's own sensors say: drivetemp for disks, nvme for namespaces. From sysfs.

No command of ours goes out, but drivetemp asks the drive by one: look between transfers, never while one command
blocks the drive (drives, section 8, rule 7). What no sensor tells is unknown, never cool.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from erasure.kernel_view import KernelView, Node

SENSORS = frozenset({"drivetemp", "nvme"})
PLACES = (  # of the sensor below a disk: of its device, of the controllers of a subsystem, of the PCI device above
    "device/hwmon/hwmon*",
    "device/hwmon*",
    "device/nvme*/hwmon*",
    "device/nvme*/hwmon/hwmon*",
    "device/device/hwmon/hwmon*",
)


def temperature_of(view: KernelView, node: Node) -> int | None:
    """Degrees Celsius of a whole disk, the highest where there are several sensors; None where there is none."""
    readings = (view.attribute(sensor / "temp1_input") for sensor in sensors_of(view, node))
    degrees = [int(text) // 1000 for text in readings if re.fullmatch(r"-?[0-9]{1,7}", text)]
    return max(degrees, default=None)


def sensors_of(view: KernelView, node: Node) -> Iterator[Path]:
    """Folders of the sensors of a disk."""
    for place in PLACES:
        yield from (folder for folder in sorted(node.folder.glob(place)) if view.attribute(folder / "name") in SENSORS)
