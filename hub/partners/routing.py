"""To whom a document of a partner goes (S0-3): what binds to the administrative contact, the rest to the technical one.

Where that contact is not noted, the other one gets it, so that nothing is sent to nobody.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from hub.partnered import PartnerContact
from hub.partners.documents import CHARTER, CONVENTION, NDA, OTHER, TEST_AGREEMENT
from hub.partners.register import ADMINISTRATIVE, TECHNICAL

GOES_TO: Final[Mapping[str, str]] = {
    NDA: ADMINISTRATIVE,
    CONVENTION: ADMINISTRATIVE,
    CHARTER: ADMINISTRATIVE,
    TEST_AGREEMENT: TECHNICAL,
    OTHER: TECHNICAL,
}


def receivers(contacts: Sequence[PartnerContact], kind: str) -> tuple[PartnerContact, ...]:
    """The contacts to whom a kind of document goes; none where the partner has no contact at all."""
    wanted = GOES_TO.get(kind, ADMINISTRATIVE)
    return tuple(one for one in contacts if one.role == wanted) or tuple(contacts)
