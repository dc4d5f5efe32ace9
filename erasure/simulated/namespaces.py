"""A controller with several namespaces is several disks on the bench: each has its own medium, and all one memory."""

import itertools
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from erasure.simulated.firmware import Firmware
from erasure.simulated.specification import SimulatedDrive

NUMBER = "nsid"  # feature that `split` adds: which namespace a disk is


def spread(drives: Iterable[SimulatedDrive]) -> tuple[SimulatedDrive, ...]:
    """Put the disks of every drive side by side and number them anew; those of one controller know each other."""
    numbers = itertools.count()
    groups = [[replace(one, number=next(numbers)) for one in split(drive)] for drive in drives]
    return tuple(replace(one, siblings=tuple(group)) if len(group) > 1 else one for group in groups for one in group)


def split(drive: SimulatedDrive) -> tuple[SimulatedDrive, ...]:
    """Give one disk for each active namespace; a drive without a table of namespaces stays what it is."""
    firmware = controller(drive)
    rows = [] if firmware is None else [dict(row) for row in firmware.feature("namespaces", ())]
    numbered = [(row.get("nsid", place), row) for place, row in enumerate(rows, 1) if row.get("active", True)]
    return tuple(disk(drive, nsid, row) for nsid, row in numbered) or (drive,)


def disk(drive: SimulatedDrive, nsid: int, row: dict[str, Any]) -> SimulatedDrive:
    """Make the disk of one namespace."""
    firmwares = tuple(
        replace(one, features=(*one.features, (NUMBER, nsid))) if one.kind == "nvme" else one for one in drive.firmwares
    )
    return replace(
        drive,
        name=row.get("name") or f"{drive.name}n{nsid}",
        size_bytes=row["size_bytes"],
        wwn=f"eui.{row['eui64']}" if row.get("eui64") else drive.wwn,
        firmwares=firmwares,
    )


def controller(drive: SimulatedDrive) -> Firmware | None:
    """Give the NVMe firmware of a drive, None when it has none."""
    return next((one for one in drive.firmwares if one.kind == "nvme"), None)


def namespace_number(drive: SimulatedDrive) -> int:
    """Say which namespace a disk is."""
    firmware = controller(drive)
    return 1 if firmware is None else int(firmware.feature(NUMBER, 1))


def own_row(drive: SimulatedDrive) -> dict[str, Any]:
    """Describe the one namespace of a drive whose table has none."""
    eui64 = drive.wwn.removeprefix("eui.") if drive.wwn.startswith("eui.") else ""
    return {"size_bytes": drive.size_bytes, "eui64": eui64}
