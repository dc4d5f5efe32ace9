"""`make image-test`: the image boots in QEMU, erases, loses its power, and is right about it afterwards. As root.

    python -m tests.stick [--image FILE] [--hub-image FILE] [--way bios] [--way uefi] [--only WORD] [--cuts 3]

One line for each scenario and way; the figures in build/image-test.json; exit status 1 on any surprise.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from station_agent.errors import StationError
from tests.stick.appliance import hub_appliance
from tests.stick.machine import CODES, FIRMWARE
from tests.stick.other_starts import by_the_network, made_by_a_bench
from tests.stick.place import Place
from tests.stick.power import power_cuts
from tests.stick.scenarios import questions, two_sticks_and_memory, whole_way
from tests.virtual_bench.bench import Surprise
from tests.virtual_bench.cache import BenchError

ROOT: Final = Path(__file__).resolve().parents[2]
SCENARIOS: Final[dict[Callable[[Place, str], None], tuple[str, ...]]] = {
    whole_way: ("bios", "uefi", "secure"),
    questions: ("bios",),
    two_sticks_and_memory: ("bios",),
    made_by_a_bench: ("bios",),
    by_the_network: ("bios",),
    power_cuts: ("bios",),
    hub_appliance: ("bios",),
}
ON_HUB_IMAGE: Final = frozenset({hub_appliance})
PROGRAMS: Final = {
    "qemu-system-x86_64": "qemu-system-x86",
    "mcopy": "mtools",
    "sfdisk": "fdisk",
    "mkfs.ext4": "e2fsprogs",
    "xorriso": "xorriso",
}
FILES: Final = {FIRMWARE / CODES["secure"][0]: "ovmf", Path("/usr/lib/ipxe/qemu/efi-virtio.rom"): "ipxe-qemu"}


def main(arguments: list[str]) -> int:
    """Carry out what was chosen."""
    given = asked(arguments)
    if lacking := missing_packages():
        print(f"missing Debian packages: {' '.join(lacking)}", file=sys.stderr)
        return 2
    figures: dict[str, float] = {}
    failed = 0
    for scenario, ways in SCENARIOS.items():
        for way in ways:
            if way in given.way and given.only in scenario.__name__:
                image = given.hub_image if scenario in ON_HUB_IMAGE else given.image
                failed += not carried_out(scenario, way, image, given, figures)
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build/image-test.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    for name, value in figures.items():
        print(f"{name}: {value:.0f}")
    return 1 if failed else 0


def missing_packages() -> list[str]:
    """Name the Debian packages that this host lacks."""
    lacking = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    return lacking + [package for file, package in FILES.items() if not file.exists()]


def asked(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.stick", description=__doc__)
    parser.add_argument("--image", type=Path, default=ROOT / "build/etabli.iso")
    parser.add_argument("--hub-image", type=Path, default=ROOT / "build/etabli-hub.iso")
    parser.add_argument("--way", action="append", choices=tuple(CODES), default=None)
    parser.add_argument("--only", default="", metavar="WORD", help="scenarios with this word in their name")
    parser.add_argument("--cuts", type=int, default=3, help="power cuts at random moments")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument(
        "--other", type=Path, default=None, help="image for `made by a bench` to write, if not the same"
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=None,
        help="folder on a disk, for sticks and drives; what is saved there serves again",
    )
    given = parser.parse_args(arguments)
    given.way = given.way or list(CODES)
    return given


def carried_out(
    scenario: Callable[[Place, str], None], way: str, image: Path, given: argparse.Namespace, figures: dict[str, float]
) -> bool:
    """Carry out one scenario and tell how it went."""
    begun, trouble = time.monotonic(), "" if image.exists() else f"there is no {image}"
    with tempfile.TemporaryDirectory(prefix="image-test-", dir=given.work) as folder:
        place = Place(image, Path(folder), given.seed, given.cuts, given.other or image, given.work or Path(folder))
        try:
            if not trouble:
                figures[f"MiB of {image.name}"] = image.stat().st_size >> 20
                scenario(place, way)
        except (Surprise, BenchError, StationError) as error:
            trouble = str(error)
        figures |= place.figures
    name = f"{scenario.__name__.replace('_', ' ')}, {way}"
    print(
        f"{'FAIL' if trouble else 'ok':4} {time.monotonic() - begun:6.1f} s  {name}{': ' * bool(trouble)}{trouble}",
        flush=True,
    )
    return not trouble


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
