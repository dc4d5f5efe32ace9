"""How a disk of the hall is opened: as the Linux port does, with bytes in a file and a kernel that is a tree of files.

A `strict` hall refuses what a kernel would refuse by itself: another disk under the name, a claimed disk. A lax one
opens whatever has the name: then the interlocks of the product are all that stands between an order and the bytes.
"""

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from erasure.drive import BlockDevice
from erasure.errors import DeviceBusy, DeviceError, IdentityChanged
from erasure.hidden import HiddenAreas
from erasure.inventory import node_numbered, sight_node, sight_number, traits_of
from erasure.namespaces import companions_of
from erasure.simulated import SimulatedBlockDrive
from erasure.transport.linux_block import as_os_errors
from erasure.transport.ports import CommandPorts, NvmeCommand, NvmePort, NvmeReply
from tests.erasure.kernel_trees import write
from tests.erasure.simulated_bench import FakeClock
from tests.station_agent.daemon.interlocks.hall import SECTOR, Disk, Hall

CLAIMS = ("mounted", "swap", "held", "member", "boot")


def never_while_at_it(disk: Disk, what: str) -> None:
    """Nothing destructive goes to a drive that erases itself. Raises AssertionError."""
    memory = disk.medium.path.with_suffix(".memory.json")
    if disk.at_it and (not memory.exists() or '"running"' in memory.read_text()):
        raise AssertionError(f"{what} went to {disk.key} while it was at its sanitize")


@dataclass(frozen=True, slots=True)
class Watched:
    """The NVMe port of a drive; a second sanitize or a format beside a running one is noticed."""

    port: NvmePort
    disk: Disk

    def admin(self, command: NvmeCommand, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> NvmeReply:
        if command.opcode in (0x80, 0x84):
            never_while_at_it(self.disk, f"command {command.opcode:02x}")
        return self.port.admin(command, timeout_ms=timeout_ms, data_out=data_out, data_in=data_in)

    def namespace_id(self) -> int:
        return self.port.namespace_id()


class HallPort:
    """`BlockPort` of one presence of one disk: once it is pulled, nothing reaches it any more."""

    abreast = 1

    def __init__(self, hall: Hall, disk: Disk, device: BlockDevice, inner: SimulatedBlockDrive) -> None:
        self._hall, self._disk, self._inner = hall, disk, inner
        self._presence = disk.presence
        self._number = disk.number if device.name == disk.at else disk.upper_number  # of the node that was opened
        self.device = device

    def _there(self) -> None:
        self._hall.tick()
        if self._disk.presence != self._presence or not self._disk.at:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    def pwrite(self, buffer: memoryview, offset: int) -> int:
        self._there()
        never_while_at_it(self._disk, "a write")
        return self._inner.pwrite(buffer, offset)

    def pwritev(self, buffers: Sequence[memoryview], offset: int) -> int:
        self._there()
        never_while_at_it(self._disk, "a write")
        return self._inner.pwritev(buffers, offset)

    def pread_into(self, buffer: memoryview, offset: int) -> int:
        self._there()
        return self._inner.pread_into(buffer, offset)

    def flush(self) -> None:
        self._there()
        self._inner.flush()

    def size_bytes(self) -> int:
        self._there()
        with as_os_errors():
            shown = self._hall.machine.view.text(self._node().folder / "size")
        return 0 if shown == "0" else self._inner.size_bytes()

    def sector_sizes(self) -> tuple[int, int]:
        self._there()
        return self._disk.sector, max(self._disk.sector, self._disk.spec.physical_sector)

    def read_only(self) -> bool:
        self._there()
        return any("read-only" in name for name in self._disk.troubles)

    def diskseq(self) -> int | None:
        return self._presence

    def sighting(self) -> BlockDevice:
        self._there()
        with as_os_errors():
            return sight_number(self._hall.machine.view, *self._number)

    def hidden_areas(self) -> HiddenAreas:
        return self._inner.hidden_areas()

    def commands(self) -> CommandPorts:
        ports = self._inner.commands()
        return ports if ports.nvme is None else replace(ports, nvme=Watched(ports.nvme, self._disk))

    def companions(self) -> tuple[BlockDevice, ...]:
        view = self._hall.machine.view
        with as_os_errors():
            return tuple(sight_node(view, other) for other in companions_of(view, self._node()))

    def traits(self) -> dict[str, str]:
        with as_os_errors():
            return traits_of(self._hall.machine.view, self._node())

    def _node(self):  # type: ignore[no-untyped-def]
        return node_numbered(self._hall.machine.view, *self._number)

    def forget_cache(self) -> None:
        self._there()

    def look_again(self) -> None:
        self._there()
        self._inner.look_again()
        with as_os_errors():
            self._hall.changes += 1
            write(self._node().folder / "size", f"{self._inner.size_bytes() // SECTOR}\n")

    def temperature(self) -> int | None:
        return None

    def reopen_for_reading(self) -> "HallPort":
        self._there()
        return HallPort(self._hall, self._disk, self.device, self._inner.reopen_for_reading())

    def close(self) -> None:
        self._inner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class HallOpener:
    """`PortOpener` of a hall."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    def __call__(self, device: BlockDevice) -> HallPort:
        disk = self._hall.under(device.name)
        if disk is None:
            raise DeviceError(f"{device.path}: {os.strerror(errno.ENOENT)}")
        if self._hall.strict and disk.presence != device.diskseq:
            raise IdentityChanged(f"{device.path} is sequence {disk.presence}, not {device.diskseq}")
        if self._hall.strict and any(name.startswith(CLAIMS) for name in disk.troubles):
            raise DeviceBusy(device.path)
        inner = SimulatedBlockDrive(disk.spec, disk.medium.path, FakeClock())
        return HallPort(self._hall, disk, device, inner)
