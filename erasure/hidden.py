"""The ledger of areas that the host does not see: HPA, DCO, AMAC clips. Unknown is not "none" (drives, section 3.7)."""

from dataclasses import dataclass
from enum import StrEnum


class AreaState(StrEnum):
    """State of an area that the host does not see (HPA, DCO, AMA). Unknown is not "none"."""

    NONE = "none"
    REMOVED = "removed"
    PRESENT = "present"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class HiddenAreas:
    """The ledger of areas outside the visible capacity (drives, section 3.7)."""

    hpa: AreaState
    dco: AreaState
    ama: AreaState
    native_bytes: int | None  # capacity with every clip removed; None when unknown
    dco_bytes: int | None = None  # what the device configuration overlay calls the real capacity; None when not told
    current_bytes: int | None = None  # what the drive itself reports now, whatever the kernel remembers
    detail: str = ""  # why something is unknown or cannot be restored, in plain ASCII

    @property
    def closed(self) -> bool:
        """Say whether every area is known to be absent or removed."""
        return all(state in (AreaState.NONE, AreaState.REMOVED) for state in (self.hpa, self.dco, self.ama))
