"""Whose name a drive goes by: its own behind a USB bridge, else the kernel's, which IDENTIFY must confirm.

Bridges hand on serial numbers of their own, the same for every unit built, byte-swapped, or changing (drives 5.1,
scenarios 26 to 30). The bridge stays on record beside the drive's own name. Pure.
"""

from collections.abc import Iterator
from dataclasses import replace

from erasure.ata.facts import AtaFacts
from erasure.drive import BlockDevice, DriveFacts, IdentityGrade
from erasure.identity import same_serial, serial_fault
from erasure.outcome import Reason, ReasonCode

OWN_WORD = "identify"  # source of an identity that the drive itself gave through a bridge
BRIDGE_SERIAL = "bridge_serial"  # raw reading: what the kernel heard in its place


def named_by_drive(device: BlockDevice, ata: AtaFacts | None) -> BlockDevice:
    """Give a drive behind a USB bridge its own name when it told one; every other device as it is."""
    if ata is None or device.identity.bus != "usb" or serial_fault(ata.serial):
        return device
    own = replace(
        device.identity,
        model=ata.model,
        serial=ata.serial,
        wwn=ata.wwn,
        firmware=ata.firmware,
        source=OWN_WORD,
        grade=IdentityGrade.B,
    )
    return replace(device, identity=own)


def naming_faults(facts: DriveFacts) -> Iterator[Reason]:
    """Say why the kernel and the drive itself name two drives (scenario 28: byte-swapped is the same)."""
    identity = facts.device.identity
    if facts.ata is None or identity.source == OWN_WORD:
        return
    own, heard = facts.ata.serial.strip(), identity.serial.strip()
    if identity.bus != "usb" and not same_serial(own, heard):
        detail = f"the drive calls itself {own or 'nothing'}, the kernel heard {heard or 'nothing'}"
        yield Reason(ReasonCode.IDENTITY, detail)
