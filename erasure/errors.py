"""Errors of the erasure library.

    ErasureError
    |- DeviceError            the device cannot be opened, read or identified
    |  |- DeviceBusy          somebody holds it (holders are named)
    |  |- NotABlockDevice     the path is not a whole block device
    |  |- Unreadable          the kernel would not say: whatever rests on it counts as protected
    |  `- IdentityChanged     another drive answers than the one that was planned for
    |- ClearanceError         a run was asked without a valid, unused clearance
    |- JournalError           the journal could not be made durable: nothing more is written
    |- WorkerNotStarted       no process could be made for a drive: nothing was sent to it
    |- RunInterrupted        asked to stop: what was written is flushed, the run stays open
    |  |- PowerCycleRequired  the run goes on once the drive was switched off and on
    |  `- CapacityUnread      the drive is at rest, and the kernel does not show its capacity yet
    |- NotAnnounced          a command that may destroy was sent without being journalled first: a bug, stopped here
    |- PolicyError            an unknown or malformed policy
    `- DuplicateMethod        two erase methods share an id

Each has a stable `code`; the words for people, in both languages, are kept by the application.
"""


class ErasureError(Exception):
    """Root of the tree."""

    code = "erasure"


class DeviceError(ErasureError):
    """The device cannot be opened, read or identified."""

    code = "device"


class DeviceBusy(DeviceError):
    """Somebody holds the device."""

    code = "device-busy"

    def __init__(self, path: str, holders: tuple[str, ...] = ()) -> None:
        """Name the device and whoever holds it."""
        super().__init__(f"{path} is in use: {', '.join(holders) or 'holder unknown'}")
        self.path = path
        self.holders = holders

    def __reduce__(self) -> tuple[type["DeviceBusy"], tuple[str, tuple[str, ...]]]:
        """Survive the pipe between a worker and its supervisor."""
        return (DeviceBusy, (self.path, self.holders))


class NotABlockDevice(DeviceError):
    """The path is not a whole block device."""

    code = "not-a-block-device"


class Unreadable(DeviceError):
    """The kernel would not say; whatever rests on the answer counts as protected."""

    code = "unreadable"

    def __init__(self, path: str, why: str) -> None:
        """Name what could not be read, and why."""
        super().__init__(f"cannot read {path}: {why}")
        self.path = path
        self.why = why

    def __reduce__(self) -> tuple[type["Unreadable"], tuple[str, str]]:
        """Survive the pipe between a worker and its supervisor."""
        return (Unreadable, (self.path, self.why))


class IdentityChanged(DeviceError):
    """Another drive answers than the one that was planned for."""

    code = "identity-changed"


class ClearanceError(ErasureError):
    """A run was asked without a valid, unused clearance."""

    code = "clearance"


class JournalError(ErasureError):
    """The journal could not be made durable."""

    code = "journal"


class WorkerNotStarted(ErasureError):
    """No process could be made for a drive; nothing was sent to it."""

    code = "worker-not-started"


class RunInterrupted(ErasureError):
    """The run was asked to stop; it stays open and can be taken up again."""

    code = "interrupted"


class PowerCycleRequired(RunInterrupted):
    """The drive has to be switched off and on before the run can go on; this is durable."""

    code = "power-cycle-required"


class CapacityUnread(RunInterrupted):
    """The drive has erased itself; the run goes on once the kernel shows the capacity that the drive tells."""

    code = "capacity-unread"


class NotAnnounced(ErasureError):
    """A command that may destroy was about to be sent although nothing in the journal says so."""

    code = "not-announced"


class PolicyError(ErasureError):
    """An unknown or malformed policy."""

    code = "policy"


class DuplicateMethod(ErasureError):
    """Two erase methods share an id."""

    code = "duplicate-method"
