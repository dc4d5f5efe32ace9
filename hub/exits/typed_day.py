"""A day as people type it: YYYY-MM-DD, today where it is left out, and never one that has not come yet."""

from datetime import date

from sqlalchemy.orm import Session

from hub.context import hub_of
from hub.errors import BadInput


def day_of(session: Session, text: str) -> date:
    """The day. Raises BadInput."""
    today = hub_of(session).clock().date()
    if not text:
        return today
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("write the day as YYYY-MM-DD", "day") from error
    if found > today:
        raise BadInput("this day has not come yet", "day")
    return found
