"""Prescriptions for the figures: how many are open, and whose a code is. The plug for the register of prescriptions.

Until there is one, nothing is known of open ones (None, never zero), and a code tells only the series that it is of.
"""

import re
from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from hub.figures.choice import Choice
from hub.figures.periods import Period
from hub.models import Person
from hub.people.roles import NETWORKERS, require

_END = re.compile(r"[-/][A-Z0-9]*$")


def pending(session: Session, person: Person, period: Period, choice: Choice) -> Mapping[str, int] | None:
    """Open prescriptions at the end of a period by their state; None while no register is kept. Raises Forbidden."""
    require(person, *NETWORKERS)
    _ = session, period, choice
    return None


def prescribers(session: Session, person: Person, codes: Collection[str]) -> Mapping[str, str]:
    """Who wrote each of these codes: the series of the code, until a register names somebody. Raises Forbidden."""
    require(person, *NETWORKERS)
    _ = session
    return {code: series_of(code) for code in codes}


def series_of(code: str) -> str:
    """The series of a code: what stands before its last - or /, such as CDAS29 of CDAS29-0012; else the code itself."""
    return _END.sub("", code) or code
