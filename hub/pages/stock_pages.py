"""Stock for distributors, reservations and their delivery; a distributor's own deliveries, and service for them."""

from fastapi import APIRouter, Response

from hub import wording
from hub.departed import ExitLine
from hub.distribution import delivering, reserving, stock
from hub.distribution.delivering import Delivered, Handover
from hub.distribution.members import partners_of_kind
from hub.distribution.nameless import refuse_people
from hub.distribution.reserving import Ask
from hub.distribution.sheets import key_of
from hub.distribution.stock import Offer
from hub.errors import HubError
from hub.exits.checks import Held, Stays
from hub.exits.leaving import TICKS
from hub.exits.modes import DELIVERED
from hub.inspection.numbers import masked_of
from hub.models import Role
from hub.pages import exit_words
from hub.pages.formats import day_text
from hub.pages.forms import SmallForm
from hub.pages.held_rows import held_row
from hub.pages.language import mark
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Distributing, Distributors, Managers, StockReaders, Visit
from hub.partners.register import DISTRIBUTOR
from hub.returns import service as returns
from hub.returns.service import DEFECTS, Finding

router = APIRouter(include_in_schema=False)
MOST = 100  # reservations of one delivery
LONGEST_KEY = 36
CHOOSE = mark("Choose the device that needs service.")


@router.get("/stock")
def show_stock(visit: StockReaders, kind: str = "", grade: str = "", after: str = "") -> Response:
    """What can be reserved now."""
    return _stock(visit, (kind[:16], grade[:16], after[:LONGEST_KEY]))


@router.post("/stock/{device_id}/reserve")
def reserve(visit: Distributing, device_id: str, fields: SmallForm) -> Response:
    """Reserve a device, or say why not."""
    days = whole(fields.text("days")) if fields.text("days") else reserving.USUAL_DAYS
    ask = Ask(fields.text("code"), fields.text("distributor"), days)
    try:
        row = reserving.reserve(visit.session, visit.someone, device_id, ask)
    except HubError as error:
        return _stock(visit, ("", "", ""), in_words(error.message, visit.lang), error.status)
    return visit.go("/reservations", "reserved", day=day_text(row.until, visit.lang))


@router.get("/reservations")
def list_reservations(visit: StockReaders) -> Response:
    """The reservations that hold, by distributor and prescription."""
    return _reservations(visit)


@router.post("/reservations/{number}/release")
def release(visit: Distributing, number: str, fields: SmallForm) -> Response:
    """Let a reservation go."""
    assert fields is not None
    reserving.release(visit.session, visit.someone, whole(number))
    return visit.go("/reservations", "released")


@router.post("/reservations/deliver")
def deliver(visit: Managers, fields: SmallForm) -> Response:
    """Let the reserved devices of one group leave, all or none."""
    numbers = [whole(one) for one in fields.text("numbers").split(",")[:MOST]]
    ticked = tuple(tick for tick in TICKS if fields.text(f"with-{tick}") == "yes")
    handover = Handover(fields.text("mode"), fields.text("day"), ticked, exit_words.cents_of(fields.text("price")))
    try:
        batch = delivering.deliver(visit.session, visit.someone, numbers, handover)
    except Stays as stays:
        return _reservations(visit, in_words(stays.message, visit.lang), stays.status, stays.held)
    except HubError as error:
        return _reservations(visit, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/exits/{batch.id}", "left", number=str(len(numbers)))


@router.get("/deliveries")
def list_deliveries(visit: Distributors, before: str = "") -> Response:
    """The own deliveries, the newest first."""
    found = delivering.deliveries(visit.session, visit.someone, max(whole(before), 0))
    counts = delivering.counts_of(visit.session, found)
    rows = [(one, exit_words.say(exit_words.MODES[one.mode], visit.lang), counts.get(one.id, 0)) for one in found]
    following = f"/deliveries?before={found[-1].id}" if len(found) == delivering.PAGE else ""
    return visit.page("deliveries.html", rows=rows, following=following)


@router.get("/deliveries/{number}")
def show_delivery(visit: Distributors, number: str) -> Response:
    """One own delivery: its note to print, and the form to ask for service."""
    return _delivery(visit, whole(number))


@router.post("/deliveries/{number}/service")
def ask_for_service(visit: Distributors, number: str, fields: SmallForm) -> Response:
    """Note what is wrong with a device that was delivered."""
    session, person = visit.session, visit.someone
    _, lines = delivering.delivery_for(session, person, whole(number))
    device = next((one.device for one in lines if one.device.id == fields.text("device")), None)
    finding = Finding(fields.text("reason"), fields.text("day"), fields.text("finding"))
    try:
        refuse_people(finding.finding)
        if device is None:
            return _delivery(visit, whole(number), visit.say(CHOOSE), 422)
        returns.take_return(session, person, device, finding, came_back=False)
    except HubError as error:
        return _delivery(visit, whole(number), in_words(error.message, visit.lang), error.status)
    return visit.go(f"/deliveries/{whole(number)}", "service-asked", tag=device.asset or "")


def _stock(visit: Visit, asked: tuple[str, str, str], error: str = "", status: int = 200) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    kind, grade, after = asked
    found = stock.shelf(session, person, kind, grade, after)
    following = f"/stock?kind={kind}&grade={grade}&after={found.following}" if found.following else ""
    may = visit.has_role(Role.DISTRIBUTOR, Role.TECHNICIAN, Role.LEAD, Role.ADMIN)
    return visit.page(
        "stock.html",
        status,
        error=error,
        offers=[_offer(one, lang) for one in found.offers],
        sums=_sums(found.offers, lang),
        whole_stock=not (found.following or after),
        kinds=[(code, wording.kind_word(code, lang)) for code in ("laptop", "desktop", "screen", "phone", "tablet")],
        letters=("A", "B", "C", "D"),
        kind=kind,
        grade=grade,
        following=following,
        may_reserve=may,
        distributors=[] if visit.has_role(Role.DISTRIBUTOR) else partners_of_kind(session, person, DISTRIBUTOR),
        own=visit.has_role(Role.DISTRIBUTOR),
        usual=reserving.USUAL_DAYS,
        most=reserving.MOST_DAYS,
    )


def _offer(one: Offer, lang: str) -> tuple[Offer, str, str, str]:
    battery = f"{one.battery // 10}{exit_words.NO_BREAK}%" if one.battery is not None else ""
    return one, wording.kind_word(one.kind, lang), battery, exit_words.say(exit_words.WORDS.get(one.word, ""), lang)


def _sums(offers: tuple[Offer, ...], lang: str) -> list[tuple[str, str, str, int]]:
    """Kind, letter, category and how many of them are shown."""
    found: dict[tuple[str, str, str], int] = {}
    for one in offers:
        key = (wording.kind_word(one.kind, lang), one.letter, one.category)
        found[key] = found.get(key, 0) + 1
    return [(*key, number) for key, number in sorted(found.items())]


def _reservations(visit: Visit, error: str = "", status: int = 200, held: tuple[Held, ...] = ()) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    groups: dict[tuple[str, str], list[reserving.Kept]] = {}
    for one in reserving.reservations(session, person):
        groups.setdefault((one.distributor, one.code), []).append(one)
    return visit.page(
        "reservations.html",
        status,
        error=error,
        held=[held_row(one, lang) for one in held],
        groups=[
            (distributor, code, [(one, wording.kind_word(one.device.kind, lang)) for one in kept])
            for (distributor, code), kept in groups.items()
        ],
        modes=[(code, exit_words.say(exit_words.MODES[code], lang)) for code in DELIVERED],
        ticks=exit_words.choices(exit_words.TICKS, lang),
        can_deliver=visit.has_role(Role.LEAD, Role.ADMIN),
        can_release=visit.has_role(Role.DISTRIBUTOR, Role.TECHNICIAN, Role.LEAD, Role.ADMIN),
        today=visit.hub.clock().date().isoformat(),
    )


def _delivery(visit: Visit, number: int, error: str = "", status: int = 200) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    batch, lines = delivering.delivery_for(session, person, number)
    masked = masked_of(session, [one.device.id for one in lines])
    return visit.page(
        "delivery.html",
        status,
        error=error,
        batch=batch,
        mode=exit_words.say(exit_words.MODES[batch.mode], lang),
        rows=[_line(one, lang, masked.get(one.device.id, ())) for one in lines],
        reasons=[(code, word) for code, word in exit_words.choices(exit_words.REASONS, lang) if code in DEFECTS],
        issuer=visit.hub.identity.issuer,
        today=visit.hub.clock().date().isoformat(),
    )


def _line(one: Delivered, lang: str, masked: tuple[str, ...]) -> dict[str, object]:
    line: ExitLine = one.line
    return {
        "device_id": one.device.id,
        "tag": one.device.asset or "",
        "name": f"{one.device.maker} {one.device.model}".strip(),
        "kind": wording.kind_word(line.kind, lang),
        "grade": f"{line.letter} ({line.grade_policy})" if line.letter else "",
        "word": exit_words.say(exit_words.WORDS.get(line.word, ""), lang),
        "accessories": exit_words.accessories(line.accessories, lang),
        "price": exit_words.euros(line.price_cents, lang),
        "warranty": line.warranty_end,
        "imei": ", ".join(masked),
        "key": key_of(line),
    }
