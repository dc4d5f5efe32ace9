"""Which commands an open block node takes, by the bus that it is on. Nothing is sent but one Opal status question.

A loop and a virtual disk take none. A command port lives as long as its node is open and no longer.
"""

from collections.abc import Callable

from erasure.transport import ioctl
from erasure.transport.mmc_command import LinuxMmc
from erasure.transport.nvme_admin import LinuxNvme
from erasure.transport.ports import CommandPorts
from erasure.transport.scsi_generic import LinuxScsi
from erasure.transport.sed_opal import LinuxOpal

SCSI_BUSES = frozenset({"ata", "scsi", "usb"})
OPAL_BUSES = frozenset({"ata", "scsi", "nvme"})


def node_commands(bus: str, fileno: Callable[[], int], call: ioctl.Call = ioctl.call) -> CommandPorts:
    """Give the ways to send commands to the open node `fileno()` of a drive on this bus."""
    return CommandPorts(
        scsi=LinuxScsi(fileno, call) if bus in SCSI_BUSES else None,
        nvme=LinuxNvme(fileno, call) if bus == "nvme" else None,
        mmc=LinuxMmc(fileno, call) if bus == "mmc" else None,
        opal=answering(LinuxOpal(fileno, call)) if bus in OPAL_BUSES else None,
    )


def answering(opal: LinuxOpal) -> LinuxOpal | None:
    """Give the port back when kernel and drive answer; None without CONFIG_BLK_SED_OPAL, and for other drives."""
    try:
        opal.status()
    except OSError:
        return None
    return opal
