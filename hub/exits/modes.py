"""The exits and what each asks for: closed lists (field reference, sections 2, 3.1 and 8). Decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.devices.outcomes import PARTS as FOR_PARTS
from hub.devices.outcomes import RETURNED as TO_DONOR
from hub.devices.outcomes import REUSE
from hub.devices.outcomes import WASTE as OTHER_WASTE
from hub.devices.outcomes import WEEE as E_WASTE

GIFT, SALE, LOAN, RENTAL, WEEE, WASTE, PARTS, RETURNED = (
    "gift", "sale", "loan", "rental", "weee", "waste", "parts", "returned",
)  # fmt: skip
DELIVERED = (GIFT, SALE, LOAN, RENTAL)  # what somebody uses afterwards: counted in K-8 and K-9
ACCESSORIES = ("charger", "screen", "keyboard", "mouse", "cable", "bag", "dock")
BY_NUMBER = ("screen", "parts")  # may leave without a tag of their own; a drive never does (INV-10)


@dataclass(frozen=True, slots=True)
class Mode:
    """One exit: where the triage must have sent a device for it, and which fields of its head are needed."""

    code: str
    outcome: str
    needed: tuple[str, ...] = ()

    @property
    def is_waste(self) -> bool:
        """Whether it goes with weights and a slip."""
        return self.outcome in {E_WASTE, OTHER_WASTE}


MODES: Mapping[str, Mode] = {
    one.code: one
    for one in (
        Mode(GIFT, REUSE),
        Mode(SALE, REUSE),
        Mode(LOAN, REUSE),
        Mode(RENTAL, REUSE),
        Mode(WEEE, E_WASTE, ("receiver", "producer")),
        Mode(WASTE, OTHER_WASTE, ("receiver",)),
        Mode(PARTS, FOR_PARTS, ("receiver",)),
        Mode(RETURNED, TO_DONOR, ("receipt",)),
    )
}
