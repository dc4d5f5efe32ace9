"""Passwords and keys of the drives of a machine, as each drive tells its engine's own reader; nothing is unlocked."""

from collections.abc import Iterable

from diagnostics.locks import DriveLock
from erasure.drive import BlockDevice, DriveFacts
from erasure.errors import DeviceError
from erasure.facts import read_facts
from erasure.transport.ports import PortOpener


def drive_locks(reader: PortOpener, drives: Iterable[BlockDevice]) -> tuple[DriveLock, ...]:
    """Ask each drive for its locks; one that cannot be opened tells none, and smartctl's word stands alone."""
    return tuple(lock for drive in drives for lock in _asked(reader, drive))


def locks_of(facts: DriveFacts) -> tuple[DriveLock, ...]:
    """Give the ATA password and the Opal lock of a drive, where it knows of such things."""
    serial, found = facts.device.identity.serial, []
    if facts.ata is not None and facts.ata.security.supported:
        security = facts.ata.security
        state = "locked" if security.locked else "password-set" if security.enabled else "none"
        found.append(DriveLock(serial, "ata", state))
    if facts.opal is not None and facts.opal.supported:
        found.append(DriveLock(serial, "opal", "locked" if facts.opal.locked else "none"))
    return tuple(found)


def _asked(reader: PortOpener, drive: BlockDevice) -> tuple[DriveLock, ...]:
    try:
        with reader(drive) as port:
            return locks_of(read_facts(port))
    except (DeviceError, OSError):
        return ()
