"""Whether an erase method can be used on a drive, and if not, why not."""

from dataclasses import dataclass

from erasure.outcome import Level, Reason


@dataclass(frozen=True, slots=True)
class Applicable:
    """The method can be used on this drive; `level` is earned if everything goes well."""

    method: str
    level: Level


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """Why a method cannot be used on this drive."""

    method: str
    reason: Reason
