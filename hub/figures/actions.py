"""Open actions of the half-year reviews (S0-12): what was decided, for whom, until when, and what came of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.figures.periods import Period
from hub.models import Person
from hub.partners import register
from hub.people.roles import NETWORKERS, require
from hub.reckoned import OpenAction
from hub.scope import partner_in_scope, written_in_scope
from hub.typed import one_line

LONGEST = 500
MOST = 500


def decide(session: Session, person: Person, what: str, due: str, partner_id: str = "") -> OpenAction:
    """Note what is to be done until a day (YYYY-MM-DD), by whom. Raises Forbidden, NotFound, BadInput."""
    require(person, *NETWORKERS)
    if partner_id:
        register.partner_for(session, person, partner_id)
    what = one_line(what, LONGEST)
    if not what:
        raise BadInput("say what is to be done", "what")
    refuse_claims(what)
    try:
        day = date.fromisoformat(due.strip())
    except ValueError as error:
        raise BadInput("write the day as YYYY-MM-DD", "day") from error
    row = OpenAction(
        partner_id=partner_id or None,
        what=what,
        due=day.isoformat(),
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "action.decide", str(row.id), f"{row.due} {what}")
    return row


def finish(session: Session, person: Person, action_id: int, outcome: str) -> OpenAction:
    """Say what came of an action. Raises Forbidden, NotFound, BadInput without words, Conflict (it is done)."""
    row = open_action(session, person, action_id)
    outcome = one_line(outcome, LONGEST)
    if not outcome:
        raise BadInput("say what came of it", "outcome")
    refuse_claims(outcome)
    row.done, row.done_by, row.done_name, row.outcome = hub_of(session).clock(), person.id, person.name, outcome
    session.flush()
    audit.record(session, person, "action.finish", str(row.id), outcome)
    return row


def withdraw(session: Session, person: Person, action_id: int, reason: str) -> OpenAction:
    """Take an action back that is not done, with a reason. Raises Forbidden, NotFound, BadInput, Conflict."""
    row = open_action(session, person, action_id)
    row.withdrawn_reason = register.reason_for(reason)
    row.withdrawn, row.withdrawn_by = hub_of(session).clock(), person.id
    session.flush()
    audit.record(session, person, "action.withdraw", str(row.id), row.withdrawn_reason)
    return row


def actions(session: Session, person: Person) -> Sequence[OpenAction]:
    """Every action that was not taken back: the open ones first, by their day. Raises Forbidden."""
    require(person, *NETWORKERS)
    query = select(OpenAction).where(OpenAction.withdrawn.is_(None), _seen(person))
    order = (OpenAction.done.is_not(None), OpenAction.due, OpenAction.id)
    return session.scalars(query.order_by(*order).limit(MOST)).all()


def reviewed(session: Session, person: Person, period: Period, partner_id: str = "") -> Sequence[OpenAction]:
    """What was decided by the end of a period and was open in it, of one partner or of all. Raises Forbidden."""
    require(person, *NETWORKERS)
    query = select(OpenAction).where(
        OpenAction.at < period.end,
        or_(OpenAction.done.is_(None), OpenAction.done >= period.begin),
        OpenAction.withdrawn.is_(None),
        _seen(person),
    )
    if partner_id:
        query = query.where(OpenAction.partner_id == partner_id)
    return session.scalars(query.order_by(OpenAction.due, OpenAction.id)).all()


def written(row: OpenAction) -> dict[str, Any]:
    """An action as a half-year keeps it."""
    return {
        "what": row.what,
        "due": row.due,
        "decided": {"at": row.at.isoformat(), "by": row.by_name},
        "done": {"at": row.done.isoformat(), "by": row.done_name, "outcome": row.outcome} if row.done else None,
    }


def open_action(session: Session, person: Person, action_id: int) -> OpenAction:
    """One action in scope that is not done, locked. Raises Forbidden, NotFound, Conflict (it is done)."""
    require(person, *NETWORKERS)
    query = select(OpenAction).where(OpenAction.id == action_id, OpenAction.withdrawn.is_(None), _seen(person))
    row = session.scalar(query.with_for_update())
    if row is None:
        raise NotFound("no such action")
    if row.done is not None:
        raise Conflict("this action is done already")
    return row


def _seen(person: Person) -> ColumnElement[bool]:
    """Actions of the partners in scope, and those that were noted where the reader works."""
    own = OpenAction.partner_id.is_(None) & written_in_scope(person, OpenAction.by)
    return or_(own, OpenAction.partner_id.is_not(None) & partner_in_scope(person, OpenAction.partner_id))
