"""The health of an eMMC as the kernel shows it: two estimates of wear and the state of the reserved blocks.

smartctl does not speak to eMMC; the kernel reads EXT_CSD at start (JEDEC JESD84-B51, 7.4.43 and 7.4.44) and shows it
below `sys/block/mmcblkN/device`. The answer has the shape of a smartctl document: one decoder, one policy for all.
"""

from pathlib import Path
from typing import Any

from diagnostics import kernel, plain

_SECTOR = 512  # the kernel counts sizes in these, whatever the device
_LIVES = 2


def emmc_document(root: Path, name: str) -> dict[str, Any] | None:
    """Return the document of the eMMC `name` ("mmcblk0") below `root`; None where the kernel shows no health of it."""
    block = root / "sys/block" / name
    device = block / "device"
    lives, pre_eol = kernel.read(device / "life_time").split(), kernel.read(device / "pre_eol_info")
    if len(lives) != _LIVES and not pre_eol:
        return None
    first, second = (plain.first_integer(life) for life in (lives if len(lives) == _LIVES else ("", "")))
    sectors = kernel.number(block / "size")
    document: dict[str, Any] = {
        "device": {"name": f"/dev/{name}", "type": "emmc", "protocol": "eMMC"},
        "model_name": kernel.read(device / "name"),
        "serial_number": kernel.read(device / "serial"),
        "firmware_version": kernel.read(device / "fwrev"),
        "emmc_health": {"life_time_a": first, "life_time_b": second, "pre_eol_info": plain.first_integer(pre_eol)},
    }
    if sectors:
        document["user_capacity"] = {"bytes": sectors * _SECTOR}
    return document
