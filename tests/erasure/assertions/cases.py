"""Every erase method with a drive that offers it, small enough to look at each byte afterwards."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.erasure.plans.judge import Ending, judge
from tests.erasure.plans.lottery import PSID, Cut, Part, Plan
from tests.erasure.plans.table import Table

KIB = 1024
BASE = {"size_bytes": 128 * KIB + 512, "logical_sector": 512, "physical_sector": 4096, "contents": "pattern"}
ACTIONS = ("block", "crypto", "overwrite")
ATA = {**BASE, "bus": "ata", "wwn": "50000000000000a1", "ata": dict.fromkeys(ACTIONS, True) | {"seconds": 1}}
SCSI = {**BASE, "bus": "scsi", "wwn": "50000000000000c1", "scsi": dict.fromkeys(ACTIONS, True) | {"seconds": 1}}
NVME = {
    **BASE,
    "bus": "nvme",
    "wwn": "eui.00000000000000b0",
    "nvme": {"sanitize": list(ACTIONS), "seconds": 1.0, "format_crypto": True},
}
MMC = {**BASE, "bus": "mmc", "physical_sector": 512, "mmc": {"seconds": 1.0}}
OLD_MMC = {**MMC, "mmc": {"revision": 5, "sanitize": False, "secure_erase": True, "seconds": 1.0}}
PLAIN = {**BASE, "bus": "virtio"}
OPAL = {**NVME, "opal": {"psid": PSID, "locking_enabled": True, "locked": True}}
FIRMWARE: dict[str, dict[str, Any]] = {
    **{f"ata.sanitize.{name}": ATA for name in ACTIONS},
    "ata.security.enhanced": ATA,
    "ata.security.normal": ATA,
    **{f"nvme.sanitize.{name}": NVME for name in ACTIONS},
    "nvme.format.crypto": NVME,
    "nvme.format.user-data": NVME,
    **{f"scsi.sanitize.{name}": SCSI for name in ACTIONS},
    "emmc.sanitize": MMC,
    "emmc.secure-erase": OLD_MMC,
}
OVERWRITES = ("overwrite.keystream", "overwrite.zeros")
KINDS = {"ata": ATA, "nvme": NVME, "scsi": SCSI, "mmc": MMC, "plain": PLAIN}
SUCCESS = ("ERASED", "ERASED_WITH_EXCEPTIONS")
DRIVES = Path(__file__).resolve().parents[3] / "hardware-fixtures" / "drives"
LARGEST = 64 << 20  # of a fixture that is tried here: larger ones exist for their size alone
SCALE = 32  # the fixtures have 8 MiB; these have 256 KiB, and every other size in them shrinks alike

EACH_FIRMWARE = pytest.mark.parametrize("method", FIRMWARE)
EACH_OVERWRITE = pytest.mark.parametrize(
    ("kind", "method"), [(kind, method) for kind in KINDS for method in OVERWRITES]
)
EACH_METHOD = pytest.mark.parametrize(
    ("table", "method"),
    [pytest.param(table, method, id=method) for method, table in FIRMWARE.items()]
    + [pytest.param(KINDS[kind], method, id=f"{kind}-{method}") for kind in KINDS for method in OVERWRITES],
)


@dataclass
class Tried:
    """One plan that was carried out: the table with its journal and report, and its ending."""

    table: Table
    ending: Ending
    objections: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return self.ending.verdict

    @property
    def codes(self) -> set[str]:
        """Codes of the reasons."""
        return {text.split(":")[0] for text in self.ending.reasons}

    @property
    def kinds(self) -> list[str]:
        """Kinds of the journal's entries."""
        return [str(entry.kind) for entry in self.table.entries]

    @property
    def destructive(self) -> list[str]:
        """What went over the wire and may change the drive."""
        return [meaning for meaning, _ in self.ending.sent]


def with_vices(table: dict[str, Any], *vices: str) -> dict[str, Any]:
    return {**table, "vices": list(vices)} if vices else table


def attempt(
    folder: Path,
    table: dict[str, Any],
    method: str,
    *parts: Part,
    vices: tuple[str, ...] = (),
    policy: str = "purge-preferred",
) -> Tried:
    """Carry out one plan on a bench with another drive of the same model and size."""
    drive = with_vices(table, *vices)
    plan = Plan(drive, dict(table), policy, method, parts or (Part(),))
    bench = Table(folder, plan)
    ending = bench.carry_out()
    return Tried(bench, ending, judge(ending))


def cut(moment: str, nth: int, how: str = "kill", between: str = "nothing") -> Part:
    """A part that ends at a moment."""
    return Part((), Cut(how, moment, nth, after=True), between)


def faulty(kind: str, **members: Any) -> Part:
    """A part with one fault of the bus."""
    return Part(({"kind": kind, **members},))


def shrunk(value: Any) -> Any:
    """Divide every size of a fixture, whole sectors staying whole."""
    if isinstance(value, dict):
        return {name: shrunk(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shrunk(member) for member in value]
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1 << 20:
        return value // SCALE // 4096 * 4096 + value % 4096
    return value


def fixture(name: str) -> dict[str, Any]:
    """Read a drive fixture, scaled down, without what people read and without the pace of a real drive."""
    document = tomllib.loads((DRIVES / name / "drive.toml").read_text("utf-8"))
    aside = ("schema", "description", "provenance", "licence", "smartctl", "model", "serial", "firmware")
    return shrunk({key: value for key, value in document.items() if key not in (*aside, "bytes_per_second", "faults")})


def fixture_methods() -> Iterator[Any]:
    """Every method that applies to each fixture, by its `expected.toml`."""
    for folder in sorted(DRIVES.iterdir()):
        size = tomllib.loads((folder / "drive.toml").read_text("utf-8"))["size_bytes"]
        told = tomllib.loads((folder / "expected.toml").read_text("utf-8"))["methods"]
        methods = [method for method, answer in told.items() if answer == "applies" and not method.startswith("opal.")]
        if 0 < size <= LARGEST:
            yield from (pytest.param(folder.name, method, id=f"{folder.name}-{method}") for method in methods)


EACH_FIXTURE = pytest.mark.parametrize(("name", "method"), list(fixture_methods()))


def of_policy(tried: Tried, **changes: Any) -> Ending:
    """Give the ending as it would be with other words."""
    return replace(tried.ending, **changes)
