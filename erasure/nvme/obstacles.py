"""Why an NVMe drive cannot erase itself, why it refused to, and what an erase leaves. Pure (drives, 3.8, 5.1)."""

from collections.abc import Iterator

from erasure.drive import DriveFacts
from erasure.nvme.facts import NvmeFacts
from erasure.nvme.status import NvmeStatus, StatusKind
from erasure.outcome import Reason, ReasonCode
from erasure.sanitizing import SanitizeState


def obstacle(facts: DriveFacts) -> Reason | None:
    """Say why no NVMe erase can be asked of this drive; None when one can."""
    if facts.device.identity.bus == "usb":
        return Reason(ReasonCode.BRIDGE, "USB bridge: NVMe commands are not trusted through it")
    if facts.nvme is None and facts.device.identity.bus == "nvme":
        return Reason(ReasonCode.STATUS_UNREADABLE, "the NVMe controller gives no readable answer")
    if facts.nvme is None:
        return Reason(ReasonCode.UNSUPPORTED, "not an NVMe drive")
    if facts.locked:
        return Reason(ReasonCode.LOCKED, "the drive is locked: it has to be opened first")
    return None


def sanitize_obstacle(nvme: NvmeFacts, action: str) -> Reason | None:
    """Say why this sanitize cannot be started; one that runs already can be followed."""
    state, running = nvme.sanitize.state, nvme.sanitize.action
    if state is SanitizeState.RUNNING and running != action:
        return Reason(ReasonCode.IN_USE, f"another sanitize is running ({running or 'unknown'})")
    if state is SanitizeState.RUNNING:
        return None
    if not getattr(nvme, f"sanitize_{action}"):
        return Reason(ReasonCode.UNSUPPORTED, f"the drive announces no sanitize by {ACTION_WORDS[action]}")
    if state is SanitizeState.UNKNOWN:
        return Reason(ReasonCode.STATUS_UNREADABLE, "the sanitize log is not readable: its end could not be seen")
    return None


def format_obstacle(nvme: NvmeFacts) -> Reason | None:
    """Say why a Format cannot erase every namespace of this drive and keep their formats."""
    if not nvme.format_supported:
        return Reason(ReasonCode.UNSUPPORTED, "the drive announces no format")
    if nvme.sanitize.state in STANDING_IN_THE_WAY:
        return STANDING_IN_THE_WAY[nvme.sanitize.state]
    if nvme.namespaces is None:
        return Reason(ReasonCode.HIDDEN_AREA, "the namespaces of the controller could not be counted")
    if not nvme.active:
        return Reason(ReasonCode.UNSUPPORTED, "the controller has no active namespace")
    kept = {(one.format_index, one.metadata_extended, one.protection) for one in nvme.active}
    if nvme.format_reaches_all and len(kept) > 1:
        return Reason(ReasonCode.UNSUPPORTED, "a format would force one block format on different namespaces")
    return None


def refusal(status: NvmeStatus) -> Reason:
    """Say that the drive refused a command or ended it with an error."""
    code = ReasonCode.LOCKED if status.kind is StatusKind.LOCKED else ReasonCode.ABORTED
    return Reason(code, status.words)


def separate_areas(facts: DriveFacts) -> Iterator[Reason]:
    """Areas that no sanitize and no format reaches: they are never erased by default, some drives die of it."""
    names = facts.raw.get("uncovered", "").split()
    if facts.nvme is not None and facts.nvme.rpmb:
        names.append("RPMB")
    if facts.nvme is not None and facts.nvme.boot_partitions:
        names.append("boot partition")
    for name in names:
        yield Reason(ReasonCode.HIDDEN_AREA, f"{name} is a separate area of the drive")


def left_by_format(facts: DriveFacts) -> Iterator[Reason]:
    """Areas that a Format of every active namespace leaves: what is allocated to none, and what is not active."""
    yield from separate_areas(facts)
    nvme = facts.nvme
    if nvme is None:
        return
    if nvme.unallocated_bytes:
        yield Reason(ReasonCode.HIDDEN_AREA, f"unallocated capacity of {nvme.unallocated_bytes} bytes")
    if nvme.unallocated_bytes is None and nvme.namespace_management:
        yield Reason(ReasonCode.HIDDEN_AREA, "unallocated capacity is not told")
    for one in nvme.namespaces or ():
        if not one.active:
            yield Reason(ReasonCode.HIDDEN_AREA, f"namespace {one.nsid} (allocated) is a separate area of the drive")


ACTION_WORDS = {"block": "block erase", "crypto": "crypto erase", "overwrite": "overwrite"}
STANDING_IN_THE_WAY = {
    SanitizeState.RUNNING: Reason(ReasonCode.IN_USE, "a sanitize is running: a format would be refused"),
    SanitizeState.FAILED: Reason(ReasonCode.UNSUPPORTED, "the last sanitize failed: only another sanitize is taken"),
    SanitizeState.UNKNOWN: Reason(ReasonCode.STATUS_UNREADABLE, "whether a sanitize is running cannot be read"),
}
