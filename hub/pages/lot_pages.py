"""Lots: the list, one lot with its devices and drives, a new lot and a new donor.

A donor reads the own lots through the same addresses; another donor's lot does not exist for them (404).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from fastapi import APIRouter, Response

from hub.claims import donor_name
from hub.errors import HubError
from hub.intake import channels
from hub.lots import service as lots
from hub.lots.blocking import Blocker, Ledgerbook
from hub.lots.late_runs import contradicted_since
from hub.lots.spots import Spots, spots_of
from hub.models import Lot, Role
from hub.pages import distribution_words, turning
from hub.pages.binder_pages import binder_rows
from hub.pages.certificate_rows import certificate_rows
from hub.pages.device_rows import Told, device_rows, lot_facts, needing_first, told_of
from hub.pages.forms import SmallForm
from hub.pages.impact_words import impact_now
from hub.pages.language import mark
from hub.pages.lot_numbers import lot_numbers, read_book
from hub.pages.lot_rows import lot_page
from hub.pages.lot_steps import steps_of
from hub.pages.places_of_lots import lot_path
from hub.pages.sentences import in_words
from hub.pages.tie_words import gone
from hub.pages.visit import LotReaders, Managers, Visit
from hub.partners import documents, levels
from hub.people import service as people
from hub.stations.pre_approvals import rule_of
from hub.tags.printing import has_tags
from hub.unchanged import unchanged

router = APIRouter(include_in_schema=False)
UNSAID = mark("Nobody has said it yet.")


@router.get("/lots")
def list_lots(visit: LotReaders, after: str = "", channel: str = "") -> Response:
    """A page of the lots in the reader's scope, the newest first; the workshop may choose the way they came."""
    ways = () if visit.has_role(Role.DONOR) else _ways(visit)
    channel = channel if channel in {code for code, _word in ways} else ""
    rows, links = lot_page(visit, after[: turning.LONGEST], channel)
    return visit.page(
        "lots.html",
        lots=rows,
        turning=links,
        ways=ways,
        channel=channel,
        show_donor=not visit.has_role(Role.DONOR),
        can_create=visit.has_role(Role.LEAD, Role.ADMIN),
    )


def _ways(visit: Visit) -> tuple[tuple[str, str], ...]:
    """The channels by which a lot can have come, and that nobody has said it."""
    known = distribution_words.choices(distribution_words.CHANNELS, visit.lang)
    return (*known, (channels.UNSAID, visit.say(UNSAID)))


@router.get("/lots/{code}")
def show_lot(visit: LotReaders, code: str, after: str = "", certificates: str = "") -> Response:
    """One lot: for the workshop what is left to do, for the donor what became of each device."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    book, found, spots, told, ordered = unchanged(
        visit.session, ("lot", visit.someone.id, lot.id), lambda: _read(visit, lot), large=True
    )
    rows, links = certificate_rows(visit, lot, certificates[: turning.LONGEST], book.lines)
    table = device_rows(visit, ordered, after[: turning.LONGEST])
    facts: dict[str, Any] = {
        "lot": lot_facts(lot, book, spots, told, found, lang=visit.lang),
        "numbers": lot_numbers(visit, lot, book),
        "devices": table.rows,
        "turning": turning.turning(
            lot_path(code), "after", after if table.turned else "", table.last, more=table.more, place="devices"
        ),
        "certificates": rows,
        "certificates_turning": links,
        "binders": binder_rows(visit, lot),
        "late": contradicted_since(lot, book.lines),
    }
    if visit.has_role(Role.DONOR):
        estimate, frozen = impact_now(visit, lot, book)
        return visit.page("donor_lot.html", **facts, impact=estimate, frozen=frozen)
    return visit.page(
        "lot.html",
        **facts,
        gone=gone(visit, lot),
        can_import=visit.has_role(Role.LEAD, Role.ADMIN),
        donor_id=lot.donor_id,
        convention=documents.standing_of(visit.session, visit.someone, lot.donor, documents.CONVENTION),
        can_decide=visit.has_role(Role.LEAD),
        opened=levels.opened_in(visit.session, lot.id),
        pre_approval=rule_of(visit.session, lot),
        steps=steps_of(
            visit,
            lot,
            facts["lot"],
            found,
            tagged=has_tags(visit.session, lot),
            invited=people.has_people(visit.session, lot.donor),
        ),
    )


class _Read(NamedTuple):
    """What was read of a lot: the same for every page of its tables."""

    book: Ledgerbook
    found: Sequence[Blocker]
    spots: Spots
    told: Told
    ordered: Told


def _read(visit: Visit, lot: Lot) -> _Read:
    book, found = read_book(visit, lot)
    for record in {record for line in book.lines for record in line.records}:
        visit.session.expunge(record)  # it is kept longer than this session, which may take back what it read
    spots = spots_of(visit.session, visit.someone, lot, book)
    told = told_of(book, spots)
    return _Read(book, found, spots, told, told if visit.has_role(Role.DONOR) else needing_first(told))


@router.get("/new-lot")
def new_lot(visit: Managers, donor: str = "") -> Response:
    """The form of a new lot."""
    return _lot_form(visit, {"donor": donor, "code": "", "label": ""})


@router.post("/new-lot")
def create_lot(visit: Managers, fields: SmallForm) -> Response:
    """Open a lot, or say why not."""
    form = {name: fields.text(name) for name in ("donor", "code", "label")}
    donor = next((one for one in lots.donors(visit.session, visit.someone) if one.id == form["donor"]), None)
    if donor is None:
        return _lot_form(visit, form, visit.say(mark("Choose the donor of this lot.")))
    try:
        lot = lots.create_lot(visit.session, form["code"], donor.name, form["label"], visit.someone)
    except HubError as error:
        return _lot_form(visit, form, in_words(error.message, visit.lang), error.status)
    return visit.go(lot_path(lot.code), "lot-created", code=lot.code)


@router.get("/new-donor")
def new_donor(visit: Managers) -> Response:
    """The form of a new donor."""
    return visit.page("donor_new.html", form={"name": "", "contact": ""}, error="")


@router.post("/new-donor")
def create_donor(visit: Managers, fields: SmallForm) -> Response:
    """Record a donor, or say why not."""
    form = {name: fields.text(name) for name in ("name", "contact")}
    try:
        donor = lots.record_donor(visit.session, visit.someone, form["name"], form["contact"])
    except HubError as error:
        return visit.page("donor_new.html", error.status, form=form, error=in_words(error.message, visit.lang))
    return visit.go(f"/new-lot?donor={donor.id}", "donor-created", name=donor.name)


def _lot_form(visit: Visit, form: dict[str, str], error: str = "", status: int = 200) -> Response:
    status = 422 if error and status == 200 else status  # noqa: PLR2004 - HTTP
    donors = [(one.id, donor_name(one)) for one in lots.donors(visit.session, visit.someone)]
    return visit.page("lot_new.html", status, donors=donors, form=form, error=error)
