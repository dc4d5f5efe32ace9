"""Removes what hides sectors of an ATA drive: HPA, AMAC, DCO."""

from dataclasses import dataclass

from erasure.drive import DriveFacts
from erasure.outcome import Reason
from erasure.passes import Ports


@dataclass(frozen=True, slots=True)
class Restored:
    """What was removed, what stays and why, and whether the drive has to be switched off and on now."""

    done: tuple[str, ...]
    obstacles: tuple[Reason, ...]
    power_cycle: bool
    native_bytes: int | None


def restore(ports: Ports, facts: DriveFacts) -> Restored:
    """Remove every clip that can be removed. Raises JournalError, OSError."""
    raise NotImplementedError
