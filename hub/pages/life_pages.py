"""The life of a lot and its counts: who moved it when, what was announced, collected, received and refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Response

from hub import wording
from hub.accounted import LotCount
from hub.errors import HubError
from hub.intake import channels
from hub.lots import closing, counts, life
from hub.lots import service as lots
from hub.models import Lot, LotState, Role
from hub.pages import account_words, distribution_words
from hub.pages.forms import SmallForm
from hub.pages.places_of_lots import lot_path
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Bench, Readers, Visit

router = APIRouter(include_in_schema=False)
COUNTED = ("step", "kind", "number", "note")
NOTHING: Mapping[str, str] = dict.fromkeys(("after", "day", "note", *COUNTED, "count-note"), "")


@dataclass(frozen=True, slots=True)
class CountRow:
    """One count as shown: the newest of its sort holds."""

    step: str
    kind: str
    number: int
    reason: str
    note: str
    at: object
    who: str
    holds: bool


@router.get("/lots/{code}/life")
def show(visit: Readers, code: str) -> Response:
    """The steps and the counts of a lot, and the forms for the next ones."""
    return _page(visit, lots.lot_for(visit.session, visit.someone, code))


@router.post("/lots/{code}/life")
def move(visit: Bench, code: str, fields: SmallForm) -> Response:
    """Move the lot to its next state, or say why not."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    after = fields.text("after")
    try:
        if after == LotState.READY:
            closing.make_ready(visit.session, visit.someone, lot)
        else:
            note, day = fields.text("note"), fields.text("day")
            life.move(visit.session, visit.someone, lot, after, note=note, day=day)
    except HubError as error:
        typed = {**NOTHING, **{name: fields.text(name) for name in ("after", "day", "note")}}
        return _page(visit, lot, in_words(error.message, visit.lang), error.status, typed)
    return visit.go(f"{lot_path(code)}/life", "lot-moved", code=code)


@router.post("/lots/{code}/life/undo")
def undo(visit: Bench, code: str, fields: SmallForm) -> Response:
    """Take the last step back, or say why not."""
    assert fields is not None
    lot = lots.lot_for(visit.session, visit.someone, code)
    try:
        life.undo(visit.session, visit.someone, lot)
    except HubError as error:
        return _page(visit, lot, in_words(error.message, visit.lang), error.status)
    return visit.go(f"{lot_path(code)}/life", "lot-moved-back", code=code)


@router.post("/lots/{code}/counts")
def count(visit: Bench, code: str, fields: SmallForm) -> Response:
    """Write a count down, or say why not."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    step, _, outcome = fields.text("step").partition(":")
    counted = counts.Counted(step, fields.text("kind"), whole(fields.text("number")), outcome, fields.text("note"))
    try:
        counts.count(visit.session, visit.someone, lot, counted)
    except HubError as error:
        typed = {**NOTHING, **{name: fields.text(name) for name in COUNTED[:3]}, "count-note": fields.text("note")}
        return _page(visit, lot, in_words(error.message, visit.lang), error.status, typed)
    return visit.go(f"{lot_path(code)}/life", "counted", code=code)


def _page(visit: Visit, lot: Lot, error: str = "", status: int = 200, typed: Mapping[str, str] = NOTHING) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    last = life.undoable(session, person, lot)
    following = list(life.NEXT[lot.state])
    if lot.state in {LotState.RECEIVED, LotState.PROCESSING}:
        following.append(LotState.READY)
    return visit.page(
        "lot_life.html",
        status,
        error=error,
        lot=lot,
        state=wording.lot_state(lot.state, lang),
        following=[
            (state.value, wording.lot_state(state, lang))
            for state in following
            if state != LotState.CANCELLED or visit.has_role(Role.LEAD, Role.ADMIN)
        ],
        can_undo=last is not None and (last.after != LotState.CANCELLED or visit.has_role(Role.LEAD, Role.ADMIN)),
        over=lot.state in life.OVER,
        steps=[(wording.lot_state(step.after, lang), step.kind, step) for step in life.steps_of(session, person, lot)],
        today=visit.hub.clock().date().isoformat(),
        typed=typed,
        counts=count_rows(visit, lot),
        count_steps=count_choices(lang),
        kinds=account_words.kinds(lang),
        channel=channels.channels_of(session, person, [lot.id]).get(lot.id, ""),
        channels=distribution_words.choices(distribution_words.CHANNELS, lang),
        can_say_channel=visit.has_role(Role.LEAD, Role.ADMIN),
    )


def count_choices(lang: str) -> tuple[tuple[str, str], ...]:
    """What a number can be of: a step, or a refusal or an outcome with its reason."""
    say = account_words.say
    plain = [counts.ANNOUNCED, counts.COLLECTED, counts.RECEIVED]
    found = [(step, say(account_words.COUNT_STEPS[step], lang)) for step in plain]
    for step, reasons in (
        (counts.REFUSED, account_words.choices(account_words.REFUSALS, lang)),
        (counts.SORTED, account_words.dispositions(lang)),
    ):
        word = say(account_words.COUNT_STEPS[step], lang)
        found += [(f"{step}:{code}", f"{word} – {reason}") for code, reason in reasons]
    return tuple(found)


def count_rows(visit: Visit, lot: Lot) -> list[CountRow]:
    """Every count of a lot, the newest first."""
    held: set[tuple[str, str, str]] = set()
    rows = []
    for row in counts.history(visit.session, visit.someone, lot):
        key = (row.step, row.kind, row.reason)
        rows.append(_count_row(row, visit.lang, holds=key not in held))
        held.add(key)
    return rows


def _count_row(row: LotCount, lang: str, *, holds: bool) -> CountRow:
    reason = ""
    if row.step == counts.REFUSED:
        reason = account_words.say(account_words.REFUSALS[row.reason], lang)
    elif row.step == counts.SORTED:
        reason = account_words.disposition_state(row.reason, lang).word
    return CountRow(
        account_words.say(account_words.COUNT_STEPS[row.step], lang),
        wording.kind_word(row.kind, lang),
        row.number,
        reason,
        row.note,
        row.at,
        row.by_name,
        holds,
    )
