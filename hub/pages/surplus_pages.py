"""The exchange board between workshops (S3-1): offers with their totals, one offer with its messages and end."""

from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from hub.context import hub_of
from hub.errors import BadInput, HubError
from hub.figures import periods
from hub.offered import Offer
from hub.pages import exit_words
from hub.pages.forms import Fields, SmallForm
from hub.pages.language import mark
from hub.pages.partner_words import rounded
from hub.pages.sentences import in_words
from hub.pages.visit import Moderators, Readers, Traders, Visit
from hub.people.roles import TRADERS
from hub.surplus import ending, offering
from hub.surplus.offering import Goods
from hub.surplus.totals import Total, totals

router = APIRouter(include_in_schema=False)

MOST: Final = 100  # offers of one list
HALVES: Final = 4  # half-years to choose from
OUTCOME_WORDS: Final = {
    ending.EXCHANGED: mark("exchanged with a workshop"),
    ending.THROWN: mark("thrown away"),
    ending.GONE: mark("gone"),
}


@router.get("/surplus")
def show(visit: Readers, request: Request) -> Response:
    """The board: what waits, what stands, what has ended, and the totals of a half-year."""
    return _board(visit, request.query_params.get("half", ""))


@router.post("/surplus")
def offer(visit: Traders, fields: SmallForm) -> Response:
    """Offer something, or say why not."""
    network = fields.text("network")
    try:
        made = offering.offer(visit.session, visit.someone, network, _goods(fields))
    except HubError as error:
        return _board(visit, "", in_words(error.message, visit.lang), error.status)
    return visit.go(f"/surplus/{made.id}", "offer-made")


@router.get("/surplus/{offer_id}")
def show_offer(visit: Readers, offer_id: str) -> Response:
    """One offer with what was written about it."""
    return _page(visit, offer_id)


@router.post("/surplus/{offer_id}/review")
def review(visit: Moderators, offer_id: str, fields: SmallForm) -> Response:
    """Publish an offer or refuse it."""
    try:
        if fields.text("word") == "refuse":
            made = offering.refuse(visit.session, visit.someone, offer_id, fields.text("reason"))
        else:
            known = bool(fields.text("nothing-stored"))
            made = offering.publish(visit.session, visit.someone, offer_id, nothing_stored=known)
    except HubError as error:
        return _page(visit, offer_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/surplus/{offer_id}", "offer-published" if made.published else "offer-refused")


@router.post("/surplus/{offer_id}/messages")
def write(visit: Traders, offer_id: str, fields: SmallForm) -> Response:
    """Write to the workshop that offers it; moderators read along."""
    try:
        ending.write(visit.session, visit.someone, offer_id, fields.text("text"))
    except HubError as error:
        return _page(visit, offer_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/surplus/{offer_id}", "offer-written")


@router.post("/surplus/{offer_id}/end")
def end(visit: Traders, offer_id: str, fields: SmallForm) -> Response:
    """Say what became of it."""
    outcome, receiver, reason = (fields.text(name) for name in ("outcome", "receiver", "reason"))
    try:
        ending.end(visit.session, visit.someone, offer_id, outcome, receiver=receiver, reason=reason)
    except HubError as error:
        return _page(visit, offer_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/surplus/{offer_id}", "offer-ended")


@router.post("/surplus/{offer_id}/reopen")
def reopen(visit: Traders, offer_id: str, fields: SmallForm) -> Response:
    """Take the end back, with a reason."""
    try:
        ending.reopen(visit.session, visit.someone, offer_id, fields.text("reason"))
    except HubError as error:
        return _page(visit, offer_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/surplus/{offer_id}", "offer-reopened")


def _goods(fields: Fields) -> Goods:
    kind, title, place, text = (fields.text(name) for name in ("kind", "title", "place", "text"))
    number, weight, value = (fields.text(name) for name in ("number", "weight", "value"))
    cents = exit_words.cents_of(value)
    return Goods(
        kind,
        int(number) if number.isascii() and number.isdigit() and len(number) < len(str(offering.MOST_GRAMS)) else 0,
        title,
        place,
        text,
        exit_words.grams_of(weight) if weight else None,
        -1 if cents is None else cents,
    )


def _board(visit: Visit, half: str, error: str = "", status: int = 200) -> Response:
    session, person = visit.session, visit.someone
    halves = _halves(hub_of(session).clock().date())
    try:
        period = periods.half_year(half or halves[0])
    except BadInput:
        half, period = "", periods.half_year(halves[0])
    ended = offering.PUBLISHED & ending.ENDED
    standing = {
        "waiting": offering.WAITING,
        "open": offering.PUBLISHED & ~ending.ENDED,
        "refused": offering.REFUSED,
        "ended": ended,
    }
    return visit.page(
        "surplus.html",
        status,
        error=error,
        most=MOST,
        **{f"{name}_offers": _rows(visit, which) for name, which in standing.items()},
        totals=[_total(visit, one) for one in totals(session, person, period)],
        half=half or halves[0],
        halves=halves,
        moderates=offering.moderates(session, person),
        networks=offering.networks_of(session, person) if visit.has_role(*TRADERS) else (),
        kinds=[(code, names[visit.lang]) for code, names in offering.kinds().items()],
    )


def _rows(visit: Visit, which: Any) -> list[dict[str, object]]:
    return [_shown(visit, row) for row in offering.offers(visit.session, visit.someone, which, MOST)]


def _shown(visit: Visit, row: Offer) -> dict[str, object]:
    names = offering.kinds().get(row.kind)
    return {
        "row": row,
        "kind": names[visit.lang] if names else row.kind,
        "weight": exit_words.kilograms(row.grams, visit.lang),
    }


def _total(visit: Visit, one: Total) -> dict[str, object]:
    share = one.weighed_share
    return {
        "word": visit.say(OUTCOME_WORDS[one.outcome]),
        "offers": one.offers,
        "weight": exit_words.kilograms(one.grams, visit.lang),
        "share": "" if share is None else f"{rounded(share * 100, visit.lang)}\u00a0%",
        "value": exit_words.euros(one.cents, visit.lang),
    }


def _page(visit: Visit, offer_id: str, error: str = "", status: int = 200) -> Response:
    session, person = visit.session, visit.someone
    row = offering.offer_for(session, person, offer_id)
    owns, moderates = ending.owns(session, person, row), offering.moderates(session, person)
    found = ending.end_of(session, row)
    return visit.page(
        "surplus_offer.html",
        status,
        error=error,
        one=_shown(visit, row),
        review=offering.review_of(session, row),
        messages=ending.messages(session, person, row),
        end=found,
        outcome=visit.say(OUTCOME_WORDS[found.outcome]) if found else "",
        outcomes=[(code, visit.say(word)) for code, word in OUTCOME_WORDS.items()],
        value=exit_words.euros(row.value_cents, visit.lang) if owns or moderates else "",
        moderates=moderates,
        writes=visit.has_role(*TRADERS),
        by_mail=visit.hub.settings.mail is not None,
        address=f"{visit.hub.settings.public_url}/surplus/{row.id}",
        ends=visit.has_role(*TRADERS) and (owns or moderates),
    )


def _halves(today: date) -> list[str]:
    found = [periods.half_of(today)]
    while len(found) < HALVES:
        found.append(periods.before(found[-1]))
    return found
