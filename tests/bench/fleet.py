"""Many loop devices at once: this engine's supervisor against as many `dd`, memory per worker, and the supervisor."""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.cases import Samples, dd_write
from tests.bench.device import MIB, Device, device
from tests.bench.measure import Sample, timed, timed_together
from tests.kernel.udevd import settle

DRIVES = 24
BUFFERS_MIB = 3.0  # what M2 is compared with
ALLOWED_SHARE = 0.10  # of one core, for the supervisor
STARTER_MIB = 8


@dataclass(frozen=True, slots=True)
class Fleet:
    """The devices, and one more that only makes the fork server start."""

    starter: Device
    devices: tuple[Device, ...]

    @property
    def size(self) -> int:
        """Bytes of all devices that count."""
        return sum(device.size for device in self.devices)


@contextmanager
def fleet(folder: Path, mib: int, drives: int = DRIVES) -> Iterator[Fleet]:
    """Attach loop devices of `mib` MiB and three sectors each."""
    with ExitStack() as stack:
        starter = stack.enter_context(device(folder, "starter", STARTER_MIB))
        made = [stack.enter_context(device(folder, f"drive{number}", mib)) for number in range(drives)]
        yield Fleet(starter, tuple(made))


def fleet_round(fleet: Fleet, folder: Path, number: int) -> Samples:
    """Run both sides once, the other one first in each second round."""
    sides = [ours, theirs] if number % 2 else [theirs, ours]
    return {name: sample for side in sides for name, sample in side(fleet, folder).items()}


def ours(fleet: Fleet, folder: Path) -> Samples:
    """Write zeros for M1; write and read back a keystream twice, for M2 and for M3."""
    wrote = _run(fleet, folder, "zeros", "write")
    memory = _run(fleet, folder, "overwrite", "memory")
    calm = _run(fleet, folder, "overwrite", "full")
    return {"fleet-write": wrote, "fleet-memory": memory, "fleet-supervisor": calm}


def theirs(fleet: Fleet, folder: Path) -> Samples:
    """As many dd at once; and the fixed anchors of M2 and M3."""
    _soil(fleet)
    wall, cpu = timed_together([dd_write(device) for device in fleet.devices], folder / "dd.log")
    sample = Sample(wall, cpu, fleet.size, _leftovers(fleet, zeros=True))
    fixed = {"3 MiB of buffers": Sample(1, 0, 1, mib=BUFFERS_MIB), "a tenth of a core": Sample(1, ALLOWED_SHARE, 1)}
    return {"dd-fleet": sample, **fixed}


def _run(fleet: Fleet, folder: Path, policy: str, mode: str) -> Sample:
    _soil(fleet)
    log, journal = folder / "fleet.json", folder / "fleet.jsonl"
    journal.unlink(missing_ok=True)
    nodes = [f"{device.node}={device.image}" for device in (fleet.starter, *fleet.devices)]
    timed([sys.executable, "-m", "tests.bench.fleet_run", policy, mode, str(journal), *nodes], log)
    told = json.loads(log.read_text().splitlines()[-1])
    bad = [word for word in told["verdicts"] if word not in {"ERASED", "ERASED_WITH_EXCEPTIONS"}]
    fault = f"{len(bad)} drives ended {bad[0]}" if bad else _leftovers(fleet, zeros=policy == "zeros")
    return Sample(told["wall"], told["cpu"], fleet.size, fault, told["mib"])


def _soil(fleet: Fleet) -> None:
    for each in (fleet.starter, *fleet.devices):
        each.soil()
    settle()


def _leftovers(fleet: Fleet, *, zeros: bool) -> str:
    found = [(each.node, told) for each in fleet.devices if (told := each.leftovers(zeros=zeros))]
    return f"{found[0][0]}: {found[0][1]}" if found else ""


def needed_mib(mib: int, drives: int = DRIVES) -> int:
    """Room for the images, in MiB."""
    return STARTER_MIB + drives * (mib + 1) + 3 * 512 * drives // MIB + 1
