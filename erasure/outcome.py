"""How a run ends: a closed union, a closed set of verdicts, and the proof without which nothing is ERASED.

Drives reference, section 6. `INTERRUPTED` and `POWER_CYCLE_REQUIRED` are open states of the journal, never verdicts.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class VerdictWord(StrEnum):
    """The five words that a statement may carry."""

    ERASED = "ERASED"
    ERASED_WITH_EXCEPTIONS = "ERASED_WITH_EXCEPTIONS"
    FAILED = "FAILED"
    UNCONFIRMED = "UNCONFIRMED"
    NOT_ERASED = "NOT_ERASED"


class ReasonCode(StrEnum):
    """Closed list of reasons (drives, section 6.1)."""

    FROZEN = "FROZEN"
    LOCKED = "LOCKED"
    COUNT_EXPIRED = "COUNT_EXPIRED"
    UNSUPPORTED = "UNSUPPORTED"
    BRIDGE = "BRIDGE"
    RAID_VOLUME = "RAID_VOLUME"
    IN_USE = "IN_USE"
    BOOT_MEDIUM = "BOOT_MEDIUM"
    READ_ONLY = "READ_ONLY"
    IDENTITY = "IDENTITY"
    SIZE = "SIZE"
    HIDDEN_AREA = "HIDDEN_AREA"
    ABORTED = "ABORTED"
    TRANSPORT = "TRANSPORT"
    STATUS_UNREADABLE = "STATUS_UNREADABLE"
    STUCK = "STUCK"
    DEVICE_LOST = "DEVICE_LOST"
    HOST_RESET = "HOST_RESET"
    WRONG_ACTION = "WRONG_ACTION"
    CANARY_SURVIVED = "CANARY_SURVIVED"
    MISMATCH = "MISMATCH"
    READ_ERROR = "READ_ERROR"
    WRITE_ERROR = "WRITE_ERROR"
    NOT_IN_LOT = "NOT_IN_LOT"
    OPERATOR = "OPERATOR"
    NO_CANARIES = "NO_CANARIES"  # an exception: nothing was planted that the erase had to destroy


class Level(StrEnum):
    """Level of sanitisation earned (IEEE 2883 through SP 800-88 Rev. 2)."""

    NONE = "NONE"
    CLEAR = "CLEAR"
    PURGE = "PURGE"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code from the closed list and the fact behind it, in plain ASCII (holder, LBA, errno name ...)."""

    code: ReasonCode
    detail: str = ""


@dataclass(frozen=True, slots=True, order=True)
class LbaRange:
    """A run of logical sectors: first LBA and how many."""

    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Phase:
    """One pass over the device as it was really issued."""

    op: str  # "probe", "write", "verify", "plant", "command", "look"
    bytes: int  # bytes that were really transferred
    errors: int  # sectors that failed
    start_ms: int  # milliseconds since the run began
    end_ms: int


@dataclass(frozen=True, slots=True)
class Verification:
    """What was read back and compared."""

    mode: Literal["full", "sample", "canaries", "none"]
    pattern: str  # "zeros", "aes-256-ctr", "canaries", "" when mode is "none"
    key_sha256: str  # SHA-256 of the keystream key, "" for zeros
    seed: str  # of the sample, "" otherwise
    sectors: int  # compared
    nonmatching: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class BadRanges:
    """Exact LBA lists, sorted and merged."""

    write: tuple[LbaRange, ...] = ()
    read: tuple[LbaRange, ...] = ()
    mismatch: tuple[LbaRange, ...] = ()
