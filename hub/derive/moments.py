"""When something became known, in one order with the statements. Knows no clock: clocks of workshops go wrong.

A moment is a whole number: the position of a statement times STEP; what people do after it follows by ones. A rebuild
can so ask what was known when a statement came, and finds for it the same place as on that day.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.ledger.append import lock_ledger
from hub.models import DerivationCursor, Device, Drive, DriveTie, Lot

STEP = 1 << 20
_KEPT = (Lot.known_from, Device.known_from, Drive.known_from, Drive.declared_from, Drive.tied_from, DriveTie.known_from)


def moment_of(position: int) -> int:
    """The moment of the statement at this position of the ledger."""
    return position * STEP


def next_moment(session: Session) -> int:
    """A moment after everything that is known, before the next statement that will be read. One writer at a time."""
    lock_ledger(session)
    read = session.scalar(select(DerivationCursor.position)) or 0
    return max(moment_of(read), *(session.scalar(select(func.max(column))) or 0 for column in _KEPT)) + 1


class Moments:
    """The next moments while a slice is read: what it read and made, and is not written yet, is noted here."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._written: int | None = None
        self._noted = 0

    def note(self, moment: int) -> None:
        """Something is known from this moment, or a statement was read that has it."""
        self._noted = max(self._noted, moment)

    def next(self) -> int:
        """As `next_moment`, which is asked once: nobody else writes meanwhile."""
        if self._written is None:
            self._written = next_moment(self._session)
        return max(self._written, self._noted + 1)
