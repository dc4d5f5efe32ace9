"""What a pass over a drive works with, and what it leaves: shared by the methods and by the passes themselves."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Literal

from erasure.clock import Clock
from erasure.errors import NotAnnounced
from erasure.outcome import LbaRange, Phase, Reason, Verification
from erasure.transport.ports import NO_COMMANDS, BlockPort, CommandPorts


def _nobody(_document: dict[str, Any]) -> None:
    raise NotAnnounced("no journal listens: nothing that may destroy can be announced")


def _quietly(_phase: str, _seconds: int | None) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a person gave to open a drive: never journalled, never in a report."""

    psid: str = field(default="", repr=False)  # 32 characters of the label, without dashes
    password: bytes = field(default=b"", repr=False)


NO_SECRETS = Secrets()


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a sector held before a firmware erase: a salted hash, and on which of the drive's disks (0 = this one)."""

    disk: int
    lba: int
    digest: str  # hex


@dataclass(frozen=True, slots=True)
class Bare:
    """How much of one disk took no marks, so that its old content is all that can be looked for there."""

    asked: int  # places that should carry a canary
    lost: int  # those whose canary does not stand
    instead: int  # those of them whose old content is looked for


@dataclass(frozen=True, slots=True)
class Marks:
    """What was put on a drive, or noted of it, so that a firmware erase can be seen to have reached it.

    The places of the canaries follow from the secret of the run and the sizes of the disks (`erasure.canaries`).
    """

    planted: int = 0  # canaries that were written, flushed and read back, on all disks
    fingerprints: tuple[Fingerprint, ...] = ()
    lost: int = 0  # canaries that could not be written, or did not stand
    disks: tuple[str, ...] = ()  # name and shape of each disk that was marked, in order; () in older journals
    bare: tuple[Bare, ...] = ()  # of each disk, in the same order; () in older journals


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class Ports:
    """What a method works with: the drive, the secret of this run, where to begin, and whom to tell.

    `offset` is in bytes: everything below it was written and flushed by an earlier part of the same run, and `bad`
    are the sectors that could not be written there. `checkpoint(offset)` returns only when the journal is durable and
    raises JournalError; `stop()` is asked before each request, and answered by RunInterrupted.
    """

    block: BlockPort
    secret: bytes  # 32 bytes: the key of the keystream, or of the probe's tags
    offset: int
    begun: bool  # an earlier part of this run passed the probe
    bad: tuple[LbaRange, ...]
    verification: Literal["full", "sample"]
    sample_sectors: int
    seed: str
    checkpoint: Callable[[int, tuple[LbaRange, ...]], None]
    found: Callable[[tuple[LbaRange, ...], tuple[LbaRange, ...]], None]  # unreadable, mismatching; durable on return
    progress: Callable[[str, int, int], None]  # phase, done bytes, bad sectors
    clock: Clock
    stop: Callable[[], bool]
    commands: CommandPorts = NO_COMMANDS  # a command that may destroy passes only right after `announce`
    companions: tuple[BlockPort, ...] = ()  # other disks on the same medium, opened exclusively
    marks: Marks = NO_MARKS
    needs_write: bool = False  # the drive announced that erased sectors cannot be read before they are written
    secrets: Secrets = NO_SECRETS
    announce: Callable[[dict[str, Any]], None] = _nobody  # the command that comes next; durable on return
    accepted: Callable[[dict[str, Any]], None] = _nobody  # the drive took it; durable on return
    busy: Callable[[str, int | None], AbstractContextManager[None]] = _quietly  # around a call that blocks for long


@dataclass(frozen=True, slots=True)
class Written:
    """What a write pass did. `failure` is set when it did not reach the end or could not be flushed."""

    phases: tuple[Phase, ...]
    bad: tuple[LbaRange, ...]  # sectors that could not be written, or are not known to have been kept
    covered: int  # bytes from the start that were passed over and flushed, earlier parts included; 0 after a failure
    failures: tuple[Reason, ...]
    completion: "Completion | None" = None  # of a firmware erase; None for an overwrite


NOTHING_WRITTEN = Written((), (), 0, ())


@dataclass(frozen=True, slots=True)
class Completion:
    """What the drive's own status says of a firmware erase (drives, 6.2). No promise: the canaries decide as well."""

    accepted: bool  # the command was taken: a readable, good status
    seen_running: bool  # the drive was seen at work on it
    succeeded: bool  # read back afterwards: completed without error
    action_matches: bool  # and it was the action that was asked for
    attested_purge: bool | None = None  # NVMe PRGD; None where there is no such word
    raw: dict[str, str] = field(default_factory=dict, hash=False, compare=False)  # status bytes, hex


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read back. `failures` is empty when the check itself could be carried out to its end."""

    phases: tuple[Phase, ...]
    verification: Verification
    unreadable: tuple[LbaRange, ...]
    mismatch: tuple[LbaRange, ...]
    failures: tuple[Reason, ...]
