"""What a drive says of its last or running sanitize, in one vocabulary for ATA, SCSI and NVMe. Data only.

A word that cannot be read is UNKNOWN; it is never taken for an end, good or bad (drives, sections 3.6, 3.8, 3.9, 4).
"""

from dataclasses import dataclass
from enum import StrEnum

WHOLE = 65_536  # progress is counted in these


class SanitizeState(StrEnum):
    """The state of the sanitize machine of a drive."""

    UNSUPPORTED = "unsupported"  # the drive announces no sanitize
    IDLE = "idle"  # never sanitized, or forgotten by a power cycle
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    FROZEN = "frozen"  # sanitize freeze lock
    UNKNOWN = "unknown"  # no readable answer


@dataclass(frozen=True, slots=True)
class SanitizeReport:
    """One reading. `progress` counts 65536ths and means something only while RUNNING."""

    state: SanitizeState
    action: str = ""  # "crypto", "block", "overwrite"; "" when the drive does not say
    progress: int | None = None
    attested_purge: bool | None = None  # NVMe PRGD; None where there is no such word
    detail: str = ""  # raw words in plain ASCII: "SSTAT 0101h SPROG FFFFh SCDW10 00000802h"
    raw: str = ""  # hex of the bytes that were read
