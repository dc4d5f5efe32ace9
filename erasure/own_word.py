"""What a SCSI or NVMe drive calls itself when it is asked: the kernel goes on telling what it heard when they met.

ATA drives and bridges are named by `erasure.naming`. Here nothing is named: two answers of one drive are compared, so
that another one that answers in its place, or a drive that gives no name any more, is not taken for the one before.
"""

from dataclasses import replace
from typing import NamedTuple

from erasure.drive import BlockDevice, DriveFacts
from erasure.nvme.asking import ask_identify
from erasure.nvme.commands import CONTROLLER
from erasure.nvme.identify import decode_controller
from erasure.scsi.facts import ScsiFacts
from erasure.scsi.reading import read_scsi
from erasure.transport.ports import CommandPorts

ASKED = 2  # times, before a drive counts as silent


class OwnNames(NamedTuple):
    """Model, serial number and, of a SCSI drive, world-wide name; "" for what it does not tell."""

    model: str
    serial: str
    wwn: str


SILENT = OwnNames("", "", "")


def names_in(facts: DriveFacts) -> OwnNames | None:
    """What the drive called itself when these facts were read; None where it is named otherwise, or told nothing."""
    if facts.nvme is not None:
        return OwnNames(facts.nvme.model, facts.nvme.serial, "")
    return _of_scsi(facts.scsi)


def other_word(before: DriveFacts, now: DriveFacts) -> str:
    """Name what a drive tells otherwise of itself; "" for the same, and where it told nothing before."""
    was, told = names_in(before), names_in(now) or SILENT
    pairs = zip(OwnNames._fields, was, told, strict=True) if was is not None else ()
    return "; ".join(f"{name} was {old!r}, is {new!r}" for name, old, new in pairs if old != new)


def named_again(device: BlockDevice, before: DriveFacts, commands: CommandPorts) -> BlockDevice:
    """The device as sighted, under what it calls itself now where that is not what it called itself before.

    Raises OSError when it left.
    """
    was = names_in(before)
    if was is None:
        return device
    now = next((found for _ in range(ASKED) if (found := _asked(before, commands)) is not None), SILENT)
    if now == was:
        return device
    heard = device.identity
    model, serial, wwn = (
        new if new != old else kept
        for old, new, kept in zip(was, now, (heard.model, heard.serial, heard.wwn), strict=True)
    )
    other = replace(heard, model=model, serial=serial, wwn=wwn)
    return replace(device, identity=other if other != before.device.identity else replace(other, serial=""))


def _asked(before: DriveFacts, commands: CommandPorts) -> OwnNames | None:
    if before.nvme is not None:
        data = None if commands.nvme is None else ask_identify(commands.nvme, CONTROLLER)
        controller = None if data is None else decode_controller(data)
        return None if controller is None else OwnNames(controller.model, controller.serial, "")
    scsi = None if commands.scsi is None else read_scsi(commands.scsi, bus=before.device.identity.bus)
    return _of_scsi(scsi)


def _of_scsi(scsi: ScsiFacts | None) -> OwnNames | None:
    if scsi is None or scsi.bridge or scsi.translates_ata or not (scsi.serial or scsi.wwn):
        return None
    return OwnNames(f"{scsi.vendor} {scsi.product}", scsi.serial, scsi.wwn)
