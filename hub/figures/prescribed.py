"""Prescriptions for the figures: how many are open, and whose a code is, as the register of prescriptions says.

Where it is not kept, or cannot tell (prescriptions have no donor, no lot, no workshop), nothing is known of open ones
(None, never zero). A code that is not on record tells only the series that it is of.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy.orm import Session

from hub.distribution.prescribing import count_by_prescriber, names_of
from hub.distribution.standing import State
from hub.figures.choice import Choice
from hub.figures.periods import Period
from hub.models import Person
from hub.people.roles import NETWORKERS, require

PENDING: Final = (State.OPEN, State.RESERVED)
_END = re.compile(r"[-/][A-Z0-9]*$")


def pending(session: Session, person: Person, period: Period, choice: Choice) -> Mapping[str, int] | None:
    """Prescriptions in scope of before the end of a period that are open or reserved now. Raises Forbidden.

    None where none is on record, and where only some of the devices are asked for.
    """
    require(person, *NETWORKERS)
    if not choice.is_whole:
        return None
    found = count_by_prescriber(session, person, last=period.last.isoformat())
    if not found:
        return None
    return {one.value: sum(number for (_name, state), number in found.items() if state is one) for one in PENDING}


def prescribers(session: Session, person: Person, codes: Collection[str]) -> Mapping[str, str]:
    """Who wrote each of these codes: the prescriber on record, else the series of the code. Raises Forbidden."""
    require(person, *NETWORKERS)
    known = names_of(session, person, codes)
    return {code: known.get(code) or series_of(code) for code in codes}


def series_of(code: str) -> str:
    """The series of a code: what stands before its last - or /, such as CDAS29 of CDAS29-0012; else the code itself."""
    return _END.sub("", code) or code
