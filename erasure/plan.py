"""From facts to a plan or a refusal. Pure: the same facts give the same answer, and nothing is touched."""

from dataclasses import dataclass
from typing import Literal

from erasure.drive import DriveFacts
from erasure.outcome import Level, Reason
from erasure.policy import Policy


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """Why a method cannot be used on this drive."""

    method: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What will be done, printable before anything happens."""

    facts: DriveFacts
    policy: Policy
    method: str
    method_version: int
    level: Level  # earned if everything goes well
    verification: Literal["full", "sample"]
    sample_sectors: int
    exceptions: tuple[Reason, ...]  # known beforehand: areas that this method does not cover
    inapplicable: tuple[Inapplicable, ...]  # every other method, with its reason


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing destructive will be sent, and this is why. At least one reason."""

    facts: DriveFacts | None
    reasons: tuple[Reason, ...]
