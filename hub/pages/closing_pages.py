"""Closing a lot: what is open, one by one; the closing; the frozen report of each closing, for the donor too."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Response

from hub import wording
from hub.devices.outcomes import KINDS
from hub.errors import HubError, NotFound
from hub.lots import closing, life
from hub.lots import service as lots
from hub.lots.blocking import blockers, book_of
from hub.lots.drive_account import account_of
from hub.lots.late_runs import contradicted_since
from hub.models import Lot, LotState, Role
from hub.pages import account_words, exit_words, formats
from hub.pages.blocker_words import blocker_rows
from hub.pages.drive_account_pages import UNREAD, class_totals
from hub.pages.forms import SmallForm
from hub.pages.impact_words import impact_words
from hub.pages.language import mark
from hub.pages.places_of_lots import lot_path
from hub.pages.sentences import in_words
from hub.pages.visit import LotReaders, Readers, Validators, Visit
from hub.samples.reading import works_alone

router = APIRouter(include_in_schema=False)
UNSURE = mark("Tick the box: you close this lot with your name.")
BY, WITNESS = mark("by %(who)s"), mark("witness: %(who)s")
SIGNED, RECORDED = mark("signed by %(who)s"), mark("recorded by %(who)s")
SHOWN = 100  # blockers of one page; the rest is counted


@router.get("/lots/{code}/closing")
def show(visit: Readers, code: str) -> Response:
    """What keeps the lot from closing, and its closings so far."""
    return _page(visit, lots.lot_for(visit.session, visit.someone, code))


@router.post("/lots/{code}/close")
def close(visit: Validators, code: str, fields: SmallForm) -> Response:
    """Close the lot, or say why not."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    if fields.text("sure") != "yes":
        return _page(visit, lot, visit.say(UNSURE), 422)
    try:
        row = closing.close(visit.session, visit.someone, lot, fields.text("note"))
    except HubError as error:
        return _page(visit, lot, in_words(error.message, visit.lang), error.status)
    return visit.go(f"{lot_path(code)}/bilan/{row.version}", "lot-closed", code=code, version=str(row.version))


@router.post("/lots/{code}/reopen")
def reopen(visit: Validators, code: str, fields: SmallForm) -> Response:
    """Open the lot again, with a reason."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    try:
        closing.reopen(visit.session, visit.someone, lot, fields.text("reason"))
    except HubError as error:
        return _page(visit, lot, in_words(error.message, visit.lang), error.status)
    return visit.go(f"{lot_path(code)}/closing", "lot-reopened", code=code)


@router.get("/lots/{code}/bilan/{version}.json")
def download(visit: LotReaders, code: str, version: str) -> Response:
    """The frozen report of a closing, the bytes of that day."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    row = closing.closing_for(visit.session, visit.someone, lot, _number(version))
    name = "".join(c for c in f"{lot.code}-{row.version}" if c.isascii() and (c.isalnum() or c in "-_"))
    headers = {"Content-Disposition": f'attachment; filename="bilan-{name}.json"'}
    return Response(row.document.encode(), media_type="application/json", headers=headers)


@router.get("/lots/{code}/bilan/{version}")
def report(visit: LotReaders, code: str, version: str) -> Response:
    """The frozen report of a closing, to read and to print."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    row = closing.closing_for(visit.session, visit.someone, lot, _number(version))
    document, lang = closing.document_of(row), visit.lang
    return visit.page(
        "bilan.html",
        row=row,
        document=document,
        newest=closing.closings_of(visit.session, visit.someone, lot)[0].version,
        counts=_counts(document, lang),
        refused=[(account_words.say(account_words.REFUSALS[code], lang), n) for code, n in document["refused"].items()],
        outcomes=[
            (account_words.disposition_state(word, lang), n)
            for word, n in _in_order(document["outcomes"], account_words.DISPOSITIONS)
        ],
        classes=[
            (account_words.class_state(word, lang), n)
            for word, n in _in_order(document["drives"], account_words.CLASSES)
        ],
        account=[
            (account_words.class_state(line["class"], lang), _proof(line, lang), line) for line in document["account"]
        ],
        unread=account_words.say(UNREAD, lang),
        staff=not visit.has_role(Role.DONOR),
        impact=impact_words(document["impact"], lang) if document.get("impact") else None,
        frozen=True,
        modes={code: exit_words.say(word, lang) for code, word in exit_words.MODES.items()},
        verdicts={
            run["verdict"]: wording.verdict_state(run["verdict"], lang).word for run in document.get("not_erased", ())
        },
        kilograms=partial(exit_words.kilograms, lang=lang),
        late=contradicted_since(lot, account_of(visit.session, visit.someone, lot)),
    )


def _page(visit: Visit, lot: Lot, error: str = "", status: int = 200) -> Response:
    book = book_of(visit.session, visit.someone, lot)
    found = blockers(visit.session, visit.someone, lot, book)
    over = lot.state in life.OVER
    return visit.page(
        "closing.html",
        status,
        error=error,
        lot=lot,
        alone=visit.hub.settings.require_sample and works_alone(visit.session, lot),
        state=wording.lot_state(lot.state, visit.lang),
        rows=blocker_rows(found[:SHOWN], lot.code, visit.lang),
        more=max(0, len(found) - SHOWN),
        totals=class_totals(book.lines, visit.lang),
        can_close=visit.has_role(Role.LEAD) and not over and not found,
        can_reopen=visit.has_role(Role.LEAD) and lot.state == LotState.CLOSED,
        over=over,
        four_eyes=visit.hub.settings.two_people,
        closings=closing.closings_of(visit.session, visit.someone, lot),
    )


def _counts(document: dict[str, Any], lang: str) -> list[tuple[str, list[tuple[str, int]], int]]:
    found = []
    for step, word in account_words.COUNT_STEPS.items():
        kinds = document["counts"].get(step)
        if kinds is not None:
            told = [(wording.kind_word(kind, lang), kinds[kind]) for kind in KINDS if kinds[kind]]
            found.append((account_words.say(word, lang), told, sum(kinds.values())))
    return found


def _proof(line: dict[str, Any], lang: str) -> str:
    """The record that explains a drive, in one line; runs have their certificate."""
    record = line["record"]
    if record is None:
        return ""
    tables = {"destroyed": account_words.METHODS, "absent": account_words.ABSENCES}
    words = account_words.say(tables.get(record["how"], {}).get(record["reason"], ""), lang)
    people = (
        (BY, record["operator"]),
        (SIGNED if record["how"] == "returned" else WITNESS, record["witness"]),
        (RECORDED, record["by"]),
    )
    named = (account_words.say(word, lang) % {"who": who} for word, who in people if who)
    told = (words, record["day"] and formats.day_text(record["day"], lang), *named, record["reference"], record["note"])
    return " · ".join(part for part in told if part)


def _in_order(numbers: Mapping[str, int], order: Iterable[str]) -> list[tuple[str, int]]:
    """The figures of a stored document in the order in which the hub lists them; nothing is left out."""
    known = [word for word in map(str, order) if word in numbers]
    return [(word, numbers[word]) for word in (*known, *(word for word in numbers if word not in known))]


def _number(version: str) -> int:
    if not (version.isascii() and version.isdigit() and len(version) <= len("9999")):
        raise NotFound("no such closing")
    return int(version)
