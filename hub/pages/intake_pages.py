"""Goods over the counter: opening a day, one short form for each device, its receipt; and the channel of a lot."""

from fastapi import APIRouter, Response

from hub import wording
from hub.errors import HubError
from hub.intake import channels, counter
from hub.intake.counter import BROUGHT, Brought
from hub.lots import service as lots
from hub.models import Role
from hub.pages import distribution_words as said
from hub.pages.forms import SmallForm
from hub.pages.places_of_lots import lot_path
from hub.pages.sentences import in_words
from hub.pages.visit import Bench, Managers, Visit

router = APIRouter(include_in_schema=False)
FORM = ("kind", "tag", "state", "drive", "maker", "model")
SHOWN = 200  # lots of one channel


@router.get("/intake")
def show(visit: Bench, lot: str = "") -> Response:
    """The open days, and the form for one device."""
    return _page(visit, lot[:32])


@router.post("/intake/days")
def open_day(visit: Managers, fields: SmallForm) -> Response:
    """Open the lot of one day and one channel, or say why not."""
    channel, day, label = (fields.text(one) for one in ("channel", "day", "label"))
    try:
        lot = counter.open_day(visit.session, visit.someone, channel, day, label)
    except HubError as error:
        return _page(visit, "", in_words(error.message, visit.lang), error.status)
    return visit.go(f"/intake?lot={lot.code}", "lot-created", code=lot.code)


@router.post("/intake")
def take_in(visit: Bench, fields: SmallForm) -> Response:
    """Take one device in and show its receipt, or say why not."""
    form = {name: fields.text(name) for name in FORM}
    code = fields.text("lot")
    try:
        lot = lots.lot_for(visit.session, visit.someone, code)
        done = counter.take_in(visit.session, visit.someone, lot, Brought(**form))
    except HubError as error:
        return _page(visit, code, in_words(error.message, visit.lang), error.status, form)
    return visit.go(f"/intake?lot={lot.code}", "taken-in", tag=done.device.asset or "", code=done.row.code)


@router.get("/channels")
def list_channels(visit: Bench, channel: str = "") -> Response:
    """The lots that came by one way."""
    word = channel if channel in channels.CHANNELS else ""
    found = counter.lots_by(visit.session, visit.someone, word, SHOWN)
    return visit.page(
        "channels.html",
        rows=[(lot, wording.lot_state(lot.state, visit.lang), said.say(said.CHANNELS[way], visit.lang))
              for lot, way in found],
        channels=said.choices(said.CHANNELS, visit.lang),
        chosen=word,
    )  # fmt: skip


@router.post("/lots/{code}/channel")
def set_channel(visit: Managers, code: str, fields: SmallForm) -> Response:
    """Say by which way a lot came."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    channels.set_channel(visit.session, visit.someone, lot, fields.text("channel"))
    return visit.go(f"{lot_path(code)}/life", "exit-noted")


def _page(visit: Visit, code: str, error: str = "", status: int = 200, form: dict[str, str] | None = None) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    days = counter.days(session, person)
    chosen = next((lot for lot, _ in days if lot.code == code), days[0][0] if days else None)
    found = counter.receipts(session, person, chosen) if chosen is not None else ()
    return visit.page(
        "intake.html",
        status,
        error=error,
        days=[(lot, said.say(said.CHANNELS[channel], lang)) for lot, channel in days],
        chosen=chosen,
        receipts=[(one, wording.kind_word(one.device.kind, lang)) for one in found],
        kinds=[(kind, wording.kind_word(kind, lang)) for kind in BROUGHT],
        conditions=said.choices(said.CONDITIONS, lang),
        drives=said.choices(said.DRIVES, lang),
        channels=[(word, said.say(said.CHANNELS[word], lang)) for word in counter.BY_HAND],
        form=form or {},
        can_open=visit.has_role(Role.LEAD, Role.ADMIN),
        today=visit.hub.clock().date().isoformat(),
    )
