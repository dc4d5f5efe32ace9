"""Messages are put down in the transaction of what they tell: what is rolled back is never told, and nobody waits."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounted import LotStep
from hub.context import hub_of
from hub.models import Certificate, Lot, Person, Role
from hub.one_way import one_way
from hub.people import invitations
from hub.post.wishes import LOT_STEPS, WEEKLY, who_wishes
from hub.posted import Letter
from hub.recalled import DISPUTED, CertificateRecall, Superseded

LINK, RECALL, IN_DISPUTE, WAITING = "link", "recall", "dispute", "waiting"
RECALL_LIFE: Final = timedelta(days=30)  # a mail server may be away for long, and this must arrive
NOTICE_LIFE: Final = timedelta(days=3)  # later it would be told as news what is none
WEEKLY_FROM: Final = 5  # o'clock on Monday, UTC


def ask(session: Session, person: Person, once: str, facts: dict[str, Any], *, kind: str, life: timedelta) -> None:
    """Put a message down; nothing where the hub sends no e-mail."""
    hub = hub_of(session)
    if hub.settings.mail is None:
        return
    now = hub.clock()
    row = Letter(
        once=once, person_id=person.id, kind=kind, facts=facts, state=WAITING, asked=now, due=now, expires=now + life
    )
    session.add(row)


def tell_link(session: Session, person: Person, token: str) -> bool:
    """Send a person the link that was just made; whether the hub does so."""
    ask(session, person, f"{LINK}:{one_way(token)}", {"token": token}, kind=LINK, life=invitations.LIFE)
    return hub_of(session).settings.mail is not None


def tell_step(session: Session, lot: Lot, step: LotStep) -> None:
    """Tell the donor's people who asked for it that their lot has moved."""
    if hub_of(session).settings.mail is None:
        return
    for person in who_wishes(session, LOT_STEPS):
        if person.donor_id == lot.donor_id:
            facts = {"lot": lot.id, "after": step.after}
            ask(session, person, f"{LOT_STEPS}:{step.id}:{person.id}", facts, kind=LOT_STEPS, life=NOTICE_LIFE)


def tell_recall(session: Session, certificate: Certificate, recall: CertificateRecall) -> None:
    """Tell all people of its donor that a certificate counts no more: unasked, for they may have shown it to others."""
    if hub_of(session).settings.mail is None:
        return
    donors = Person.donor_id == select(Lot.donor_id).where(Lot.id == certificate.lot_id).scalar_subquery()
    for person in session.scalars(select(Person).where(donors, Person.role == Role.DONOR, Person.active)):
        facts = {"certificate": certificate.id}
        ask(session, person, f"{RECALL}:{recall.id}:{person.id}", facts, kind=RECALL, life=RECALL_LIFE)


def tell_disputes(session: Session) -> None:
    """Tell all people of the donors of a lot, once, that certificates of it are in dispute: unasked, as a recall."""
    if hub_of(session).settings.mail is None:
        return
    disputed = select(Certificate.lot_id, func.max(Superseded.position).label("position")).join(
        Superseded, Superseded.statement_id == Certificate.statement_id
    )
    newest = disputed.where(Superseded.why == DISPUTED).group_by(Certificate.lot_id).subquery()
    donors = select(Person, Lot.id, newest.c.position).join(Lot, Lot.donor_id == Person.donor_id)
    donors = donors.join(newest, newest.c.lot_id == Lot.id).where(Person.role == Role.DONOR, Person.active)
    for person, lot_id, position in session.execute(donors).all():
        once = f"{IN_DISPUTE}:{position}:{lot_id}:{person.id}"
        if session.scalar(select(Letter.id).where(Letter.once == once)) is None:
            ask(session, person, once, {"lot": lot_id}, kind=IN_DISPUTE, life=RECALL_LIFE)


def tell_week(session: Session) -> None:
    """Put down the weekly summary of everybody who asked for it and has none of this week."""
    now = hub_of(session).clock()
    year, week, day = now.isocalendar()
    if day == 1 and now.hour < WEEKLY_FROM:
        return
    for person in who_wishes(session, WEEKLY):
        once = f"{WEEKLY}:{year}-{week}:{person.id}"
        if session.scalar(select(Letter.id).where(Letter.once == once)) is None:
            ask(session, person, once, {}, kind=WEEKLY, life=NOTICE_LIFE)
