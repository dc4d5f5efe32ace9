"""The throttle of sign-ins: per account and per address, slower and slower, never a hard lock."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.orm import Session

from hub.errors import Throttled
from hub.models import LoginAttempt

WINDOW = timedelta(hours=24)
FREE_PER_ACCOUNT = 5
FREE_PER_ADDRESS = 20
LONGEST = 3600  # seconds
THROTTLE_LOCK = 0x45544143  # key of the advisory lock on PostgreSQL; SQLite has one writer anyway


def waiting(failures: int, free: int) -> int:
    """Seconds to wait after that many failures: 2, 4, 8 ... up to one hour."""
    return 0 if failures < free else min(2 ** min(failures - free + 1, 12), LONGEST)


def check(session: Session, account: str, address: str, now: datetime) -> None:
    """Raise Throttled when this account or this address must wait; until the transaction ends nobody else asks."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": THROTTLE_LOCK})
    left = max(
        _seconds_left(session, LoginAttempt.account == account, FREE_PER_ACCOUNT, now),
        _seconds_left(session, LoginAttempt.address == address, FREE_PER_ADDRESS, now),
    )
    if left > 0:
        raise Throttled(f"too many attempts: try again in {left} s", left)


def _seconds_left(session: Session, whose: ColumnElement[bool], free: int, now: datetime) -> int:
    row = session.execute(
        select(func.count(), func.max(LoginAttempt.at)).where(whose, LoginAttempt.at > now - WINDOW)
    ).one()
    failures, last = int(row[0]), row[1]
    if failures == 0:
        return 0
    passed = (now - last).total_seconds()
    return max(0, int(waiting(failures, free) - passed + 0.999))


def record_failure(session: Session, account: str, address: str, now: datetime) -> None:
    """Remember a failed attempt; old ones are dropped."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - WINDOW))
    session.add(LoginAttempt(account=account, address=address, at=now))


def forget(session: Session, account: str) -> None:
    """A success ends the row of failures of this account."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.account == account))
