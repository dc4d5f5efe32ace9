"""The words of the hub's e-mail, in the language of its reader: plain text, whose facts are one line each.

A message names a lot and its state, and leads to the hub for the rest: no serial number, no name of a beneficiary.
"""

import textwrap
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import wording
from hub.context import hub_of
from hub.errors import Forbidden, NotFound
from hub.models import Certificate, Lot, Person
from hub.offered import OfferMessage
from hub.pages.language import mark, words
from hub.pages.recall_words import why_words
from hub.people import invitations
from hub.post.asked import IN_DISPUTE, LINK, RECALL
from hub.post.relay import Written
from hub.post.week import week_of
from hub.post.wishes import LOT_STEPS, WEEKLY
from hub.posted import Letter
from hub.recalled import DISPUTED, Superseded
from hub.surplus import offering
from hub.surplus.telling import SURPLUS

Say = Callable[..., str]
HELLO = mark("Hello %(name)s,")
STOP = mark("You asked for this message; to stop it: %(address)s")
NOTHING = mark("nothing")
LATE = mark("%(code)s: %(state)s, open for %(days)s days")
LINE = 76  # characters
MOST_NAMED = 20  # certificates of one letter
MORE = mark("and %(n)s more")
COUNTED = {
    "failed": mark("Drives whose erasure failed: %(n)s"),
    "locked": mark("Stations that are locked: %(n)s"),
    "alarms": mark("Alarms that nobody closed: %(n)s"),
    "unmatched": mark("Results that belong to no lot: %(n)s"),
    "decisions": mark("Erasures that wait for a decision: %(n)s"),
    "ungraded": mark("Devices without a letter: %(n)s"),
    "receptions": mark("Lots that nobody has received yet: %(n)s"),
    "pending": mark("Stations that wait to be accepted: %(n)s"),
}
BLOCKED, UNMATCHED = ("failed", "locked", "alarms"), ("unmatched",)
WAITS = ("decisions", "ungraded", "receptions", "pending")


def written(session: Session, person: Person, letter: Letter) -> Written | None:
    """The message in words; None when it would say nothing true any more."""
    makers = {LINK: _link, LOT_STEPS: _step, WEEKLY: _week, SURPLUS: _about_offer}
    makers |= {RECALL: _recall, IN_DISPUTE: _dispute}
    maker = makers.get(letter.kind)
    return None if maker is None else maker(session, person, letter, _speaker(person.lang))


def _speaker(lang: str) -> Say:
    def say(text: str, **facts: Any) -> str:
        spoken = words(lang).gettext(text)
        return spoken % facts if facts else spoken

    return say


def _link(session: Session, person: Person, letter: Letter, say: Say) -> Written | None:
    token = str(letter.facts.get("token", ""))
    try:
        invitations.invited(session, token)
    except NotFound:
        return None
    hub = hub_of(session)
    return Written(
        say(mark("%(here)s: choose your password"), here=hub.identity.name),
        (
            say(HELLO, name=person.name),
            "",
            say(mark("with this link you choose the password of your account at %(here)s:"), here=hub.identity.name),
            invitations.address_of(hub.settings.public_url, token),
            "",
            say(mark("It works once, within seven days. Give it to nobody.")),
            say(mark("If you expect no such message, do nothing and tell the workshop.")),
        ),
    )


def _step(session: Session, person: Person, letter: Letter, say: Say) -> Written | None:
    lot = session.get(Lot, str(letter.facts.get("lot", "")))
    if lot is None or person.donor_id != lot.donor_id:
        return None
    hub = hub_of(session)
    state = wording.lot_state(str(letter.facts.get("after", lot.state)), person.lang).word
    return Written(
        say(mark("Your lot %(code)s: %(state)s"), code=lot.code, state=state),
        (
            say(HELLO, name=person.name),
            "",
            say(mark("your lot %(code)s is now: %(state)s."), code=lot.code, state=state),
            say(mark("Its devices, drives and certificates: %(address)s"), address=_at(session, f"/lots/{lot.code}")),
            "",
            hub.identity.name,
            say(STOP, address=_at(session, "/account")),
        ),
    )


def _recall(session: Session, person: Person, letter: Letter, say: Say) -> Written | None:
    certificate = session.get(Certificate, str(letter.facts.get("certificate", "")))
    said = None if certificate is None else session.get(Superseded, certificate.statement_id)
    lot = None if certificate is None else session.get(Lot, certificate.lot_id)
    if certificate is None or said is None or lot is None or person.donor_id != lot.donor_id:
        return None
    here = hub_of(session).identity.name
    return Written(
        say(mark("%(here)s: the certificate %(number)s counts no more"), here=here, number=certificate.number),
        (
            say(HELLO, name=person.name),
            "",
            say(mark("the certificate %(number)s of your lot %(code)s counts no more:"), number=certificate.number,
                code=lot.code),
            *textwrap.wrap(f"{why_words(said.why, person.lang)}.", LINE),
            *_what_counts(session, lot, say),
        ),
    )  # fmt: skip


def _dispute(session: Session, person: Person, letter: Letter, say: Say) -> Written | None:
    lot = session.get(Lot, str(letter.facts.get("lot", "")))
    if lot is None or person.donor_id != lot.donor_id:
        return None
    of_lot = Certificate.lot_id == lot.id, Superseded.why == DISPUTED
    disputed = select(Certificate.number).join(Superseded, Superseded.statement_id == Certificate.statement_id)
    numbers = session.scalars(disputed.where(*of_lot).order_by(Certificate.number)).all()
    if not numbers:
        return None
    here, more = hub_of(session).identity.name, len(numbers) - MOST_NAMED
    return Written(
        say(mark("%(here)s: certificates of your lot %(code)s are in dispute"), here=here, code=lot.code),
        (
            say(HELLO, name=person.name),
            "",
            *textwrap.wrap(say(mark(
                "somebody else may have had the key that signed these certificates. Do not rely on them: the workshop "
                "decides again about their drives and issues new ones."
            )), LINE),
            "",
            *(f"- {number}" for number in numbers[:MOST_NAMED]),
            *(("- " + say(MORE, n=more),) if more > 0 else ()),
            *_what_counts(session, lot, say),
        ),
    )  # fmt: skip


def _what_counts(session: Session, lot: Lot, say: Say) -> tuple[str, ...]:
    return (
        "",
        say(mark("A check with the hub's present trust file says so; tell those to whom you gave it.")),
        say(mark("What counts now: %(address)s"), address=_at(session, f"/lots/{lot.code}")),
        "",
        hub_of(session).identity.name,
    )


def _about_offer(session: Session, person: Person, letter: Letter, say: Say) -> Written | None:
    message = session.get(OfferMessage, letter.facts.get("message"))
    try:
        offer = offering.offer_for(session, person, str(letter.facts.get("offer", "")))
    except (NotFound, Forbidden):
        return None
    if message is None or message.offer_id != offer.id:
        return None
    here = hub_of(session).identity.name
    house = message.partner.name if message.partner is not None else here
    copy = mark("You have this copy as a moderator of the board.")
    return Written(
        say(mark("%(here)s: about the offer “%(title)s”"), here=here, title=offer.title),
        (
            say(HELLO, name=person.name),
            "",
            say(mark("%(who)s (%(house)s) writes about the offer “%(title)s”:"), who=message.by_name, house=house,
                title=offer.title),
            "",
            *textwrap.wrap(message.text, LINE),
            "",
            say(mark("Answer on its page: %(address)s"), address=_at(session, f"/surplus/{offer.id}")),
            say(copy) if letter.facts.get("copy") else say(mark("The moderator of the board has a copy.")),
            say(mark("Do not answer this message: nobody's address is shown to anybody.")),
        ),
    )  # fmt: skip


def _week(session: Session, person: Person, _letter: Letter, say: Say) -> Written:
    week = week_of(session, person)

    def counted(kinds: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(f"- {say(COUNTED[kind], n=week.counts[kind])}" for kind in kinds if week.counts.get(kind))
        return found or (nothing,)

    nothing = f"- {say(NOTHING)}"
    late = tuple(
        "- " + say(LATE, code=one.code, days=one.days, state=wording.lot_state(one.state, person.lang).word)
        for one in week.late
    )
    more = week.late_count - len(week.late)
    return Written(
        say(mark("The week of %(here)s"), here=hub_of(session).identity.name),
        (
            *(say(HELLO, name=person.name), "", say(mark("Blocked:")), *counted(BLOCKED), ""),
            *(say(mark("Late (open for more than 30 days):")), *(late or (nothing,))),
            *(("- " + say(MORE, n=more),) if more > 0 else ()),
            *("", say(mark("Matched with no lot:")), *counted(UNMATCHED), ""),
            *(say(mark("Waiting for somebody:")), *counted(WAITS), ""),
            *(_at(session, "/"), say(STOP, address=_at(session, "/account"))),
        ),
    )


def _at(session: Session, path: str) -> str:
    return hub_of(session).settings.public_url + path
