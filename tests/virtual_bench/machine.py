"""One running guest: QEMU with a fixed set of buses, its monitor and its command channel. Disks come by hot-plug.

The buses never change, because a snapshot can be loaded only where the same devices are; what more the saved guest has
(a battery, another name) is in `laptop`. The memory of the guest is shared, so that the emulated drives (`front_ends`)
can answer in it.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.virtual_bench.cache import BenchError, run
from tests.virtual_bench.channel import Channel
from tests.virtual_bench.guest_build import Guest
from tests.virtual_bench.lines import Patience
from tests.virtual_bench.monitor import Monitor

TCG = "tcg,thread=multi,tb-size=512"
OLD_CPU = "Nehalem-v1"  # what wide vectors a newer one has, TCG carries out by hand: a tenth slower
MEMORY_MIB = 768
SLOTS = 6
TAG = "ready"  # of the saved guest
SATA_SERIAL = "SAT0001"
SATA_MIB = 32
BOOT_S = 180.0
QUIT_S = 5.0
KERNEL_WORDS = (
    "console=ttyS0 quiet loglevel=4 panic=-1 tsc=reliable no_timer_check mitigations=off audit=0 selinux=0 "
    "apparmor=0 random.trust_cpu=on cryptomgr.notests rcupdate.rcu_expedited=1 net.ifnames=0 transparent_hugepage=never"
)


def socket_options(folder: Path) -> tuple[str, ...]:
    """Name the two sockets: commands to the guest, and the monitor."""
    return (
        *("-device", "virtio-serial-pci"),
        *("-chardev", f"socket,id=channel,path={folder}/channel,server=on,wait=off"),
        *("-device", "virtserialport,chardev=channel,name=etabli.bench"),
        *("-qmp", f"unix:{folder}/monitor,server=on,wait=off"),
    )


def bus_options() -> tuple[str, ...]:
    """Name the buses, always the same."""
    slots = (f"pcie-root-port,id=slot{n},chassis={n + 1},slot={n + 1}" for n in range(SLOTS))
    network = "virtio-net-pci,netdev=net,romfile="
    devices = (*slots, "qemu-xhci,id=usb,p2=4,p3=4", "virtio-scsi-pci,id=scsi", "virtio-rng-pci", network)
    return ("-netdev", "user,id=net", *(word for device in devices for word in ("-device", device)))


def sata_options(image: Path) -> tuple[str, ...]:
    """Give every machine a SATA drive: QEMU has no hot-plug for it. No guest sees it before its driver is loaded.

    Its image has an empty snapshot by the name of the saved guest's: QEMU loads one only if every disk has it.
    """
    run("qemu-img", "create", "-q", "-f", "qcow2", str(image), f"{SATA_MIB}M")
    run("qemu-img", "snapshot", "-c", TAG, str(image))
    plate = f"serial={SATA_SERIAL},model=BENCH SATA DISK OF QEMU,ver=7.2-b,wwn=0x5000c5000badcafe"
    geometry = "physical_block_size=4096,rotation_rate=7200"
    return (
        *("-drive", f"if=none,id=sata,file={image},format=qcow2,cache=unsafe"),
        *("-device", f"ide-hd,bus=ide.0,drive=sata,{plate},{geometry}"),
    )


def machine_options(accelerator: str) -> tuple[str, ...]:
    """Name the machine itself."""
    return (
        *("-accel", accelerator, "-cpu", OLD_CPU if accelerator.startswith("tcg") else "host"),
        *("-object", f"memory-backend-memfd,id=memory,size={MEMORY_MIB}M,share=on"),
        *("-machine", "q35,memory-backend=memory", "-m", str(MEMORY_MIB), "-smp", "1"),
        *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
    )


def processor_s(process: int) -> float:
    """Give how long processors have worked for a process; 0 for one that is no more (`proc_pid_stat(5)`)."""
    try:
        told = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


RUNNING: set["Machine"] = set()


def end_all() -> None:
    """End every guest of this process: whoever waits for one is told that it ended."""
    for machine in tuple(RUNNING):
        machine.process.terminate()


class Machine:
    """A guest that runs. `with` or `close` ends it; nothing that it wrote stays."""

    def __init__(
        self, guest: Guest, disks: Sequence[str], *, accelerator: str, load: str = "", more: Sequence[str] = ()
    ) -> None:
        """Start QEMU with these values of `-drive` (vda, vdb ...), perhaps from a snapshot. Raises BenchError.

        `more` are further options of QEMU, for a guest that boots.
        """
        self.worked_s = 0.0  # how long processors worked for it, known when it has ended
        self.folder = Path(tempfile.mkdtemp(prefix="vb-"))  # short: the name of a socket holds 107 bytes
        self.slots = [f"slot{number}" for number in range(SLOTS)]
        options = [*machine_options(accelerator), *socket_options(self.folder), *bus_options()]
        options += ["-serial", f"file:{self.folder}/console"]
        options += ["-kernel", str(guest.kernel), "-initrd", str(guest.initramfs), "-append", KERNEL_WORDS]
        for number, disk in enumerate(disks):
            options += ["-drive", f"if=none,id=disk{number},{disk}", "-device", f"virtio-blk-pci,drive=disk{number}"]
        options += sata_options(self.folder / "sata")
        options += [*more, *(("-loadvm", load) if load else ())]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                ("qemu-system-x86_64", *options), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        RUNNING.add(self)
        try:
            self.channel = Channel(self._connect("channel"))
            self.monitor = Monitor(self._connect("monitor"))
        except BaseException:
            self.close()
            raise

    @classmethod
    def booted(
        cls,
        guest: Guest,
        disks: Sequence[str],
        *,
        accelerator: str,
        timeout_s: float = BOOT_S,
        more: Sequence[str] = (),
    ) -> Self:
        """Boot a guest and wait until it takes commands. Raises BenchError with the end of its console."""
        machine = cls(guest, disks, accelerator=accelerator, more=more)
        try:
            machine.channel.await_ready(timeout_s)
        except BenchError as error:
            machine.close_telling(error)
        return machine

    def close_telling(self, error: BenchError) -> None:
        """End the guest and raise the error with the last words of QEMU and of the kernel."""
        said = self.last_words()
        self.close()
        raise BenchError(f"{error}\n{said}") from error

    def last_words(self, size: int = 2000) -> str:
        """Give the ends of QEMU's log and of the console."""
        texts = []
        for name in ("log", "console"):
            with suppress(OSError):
                texts.append((self.folder / name).read_text("utf-8", errors="replace")[-size:])
        return "\n".join(texts)

    def close(self) -> None:
        """End QEMU at once and remove its folder; again is harmless."""
        self.worked_s = max(self.worked_s, processor_s(self.process.pid))
        RUNNING.discard(self)
        for name in ("channel", "monitor"):
            if hasattr(self, name):
                getattr(self, name).close()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(QUIT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connect(self, name: str) -> socket.socket:
        patience = Patience(BOOT_S)
        while not patience.spent() and self.process.poll() is None:
            stream = socket.socket(socket.AF_UNIX)
            try:
                stream.connect(f"{self.folder}/{name}")
            except OSError:
                stream.close()
                time.sleep(0.01)
            else:
                return stream
        raise BenchError(f"QEMU opened no socket {name}: {self.last_words()}")
