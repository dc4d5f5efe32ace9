"""A simulated drive behind the port of a real one: exclusive while open, and as rude as a real one."""

import errno
import fcntl
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from erasure.clock import SystemClock
from erasure.drive import BlockDevice
from erasure.errors import DeviceBusy, DeviceError
from erasure.hidden import HiddenAreas
from erasure.outcome import Reason, ReasonCode
from erasure.simulated.assembly import assemble
from erasure.simulated.contents import prepare_backing
from erasure.simulated.glimpse import glimpse
from erasure.simulated.plugged import as_plugged
from erasure.simulated.replay import read_transcript, replayed_commands
from erasure.simulated.specification import SimulatedDrive
from erasure.simulated.state import DriveState, Pace
from erasure.transport.ports import CommandPorts


class SimulatedBlockDrive:
    """`BlockPort` over a sparse file with the faults of its specification.

    `SimulatedBlockDrive(drive, backing)` opens it exclusively; raises `DeviceBusy` when somebody holds it.
    """

    abreast = 1  # its faults come in the order of requests, the same in every run

    def __init__(self, drive: SimulatedDrive, backing: Path, pace: Pace | None = None) -> None:
        self._drive = drive
        self._lock = os.open(backing, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise DeviceBusy(drive.path) from None
        inside = assemble(drive, backing, pace or SystemClock())
        self._state = DriveState(drive, backing, pace or SystemClock(), inside)
        self.device = seen_now(drive, self._state)

    @property
    def state(self) -> DriveState:
        """The inside of the drive, for tests that look on or pull the plug."""
        return self._state

    def pwrite(self, buffer: memoryview, offset: int) -> int:
        """Write `buffer` at byte `offset`; return the bytes taken. Raises OSError."""
        if self._drive.read_only or self._drive.transcript:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))
        return self._state.write(buffer, offset)

    def pwritev(self, buffers: Sequence[memoryview], offset: int) -> int:
        """Write `buffers` in a row; what was taken before an error is told instead of the error. Raises OSError."""
        return write_in_turn(self.pwrite, buffers, offset)

    def pread_into(self, buffer: memoryview, offset: int) -> int:
        """Read into `buffer` from byte `offset`; return the bytes read. Raises OSError."""
        return self._state.load(buffer, offset)

    def flush(self) -> None:
        """Make written data durable. Raises OSError."""
        self._state.flush()

    def size_bytes(self) -> int:
        """Capacity now; 0 once the drive has left."""
        return self._state.size()

    def sector_sizes(self) -> tuple[int, int]:
        """Logical and physical sector size in bytes."""
        return self._drive.logical_sector, self._drive.physical_sector

    def read_only(self) -> bool:
        """Say whether writes are refused."""
        return self._drive.read_only

    def diskseq(self) -> int | None:
        """Sequence number of this disk."""
        return self._drive.sequence

    def sighting(self) -> BlockDevice:
        """Identify the device again. Raises OSError when it has left."""
        size = self._state.size()
        if self._state.gone:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        return self._drive.sighting(size_bytes=size, serial=self._state.serial())

    def hidden_areas(self) -> HiddenAreas:
        """State of the areas that the host does not see."""
        return self._drive.hidden

    def commands(self) -> CommandPorts:
        """Ways to send commands to this drive; a recording answers what was asked when it was made, nothing else."""
        if self._drive.transcript:
            return replayed_commands(read_transcript(Path(self._drive.transcript)))
        return self._state.inside.commands()

    def companions(self) -> tuple[BlockDevice, ...]:
        """Other disks on the same medium."""
        return tuple(other.sighting() for other in self._drive.siblings if other.name != self._drive.name)

    def traits(self) -> dict[str, str]:
        """Raw readings in the words of sysfs."""
        return self._drive.traits()

    def forget_cache(self) -> None:
        """Nothing of a simulated drive is cached."""

    def look_again(self) -> None:
        """Let the simulated kernel ask for the capacity again."""
        self._state.inside.look_again()

    def temperature(self) -> int | None:
        """Give what the sensor of the simulated drive says; None when it has none."""
        return self._drive.celsius or None

    def reopen_for_reading(self) -> "SimulatedReader":
        """Open a second, read-only port on the same drive."""
        return SimulatedReader(self._drive, self._state)

    def close(self) -> None:
        """Release the drive."""
        self._state.close()
        self._state.inside.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class SimulatedReader(SimulatedBlockDrive):
    """The read-only second port of a simulated drive: it shares the inside of the first, and not its lock."""

    def __init__(self, drive: SimulatedDrive, state: DriveState) -> None:
        self._drive, self._state, self._lock = drive, state, -1
        self.device = seen_now(drive, state)

    def pwrite(self, buffer: memoryview, offset: int) -> int:  # noqa: ARG002
        """Refuse: this port only reads."""
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    def flush(self) -> None:
        """Refuse: this port only reads."""
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    def close(self) -> None:
        """Nothing to release: the first port holds the drive."""


def write_in_turn(pwrite: Callable[[memoryview, int], int], buffers: Sequence[memoryview], offset: int) -> int:
    """Write `buffers` in a row from byte `offset`, one `pwrite` each, up to the first that is not taken whole.

    Gives the bytes taken; what was taken before an error is told instead of the error. Raises OSError.
    """
    taken = 0
    for buffer in buffers:
        try:
            moved = pwrite(buffer, offset + taken)
        except OSError:
            if taken:
                return taken
            raise
        taken += moved
        if moved < len(buffer):
            break
    return taken


def seen_now(drive: SimulatedDrive, state: DriveState) -> BlockDevice:
    """Show the drive as it was opened: its firmware may have other words than its file."""
    return drive.sighting(state.size(), state.serial()) if drive.firmwares else drive.sighting()


def _find(drives: tuple[SimulatedDrive, ...], path: str) -> SimulatedDrive:
    for drive in drives:
        if drive.path == path:
            return drive
    raise DeviceError(f"{path} is not on this bench")


def backing_path(workdir: Path, name: str) -> Path:
    """Say where the backing file of the drive `name` lies."""
    return workdir / f"{name}.img"


@dataclass(frozen=True, slots=True)
class SimulatedOpener:
    """`PortOpener` of a simulated bench. Picklable. `pace` is the time of its drives, None for the machine's."""

    drives: tuple[SimulatedDrive, ...]
    workdir: Path
    pace: Pace | None = None

    def __call__(self, device: BlockDevice) -> SimulatedBlockDrive:
        """Open `device` exclusively. Raises DeviceBusy, DeviceError (not on the bench), OSError (it left the bus)."""
        known = _find(self.drives, device.path)
        backing = backing_path(self.workdir, known.name)
        prepare_backing(known, backing)
        drive = as_plugged(known, backing)
        if drive is None:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        port = SimulatedBlockDrive(drive, backing, self.pace)
        if port.state.inside.gone():
            port.close()
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        return port


@dataclass(frozen=True, slots=True)
class SimulatedExaminer:
    """`Examiner` of a simulated bench: no kernel stands behind its drives, so only their own state counts."""

    drives: tuple[SimulatedDrive, ...]
    workdir: Path | None = None  # where the drives remember what their firmware did to their size

    def __call__(self, device: BlockDevice) -> tuple[Reason, ...]:
        """Say why `device` must not be touched; empty when it may be."""
        drive = _find(self.drives, device.path)
        reasons = []
        if drive.read_only:
            reasons.append(Reason(ReasonCode.READ_ONLY, f"{device.path} refuses writes"))
        shown = None if self.workdir is None else glimpse(drive, backing_path(self.workdir, drive.name))
        expected = drive.size_bytes if shown is None else shown.size_bytes
        if device.size_bytes != expected:
            reasons.append(Reason(ReasonCode.SIZE, f"{device.size_bytes} bytes seen, {expected} expected"))
        return tuple(reasons)
