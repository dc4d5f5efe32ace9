"""The boards: lots by state, devices of a lot by step; moved by buttons, taken back by the button that then appears."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from fastapi import APIRouter, Response

from hub import wording
from hub.boards import devices as device_boards
from hub.boards import lots as lot_boards
from hub.devices import service as devices
from hub.devices import together
from hub.errors import HubError, NotFound
from hub.lots import closing, life
from hub.lots import service as lots
from hub.models import Device, Lot, LotState
from hub.pages import account_words
from hub.pages.blocker_words import board_blocks, tag_of
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.places_of_lots import lot_path
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.turning import Turning
from hub.pages.visit import Staff, Visit
from hub.pages.waiting_words import age_text

router = APIRouter(include_in_schema=False)
NO_STEP = mark("no step yet")


@dataclass(frozen=True, slots=True)
class LotCard:
    """One lot of the board; `after`: the states to which one button each moves it, with its word."""

    code: str
    path: str
    donor: str
    age: str
    devices: int
    drives: int
    blocks: tuple[str, ...]
    after: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """One device of the board."""

    id: str
    tag: str
    path: str
    what: str
    outcome: wording.State | None
    place: str
    age: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One column: `code` in addresses, its word, how many are there, the cards, where the button moves them."""

    code: str
    word: str
    count: int
    cards: tuple[LotCard, ...] | tuple[DeviceCard, ...]
    onward: str = ""
    onward_word: str = ""


@router.get("/board")
def show_lots(visit: Staff, state: str = "", after: str = "", moved: str = "") -> Response:
    """The open lots by their state, or one page of one state."""
    return _lots_page(visit, state, after, moved=moved)


@router.post("/board")
def move_lot(visit: Staff, fields: SmallForm) -> Response:
    """Move a lot one step, or take the last step back."""
    code, _, after = fields.text("move").partition(" ")
    lot = lots.lot_for(visit.session, visit.someone, code)
    try:
        if after == "undo":
            life.undo(visit.session, visit.someone, lot)
            return visit.go("/board", "lot-moved-back", code=code)
        if after == LotState.READY:
            closing.make_ready(visit.session, visit.someone, lot)
        else:
            life.move(visit.session, visit.someone, lot, after)
    except HubError as error:
        return _lots_page(visit, error=in_words(error.message, visit.lang), status=error.status)
    return visit.go(f"/board?moved={lot_path(code).rpartition('/')[2]}", "lot-moved", code=code)


@router.get("/lots/{code}/board")
def show_devices(visit: Staff, code: str, step: str | None = None, after: str = "", act: str = "") -> Response:
    """The devices of a lot by their step, or one page of one step."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    return _devices_page(visit, lot, step, after, act=act)


@router.post("/lots/{code}/board")
def move_device(visit: Staff, code: str, fields: SmallForm) -> Response:
    """Move one device to its next step."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    device_id, _, word = fields.text("move").partition(" ")
    device = devices.device_for(visit.session, visit.someone, device_id).device
    if device.lot_id != lot.id:
        raise NotFound("no such device")
    try:
        row = together.handle_one(visit.session, visit.someone, together.Order(together.STEP, word), device)
    except HubError as error:
        return _devices_page(visit, lot, None, error=in_words(error.message, visit.lang), status=error.status)
    return visit.go(f"{lot_path(code)}/board?act={row.id}", "said", tag=tag_of(device))


def _lots_page(
    visit: Visit, state: str = "", after: str = "", *, moved: str = "", error: str = "", status: int = 200
) -> Response:
    session, person = visit.session, visit.someone
    chosen = next((one for one in lot_boards.COLUMNS if one == state), None)
    if chosen is None:
        columns = lot_boards.lot_board(session, person)
    else:
        columns = (lot_boards.lot_column(session, person, chosen, after),)
    return visit.page(
        "board.html",
        status,
        error=error,
        columns=[_lot_column(visit, column) for column in columns],
        chosen=chosen,
        turn=_turn(f"/board?state={chosen}", after, columns[0]),
        moved=_undoable(visit, moved),
    )


def _undoable(visit: Visit, code: str) -> str:
    """The code of a lot whose last step can be taken back; "" for any other."""
    if not code:
        return ""
    try:
        lot = lots.lot_for(visit.session, visit.someone, code)
    except NotFound:
        return ""
    return lot.code if life.undoable(visit.session, visit.someone, lot) else ""


def _lot_column(visit: Visit, column: lot_boards.Column) -> Shown:
    word = wording.lot_state(column.state, visit.lang).word
    cards = tuple(_lot_card(visit, card, column.state) for card in column.cards)
    return Shown(column.state.value, word, column.count, cards)


def _lot_card(visit: Visit, card: lot_boards.Card, state: LotState) -> LotCard:
    lot = card.lot
    after = [one for one in life.NEXT[state] if one is not LotState.CANCELLED]
    if state in {LotState.RECEIVED, LotState.PROCESSING}:
        after.append(LotState.READY)
    return LotCard(
        lot.code,
        lot_path(lot.code),
        lot.donor.name,
        age_text(card.since, visit.hub.clock(), visit.lang),
        card.devices,
        card.drives,
        board_blocks(card.blocks, visit.lang),
        tuple((one.value, wording.lot_state(one, visit.lang).word) for one in after),
    )


def _devices_page(
    visit: Visit, lot: Lot, step: str | None, after: str = "", *, act: str = "", error: str = "", status: int = 200
) -> Response:
    session, person = visit.session, visit.someone
    if step in device_boards.COLUMNS:
        columns: tuple[device_boards.Column, ...] = (device_boards.device_column(session, person, lot, step, after),)
    else:
        step, columns = None, device_boards.device_board(session, person, lot)
    return visit.page(
        "device_board.html",
        status,
        error=error,
        lot=lot,
        path=lot_path(lot.code),
        columns=[_device_column(visit, column) for column in columns],
        chosen=step,
        turn=_turn(f"{lot_path(lot.code)}/board?step={step}", after, columns[0]),
        act=max(0, whole(act)),
        over=lot.state in life.OVER,
    )


def _device_column(visit: Visit, column: device_boards.Column) -> Shown:
    onward = device_boards.following(column.step)
    cards = tuple(_device_card(visit, card) for card in column.cards)
    return Shown(
        column.step, step_word(column.step, visit.lang), column.count, cards, onward, step_word(onward, visit.lang)
    )


def _device_card(visit: Visit, card: device_boards.Card) -> DeviceCard:
    device, lang = card.device, visit.lang
    return DeviceCard(
        device.id,
        tag_of(device),
        f"/devices/{device.id}",
        _what(device, lang),
        account_words.disposition_state(card.outcome, lang) if card.outcome else None,
        card.place,
        age_text(_since(card), visit.hub.clock(), lang),
    )


def _since(card: device_boards.Card) -> datetime:
    return card.said.at if card.said is not None else card.device.received or card.device.created


def _what(device: Device, lang: str) -> str:
    name = " ".join(part for part in (device.maker, device.model) if part)
    return " ".join(part for part in (wording.kind_word(device.kind, lang), name) if part)


def step_word(step: str, lang: str) -> str:
    """What a column is called."""
    return account_words.say(account_words.STEPS.get(step, NO_STEP), lang)


def _turn(address: str, after: str, column: lot_boards.Column | device_boards.Column) -> Turning:
    following = f"{address}&after={quote(column.cards[-1].mark, safe='')}" if column.more else ""
    return Turning(following, address if after else "")
