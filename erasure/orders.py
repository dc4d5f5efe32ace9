"""What goes through the pipe between the supervisor and one worker. Small, frozen, picklable."""

from collections.abc import Callable
from dataclasses import dataclass

from erasure.clearance import Clearance, Confirmation
from erasure.drive import BlockDevice
from erasure.events import Event
from erasure.journal import JournalEntry
from erasure.outcome import Reason
from erasure.passes import NO_SECRETS, Secrets
from erasure.plan import ErasurePlan
from erasure.resume import ResumePoint

Examiner = Callable[[BlockDevice], tuple[Reason, ...]]
"""The interlocks of one device, empty when it may be erased; picklable, asked again under the exclusive open."""


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One run for one worker. It is no permission: the worker has to be cleared again, under the open descriptor."""

    run_id: str  # 32 lower-case hex digits
    device: BlockDevice
    plan: ErasurePlan
    confirmation: Confirmation
    allow_loop: bool = False
    resume: ResumePoint | None = None
    secrets: Secrets = NO_SECRETS

    @staticmethod
    def from_clearance(
        clearance: Clearance,
        confirmation: Confirmation,
        *,
        run_id: str,
        allow_loop: bool = False,
        resume: ResumePoint | None = None,
        secrets: Secrets = NO_SECRETS,
    ) -> "WorkOrder":
        """Use up a person's clearance for one order. Raises ClearanceError when it was used before."""
        plan = clearance.consume()
        return WorkOrder(run_id, plan.facts.device, plan, confirmation, allow_loop, resume, secrets)


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """Worker to supervisor: make this durable, I wait."""

    entry: JournalEntry


@dataclass(frozen=True, slots=True)
class Durable:
    """Supervisor to worker: it is, or it is one that may wait (`erasure.journal.MAY_WAIT`)."""


@dataclass(frozen=True, slots=True)
class NotDurable:
    """Supervisor to worker: it is not, stop writing."""

    detail: str


@dataclass(frozen=True, slots=True)
class StopRequest:
    """Supervisor to worker: flush, checkpoint, leave the run open."""


@dataclass(frozen=True, slots=True)
class StillOpen:
    """Worker to supervisor: I end without a verdict, and this is why."""

    run_id: str
    code: str
    detail: str


FromWorker = RecordRequest | StillOpen | Event
ToWorker = Durable | NotDurable | StopRequest
