"""What the bench knows of a run besides the engine: for whom, in which lot, on which drive. Kept from the start."""

from dataclasses import asdict, dataclass, field
from typing import Any

from erasure.drive import DriveFacts, DriveIdentity
from erasure.naming import unlike
from station_agent.kept_facts import rebuilt


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What the health reader (smartctl) calls the same drive; empty strings and None where it says nothing."""

    model: str
    serial: str
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class RunContext:
    """Everything that a statement needs and the engine does not know. `facts` are those of the plan."""

    facts: DriveFacts
    method: str
    method_version: int
    policy: str
    lot: str
    asset: str
    operator: str
    machine: dict[str, Any] | None  # the machine around the drive, as statements name it
    second: SecondReading | None
    policy_sha256: str = ""  # digest of its members (`station_agent.policies`)
    smart: dict[str, int] = field(default_factory=dict)  # numbers before the erase (`station_agent.smart_delta`)
    readers: dict[str, Any] = field(default_factory=dict)  # how smartctl and pySMART compare; empty: not asked
    others: list[dict[str, str]] = field(default_factory=list)  # methods not taken: {"method", "code", "detail"}

    def to_document(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)

    @staticmethod
    def from_document(document: dict[str, Any]) -> "RunContext":
        """Rebuild from `to_document`. Raises `Illegible` and ValueError for anything else."""
        context = rebuilt(RunContext, document)
        assert isinstance(context, RunContext)
        return context


def same_drive(one: DriveIdentity, one_bytes: int, other: DriveIdentity, other_bytes: int) -> bool:
    """Say whether two sightings are the same drive: model, serial, WWN and capacity, and the serial is not blank.

    One may have the drive's own words, the other what the kernel heard of them (`erasure.naming.unlike`).
    """
    return bool(one.serial.strip()) and one_bytes == other_bytes and not unlike(one, other)
