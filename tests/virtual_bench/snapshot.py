"""A guest that has booted and started the agent once, saved: each scenario begins with a fresh copy of it in a second.

The saved guest belongs to one root image, one checkout and one accelerator. No NVMe device and no emulated drive may
be there when it is saved: QEMU cannot save them.
"""

import hashlib
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.virtual_bench import guest_build
from tests.virtual_bench.cache import BenchError, run
from tests.virtual_bench.channel import Channel
from tests.virtual_bench.guest_build import Guest
from tests.virtual_bench.laptop import ASL, laptop
from tests.virtual_bench.machine import TAG, Machine

AGENT_PLACE = f"/{guest_build.AGENT_PLACE}"
PLACE = "/run/mended"
AGENT_ENVIRONMENT = {
    "PYTHONPATH": f"{AGENT_PLACE}:/{guest_build.SITE_PACKAGES}",
    "ETABLI_STATE": "/var/lib/etabli",
    "LANG": "C.UTF-8",
    "COLUMNS": "160",
}
HERE = Path(__file__).resolve().parent
WARM_AGENT = HERE / "guest" / "warm-agent"
RECIPE = (*(HERE / f"{one}.py" for one in ("machine", "laptop", "snapshot")), ASL, WARM_AGENT)
PREPARED = hashlib.sha256(b"".join(path.read_bytes() for path in RECIPE)).hexdigest()[:8]  # as this process reads them
FIRST_ENVIRONMENT = {**AGENT_ENVIRONMENT, "ETABLI_STATE": "/tmp/state"}
AGENT = ("python3", "-m", "station_agent")
SECOND_READER = "import pySMART, diagnostics.second_reader"
LISTED = """
from station_agent.app import COMMANDS
print("erasure.preloaded", *{f"station_agent.commands.{place.rpartition('.')[0]}" for _, place, _ in COMMANDS})
"""
MODULES = "loop nvme nvme-tcp sd_mod sg virtio_scsi usb_storage uas xhci_pci virtio_net"


@dataclass(frozen=True, slots=True)
class Mended:
    """A file of the checkout that is another one in the guest."""

    name: str  # below the checkout
    content: str  # in Base64

    def mount(self, guest: Channel) -> None:
        """Mount it over the right one, and dismiss the agent that waits: it has read that. Raises BenchError."""
        wrong = f"echo {self.content} | base64 -d > {PLACE} && mount --bind {PLACE} {AGENT_PLACE}/{self.name}"
        guest.shell(f"rm /run/warm-agent && {wrong}")


@dataclass(frozen=True, slots=True)
class Saved:
    """What a guest is started from."""

    guest: Guest
    agent: Path  # image of the checkout
    accelerator: str
    cache: Path
    mended: Mended | None = None

    @property
    def overlay(self) -> Path:
        """The file that holds the saved guest."""
        kind = self.accelerator.split(",")[0]
        return self.cache / f"saved-{self.guest.folder.name}-{self.agent.stem}-{kind}-{PREPARED}.qcow2"

    @property
    def agent_drive(self) -> str:
        """The value of `-drive` that brings the checkout."""
        return f"file={self.agent},format=raw,read-only=on"


def ensure_saved(saved: Saved, say: Callable[[str], None]) -> None:
    """Make the saved guest when there is none. Raises BenchError."""
    if not saved.overlay.exists():
        say("booting the guest, starting the agent once, saving it: about a minute, once for each checkout")
        save(saved)


def restored(saved: Saved) -> Machine:
    """Give a fresh guest from the saved one. Raises BenchError."""
    with own_copy(saved) as root, laptop() as more:
        disks = (root, saved.agent_drive)
        machine = Machine(saved.guest, disks, accelerator=saved.accelerator, load=TAG, more=more)
    try:
        machine.channel.shell(f"date --utc --set=@{time.time():.2f}")  # it woke with the clock of the saved guest
        if saved.mended:
            saved.mended.mount(machine.channel)
    except BenchError as error:
        machine.close_telling(error)
    return machine


def rebooted(saved: Saved) -> Machine:
    """Boot a machine that is no laptop from the disk of the saved one. Raises BenchError.

    The drivers of `prepare` are not loaded.
    """
    with own_copy(saved) as root:
        machine = Machine.booted(saved.guest, (root, saved.agent_drive), accelerator=saved.accelerator)
    machine.channel.shell(f"mount -o ro /dev/vdb {AGENT_PLACE}")
    return machine


@contextmanager
def own_copy(saved: Saved) -> Iterator[str]:
    """Give the value of `-drive` for a copy of the saved disk that a guest opens in here."""
    copy = saved.cache / f"run-{time.monotonic_ns()}-{threading.get_ident()}.qcow2"
    run("cp", "--reflink=auto", "--sparse=always", str(saved.overlay), str(copy))
    try:
        yield f"file={copy},format=qcow2,cache=unsafe"
    finally:
        copy.unlink()  # QEMU holds it open; nothing is left over, not even after a crash


def save(saved: Saved) -> None:
    """Boot, start the agent once so that its pages and its compiled files are there, and save. Raises BenchError."""
    remove_outdated(saved)
    fresh = saved.cache / f"fresh-{time.monotonic_ns()}-{threading.get_ident()}.qcow2"
    base = str(saved.guest.root)
    run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", base, str(fresh))
    try:
        disks = (f"file={fresh},format=qcow2,cache=unsafe", saved.agent_drive)
        with laptop() as more, Machine.booted(saved.guest, disks, accelerator=saved.accelerator, more=more) as machine:
            prepare(machine)
            if problem := machine.monitor.say(f"savevm {TAG}"):
                raise BenchError(f"the guest cannot be saved: {problem}")
        shutil.move(fresh, saved.overlay)
    finally:
        fresh.unlink(missing_ok=True)


def remove_outdated(saved: Saved) -> None:
    """Remove what was saved of this guest with another checkout, and of guests that are no more."""
    for old in saved.cache.glob("saved-*.qcow2"):
        name = "-".join(old.name.split("-")[1:4])
        if name == saved.guest.folder.name or not (saved.cache / name).exists():
            old.unlink()


def prepare(machine: Machine) -> None:
    """Load drivers, bring up the network to the host, mount the checkout, and let the agent erase a loop once.

    Every module that a command or the second reader imports is read once: else each scenario would. An agent that has
    done so waits in the saved guest (`guest/warm-agent`); a guest that boots starts its agents cold.
    """
    guest = machine.channel
    guest.shell(f"modprobe -a {MODULES} && udevadm settle --timeout=20")
    guest.shell("ip link set eth0 up && ip addr add 10.0.2.15/24 dev eth0")
    guest.shell(f"mount -o ro /dev/vdb {AGENT_PLACE}")
    guest.shell(
        "smartctl -V; nvme version; hdparm -V; sg_inq -V; truncate -s 2M /tmp/disk; losetup /dev/loop0 /tmp/disk"
    )
    guest.run(("python3", "-c", SECOND_READER), timeout_s=120, env=FIRST_ENVIRONMENT).required("the second reader")
    await_warm_agent(guest)
    listed = guest.run((*AGENT, "disks", "--allow-loop", "--json"), timeout_s=180, env=FIRST_ENVIRONMENT, warm=True)
    serials = {
        one["path"]: one["serial"] for one in json.loads(listed.required("the agent's first start").out)["drives"]
    }
    words = ("erase", "/dev/loop0", "--confirm", serials["/dev/loop0"], "--allow-loop", "--policy", "zeros", "--json")
    guest.run((*AGENT, *words), timeout_s=180, env=FIRST_ENVIRONMENT, warm=True).required("the agent's first erase")
    guest.shell("losetup -d /dev/loop0; rm -r /tmp/disk /tmp/state; sync")


def await_warm_agent(guest: Channel) -> None:
    """Let an agent load its modules and wait, so that a scenario need not. Raises BenchError."""
    listed = guest.run(("python3", "-c", LISTED), env=AGENT_ENVIRONMENT).required("the agent's modules")
    guest.begin(("python3", "-c", WARM_AGENT.read_text("utf-8"), *listed.out.split()), env=AGENT_ENVIRONMENT)
    guest.shell("until [ -S /run/warm-agent ]; do sleep 0.2; done", timeout_s=240)
