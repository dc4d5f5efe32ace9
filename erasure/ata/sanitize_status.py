"""What SANITIZE STATUS EXT answers, in the words that all drives share. Pure (drives, 3.6).

The status stands in COUNT(15:8). An answer without these bits is unknown, whatever else it says.
"""

from dataclasses import dataclass

from erasure.ata.sense import AtaReply, Fate, Registers
from erasure.sanitizing import SanitizeReport, SanitizeState

COMPLETED, IN_PROGRESS, FROZEN, ANTIFREEZE = 0x8000, 0x4000, 0x2000, 0x1000
PROGRESS = 0xFFFF
LAST_FAILED, UNSUPPORTED, IS_FROZEN = 1, 2, 3  # LBA(7:0) of an abort
WHY = {
    0: "no reason given",
    1: "the last sanitize failed",
    2: "not supported",
    3: "frozen",
    4: "antifreeze lock",
}


@dataclass(frozen=True, slots=True)
class SanitizeStatus:
    """One reading: the common report, and the two locks, which stand beside every state."""

    report: SanitizeReport
    frozen: bool = False
    antifrozen: bool = False


def read(reply: AtaReply) -> SanitizeStatus:
    """Say what a reply to SANITIZE STATUS EXT means. Never raises."""
    if reply.whole is not None:
        return of_registers(reply.whole, reply.sense.hex())
    if reply.fate is Fate.ABORTED and reply.registers is not None:
        return of_abort(reply.registers, reply.sense.hex())
    return SanitizeStatus(SanitizeReport(SanitizeState.UNKNOWN, detail=reply.words, raw=reply.sense.hex()))


def of_registers(registers: Registers, raw: str) -> SanitizeStatus:
    """Read the state bits of a good answer."""
    count = registers.count
    running, frozen = bool(count & IN_PROGRESS), bool(count & FROZEN)
    state = (
        SanitizeState.RUNNING
        if running
        else SanitizeState.SUCCEEDED
        if count & COMPLETED
        else SanitizeState.FROZEN
        if frozen
        else SanitizeState.IDLE
    )
    progress = registers.lba & PROGRESS if running else None
    return SanitizeStatus(
        SanitizeReport(state, progress=progress, detail=register_words(registers), raw=raw),
        frozen=frozen,
        antifrozen=bool(count & ANTIFREEZE),
    )


def of_abort(registers: Registers, raw: str) -> SanitizeStatus:
    """Read the reason of an abort: only "failed" and "frozen" are answers."""
    reason = registers.lba & 0xFF
    states = {LAST_FAILED: SanitizeState.FAILED, IS_FROZEN: SanitizeState.FROZEN}
    report = SanitizeReport(states.get(reason, SanitizeState.UNKNOWN), detail=abort_words(registers), raw=raw)
    return SanitizeStatus(report, frozen=reason == IS_FROZEN)


def abort_words(registers: Registers) -> str:
    """Name the reason and the registers of an abort."""
    return f"{WHY.get(registers.lba & 0xFF, 'reason not listed')}: {register_words(registers)}"


def register_words(registers: Registers) -> str:
    """Name the registers."""
    return (
        f"STATUS {registers.status:02x}h ERROR {registers.error:02x}h "
        f"COUNT {registers.count:04x}h LBA {registers.lba:012x}h"
    )
