"""Typed progress events, from the worker of one drive to whoever watches. Small, picklable, never needed for proof."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from erasure.report import ErasureReport


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run is. `rate` is bytes per second over the last seconds, `eta_s` for all phases that are left."""

    run_id: str
    phase: str  # "prepare", "probe", "write", "verify"
    done_bytes: int
    total_bytes: int
    rate: int
    eta_s: int | None
    bad_sectors: int
    elapsed_s: int | None = None  # of a command that blocks: the drive tells no progress meanwhile, `done_bytes` is 0
    expected_s: int | None = None  # how long the drive said beforehand that it takes
    celsius: int | None = None  # as its sensor said last, between two transfers; None where nothing is known


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know now (a code of the wording catalogue and its detail)."""

    run_id: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over and this is its report."""

    run_id: str
    report: "ErasureReport"


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """The worker process died or fell silent: the run stays open as INTERRUPTED."""

    run_id: str
    detail: str


Event = Progress | Notice | Ended | WorkerLost
