"""Waits for a drive that came while it erased itself, until the kernel shows the capacity that the drive tells.

Nothing destructive is sent here. What is at work is followed to its end, the kernel is asked to look again, and only
when both tell the same capacity does anything else begin. Otherwise the run stays open: there is no verdict on a drive
whose size nobody knows (drives, sections 5.1 and 9).
"""

from dataclasses import replace

from erasure.drive import DriveFacts
from erasure.errors import CapacityUnread, DeviceError, IdentityChanged, RunInterrupted
from erasure.facts import read_facts
from erasure.firmware import FirmwareErase, told_error
from erasure.passes import Ports
from erasure.pins import changes
from erasure.stall import LONGEST_S, SLOWEST
from erasure.transport.ports import BlockPort
from erasure.unmeasured import measurable, told_bytes

TRIES, PAUSE_S = 30, 2.0  # the kernel answers at once, or needs another plug
NOMINAL_BYTES = LONGEST_S * SLOWEST  # of a drive whose capacity nobody knows: how long it may take


def read_measured(port: BlockPort) -> DriveFacts:
    """Read the facts of an open drive; where only the kernel has not heard of its capacity, let it look again first.

    Raises OSError, DeviceError.
    """
    facts = read_facts(port)
    return looked_again(port) if measurable(facts) else facts


def looked_again(port: BlockPort) -> DriveFacts:
    """Let the kernel read the capacity, then read the facts. Raises OSError, DeviceError."""
    try:
        port.look_again()
    except OSError:
        return read_facts(port)  # the kernel shows what it shows: whoever asks compares
    return read_facts(port)


def follow(erase: FirmwareErase, size_bytes: int) -> None:
    """Follow what is at work on a drive without capacity to its end. `size_bytes` is what it had, 0 for unknown.

    Raises RunInterrupted, JournalError; DeviceError when the drive left, is stuck, or says that it failed.
    """
    sized = replace(erase.facts, size_bytes=size_bytes or NOMINAL_BYTES)
    written = replace(erase, facts=sized, unmeasured=True).watch()
    if written.failures:
        told = written.failures[0].detail
        raise DeviceError(
            f"the kernel shows no capacity of the drive, and its erase did not end well ({told}): the run stays open"
        )


def measure(ports: Ports, before: DriveFacts) -> DriveFacts:
    """Ask until kernel and drive tell the same capacity; give the facts with it.

    Raises CapacityUnread; RunInterrupted when asked to stop; IdentityChanged, DeviceError.
    """
    fresh = before
    for _ in range(TRIES):
        fresh = _again(ports, before)
        if 0 < fresh.size_bytes == told_bytes(fresh):
            return fresh
        if ports.stop():
            raise RunInterrupted("stopped on request while the kernel does not show the capacity: the run stays open")
        ports.clock.sleep(PAUSE_S)
    shown, told = fresh.size_bytes, told_bytes(fresh)
    raise CapacityUnread(
        f"the kernel shows {shown} bytes, the drive has {told}; the run stays open until they agree: if that stays so, "
        "plug the drive in again"
    )


def _again(ports: Ports, before: DriveFacts) -> DriveFacts:
    try:
        fresh = looked_again(ports.block)
    except OSError as error:
        raise DeviceError(f"the drive left ({told_error(error)}): the run stays open") from error
    changed = changes(before.device.identity, fresh.device.identity)
    if not changed and before.device.diskseq != fresh.device.diskseq:
        changed = f"diskseq was {before.device.diskseq}, is {fresh.device.diskseq}"
    if changed:
        raise IdentityChanged(f"the run stays open, it is not taken up again on this drive: {changed}")
    if fresh.unmeasured:
        raise DeviceError("another sanitize has begun on the drive: the run stays open")
    return fresh
