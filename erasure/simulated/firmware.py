"""What the firmware of a simulated drive is made of: features, vices, a medium to wipe, and a memory that stays.

The models (`ata_drive`, `scsi_drive`, `nvme_drive`, `mmc_drive`) answer raw commands and raw bytes, as the standards
say, and know nothing of the decoders that they test. They stand behind a port of this process, and may stand behind
other front ends (iSCSI, NVMe over TCP) as well.
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from erasure.simulated.slips import slip, write_slip


class Vice(StrEnum):
    """What firmware was seen to do (drives, sections 5 and 6.3). A drive may have several."""

    LIES = "lies"  # every status is good, nothing is erased
    HALF = "half"  # every status is good, the first half only is erased
    ONE_NAMESPACE = "one-namespace"  # only the first namespace is erased
    STUCK = "stuck"  # progress stays at 655 of 65536 for ever
    FAILS = "fails"  # the erase ends in failure, half done
    ABORTS = "aborts"  # an announced command is refused
    FROZEN = "frozen"  # security commands are frozen by the firmware of the machine
    SANITIZE_FROZEN = "sanitize-frozen"  # sanitize freeze lock
    LOCKED = "locked"  # a password that nobody here knows
    COUNT_EXPIRED = "count-expired"
    VANISHES = "vanishes"  # leaves the bus in the middle of the erase
    RESETS = "resets"  # is reset in the middle: unit attention 29/00, the erase is over and nothing says how
    RENAMES = "renames"  # answers with another serial number after the erase
    FIXED_SENSE = "fixed-sense"  # answers ATA pass-through in fixed format, as SAT says
    OLD_FIXED_SENSE = "old-fixed-sense"  # fixed format as Linux wrote it before 6.11
    NO_SENSE = "no-sense"  # check condition without any sense data
    ZERO_LOG = "zero-log"  # the sanitize log is all zero, whatever happened
    IDLE_SUCCESS = "idle-success"  # says "completed without error" although it was never sanitized
    FORGETS = "forgets"  # success turns into idle at once, as after a power cycle
    WRAPS = "wraps"  # addresses beyond `wrap_bytes` of its table begin again at 0
    REJECTS_PREQ = "rejects-preq"  # a sanitize with PREQ is Invalid Field
    NEEDS_WRITE = "needs-write"  # sectors cannot be read after the erase until they are written
    ERASED_GDE = "sstat-101"  # success with Global Data Erased set: SSTAT 0101h
    SUCCESS_DEALLOCATED = "sstat-4"  # SSTAT 4: success, deallocated although asked not to
    WRONG_ACTION = "wrong-action"  # does, and reports, another action than the one asked for
    HANGS = "hangs"  # never answers the erase command until the timeout, then EINTR
    KEEPS_SIZE = "keeps-size"  # the kernel keeps the old size until a power cycle
    HPA_ONCE = "hpa-once"  # one change of the maximum address per power cycle
    DCO_FROZEN = "dco-frozen"  # DCO IDENTIFY aborts
    HIDES_NATIVE = "hides-native"  # READ NATIVE MAX tells nonsense
    NO_PASSTHROUGH = "no-passthrough"  # a bridge that knows no ATA pass-through
    GARBLES = "garbles"  # a bridge that loses dwords of commands
    POWER_LOSS = "power-loss"  # power goes in the middle of the erase; a sanitize goes on after the next power-on


class Medium(Protocol):
    """The bytes of the drive, below its firmware: what an erase changes. Offsets and lengths in bytes."""

    def native_bytes(self) -> int:
        """True capacity, hidden areas included."""
        ...

    def wipe(self, first: int, end: int, fill: bytes) -> None:
        """Set the bytes from `first` to `end` to the pattern `fill`, over and over."""
        ...

    def scramble(self, first: int, end: int) -> None:
        """Make the bytes from `first` to `end` unintelligible, as the loss of a key does."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Read as the host does: the addresses of a drive that wraps do so here."""
        ...

    def write(self, offset: int, data: bytes) -> None:
        """Write as the host does."""
        ...

    def flush(self) -> None:
        """Make what was written durable."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class Time(Protocol):
    """What a model needs of time: the present and a way to wait."""

    def monotonic_ns(self) -> int:
        """Nanoseconds that never go back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


@dataclass(frozen=True, slots=True)
class Firmware:
    """The firmware of one drive as its file says: table `ata`, `nvme`, `scsi` or `mmc`, and its vices.

    `features` are the members of the table (see `hardware-fixtures/README.md`). Hashable, picklable.
    """

    kind: str
    features: tuple[tuple[str, Any], ...] = ()
    vices: frozenset[Vice] = frozenset()

    def feature(self, name: str, default: Any = None) -> Any:
        """Look up one member of the table."""
        return dict(self.features).get(name, default)

    def __contains__(self, vice: Vice) -> bool:
        """Say whether the drive has this vice."""
        return vice in self.vices


@dataclass(slots=True)
class Memory:
    """What a drive remembers without power: plain JSON types in a file beside its medium, replaced as a whole."""

    path: Path
    values: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(path: Path) -> "Memory":
        """Read the memory; a new drive has an empty one."""
        text = slip(path)
        return Memory(path, {} if text is None else json.loads(text))

    def get(self, name: str, default: Any = None) -> Any:
        """Look up a value."""
        return self.values.get(name, default)

    def put(self, **values: Any) -> None:
        """Keep values before this returns."""
        self.values |= values
        write_slip(self.path, json.dumps(self.values))
