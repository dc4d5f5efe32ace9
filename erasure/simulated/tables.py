"""The firmware tables of a drive in a bench file: which there are, which members each has, and the vices.

A kind of drive is added by a row of `MEMBERS`, and by a maker in `assembly`.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from erasure.simulated.firmware import Firmware, Vice
from erasure.simulated.mmc_table import MmcTable
from erasure.simulated.nvme_table import NvmeTable
from erasure.simulated.opal_drive import OpalTable

ATA = frozenset(
    {
        "crypto",
        "block",
        "overwrite",
        "antifreeze",
        "definitive_ending",
        "overrides_lock",
        "seconds",
        "crypto_seconds",
        "block_seconds",
        "overwrite_seconds",
        "block_fill",
        "security",
        "enhanced",
        "password",
        "master_password",
        "master_id",
        "maximum",
        "erase_seconds",
        "enhanced_erase_seconds",
        "erase_minutes",
        "enhanced_minutes",
        "erase_word",
        "enhanced_word",
        "freezes_again",
        "hpa",
        "hpa_password",
        "dco",
        "amac",
        "native_bytes",
        "dco_bytes",
        "log30",
        "encrypts_all",
        "trusted_computing",
        "sense",
        "bridge_serial",
        "wrap_bytes",
        "hangs_running",
    }
)
SCSI = frozenset(
    {
        "vendor",
        "crypto",
        "block",
        "overwrite",
        "seconds",
        "sector",
        "native_bytes",
        "protection",
        "wabereq",
        "wacereq",
        "report_opcodes",
        "sanitizing",
        "wrap_bytes",
        "hangs_running",
    }
)
NVME, MMC, OPAL = (frozenset(one.name for one in fields(table)) for table in (NvmeTable, MmcTable, OpalTable))
MEMBERS: dict[str, frozenset[str]] = {"ata": ATA, "scsi": SCSI, "nvme": NVME, "mmc": MMC, "opal": OPAL}


def firmware_from_document(document: Mapping[str, Any]) -> tuple[Firmware, ...]:
    """Read the firmware tables of a `[[drives]]` table. Raises ValueError for an unknown member or vice."""
    shared = document.get("vices", ())
    found = tuple(_firmware(kind, document[kind], shared) for kind in MEMBERS if kind in document)
    if shared and not found:
        raise ValueError(f"drive {document.get('name', '')!r}: vices need a table of firmware: {', '.join(MEMBERS)}")
    return found


def _firmware(kind: str, table: Mapping[str, Any], shared: list[str]) -> Firmware:
    unknown = set(table) - MEMBERS[kind] - {"vices"}
    if unknown:
        raise ValueError(f"table {kind}: unknown members {sorted(unknown)}")
    names = [*shared, *table.get("vices", ())]
    for name in names:
        if name not in tuple(Vice):
            raise ValueError(f"vice {name!r} is none of {', '.join(Vice)}")
    features = tuple((name, frozen(value)) for name, value in sorted(table.items()) if name != "vices")
    return Firmware(kind, features, frozenset(Vice(name) for name in names))


def frozen(value: Any) -> Any:
    """Make lists and tables hashable: tuples, and tuples of pairs."""
    if isinstance(value, Mapping):
        return tuple((name, frozen(member)) for name, member in sorted(value.items()))
    return tuple(frozen(member) for member in value) if isinstance(value, list) else value
