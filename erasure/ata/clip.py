"""Removes what clips the capacity of an ATA drive: HPA, AMAC, then the configuration overlay (drives, 3.7).

One change per call, for a drive takes one per power cycle; the native size is asked again directly before it is set.
What a drive refuses stays, and is named: nothing is tried twice.
"""

from collections.abc import Callable
from dataclasses import dataclass

from erasure.ata.facts import AtaFacts
from erasure.ata.identify import Identify
from erasure.ata.ledger import NativeSize, native_size, short_native_size
from erasure.ata.passthrough import START_MS, ask_patiently, ask_whatever_comes, cdb
from erasure.ata.pin import stranger
from erasure.ata.sense import AtaReply, Fate
from erasure.ata.taskfile import (
    ACCESSIBLE_NATIVE_MAX,
    DCO_RESTORE,
    READ_NATIVE_MAX,
    READ_NATIVE_MAX_EXT,
    Taskfile,
    set_accessible_max,
    set_max,
    set_max_ext,
)
from erasure.ata.unlock import identify_patiently
from erasure.drive import DriveFacts
from erasure.hidden import AreaState
from erasure.outcome import Reason, ReasonCode
from erasure.passes import Ports
from erasure.restored import Restored
from erasure.transport.ports import ScsiPort

METHOD = "ata.restore"


@dataclass(frozen=True, slots=True)
class Clip:
    """One area that was found, and how it goes: what to ask directly before, and what to send."""

    name: str
    sectors: int | None  # that the drive should have afterwards, as the facts say; None: whatever it then says
    question: Taskfile | None
    counted: Callable[[AtaReply], NativeSize]
    command: Taskfile


def restore(ports: Ports, facts: DriveFacts) -> Restored:
    """Remove the outermost clip. Raises JournalError; OSError when the drive left."""
    port, ata = ports.commands.scsi, facts.ata
    if port is None or ata is None:
        return Restored((), (kept("no ATA drive takes commands here"),), power_cycle=False, native_bytes=None)
    native = ata.hidden.native_bytes
    clips = clips_of(ata)
    if not clips:
        return Restored((), (), power_cycle=False, native_bytes=native)
    obstacles = (*stranger(ata, identify_patiently(port)), *known_obstacles(ata))
    if obstacles:
        return Restored((), obstacles, power_cycle=False, native_bytes=native)
    answer = remove(ports, port, clips[0])
    return judged(ports, ata, clips, answer, identify_patiently(port))


def clips_of(ata: AtaFacts) -> tuple[Clip, ...]:
    """Name what is there, the outermost first: HPA and AMAC lie above the overlay. Pure."""
    found = []
    if ata.hidden.hpa is AreaState.PRESENT and ata.native_sectors is not None:
        last = ata.native_sectors - 1
        long = ata.long_addresses
        found.append(
            Clip("HPA", last + 1, READ_NATIVE_MAX_EXT, native_size, set_max_ext(last))
            if long
            else Clip("HPA", last + 1, READ_NATIVE_MAX, short_native_size, set_max(last))
        )
    if ata.hidden.ama is AreaState.PRESENT and ata.accessible_sectors is not None:
        last = ata.accessible_sectors - 1
        found.append(Clip("AMA", last + 1, ACCESSIBLE_NATIVE_MAX, native_size, set_accessible_max(last)))
    if ata.hidden.dco is AreaState.PRESENT and ata.hidden.dco_bytes is not None:
        found.append(Clip("DCO", ata.hidden.dco_bytes // ata.logical_sector, None, native_size, DCO_RESTORE))
    return tuple(found)


def known_obstacles(ata: AtaFacts) -> tuple[Reason, ...]:
    """Name what is known to keep a clip before anything is sent. Pure."""
    if ata.security.locked:
        return (Reason(ReasonCode.LOCKED, "hidden areas of a locked drive cannot be removed"),)
    if not ata.restorable:
        return (kept(ata.hidden.detail or "the hidden area cannot be removed"),)
    if ata.hidden.hpa is AreaState.UNKNOWN or ata.hidden.ama is AreaState.UNKNOWN:
        return (kept("the configuration overlay stays while the native size is unknown"),)
    return ()


def remove(ports: Ports, port: ScsiPort, clip: Clip) -> AtaReply:
    """Announce the change, ask for the native size directly before it, send it once.

    Raises JournalError; OSError when the drive left.
    """
    ports.announce({"method": METHOD, "port": "scsi", "command": cdb(clip.command).hex(" "), "area": clip.name})
    if clip.question is not None:
        now = clip.counted(ask_patiently(port, clip.question))
        if now.sectors != clip.sectors:
            return AtaReply(words=f"the native size was {clip.sectors} sectors and is {now.sectors}: nothing was sent")
    return ask_whatever_comes(port, clip.command, timeout_ms=START_MS)


def judged(ports: Ports, ata: AtaFacts, clips: tuple[Clip, ...], answer: AtaReply, found: Identify | None) -> Restored:
    """Say what the drive has now: its own size decides, not its answer."""
    clip, rest = clips[0], clips[1:]
    native = ata.hidden.native_bytes
    others = stranger(ata, found)
    if found is None or others:
        return Restored((), others, power_cycle=False, native_bytes=None)
    if clip.sectors is not None and found.sectors >= clip.sectors:
        size = found.sectors * found.logical_sector
        late = bool(rest) or ports.block.size_bytes() != size
        done = f"{clip.name} removed: {ata.sectors} sectors before, {found.sectors} now"
        return Restored((done,), (), power_cycle=late, native_bytes=native if rest else size)
    if answer.fate is Fate.GOOD:
        done = f"{clip.name}: the drive took the change, its new size shows after a power cycle"
        return Restored((done,), (), power_cycle=True, native_bytes=native)
    detail = f"{clip.name}: the drive did not take the change: {answer.words}"
    return Restored((), (kept(detail),), power_cycle=True, native_bytes=native)


def kept(detail: str) -> Reason:
    """Say why an area stays."""
    return Reason(ReasonCode.HIDDEN_AREA, detail)
