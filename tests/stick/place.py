"""Where a scenario works, what it found out, and what every scenario looks at."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.stick.bench import Bench
from tests.stick.machine import Drive, Machine
from tests.stick.stick_file import fill
from tests.virtual_bench.bench import expect, require

SATA: Final = "SATA0001"
NVME: Final = "NVME0001"
STICK: Final = "STICK0001"
TWIN: Final = "STICK0002"
DRIVE_MIB: Final = 64
MEMORY_FOR_ALL: Final = 2560
NO_QUESTIONS: Final = 'language = "en"\nhub = "https://hub.example"\ntoken = "nowhere-1"\n'


@dataclass(slots=True)
class Place:
    """The image, a folder on a disk, the chance of the cuts, and the figures so far."""

    image: Path
    folder: Path
    seed: int
    cuts: int
    other: Path  # the image that a bench writes onto another stick
    keep: Path  # what may serve another time
    figures: dict[str, float] = field(default_factory=dict)

    def drives(self, *kinds: str, slow: int = 0) -> list[Drive]:
        """Make drives full of a donor's data."""
        serials = {"sata": SATA, "nvme": NVME}
        return [Drive(kind, fill(self.folder / f"{kind}.img", DRIVE_MIB), serials[kind], slow) for kind in kinds]


def tell(machine: Machine, what: str) -> None:
    """Print how far a scenario is: under emulation each step takes minutes."""
    print(f"  {time.monotonic() - machine.started:6.1f} s  {what}", flush=True)


def own_stick_is_refused(bench: Bench, *serials: str) -> None:
    """The stick is listed, and never offered."""
    found = bench.drives()
    for serial in serials:
        codes = {one["code"] for one in found[serial]["protections"]}
        require(f"{serial} is refused as the medium of the system", "BOOT_MEDIUM" in codes, seen=codes)
        expect(f"{serial} may be erased", seen=found[serial]["erasable"], wanted=False)


def verdicts(stated: list[dict[str, Any]]) -> list[str]:
    """Give the verdicts of statements."""
    return [one["result"]["verdict"] for one in stated]
