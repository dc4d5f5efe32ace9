"""Gives a SCSI drive its whole capacity back: MODE SELECT with "all blocks" in the block descriptor.

SBC-5 6.5.2: a number of logical blocks of all ones sets the capacity to the maximum. Only then does a drive tell what
that is, so this is also how "nothing is hidden" becomes known (drives, section 3.7). Nothing is sent twice.
"""

from erasure.drive import DriveFacts
from erasure.hidden import AreaState, HiddenAreas
from erasure.outcome import Reason, ReasonCode
from erasure.passes import Ports
from erasure.restored import Restored
from erasure.scsi.asking import data_of
from erasure.scsi.capacity import (
    LONG_DESCRIPTOR,
    LONG_LBA,
    MODE_HEADER,
    SHORT_DESCRIPTOR,
    Capacity,
    capacity_16,
)
from erasure.scsi.commands import CAPACITY_16_BYTES, mode_select_10, read_capacity_16
from erasure.scsi.sense import AnswerKind, read_answer
from erasure.transport.ports import ScsiPort

METHOD = "scsi.restore"
SELECT_MS = 60_000
NO_WAY = "the maximum of the drive cannot be restored"


def restore(ports: Ports, facts: DriveFacts) -> Restored:
    """Ask for every block there is, then read the capacity. Raises JournalError; OSError when the drive left."""
    port, scsi = ports.commands.scsi, facts.scsi
    wanted = None if scsi is None else whole(bytes.fromhex(scsi.raw.get("mode", "")))
    if port is None or scsi is None or wanted is None:
        return kept(NO_WAY)
    cdb = mode_select_10(len(wanted))
    ports.announce({"method": METHOD, "port": "scsi", "command": cdb.hex(" "), "list": wanted.hex(" ")})
    answer = read_answer(port.command(cdb, timeout_ms=SELECT_MS, data_out=wanted))
    if answer.kind is not AnswerKind.GOOD:
        return kept(f"{NO_WAY}: MODE SELECT was answered with {answer.words}")
    now = capacity_now(port)
    if now is None or now.block_bytes != scsi.logical_sector or now.sectors < scsi.sectors:
        return kept("the capacity could not be read after the maximum was restored")
    return grown(ports, scsi.sectors, now)


def whole(sensed: bytes) -> bytes | None:
    """Build the parameter list from the mode data of the drive: its own block length, all blocks. None without one."""
    if len(sensed) < MODE_HEADER:
        return None
    length, long = int.from_bytes(sensed[6:8], "big"), bool(sensed[4] & LONG_LBA)
    wanted = LONG_DESCRIPTOR if long else SHORT_DESCRIPTOR
    body = sensed[MODE_HEADER : MODE_HEADER + wanted]
    if length < wanted or len(body) < wanted:
        return None
    header = bytes((0, 0, sensed[2], 0, sensed[4] & LONG_LBA, 0)) + wanted.to_bytes(2, "big")
    count = 8 if long else 4
    return header + b"\xff" * count + bytes(wanted - count - 3) + body[-3:]


def capacity_now(port: ScsiPort) -> Capacity | None:
    """READ CAPACITY(16), None for no legible answer. Raises OSError."""
    return capacity_16(data_of(port, read_capacity_16(), CAPACITY_16_BYTES))


def grown(ports: Ports, before: int, now: Capacity) -> Restored:
    """Say what the drive has now; the kernel may need the power cycle to see it.

    Where the kernel still shows less than the drive told already, it was asked by an earlier part of the run.
    """
    size, shown = now.sectors * now.block_bytes, ports.block.size_bytes()
    before = min(before, shown // now.block_bytes)
    state = AreaState.NONE if now.sectors == before else AreaState.REMOVED
    ledger = HiddenAreas(state, AreaState.NONE, AreaState.NONE, size, None, size)
    done = () if now.sectors == before else (f"maximum restored: {before} sectors before, {now.sectors} now",)
    return Restored(done, (), power_cycle=shown != size, native_bytes=size, hidden=ledger)


def kept(detail: str) -> Restored:
    """Say why nobody knows whether something is hidden."""
    return Restored((), (Reason(ReasonCode.HIDDEN_AREA, detail),), power_cycle=False, native_bytes=None)
