"""Asks a drive once more who it is, right before a command that cannot be taken back (drives, section 8, rule 4)."""

from erasure.ata.facts import AtaFacts
from erasure.ata.identify import Identify, parse
from erasure.ata.passthrough import ask
from erasure.ata.sense import AtaReply, Fate
from erasure.ata.taskfile import IDENTIFY_DEVICE
from erasure.outcome import Reason, ReasonCode
from erasure.transport.ports import ScsiPort


def identify_now(port: ScsiPort) -> tuple[Identify | None, AtaReply]:
    """Read IDENTIFY once; None when it is not legible. Raises OSError."""
    reply = ask(port, IDENTIFY_DEVICE)
    return (parse(reply.data) if reply.fate is Fate.GOOD else None), reply


def stranger(planned: AtaFacts, found: Identify | None) -> tuple[Reason, ...]:
    """Say why the drive that answers is not the one that was planned for; empty when it is."""
    if found is None:
        return (Reason(ReasonCode.IDENTITY, "the drive does not identify itself any more"),)
    pairs = {
        "model": (planned.model, found.model),
        "serial": (planned.serial, found.serial),
        "wwn": (planned.wwn, found.wwn),
    }
    return tuple(
        Reason(ReasonCode.IDENTITY, f"{name}: {before} planned, {now} found")
        for name, (before, now) in pairs.items()
        if before != now
    )
