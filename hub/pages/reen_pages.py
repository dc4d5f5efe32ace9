"""The reuse target of a public donor (K-16): A with its proof, B as the donor says it; to read, as CSV and as JSON.

The donor opens the own page through the same address and types B there; another donor does not exist for it (404).
"""

import json
from fractions import Fraction

from fastapi import APIRouter, Response

from hub import wording
from hub.claims import donor_name
from hub.errors import BadInput, HubError
from hub.figures import reen_reading, spreadsheet
from hub.figures.reen import Counts, Reen, rules, target_of
from hub.models import Role
from hub.pages.files import download
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.partner_words import rounded
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import TargetReaders, Visit

router = APIRouter(include_in_schema=False)
WORDS = {
    Counts.COUNTED: mark("counted in A"),
    Counts.NOT_PROVEN: mark("not counted: it has not left for reuse yet"),
    Counts.NOT_COMMITTED: mark("not counted: no signed convention was in force when it was handed over"),
    Counts.AGE_UNKNOWN: mark("not counted: its age is not known"),
    Counts.TOO_OLD: mark("excluded: over ten years old; proposed for recycling (DEEE)"),
    Counts.SPECIAL: mark("excluded: special security duties"),
}
HEAD = (mark("Lot"), mark("Tag"), mark("Serial number"), mark("Kind"), mark("Device"), mark("Handed over"),
        mark("Bought or made"), mark("Convention signed"), mark("Left for reuse"), mark("Exit"),
        mark("Counts"))  # fmt: skip
FACTS = (mark("Donor"), mark("Year"), mark("A: sent to reuse"), mark("B: retired, in stock on 1 January"),
         mark("A / B × 100"), mark("Exact value"), mark("Target (%)"))  # fmt: skip
NOT_SAID = mark("not said yet")


@router.get("/donors/{donor_id}/reen")
def show(visit: TargetReaders, donor_id: str) -> Response:
    """One year of one public donor."""
    return _page(visit, donor_id, _year(visit))


@router.post("/donors/{donor_id}/reen")
def note_retired(visit: TargetReaders, donor_id: str, fields: SmallForm) -> Response:
    """Note B of a year, or say why not."""
    reen_reading.donor_for(visit.session, visit.someone, donor_id)
    year, number = whole(fields.text("year")), fields.text("number")
    try:
        if not number.isascii() or not number.isdigit():
            raise BadInput(f"a count has 0 to {reen_reading.MOST} units", "count")
        reen_reading.set_retired(visit.session, visit.someone, donor_id, year, int(number), note=fields.text("note"))
    except HubError as error:
        return _page(visit, donor_id, _year(visit), in_words(error.message, visit.lang), error.status)
    return visit.go(f"/donors/{donor_id}/reen?year={year}", "retired-noted", year=str(year))


@router.get("/donors/{donor_id}/reen.csv")
def sheet(visit: TargetReaders, donor_id: str) -> Response:
    """A, B and the list that proves A, for a spreadsheet."""
    found = reen_reading.reen_of(visit.session, visit.someone, donor_id, _year(visit))
    rate = found.rate
    told: tuple[str | Fraction, ...] = (
        *(found.donor, str(found.year), Fraction(found.sent)),
        visit.say(NOT_SAID) if found.retired is None else Fraction(found.retired),
        "" if rate is None else rate,
        "" if rate is None else f"{rate.numerator} / {rate.denominator}",
        "" if found.target is None else Fraction(found.target),
    )
    rows: list[tuple[str | Fraction, ...]] = [(visit.say(word), value) for word, value in zip(FACTS, told, strict=True)]
    rows.append(tuple(visit.say(word) for word in HEAD))
    for item, why in found.items:
        named = (item.lot, item.tag, item.serial, wording.kind_word(item.kind, visit.lang), item.name)
        days = (item.handed.isoformat(), item.since, item.convention, item.left)
        rows.append((*named, *days, str(item.exit or ""), visit.say(WORDS[why])))
    return download(spreadsheet.sheet(rows), "text/csv; charset=utf-8", f"reen-{found.year}.csv")


@router.get("/donors/{donor_id}/reen.json")
def document(visit: TargetReaders, donor_id: str) -> Response:
    """The same for a program."""
    found = reen_reading.reen_of(visit.session, visit.someone, donor_id, _year(visit))
    data = json.dumps(found.to_document(), ensure_ascii=False, sort_keys=True, indent=1)
    return download(data.encode("utf-8", "backslashreplace"), "application/json", f"reen-{found.year}.json")


def _year(visit: Visit) -> int:
    """The year that the address asks for; this one where it asks for none that there is."""
    now = visit.hub.clock().year
    asked = whole(visit.request.query_params.get("year", ""))
    return asked if rules()["first_year"] <= asked <= now else now


def _page(visit: Visit, donor_id: str, year: int, error: str = "", status: int = 200) -> Response:
    donor = reen_reading.donor_for(visit.session, visit.someone, donor_id)
    found = reen_reading.reen_of(visit.session, visit.someone, donor_id, year)
    said = [row for row in reen_reading.retired_of(visit.session, visit.someone, donor_id) if row.year == year]
    now = visit.hub.clock().year
    return visit.page(
        "reen.html",
        status,
        error=error,
        name=donor_name(donor),
        donor_id=donor_id,
        public=reen_reading.is_public(visit.session, donor),
        reen=found,
        rate=None if found.rate is None else rounded(found.rate, visit.lang),
        groups=[
            (visit.say(word), [(item, wording.kind_word(item.kind, visit.lang)) for item in found.of(why)])
            for why, word in WORDS.items()
        ],
        said=said,
        years=[(one, target_of(one)) for one in range(now, rules()["first_year"] - 1, -1)],
        can_note=visit.has_role(Role.LEAD, Role.ADMIN, Role.DONOR),
        own=visit.has_role(Role.DONOR),
        rules=rules(),
    )


def reen_line(found: Reen, visit: Visit) -> str:
    """The target in one sentence, for a report of a donor."""
    if found.rate is None:
        return visit.say(mark("REEN %(year)s: %(sent)s sent to reuse; the retired stock is not said yet."),
                         year=found.year, sent=found.sent)  # fmt: skip
    return visit.say(
        mark("REEN %(year)s: %(sent)s sent to reuse of %(retired)s retired, %(rate)s %% (target %(target)s %%)."),
        year=found.year,
        sent=found.sent,
        retired=found.retired,
        rate=rounded(found.rate, visit.lang),
        target=found.target,
    )
