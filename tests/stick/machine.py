"""One machine that boots the stick: QEMU with USB, the network of the host, a SATA and an NVMe drive, a way to ask.

The way to ask is nothing of the image: systemd takes a unit from the firmware of a virtual machine (SMBIOS, type 11),
and the programme of that unit from QEMU's own configuration device. Who has the firmware has the machine anyway.
"""

import base64
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.virtual_bench.cache import BenchError
from tests.virtual_bench.channel import Channel
from tests.virtual_bench.lines import Patience
from tests.virtual_bench.machine import TCG, socket_options
from tests.virtual_bench.monitor import Monitor

ACCELERATOR: Final = os.environ.get("ETABLI_VBENCH_ACCEL", TCG)
SLOWER: Final = float(os.environ.get("ETABLI_STICK_PATIENCE", "1"))  # every limit for a hang, that many times
SERVER: Final = Path(__file__).resolve().parents[1] / "virtual_bench/guest/bench-command-server"
PLACE: Final = "/sys/firmware/qemu_fw_cfg/by_name/opt/etabli.bench/server/raw"
UNIT: Final = (
    "[Unit]\nDefaultDependencies=no\nAfter=systemd-udev-trigger.service\nWants=systemd-udev-trigger.service\n"
    "[Service]\nExecStartPre=/sbin/modprobe -a qemu_fw_cfg virtio_console\n"
    f"ExecStart=/usr/bin/python3 {PLACE}\n"
)
DROPIN: Final = "[Unit]\nWants=asked-by-the-host.service\n"
FIRMWARE: Final = Path("/usr/share/OVMF")
CODES: Final = {
    "bios": ("", ""),
    "uefi": ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),
    "secure": ("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.ms.fd"),  # with Microsoft's keys, as machines are sold
}
MENU: Final = "boot.ipxe"
BOOT_S: Final = 900.0  # under TCG, on a machine that has other work
MEMORY_MIB: Final = 1536
NETWORK: Final = ("-device", "virtio-net-pci,netdev=net,romfile=")
FILES: Final = Path(__file__).resolve().parents[2] / "station_agent/image/files"
KERNEL_WORDS: Final = re.compile(r'^set words="(.*)"$', re.MULTILINE)
STICK: Final = {"drive": "stick", "bus": "usb.0", "serial": "STICK0001"}
STICK_WORDS: Final = "removable=on," + ",".join(f"{name}={value}" for name, value in STICK.items())


@dataclass(frozen=True, slots=True)
class Drive:
    """One drive beside the stick: sata, nvme or usb, its file, its serial."""

    kind: str
    file: Path
    serial: str
    bytes_per_second: int = 0  # 0: as fast as it goes

    def options(self, number: int, *, late: bool = False) -> tuple[str, ...]:
        """Give QEMU's words for it; of an NVMe drive that is plugged in `late` only those for its file."""
        name = f"drive{number}"
        limit = f",throttling.bps-total={self.bytes_per_second}" if self.bytes_per_second else ""
        device = {
            "sata": f"ide-hd,bus=ide.{number},drive={name},serial={self.serial},model=STICK SATA DISK",
            "nvme": f"nvme,drive={name},serial={self.serial}",
            "usb": f"usb-storage,bus=usb.0,drive={name},serial={self.serial},removable=on",
        }[self.kind]
        return (
            *("-drive", f"if=none,id={name},file={self.file},format=raw,cache=writeback,discard=unmap{limit}"),
            *(() if late and self.kind == "nvme" else ("-device", f"{device},id=device{number}")),
        )


def credential(name: str, content: str) -> tuple[str, ...]:
    """Give QEMU's words for one credential of systemd."""
    coded = base64.b64encode(content.encode()).decode().replace(",", ",,")
    return ("-smbios", f"type=11,value=io.systemd.credential.binary:{name}={coded}")


def asking() -> tuple[str, ...]:
    """Give the words that let the host ask the guest."""
    return (
        *credential("systemd.extra-unit.asked-by-the-host.service", UNIT),
        *credential("systemd.unit-dropin.sysinit.target", DROPIN),
        *("-fw_cfg", f"name=opt/etabli.bench/server,file={SERVER}"),
    )


@dataclass(frozen=True, slots=True)
class Start:
    """What starts a machine: QEMU's words for it, among them those of the stick if it is plugged in from the start."""

    words: tuple[str, ...]
    netdev: str = "user,id=net"
    late: bool = False  # what can be plugged in later is


FROM_STICK: Final = Start((*NETWORK, "-device", f"usb-storage,{STICK_WORDS},bootindex=0"))


def from_network(folder: Path) -> Start:
    """Start by the iPXE of the network card, from `boot.ipxe` in that folder; the stick comes by `plug_stick`."""
    served = f"user,id=net,tftp={folder},bootfile={MENU}"
    return Start(("-device", "virtio-net-pci,netdev=net,bootindex=0"), served)


def kernel_words(image: str) -> str:
    """Give the words of the stick's menu for the kernel."""
    found = KERNEL_WORDS.search((FILES / "grub.cfg").read_text("utf-8"))
    if found is None:
        raise BenchError("the menu of the stick has no words for the kernel")
    return found[1].replace("@IMAGE@", image)


def until(holds: Callable[[], object], what: str, timeout_s: float, pause_s: float = 0.3) -> None:
    """Wait until something holds. Raises BenchError."""
    patience = Patience(timeout_s * SLOWER)
    while not holds():
        if patience.spent():
            raise BenchError(f"within {timeout_s * SLOWER:.0f} s never: {what}")
        time.sleep(pause_s)


def firmware_options(way: str, folder: Path) -> tuple[str, ...]:
    """Name the firmware: none for BIOS, else OVMF with variables of its own."""
    code, variables = CODES[way]
    if not code:
        return ("-machine", "q35")
    kept = folder / variables
    if not kept.exists():
        shutil.copyfile(FIRMWARE / variables, kept)
    secure = ("-machine", "q35,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on")
    return (
        *(secure if way == "secure" else ("-machine", "q35")),
        *("-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={FIRMWARE / code}"),
        *("-drive", f"if=pflash,unit=1,format=raw,file={kept}"),
    )


class Machine:
    """A machine that was switched on. `with` or `cut` ends it as a pulled plug does: the guest flushes nothing."""

    def __init__(
        self,
        stick: Path,
        drives: Sequence[Drive] = (),
        *,
        way: str = "bios",
        memory_mib: int = MEMORY_MIB,
        start: Start = FROM_STICK,
        forward: Mapping[int, int] | None = None,
    ) -> None:
        """Switch on; `forward` leads ports of the host's loopback to those of the guest. Raises BenchError."""
        self.folder = Path(tempfile.mkdtemp(prefix="stick-"))
        self.started = time.monotonic()
        led = "".join(f",hostfwd=tcp:127.0.0.1:{host}-:{guest}" for host, guest in (forward or {}).items())
        options = [
            *("-accel", ACCELERATOR, "-cpu", "max,la57=off", "-m", str(memory_mib), "-smp", "2"),
            *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-vga", "std"),
            *firmware_options(way, self.folder),
            *asking(),
            *socket_options(self.folder),
            *("-serial", f"file:{self.folder}/console"),
            *("-netdev", start.netdev + led),
            *("-device", "qemu-xhci,id=usb", "-device", "virtio-rng-pci"),
            *("-drive", f"if=none,id=stick,file={stick},format=raw,cache=writeback"),
            *start.words,
            *(word for number, drive in enumerate(drives) for word in drive.options(number, late=start.late)),
        ]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                ("qemu-system-x86_64", *options), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            self.channel = Channel(self._connect("channel"), slower=SLOWER)
            self.monitor = Monitor(self._connect("monitor"))
        except BaseException:
            self.cut()
            raise

    def await_ready(self, timeout_s: float = BOOT_S) -> float:
        """Wait until the guest can be asked; give the seconds since it was switched on. Raises BenchError."""
        try:
            self.channel.await_ready(timeout_s * SLOWER)
        except BenchError as error:
            raise BenchError(f"{error}\n{self.last_words()}") from error
        return time.monotonic() - self.started

    def plug_stick(self) -> None:
        """Plug the stick into a machine that was started by something else."""
        self.monitor.ask("device_add", {"driver": "usb-storage", "id": "late", "removable": True, **STICK})

    def plug(self, name: str, file: Path, serial: str) -> None:
        """Plug a USB stick in."""
        self.monitor.say(f"drive_add 0 if=none,id={name},file={file},format=raw,cache=writeback")
        device = {"driver": "usb-storage", "bus": "usb.0", "drive": name, "serial": serial, "removable": True}
        self.monitor.ask("device_add", {**device, "id": f"device-{name}"})

    def last_words(self, size: int = 2000) -> str:
        """Give the ends of QEMU's log and of the serial console."""
        texts = [self.folder / name for name in ("log", "console")]
        return "\n".join(path.read_text("utf-8", "replace")[-size:] for path in texts if path.exists())

    def cut(self) -> None:
        """Pull the plug; again is harmless."""
        for name in ("channel", "monitor"):
            if hasattr(self, name):
                getattr(self, name).close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()

    def _connect(self, name: str) -> socket.socket:
        patience = Patience(BOOT_S * SLOWER)
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
