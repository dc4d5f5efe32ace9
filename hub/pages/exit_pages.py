"""What leaves: the movements, a new one, one with its lines and forms, its slip to print, what a donor reads of it."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from hub import wording
from hub.departed import ExitBatch
from hub.distribution.sheets import key_of
from hub.errors import HubError
from hub.exits import by_number, donor_types, leaving, papers
from hub.exits.checks import Held, Stays
from hub.exits.eee import categories
from hub.exits.leaving import Goods, Head
from hub.exits.listing import PAGE, Departure, batches, counts_of, lines_of, told_of_lot
from hub.exits.modes import BY_NUMBER, DELIVERED, MODES
from hub.lots import service as lots
from hub.lots.late_runs import late_by_line
from hub.models import Erasure, Role
from hub.pages import exit_words
from hub.pages.files import download, file_name
from hub.pages.forms import Fields, SmallForm
from hub.pages.held_rows import held_row
from hub.pages.places_of_lots import lot_path
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.slip_words import exit_slip
from hub.pages.visit import Bench, LotReaders, Managers, Staff, Visit
from hub.partners import levels

router = APIRouter(include_in_schema=False)
HEAD = ("mode", "day", "receiver", "receiver_siret", "receiver_address", "prescription", "producer", "producer_siren",
        "carrier", "receipt")  # fmt: skip
MANAGERS = (Role.LEAD, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a movement as shown."""

    id: int
    tag: str
    path: str
    lot: str
    lot_path: str
    name: str
    kind: str
    units: int
    grade: str
    policy: str
    word: str
    missing: tuple[str, ...]
    accessories: str
    price: str
    ceiling: str
    warranty: tuple[str, str, str]
    withdrawn: object
    withdrawn_reason: str
    key: str  # of the public page of the device
    late: Erasure | None  # a run that failed on one of its drives after it left


@router.get("/exits")
def list_exits(visit: Bench, before: str = "") -> Response:
    """The movements, the newest first."""
    found = batches(visit.session, visit.someone, max(whole(before), 0))
    counts = counts_of(visit.session, visit.someone, found)
    slips = papers.slips_of(visit.session, [one.id for one in found])
    rows = [(one, exit_words.say(exit_words.MODES[one.mode], visit.lang), counts.get(one.id, 0), slips.get(one.id))
            for one in found]  # fmt: skip
    following = f"/exits?before={found[-1].id}" if len(found) == PAGE else ""
    return visit.page("exits.html", rows=rows, following=following, can_begin=visit.has_role(*MANAGERS))


@router.get("/new-exit")
def new_exit(visit: Managers) -> Response:
    """The form of a new movement."""
    return _form(visit, dict.fromkeys(HEAD, ""))


@router.post("/new-exit")
def begin(visit: Managers, fields: SmallForm) -> Response:
    """Begin a movement, or say why not."""
    form = {name: fields.text(name) for name in HEAD}
    try:
        row = leaving.begin(visit.session, visit.someone, Head(**form, named_to_donor=fields.text("named") == "yes"))
    except HubError as error:
        return _form(visit, form, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/exits/{row.id}", "exit-begun", number=str(row.id))


@router.get("/exits/{number}")
def show(visit: Bench, number: str) -> Response:
    """One movement with its lines and forms."""
    return _page(visit, leaving.batch_for(visit.session, visit.someone, whole(number)))


@router.get("/exits/{number}/slip.pdf")
def slip_pdf(visit: Bench, number: str) -> Response:
    """The same slip as a PDF."""
    from hub.slips_drawn import draw  # noqa: PLC0415  (loads reportlab)

    batch = leaving.batch_for(visit.session, visit.someone, whole(number))
    made = exit_slip(_facts(visit, batch), visit.hub.identity.issuer, visit.lang)
    return download(draw(made, visit.lang), "application/pdf", f"{file_name(str(batch.id), 'exit')}.pdf")


@router.get("/exits/{number}/slip")
def slip(visit: Bench, number: str) -> Response:
    """One movement to print: delivery note, or slip of e-waste."""
    batch = leaving.batch_for(visit.session, visit.someone, whole(number))
    identity = visit.hub.identity
    return visit.page("exit_slip.html", **_facts(visit, batch), issuer=identity.issuer)


@router.post("/exits/{number}/devices")
def send(visit: Managers, number: str, fields: SmallForm) -> Response:
    """Let devices out, all or none; or say what keeps each one here."""
    batch = leaving.batch_for(visit.session, visit.someone, whole(number))
    tags = tuple(fields.text("tags").split())
    ticked = tuple(tick for tick in leaving.TICKS if fields.text(f"with-{tick}") == "yes")
    goods = Goods(tags, ticked, exit_words.cents_of(fields.text("price")))
    try:
        lines = leaving.send(visit.session, visit.someone, batch, goods)
    except Stays as stays:
        message = in_words(stays.message, visit.lang)
        return _page(visit, batch, message, stays.status, held=stays.held, form=_kept(fields))
    except HubError as error:
        return _page(visit, batch, in_words(error.message, visit.lang), error.status, form=_kept(fields))
    return visit.go(f"/exits/{batch.id}", "left", number=str(len(lines)))


@router.post("/exits/{number}/units")
def send_units(visit: Managers, number: str, fields: SmallForm) -> Response:
    """Let units without a tag out, by number."""
    batch = leaving.batch_for(visit.session, visit.someone, whole(number))
    try:
        lot = lots.lot_for(visit.session, visit.someone, fields.text("lot"))
        by_number.send_units(
            visit.session, visit.someone, batch, lot, kind=fields.text("kind"), units=whole(fields.text("units"))
        )
    except HubError as error:
        return _page(visit, batch, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/exits/{batch.id}", "left", number=fields.text("units"))


@router.post("/exits/{number}/withdraw")
def take_back(visit: Managers, number: str, fields: SmallForm) -> Response:
    """Take one line back, with a reason."""
    batch = leaving.batch_for(visit.session, visit.someone, whole(number))
    try:
        leaving.take_back(visit.session, visit.someone, whole(fields.text("line")), fields.text("reason"))
    except HubError as error:
        return _page(visit, batch, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/exits/{batch.id}", "exit-withdrawn")


@router.post("/exits/{number}/mass")
def weigh(visit: Staff, number: str, fields: SmallForm) -> Response:
    """Say what one category of it weighs."""
    batch = leaving.batch_for(visit.session, visit.someone, whole(number))
    try:
        grams = exit_words.grams_of(fields.text("kg"))
        papers.weigh(visit.session, visit.someone, batch, fields.text("category"), grams)
    except HubError as error:
        return _page(visit, batch, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/exits/{batch.id}", "exit-noted")


@router.post("/exits/{number}/bsd")
def note_slip(visit: Staff, number: str, fields: SmallForm) -> Response:
    """Note the number of its waste slip."""
    batch = leaving.batch_for(visit.session, visit.someone, whole(number))
    told = {name: fields.text(name) for name in ("day", "treatment")}
    try:
        papers.note_slip(visit.session, visit.someone, batch, fields.text("bsd"), **told)
    except HubError as error:
        return _page(visit, batch, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/exits/{batch.id}", "exit-noted")


@router.get("/lots/{code}/exits")
def of_lot(visit: LotReaders, code: str) -> Response:
    """Where the goods of a lot went: no price, and a receiver's name only where that one agreed."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    rows = [
        (one, wording.kind_word(one.kind, visit.lang), exit_words.say(exit_words.MODES[one.mode], visit.lang))
        for one in told_of_lot(visit.session, visit.someone, lot)
    ]
    inside = not visit.has_role(Role.DONOR)
    known = donor_types.types_of(visit.session, visit.someone, [lot.donor_id]) if inside else {}
    return visit.page(
        "lot_exits.html",
        lot=lot,
        rows=rows,
        can_say=visit.has_role(*MANAGERS),
        donor_type=known.get(lot.donor_id, ""),
        donor_types=exit_words.choices(exit_words.DONOR_TYPES, visit.lang),
        inside=inside,
    )


@router.post("/lots/{code}/donor-type")
def set_donor_type(visit: Managers, code: str, fields: SmallForm) -> Response:
    """Say what type of donor gave the lot."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    donor_types.set_type(visit.session, visit.someone, lot.donor_id, fields.text("word"))
    return visit.go(f"{lot_path(code)}/exits", "exit-noted")


def _form(visit: Visit, form: dict[str, str], error: str = "", status: int = 200) -> Response:
    today = visit.hub.clock().date().isoformat()
    opened = levels.opened_to(visit.session, visit.someone)
    modes = [one for one in exit_words.choices(exit_words.MODES, visit.lang) if one[0] not in opened.closed]
    return visit.page("exit_new.html", status, form=form, error=error, modes=modes, opened=opened, today=today)


def _kept(fields: Fields) -> dict[str, str]:
    kept = {name: fields.text(name) for name in ("tags", "price")}
    return kept | {tick: "yes" for tick in leaving.TICKS if fields.text(f"with-{tick}") == "yes"}


def _page(
    visit: Visit,
    batch: ExitBatch,
    error: str = "",
    status: int = 200,
    *,
    held: tuple[Held, ...] = (),
    form: dict[str, str] | None = None,
) -> Response:
    return visit.page(
        "exit.html",
        status,
        **_facts(visit, batch),
        error=error,
        held=[held_row(one, visit.lang) for one in held],
        form=form or {},
        ticks=exit_words.choices(exit_words.TICKS, visit.lang),
        kinds=[(kind, wording.kind_word(kind, visit.lang)) for kind in BY_NUMBER],
        can_send=visit.has_role(*MANAGERS),
        today=visit.hub.clock().date().isoformat(),
    )


def _facts(visit: Visit, batch: ExitBatch) -> dict[str, Any]:
    found, lang = lines_of(visit.session, visit.someone, batch), visit.lang
    masses = papers.masses_of(visit.session, [batch.id]).get(batch.id, {})
    late = late_by_line(visit.session, visit.someone, [one.line for one in found])
    return {
        "batch": batch,
        "mode": exit_words.say(exit_words.MODES[batch.mode], lang),
        "is_waste": MODES[batch.mode].is_waste,
        "rows": [_row(one, lang, late.get(one.line.id)) for one in found],
        "units": sum(one.line.units for one in found if one.line.withdrawn is None),
        "masses": [
            (code, what, exit_words.kilograms(masses[code], lang) if code in masses else "")
            for code, what in categories().items()
        ],
        "total": exit_words.kilograms(sum(masses.values()), lang) if masses else "",
        "bsd": papers.slips_of(visit.session, [batch.id]).get(batch.id),
    }


def _row(one: Departure, lang: str, late: Erasure | None) -> LineRow:
    line, device = one.line, one.device
    name = " ".join(part for part in (device.maker, device.model) if part) if device else ""
    return LineRow(
        line.id,
        (device.asset or device.serial or "?") if device else "",
        f"/devices/{device.id}/work" if device else "",
        one.lot.code,
        lot_path(one.lot.code),
        name,
        wording.kind_word(line.kind, lang),
        line.units,
        line.letter,
        line.grade_policy,
        exit_words.say(exit_words.WORDS.get(line.word, ""), lang),
        exit_words.missing_lines(line.word, line.missing, lang),
        exit_words.accessories(line.accessories, lang),
        exit_words.euros(line.price_cents, lang),
        exit_words.euros(line.ceiling_cents, lang),
        (line.warranty_start, line.warranty_end, line.presumption_end),
        line.withdrawn,
        line.withdrawn_reason,
        key_of(line) if device and one.batch.mode in DELIVERED else "",
        late,
    )
