"""The clearance to erase one drive once: made from facts, plan, interlocks and a person, and in no other way.

Nothing in this library writes to a drive without one. It cannot be copied, pickled or used twice, so that it is
always made in the process and for the open descriptor that it is used in.
"""

import hmac
import threading
from dataclasses import dataclass
from typing import Never

from erasure.drive import DriveFacts
from erasure.errors import ClearanceError
from erasure.facts import differences
from erasure.outcome import Reason
from erasure.plan import ErasurePlan, Refusal

_MAKER = object()


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person typed or scanned: their name, and the whole serial number of the drive that shall be erased."""

    person: str
    serial: str


class Clearance:
    """Permission for exactly one run of exactly one plan. Only `authorize` makes it."""

    __slots__ = ("_lock", "_person", "_plan")

    def __init__(self, maker: object, plan: ErasurePlan, person: str) -> None:
        if maker is not _MAKER:
            raise ClearanceError("a clearance comes from authorize() alone")
        self._lock = threading.Lock()
        self._plan: ErasurePlan | None = plan
        self._person = person

    @property
    def person(self) -> str:
        """Who confirmed."""
        return self._person

    def consume(self) -> ErasurePlan:
        """Hand out the plan, once. Raises ClearanceError the second time."""
        with self._lock:
            cleared, self._plan = self._plan, None
        if cleared is None:
            raise ClearanceError("this clearance was used already: one clearance, one run")
        return cleared

    def __copy__(self) -> Never:
        raise ClearanceError("a clearance is not copied")

    def __deepcopy__(self, memo: object) -> Never:
        raise ClearanceError("a clearance is not copied")

    def __reduce__(self) -> Never:
        raise ClearanceError("a clearance never leaves its process")


def authorize(
    facts: DriveFacts, plan: ErasurePlan | Refusal, blocks: tuple[Reason, ...], confirmation: Confirmation
) -> Clearance:
    """Make the clearance for one run.

    `facts` and `blocks` are read again, under the exclusive open. Raises ClearanceError when the plan is a refusal or
    was made for other facts, when anything protects the drive, or when the serial typed is not the drive's, whole.
    """
    if not isinstance(plan, ErasurePlan):
        raise ClearanceError("nothing is planned for this drive: it was refused")
    if blocks:
        raise ClearanceError(f"the drive is protected: {'; '.join(reason.detail or reason.code for reason in blocks)}")
    if changed := differences(plan.facts, facts):
        raise ClearanceError(f"the plan was made for other facts: {'; '.join(changed)}")
    check_confirmation(facts.device.identity.serial, confirmation)
    return Clearance(_MAKER, plan, confirmation.person)


def check_confirmation(serial: str, confirmation: Confirmation) -> None:
    """Compare what was typed with the serial of the drive. Raises ClearanceError unless both are the same, whole."""
    if not confirmation.person.strip():
        raise ClearanceError("nobody confirmed: a name is needed")
    if not serial or not hmac.compare_digest(serial.encode(), confirmation.serial.encode()):
        raise ClearanceError(f"the serial typed, {confirmation.serial!r}, is not that of the drive, {serial!r}")
