"""The system of the stick, saved before its services have seen a stick or a drive: a start that costs no boot.

What is saved: kernel, initramfs and system of the image, by the menu's words "all in memory" from a copy that was
pulled out again; `etabli-stick`, and with it the daemon, waits for a word of the host. What a start from it sees for
the first time: the stick with its partition of the records (plugged in), the NVMe drive (plugged in), the SATA drive
(its controller had no driver yet), and every service. What a boot would give anew is given anew: clock, id of the boot,
and the state of the kernel's chance, without which two starts would make the same keys.
"""

import os
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from tests.stick.machine import NETWORK, STICK, Drive, Machine, Start, credential, kernel_words, until
from tests.stick.stick_file import take_live_files
from tests.virtual_bench.cache import BenchError

IN_MEMORY: Final = "toram modprobe.blacklist=ahci"
QUICK: Final = "mitigations=off tsc=reliable no_timer_check cryptomgr.notests rcupdate.rcu_expedited=1 audit=0"
SLOT: Final = ("-device", "pcie-root-port,id=slot0,chassis=1,slot=1")
CARRIER: Final = "usb-storage,bus=usb.0,drive=stick,id=carrier,serial=CARRIER1,removable=on"
WORD: Final = "/run/told-by-the-host"
HOLDING: Final = (
    "[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nTimeoutStartSec=infinity\n"
    f"ExecStart=/bin/sh -c 'until test -e {WORD}; do sleep 0.1; done'\n"
)
HELD: Final = "[Unit]\nRequires=held-by-the-host.service\nAfter=held-by-the-host.service\n"
QUIET: Final = "[Unit]\nConditionPathExists=/nowhere\n"  # no console: the boots look at it
HOLD: Final = (
    *credential("systemd.extra-unit.held-by-the-host.service", HOLDING),
    *credential("systemd.unit-dropin.etabli-stick.service", HELD),
    *credential("systemd.unit-dropin.etabli-console.service", QUIET),
)
OF: Final = ("saved.py", "machine.py")
BUSY: Final = "systemctl list-jobs --no-legend | grep running | grep -v held-by-the-host; true"
READ_ONCE: Final = (
    "find /usr/lib/etabli /usr/lib/python3* -name '*.pyc' -o -name '*.so' | xargs cat > /dev/null; "
    "cat /usr/bin/python3 /usr/sbin/e2fsck /usr/sbin/smartctl /usr/bin/lsblk > /dev/null"
)
RESEED: Final = (
    "import fcntl, os, struct, sys; seed = bytes.fromhex(sys.argv[1]); pool = os.open('/dev/urandom', os.O_WRONLY); "
    "fcntl.ioctl(pool, 0x40085203, struct.pack('ii', 8 * len(seed), len(seed)) + seed); fcntl.ioctl(pool, 0x5207)"
)  # RNDADDENTROPY, RNDRESEEDCRNG: random(4)
SEED_BYTES: Final = 32
GONE_S: Final = 60.0
SAVING_S: Final = 300.0
SETTLED_S: Final = 600.0
SEEN_S: Final = 120.0
RECIPE: Final = sha256(b"".join(Path(__file__).with_name(name).read_bytes() for name in OF)).hexdigest()[:8]
ENDED: Final = frozenset({"completed", "failed", "cancelled"})


class SavedSystem:
    """One image, booted once and saved in a folder."""

    def __init__(self, image: Path, folder: Path, keep: Path) -> None:
        """Boot it and save it, if the folder `keep` has nothing of this image and recipe. Raises BenchError."""
        live = folder / "live"
        self.image = take_live_files(image, live)
        self.file = keep / f"saved-{self.image}-{RECIPE}"
        loaded = ("-kernel", f"{live}/vmlinuz", "-initrd", f"{live}/initrd")
        words = f"{kernel_words(self.image)} {IN_MEMORY} {QUICK}"
        self._words = (*NETWORK, *SLOT, *HOLD, *loaded, "-append", words)
        if self.file.exists():
            return
        copy = Path(shutil.copyfile(image, folder / "carrier.img"))
        with Machine(copy, start=Start((*self._words, "-device", CARRIER))) as machine:
            machine.await_ready()
            self._prepare(machine)
            self._save(machine)

    @contextmanager
    def started(self, stick: Path, drives: Sequence[Drive]) -> Iterator[Machine]:
        """Wake a copy, plug in the stick and the drives, let the services begin. Raises BenchError."""
        incoming = ("-S", "-incoming", f"exec:cat {self.file}")
        with Machine(stick, drives, start=Start((*self._words, *incoming), late=True)) as machine:
            until(lambda: machine.monitor.ask("query-status")["status"] == "paused", "the saved system", SAVING_S)
            machine.plug_stick()
            for number, drive in enumerate(drives):
                if drive.kind == "nvme":
                    plug = {"driver": "nvme", "bus": "slot0", "drive": f"drive{number}", "id": f"device{number}"}
                    machine.monitor.ask("device_add", {**plug, "serial": drive.serial})
            machine.monitor.ask("cont")
            self._wake(machine, {STICK["serial"], *(drive.serial for drive in drives)})
            yield machine

    def _prepare(self, machine: Machine) -> None:
        """Let the boot end up to what is held back, read the programs once, pull the copy of the image out."""
        guest = machine.channel
        until(lambda: not guest.shell(BUSY).out.strip(), "the end of the boot", SETTLED_S)
        guest.shell(READ_ONCE, timeout_s=SETTLED_S)
        machine.monitor.ask("device_del", {"id": "carrier"})
        machine.monitor.await_event("DEVICE_DELETED", "carrier", GONE_S)
        guest.shell("udevadm settle --timeout=30")
        if disks := guest.shell("lsblk --noheadings --nodeps --exclude 7 --output NAME").out.strip():
            raise BenchError(f"disks in the system that is to be saved: {disks}")
        if guest.run(("test", "-e", "/run/etabli")).status == 0:
            raise BenchError("the services of the stick have begun in the system that is to be saved")

    def _save(self, machine: Machine) -> None:
        machine.monitor.ask("stop")
        machine.monitor.ask("migrate-set-parameters", {"max-bandwidth": 1 << 40})
        draft = self.file.with_suffix(".part")
        machine.monitor.ask("migrate", {"uri": f"exec:cat > {draft}"})
        until(lambda: machine.monitor.ask("query-migrate").get("status") in ENDED, "the system saved", SAVING_S)
        if (ended := machine.monitor.ask("query-migrate"))["status"] != "completed":
            raise BenchError(f"the system cannot be saved: {ended}")
        draft.rename(self.file)

    def _wake(self, machine: Machine, serials: set[str]) -> None:
        """Give what a boot would give anew, wait until the kernel shows every drive, let the services begin."""
        guest = machine.channel
        boot = f"echo {uuid.uuid4()} > /run/boot_id && mount --bind /run/boot_id /proc/sys/kernel/random/boot_id"
        guest.shell(f"date --utc --set=@{time.time():.2f} && {boot} && modprobe ahci")
        guest.run(("python3", "-c", RESEED, os.urandom(SEED_BYTES).hex())).required("new chance")
        shown = "lsblk --noheadings --nodeps --output SERIAL"
        until(lambda: serials <= {*guest.shell(shown).out.split()}, f"{serials} in the kernel's list", SEEN_S)
        guest.shell(f"udevadm settle --timeout=60 && touch {WORD}", timeout_s=90)
