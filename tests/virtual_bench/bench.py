"""A guest with drives: plug in, pull out, find by serial number, hand to the agent. What a scenario is written with."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.virtual_bench.agent import ERASE_S, Agent, Running
from tests.virtual_bench.cache import BenchError
from tests.virtual_bench.drives import Bay, NvmeCabinet
from tests.virtual_bench.front_ends.nvme_tcp import NvmeTarget
from tests.virtual_bench.front_ends.scsi_host import ScsiDrive, ScsiHost
from tests.virtual_bench.lines import Patience
from tests.virtual_bench.machine import SATA_SERIAL, Machine
from tests.virtual_bench.media import Medium

APPEAR_S = 120.0
HOST_ADDRESS = "10.0.2.2"
HOST_NQN = "nqn.2026-01.org.etabli.bench:guest"
HOST_ID = "2cd2c43b-a90a-45c1-a8cd-86b33ab273b5"
LOCAL_FOLDER = "/run/local"
QEMU_WWN = 0x5000C50012345678


class Surprise(AssertionError):
    """Something was not as the scenario says."""


def expect(sentence: str, *, seen: object, wanted: object) -> None:
    """Raise Surprise when what was seen is not what was wanted."""
    if seen != wanted:
        raise Surprise(f"{sentence}: saw {seen!r}, wanted {wanted!r}")


def require(sentence: str, holds: object, *, seen: object = "") -> None:
    """Raise Surprise when something does not hold."""
    if not holds:
        raise Surprise(f"{sentence}: it is not so{f', saw {seen!r}' if seen != '' else ''}")


class Bench:
    """One guest for one scenario."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self.machine, self.guest = machine, machine.channel
        self.agent = Agent(machine.channel)
        self.bay = Bay(folder)
        self.folder = folder
        self._rest = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.machine.close()
        self._rest.close()

    # Drives of QEMU itself --------------------------------------------------------------------------------------

    def plug_usb(self, serial: str, medium: Medium, *, bytes_per_second: int = 0) -> str:
        """Plug a USB stick in, perhaps a slow one, and give its node."""
        self._add_image(serial, medium, bytes_per_second)
        self._add_device(serial, {"driver": "usb-storage", "bus": "usb.0", "drive": serial, "serial": serial})
        return self.await_drive(serial)

    def plug_nvme(self, serial: str, medium: Medium) -> str:
        """Plug QEMU's own NVMe drive into a PCIe slot and give its node."""
        self._add_image(serial, medium, 0)
        slot = self.machine.slots.pop()
        self._add_device(serial, {"driver": "nvme", "bus": slot, "drive": serial, "serial": serial})
        return self.await_drive(serial)

    def plug_qemu_scsi(self, serial: str, medium: Medium, *, block_bytes: int = 512) -> str:
        """Plug QEMU's own SCSI disk in and give its node."""
        self._add_image(serial, medium, 0)
        plate = {"serial": serial, "vendor": "BENCH", "product": "QEMU SCSI DISK", "ver": "2.1", "wwn": QEMU_WWN}
        sizes = {"logical_block_size": block_bytes, "physical_block_size": 4096, "rotation_rate": 7200}
        self._add_device(serial, {"driver": "scsi-hd", "bus": "scsi.0", "drive": serial, **plate, **sizes})
        return self.await_drive(serial)

    def load_sata(self) -> str:
        """Load the driver of the SATA drive that every machine has, and give its node."""
        self.guest.shell("modprobe ahci")
        return self.await_drive(SATA_SERIAL)

    def load_scsi_debug(self) -> str:
        """Load the kernel's own simulated disk, with protection information, and give its node."""
        before = {*self.drives()}
        self.guest.shell("modprobe scsi_debug dev_size_mb=16 physblk_exp=3 dif=1")
        (serial,) = self.wait_until(lambda: {*self.drives()} - before, "the disk of scsi_debug appears")
        return self.await_drive(serial)

    def pull(self, serial: str) -> None:
        """Pull a USB stick out: the guest is not asked."""
        self.machine.monitor.ask("device_del", {"id": f"device-{serial}"})

    def _add_image(self, name: str, medium: Medium, bytes_per_second: int) -> None:
        node: dict[str, Any] = {"driver": "file", "filename": str(medium.path), "discard": "unmap"}
        node = {"driver": "raw", "file": node, "discard": "unmap"}
        if bytes_per_second:
            limits = {"bps-total": bytes_per_second}
            self.machine.monitor.ask(
                "object-add", {"qom-type": "throttle-group", "id": f"slow-{name}", "limits": limits}
            )
            node = {"driver": "throttle", "throttle-group": f"slow-{name}", "file": node}
        self.machine.monitor.ask("blockdev-add", {"node-name": name, **node})

    def _add_device(self, name: str, options: Mapping[str, Any]) -> None:
        self.machine.monitor.ask("device_add", {"id": f"device-{name}", **options})

    # Emulated drives --------------------------------------------------------------------------------------------

    def plug_scsi(self, *drives: tuple[str, ScsiDrive]) -> tuple[ScsiHost, tuple[str, ...]]:
        """Plug an adapter with these drives, by serial, into a slot; give it and the nodes of the drives."""
        place = self.machine.folder / "scsi-host"
        host = ScsiHost(place)
        self._rest.callback(host.close)
        for _, drive in drives:
            host.add(drive)
        address = {"type": "unix", "data": {"path": str(place)}}
        backend = {"type": "socket", "data": {"addr": address, "server": False}}
        self.machine.monitor.ask("chardev-add", {"id": "scsi-host", "backend": backend})
        options = {"driver": "vhost-user-scsi-pci", "chardev": "scsi-host", "num_queues": 1}
        self._add_device("scsi-host", {**options, "bus": self.machine.slots.pop()})
        return host, tuple(self.await_drive(serial) for serial, _ in drives)

    def connect_nvme(self, serial: str, *cabinets: NvmeCabinet, as_local: bool = True) -> tuple[NvmeTarget, str]:
        """Connect the guest's NVMe host to a controller, all its namespaces, and give the node of the first."""
        target = NvmeTarget(serial.lower(), cabinets[0].drive, {one.nsid: one for one in cabinets})
        self._rest.callback(target.close)
        words = f"nqn={target.nqn},transport=tcp,traddr={HOST_ADDRESS},trsvcid={target.port},nr_io_queues=1"
        words += f",hostnqn={HOST_NQN},hostid={HOST_ID},keep_alive_tmo=120,ctrl_loss_tmo=0"
        self.guest.shell(f"echo '{words}' > /dev/nvme-fabrics")
        node = self.await_drive(serial)
        controller = node.removeprefix("/dev/").rpartition("n")[0]
        names = [f"{controller}n{one.nsid}" for one in cabinets]
        self.guest.shell(f"for one in {' '.join(names)}; do until [ -b /dev/$one ]; do sleep 0.1; done; done")
        if as_local:
            self._show_as_local(controller, *names)
        return target, node

    def _show_as_local(self, controller: str, *namespaces: str) -> None:
        """Show a drive on the network as one in a slot: the agent rightly refuses what other hosts may reach.

        Only the view of sysfs is changed, by mounts; the kernel's driver, its ioctls and the agent are as they are.
        """
        place = f"{LOCAL_FOLDER}/{controller}"
        self.guest.shell(
            f"mkdir -p {place} {LOCAL_FOLDER}/block && mount --bind /sys/class/nvme/{controller}/ {place} && "
            f"echo pcie > {LOCAL_FOLDER}/transport && mount --bind {LOCAL_FOLDER}/transport {place}/transport && "
            f"for disk in /sys/block/*; do cp --no-dereference $disk {LOCAL_FOLDER}/block/; done && "
            f"ln -sfn -t {LOCAL_FOLDER}/block {' '.join(f'{place}/{name}' for name in namespaces)} && "
            f"mkdir {LOCAL_FOLDER}/dev && cp --no-dereference /sys/dev/block/* {LOCAL_FOLDER}/dev/ && "
            f"for one in {' '.join(namespaces)}; do "
            f"ln -sfn {place}/$one {LOCAL_FOLDER}/dev/$(cat {place}/$one/dev) || exit; done && "
            f"mount --bind {LOCAL_FOLDER}/dev /sys/dev/block && mount --bind {LOCAL_FOLDER}/block /sys/block"
        )

    # The guest's view -------------------------------------------------------------------------------------------

    def drives(self) -> dict[str, str]:
        """Give every whole disk of the guest: serial number and node."""
        listed = self.guest.run(("lsblk", "--nodeps", "--noheadings", "--output", "NAME,SERIAL")).out
        rows = sorted((line.split() for line in listed.splitlines()), reverse=True)
        return {row[1]: f"/dev/{row[0]}" for row in rows if len(row) > 1}  # of several namespaces, the first

    def await_drive(self, serial: str) -> str:
        """Wait for a drive, until udev has looked at it too, and give its node. Raises BenchError."""
        found = self.wait_until(lambda: self.drives().get(serial), f"{serial} appears")
        self.guest.run(("udevadm", "settle", "--timeout=20"), timeout_s=30)
        return str(found)

    def wait_until_begun(self, running: Running, begun: Callable[[], Any], what: str) -> None:
        """Wait until a run in the background has begun something, however slow this machine is just now.

        A cold agent takes 15 s to start here, and minutes when others use the machine. Raises Surprise when the agent
        ended first, and said how; BenchError when it said nothing.
        """

        def seen() -> bool:
            return bool(begun()) or not running.still()

        self.wait_until(seen, what, ERASE_S)
        if not begun():
            told = running.ended()
            kind = Surprise if told.drive else BenchError
            raise kind(f"{what}: the agent ended before: {told.in_words()} {told.complaint}")

    def wait_until(self, happened: Callable[[], Any], what: str, timeout_s: float = APPEAR_S) -> Any:
        """Wait until something is so and give it. Raises BenchError."""
        patience = Patience(timeout_s)
        while True:
            asked = time.monotonic()
            if found := happened():
                return found
            if patience.spent():
                raise BenchError(f"{what}: not within {timeout_s:.0f} s")
            time.sleep(
                max(0.1, time.monotonic() - asked)
            )  # a question that works the guest hard leaves it as long alone
