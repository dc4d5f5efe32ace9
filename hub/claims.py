"""What people type: no label claims what the law bans or what nobody has tested (Code conso., R. 122-4, R. 122-5).

A new one is refused with its words; one that is there already is shown by the code of its lot. Nothing here decides
about one machine: that is `diagnostics.grading.mention`.
"""

from typing import Protocol

from diagnostics.grading import claims
from hub.errors import BadInput
from hub.models import Donor, Lot


class Named(Protocol):
    """What has a maker and a model: a device."""

    @property
    def maker(self) -> str:
        """Who made it."""

    @property
    def model(self) -> str:
        """What they call it."""


def refuse_claims(text: str) -> None:
    """Raises BadInput, naming the claim, for a text that no document may carry."""
    found = claims(text)
    if found:
        raise BadInput(f"the law keeps a label from saying {found[0]!r}: write it without", "claim")


def label_of(lot: Lot) -> str:
    """What a person called a lot; "" where that claims what it must not: the code stands alone."""
    return "" if claims(lot.label) else lot.label


def donor_of(lot: Lot) -> str:
    """The donor's name; the code of the lot where the name claims what it must not."""
    return lot.code if claims(lot.donor.name) else lot.donor.name


def name_of(device: Named) -> str:
    """Maker and model; "" where they claim what they must not."""
    name = " ".join(part for part in (device.maker, device.model) if part)
    return "" if claims(name) else name


def donor_name(donor: Donor) -> str:
    """The donor's name for lists; the beginning of its identifier where the name claims what it must not."""
    return donor.id[:8] if claims(donor.name) else donor.name
