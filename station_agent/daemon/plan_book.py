"""The plans that were made and may be carried out: each for one drive, as it was sighted, until that drive leaves.

A plan is bound to path, sequence number, identity and size. The worker compares once more under the exclusive open.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from erasure.drive import BlockDevice
from station_agent.errors import OrderRefused
from station_agent.language import mark, visible
from station_agent.planning import Surveyed

MOST: Final = 1000  # plans kept; the oldest are forgotten first
ID_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Planned:
    """One plan or refusal. `sighted` is the disk as the kernel showed it when it was read."""

    id: str
    key: str
    sighted: BlockDevice
    drive: Surveyed
    policy: str


@dataclass(slots=True)
class PlanBook:
    """Plans by id."""

    random_bytes: Callable[[int], bytes]
    _plans: dict[str, Planned] = field(default_factory=dict)
    _shown: dict[str, str] = field(default_factory=dict)  # key of a drive: id of the plan that its page shows

    def keep(self, key: str, sighted: BlockDevice, drive: Surveyed, policy: str) -> Planned:
        """Give a plan its id."""
        planned = Planned(self.random_bytes(ID_BYTES).hex(), key, sighted, drive, policy)
        self._plans[planned.id] = planned
        while len(self._plans) > MOST:
            del self._plans[next(iter(self._plans))]
        return planned

    def shown(self, key: str, sighted: BlockDevice, drive: Surveyed, policy: str) -> Planned:
        """Give the plan that is shown of a drive: the same one as long as nothing about it changed."""
        last = self._plans.get(self._shown.get(key, ""))
        if last is not None and (last.sighted, last.drive, last.policy) == (sighted, drive, policy):
            return last
        if last is not None:
            del self._plans[last.id]
        planned = self.keep(key, sighted, drive, policy)
        self._shown[key] = planned.id
        return planned

    def forget(self, key: str) -> None:
        """Forget the plans of a drive that left, or that is being erased."""
        self._shown.pop(key, None)
        self._plans = {name: plan for name, plan in self._plans.items() if plan.key != key}

    def take(self, plan_id: str, here: tuple[BlockDevice, ...]) -> Planned:
        """Give the plan of a drive that is still in its slot. Raises `OrderRefused`.

        `here` are the disks as the kernel shows them now.
        """
        planned = self._plans.get(plan_id)
        if planned is None:
            raise OrderRefused(
                "unknown-plan", mark("There is no such plan any more: its drive left, or it is old. Plan again.")
            )
        now = next((device for device in here if device.path == planned.sighted.path), None)
        if now != planned.sighted:
            raise OrderRefused(
                "drive-changed",
                mark(
                    "Nothing was erased: {path} is not the drive {serial} any more that was planned. Look at the bay, "
                    "then plan again."
                ),
                path=planned.sighted.path,
                serial=visible(planned.drive.serial),
            )
        return planned
