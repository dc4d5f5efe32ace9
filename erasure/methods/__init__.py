"""Every erase method that this version knows, one row each. A duplicate id stops the import."""

from collections.abc import Iterable

from erasure.applicability import Applicable, Inapplicable
from erasure.errors import DuplicateMethod, PolicyError
from erasure.methods.ata_sanitize import ATA_SANITIZE
from erasure.methods.ata_security import ATA_SECURITY
from erasure.methods.emmc import EMMC
from erasure.methods.nvme_format import NVME_FORMAT
from erasure.methods.nvme_sanitize import NVME_SANITIZE
from erasure.methods.opal_revert import OPAL_REVERT
from erasure.methods.overwriting import KEYSTREAM, ZEROS
from erasure.methods.protocol import ErasureMethod, Finished, MethodKind, Stuck, Ticket, Working
from erasure.methods.scsi_sanitize import SCSI_SANITIZE
from erasure.passes import Evidence, Ports, Written

__all__ = [
    "METHODS",
    "Applicable",
    "ErasureMethod",
    "Evidence",
    "Finished",
    "Inapplicable",
    "MethodKind",
    "Ports",
    "Stuck",
    "Ticket",
    "Working",
    "Written",
    "method_named",
    "without_duplicates",
]


def without_duplicates(methods: Iterable[ErasureMethod]) -> tuple[ErasureMethod, ...]:
    """Give the methods as a tuple. Raises DuplicateMethod when two share an id."""
    rows = tuple(methods)
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise DuplicateMethod(f"two erase methods are called {row.id}")
        seen.add(row.id)
    return rows


METHODS: tuple[ErasureMethod, ...] = without_duplicates(
    (*NVME_SANITIZE, *ATA_SANITIZE, *SCSI_SANITIZE, *ATA_SECURITY, *EMMC, *NVME_FORMAT, KEYSTREAM, ZEROS, *OPAL_REVERT)
)


def method_named(name: str) -> ErasureMethod:
    """Find a method by its id. Raises PolicyError for an unknown one."""
    for method in METHODS:
        if method.id == name:
            return method
    raise PolicyError(f"there is no erase method called {name}")
