"""The table `[nvme]` of a drive file: what a controller offers, and its namespaces. Read once, never changed.

Every key and its meaning: `hardware-fixtures/README.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

ACTIONS = {"block": 2, "overwrite": 3, "crypto": 4}  # SANACT
LAST = ("never", "succeeded", "failed", "running")
UNKNOWN_ESTIMATE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class NamespaceTable:
    """One namespace. An inactive one is allocated and not attached: the host sees no disk."""

    nsid: int
    size_bytes: int
    name: str = ""
    active: bool = True
    format_index: int = 0
    nguid: str = ""
    eui64: str = ""


@dataclass(frozen=True, slots=True)
class NvmeTable:
    """What the controller announces, and how long it takes. Sizes in bytes, times in seconds."""

    sanitize: tuple[str, ...] = ()
    purge_reporting: bool = False
    no_deallocate_inhibited: bool = False
    no_deallocate_modifies: int = 0
    format: bool = True
    format_crypto: bool = False
    format_all: bool = False
    erase_all: bool = False
    format_broadcast: bool = True
    namespace_management: bool = False
    security: bool = False
    total_bytes: int = 0
    unallocated_bytes: int = 0
    boot_partition_bytes: int = 0
    rpmb_units: int = 0
    shared: bool = False
    controller_id: int = 1
    version: str = "2.1"
    subnqn: str = ""
    deallocated_reads: int = 1
    formats: tuple[tuple[int, int], ...] = ((512, 0), (4096, 0))  # data and metadata bytes of a block
    seconds: float = 1.0
    estimates: tuple[tuple[str, int], ...] = ()
    global_data_erased: bool = False
    last: str = "never"
    last_action: str = "block"
    wrap_bytes: int = 0
    namespaces: tuple[NamespaceTable, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no controller is."""
        unknown = {*self.sanitize, self.last_action} - set(ACTIONS)
        if unknown or self.last not in LAST:
            raise ValueError(f"nvme: {sorted(unknown) or self.last} is no sanitize action or state")
        if len({one.nsid for one in self.namespaces}) != len(self.namespaces):
            raise ValueError("nvme: two namespaces have the same number")

    def estimate(self, action: str) -> int:
        """Seconds that the log announces for an action; FFFFFFFFh when it announces none."""
        return dict(self.estimates).get(action, UNKNOWN_ESTIMATE)


def nvme_table(document: Mapping[str, Any], size_bytes: int, logical_sector: int = 512) -> NvmeTable:
    """Read the table of one controller; without `namespaces` it has one of `size_bytes`.

    Raises ValueError, naming the member that is wrong.
    """
    known = {field.name for field in fields(NvmeTable)}
    if unknown := set(document) - known:
        raise ValueError(f"nvme: unknown members {sorted(unknown)}")
    given = dict(document)
    formats = tuple((int(data), int(metadata)) for data, metadata in given.pop("formats", ((512, 0), (4096, 0))))
    index = next((place for place, (data, _) in enumerate(formats) if data == logical_sector), None)
    if index is None:
        raise ValueError(f"nvme: no format has blocks of {logical_sector} bytes")
    rows = given.pop("namespaces", None) or ({"size_bytes": size_bytes},)
    estimates = given.pop("estimates", {})
    members: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    return NvmeTable(
        **members,
        formats=formats,
        estimates=tuple((str(name), int(value)) for name, value in dict(estimates).items()),
        namespaces=tuple(namespace_table(dict(row), place, index) for place, row in enumerate(rows, 1)),
    )


def namespace_table(row: Mapping[str, Any], place: int, index: int) -> NamespaceTable:
    """Read one `[[nvme.namespaces]]` table; it is number `place` unless it says otherwise. Raises ValueError."""
    if unknown := set(row) - {field.name for field in fields(NamespaceTable)}:
        raise ValueError(f"nvme namespace {place}: unknown members {sorted(unknown)}")
    return NamespaceTable(**{"nsid": place, "format_index": index, **row})
