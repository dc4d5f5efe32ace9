"""The ledger of areas that an ATA drive hides: native, overlay and visible sizes side by side. Pure (drives, 3.7).

READ NATIVE MAX and the overlay give a last address, IDENTIFY a count. What does not add up is unknown, never "none".
"""

from dataclasses import dataclass

from erasure.ata.identify import Identify
from erasure.ata.sense import AtaReply, Fate
from erasure.hidden import AreaState, HiddenAreas

MOST = 1 << 40  # sectors; no drive has them, and firmware that says so talks nonsense
KNOWN = (AreaState.NONE, AreaState.PRESENT)


@dataclass(frozen=True, slots=True)
class NativeSize:
    """One answer about the size without a clip: `sectors` is None where it could not be read."""

    sectors: int | None = None
    refused: bool = False  # a readable abort


def native_size(reply: AtaReply) -> NativeSize:
    """Read the last address of READ NATIVE MAX (EXT) or GET NATIVE MAX; all registers are needed."""
    if reply.whole is not None:
        return NativeSize(reply.whole.lba + 1)
    return NativeSize(refused=reply.fate is Fate.ABORTED)


def short_native_size(reply: AtaReply) -> NativeSize:
    """Read the last address of 28-bit READ NATIVE MAX: its upper four bits stand in the device register."""
    if reply.whole is not None:
        last = (reply.whole.device & 0xF) << 24 | (reply.whole.lba & 0xFFFFFF)
        return NativeSize(last + 1)
    return NativeSize(refused=reply.fate is Fate.ABORTED)


def ledger(identify: Identify, protected: NativeSize, accessible: NativeSize, overlay: NativeSize) -> HiddenAreas:
    """Close the ledger, or leave open what is unknown."""
    visible = identify.sectors
    hpa = protected_state(identify, protected)
    ama = judged(identify.accessible_max, accessible, visible)
    told = [size.sectors or 0 for size, state in ((protected, hpa), (accessible, ama)) if state in KNOWN]
    below = max(visible, *told, 0)
    dco = judged(identify.overlay, overlay, below)
    known = all(state in KNOWN for state in (hpa, ama, dco))
    real = overlay.sectors if dco in KNOWN and overlay.sectors else below
    return HiddenAreas(
        hpa,
        dco,
        ama,
        native_bytes=real * identify.logical_sector if known else None,
        dco_bytes=overlay.sectors * identify.logical_sector if dco in KNOWN and overlay.sectors else None,
        current_bytes=visible * identify.logical_sector,
        detail="; ".join(remarks(identify, {"HPA": (hpa, protected), "AMA": (ama, accessible), "DCO": (dco, overlay)})),
    )


def protected_state(identify: Identify, size: NativeSize) -> AreaState:
    """Judge the HPA. A drive that does not announce one may have it all the same: it was asked."""
    if identify.protected_area is False and size.sectors is None:
        return AreaState.NONE
    return judged(True, size, identify.sectors)


def judged(announced: bool | None, size: NativeSize, visible: int) -> AreaState:  # noqa: FBT001
    """Compare a size with the one below it; what is not announced is not there, what is not told is unknown."""
    if announced is False:
        return AreaState.NONE
    if size.sectors is None or not visible <= size.sectors <= MOST:
        return AreaState.UNKNOWN
    return AreaState.PRESENT if size.sectors > visible else AreaState.NONE


def remarks(identify: Identify, areas: dict[str, tuple[AreaState, NativeSize]]) -> list[str]:
    """Say why an area is unknown, or what keeps it."""
    found = []
    for name, (state, size) in areas.items():
        if state is AreaState.UNKNOWN:
            found.append(f"{name}: {why_unknown(size)}")
    if identify.protected_area_password:
        found.append("HPA: protected by a password")
    return found


def why_unknown(size: NativeSize) -> str:
    """Say why a size did not settle the question."""
    if size.sectors is not None:
        return f"the drive says {size.sectors} sectors, which does not add up"
    return "the drive refused to tell" if size.refused else "the answer could not be read"


def restorable(identify: Identify, hidden: HiddenAreas) -> bool:
    """Say whether a clip was found, and nothing is known to keep it from being removed."""
    by_password = hidden.hpa is AreaState.PRESENT and bool(identify.protected_area_password)
    found = AreaState.PRESENT in (hidden.hpa, hidden.dco, hidden.ama)
    return found and not by_password and not identify.security.locked
