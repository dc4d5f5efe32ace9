"""The interlocks of a bench together with the hub's list of protected drives as it is at each look.

A daemon runs for days while the list changes: what counts is the list of the moment, when a drive is planned and again
when its worker has it open. A list that cannot be read protects every drive. Never takes a protection away.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from erasure.drive import BlockDevice
from erasure.interlocks import KernelExaminer, listed_as_protected
from erasure.outcome import Reason, ReasonCode
from station_agent.assignments import protected_serials
from station_agent.bench import Bench, Examiner
from station_agent.errors import StationError

UNREADABLE = Reason(ReasonCode.NOT_IN_LOT, "the list of protected drives cannot be read")


@dataclass(frozen=True, slots=True)
class ProtectedNow:
    """Examines a drive and reads the list of the state in `folder` anew each time; picklable, for the worker."""

    examine: Examiner
    folder: Path

    def __call__(self, device: BlockDevice) -> tuple[Reason, ...]:
        """Return every reason why this drive must not be erased now."""
        try:
            serials = protected_serials(self.folder)
        except StationError:
            return (*self.examine(device), UNREADABLE)
        return (*self.examine(device), *listed_as_protected(device.identity, serials))


def protecting(bench: Bench, folder: Path) -> Bench:
    """Give a bench that reads the list at each look, in place of the one that it was opened with."""
    examine = bench.examine
    if isinstance(examine, KernelExaminer):
        examine = replace(examine, protected_serials=frozenset())
    return replace(bench, examine=ProtectedNow(examine, folder))
