"""The health policy as data: which finding leads to which verdict. Loaded from TOML, never written by the program."""

import functools
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from diagnostics.errors import PolicyError

FINDINGS = (
    "smart.failing", "smart.prefail", "smart.failed-in-past", "smart.self-test-failed", "smart.error-log",
    "hours.implausible", "temperature.high", "ata.threshold-now", "ata.age-threshold", "ata.threshold-past",
    "scsi.grown-defects", "scsi.uncorrected", "scsi.worn", "nvme.spare", "nvme.worn", "nvme.worn-out",
    "nvme.media-errors", "emmc.pre-eol", "emmc.pre-eol-urgent", "emmc.worn", "emmc.worn-out",
)  # fmt: skip
DEFAULT = Path(__file__).with_name("health_policy.toml")


class Severity(StrEnum):
    """Weight of one finding; the heaviest decides the verdict."""

    INFO = "info"
    REVIEW = "review"
    REJECT = "reject"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """A counter of the ATA table that is to be zero."""

    number: int
    code: str
    severity: Severity
    after_overwrite: Severity


@dataclass(frozen=True, slots=True)
class BitRule:
    """A bit of the NVMe critical warning."""

    bit: int
    code: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class HealthPolicy:
    """A named, versioned set of rules. `sha256` is of the file that it was read from."""

    name: str
    version: int
    sha256: str
    hours: int  # above it hours are implausible
    temperature: int  # degrees Celsius
    used_review: int  # percent
    used_reject: int  # percent
    used_ceiling: int  # percent
    emmc_life_review: int  # steps of the eMMC's estimate
    emmc_life_reject: int
    emmc_pre_eol_review: int
    emmc_pre_eol_reject: int
    findings: Mapping[str, Severity]  # weight of everything that is no counter of the ATA table and no bit
    attributes: tuple[AttributeRule, ...]
    bits: tuple[BitRule, ...]
    no_disk_models: tuple[str, ...]

    @property
    def label(self) -> str:
        """Name and version as printed on the record."""
        return f"{self.name}/{self.version}"

    def weight(self, code: str) -> Severity:
        """Return the weight of a finding; `FINDINGS` are all there."""
        return self.findings[code]


@functools.cache
def load_health_policy(path: Path = DEFAULT) -> HealthPolicy:
    """Read a policy file. Raises PolicyError where it is malformed."""
    data = path.read_bytes()
    try:
        return _policy(tomllib.loads(data.decode("utf-8")), hashlib.sha256(data).hexdigest())
    except (KeyError, TypeError, ValueError) as error:
        raise PolicyError(f"health policy {path.name} is malformed: {error}") from error


def _policy(raw: Mapping[str, object], sha256: str) -> HealthPolicy:
    limits = _table(raw["limits"])
    return HealthPolicy(
        name=str(raw["name"]),
        version=_whole(raw["version"]),
        sha256=sha256,
        hours=_whole(limits["hours"]),
        temperature=_whole(limits["temperature_celsius"]),
        used_review=_whole(limits["nvme_used_review"]),
        used_reject=_whole(limits["nvme_used_reject"]),
        used_ceiling=_whole(limits["nvme_used_ceiling"]),
        emmc_life_review=_whole(limits["emmc_life_review"]),
        emmc_life_reject=_whole(limits["emmc_life_reject"]),
        emmc_pre_eol_review=_whole(limits["emmc_pre_eol_review"]),
        emmc_pre_eol_reject=_whole(limits["emmc_pre_eol_reject"]),
        findings={code: Severity(str(_table(raw["findings"])[code])) for code in FINDINGS},
        attributes=tuple(_attribute(row) for row in _list(raw["attributes"])),
        bits=tuple(_bit(row) for row in _list(raw["nvme_bits"])),
        no_disk_models=tuple(str(pattern).lower() for pattern in _list(_table(raw["no_disk"])["models"])),
    )


def _attribute(row: object) -> AttributeRule:
    entry = _table(row)
    before = Severity(str(entry["verdict"]))
    after = Severity(str(entry.get("after_overwrite", before)))
    return AttributeRule(_whole(entry["id"]), str(entry["code"]), before, after)


def _bit(row: object) -> BitRule:
    entry = _table(row)
    return BitRule(_whole(entry["bit"]), str(entry["code"]), Severity(str(entry["verdict"])))


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError("a table is expected")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("a list is expected")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("a whole number is expected")
    return value
