"""Importing the donor's list: first what the file would do, then, with the very same bytes, doing it."""

import base64
import binascii
import csv
import io
from dataclasses import dataclass

from fastapi import APIRouter, Response

from hub.errors import BadInput, HubError
from hub.exported.cells import marked
from hub.imported import lists
from hub.lots import service as lots
from hub.lots.importing import ImportPreview, ImportRow
from hub.lots.listing import ReadList
from hub.models import Lot
from hub.pages.forms import Fields, ListForm, LongForm
from hub.pages.language import mark
from hub.pages.places_of_lots import lot_path
from hub.pages.sentences import in_words
from hub.pages.visit import Managers, Visit
from hub.wording import kind_word

router = APIRouter(include_in_schema=False)
COLUMN_NAMES = ("asset", "kind", "maker", "model", "serial", "drive serial")
COLUMNS = {
    "fr": "étiquette; type; marque; modèle; numéro de série; disque série",
    "en": "asset tag; kind; maker; model; serial number; drive serial",
}
LONGEST_HEADING, MOST_HEADINGS = 40, 12  # of the columns that are not read, as shown
REJECTED_COLUMNS = (*COLUMN_NAMES, "line", "reason")
KINDS_OF_FILES = {
    lists.CSV: mark("a list as CSV"),
    lists.XLSX: mark("a workbook (XLSX): its first sheet"),
    lists.GLPI: mark("an inventory of GLPI (JSON)"),
    lists.SNIPE_IT: mark("an export of Snipe-IT (CSV)"),
    lists.EREUSE: mark("a snapshot of eReuse (JSON)"),
}
EMPTY = mark("Choose a file first.")
BROKEN = mark("The list was changed on the way: choose the file again.")
OUTCOMES = (
    ("created", "ok", "plus", mark("new lines"), mark("New in this lot.")),
    ("matched", "none", "check", mark("known lines"), mark("Left as they are.")),
    ("conflicting", "wait", "alert", mark("lines in conflict"), mark("They contradict what is recorded; not written.")),
    ("rejected", "bad", "cross", mark("rejected lines"), mark("They cannot be read; not written.")),
)


@dataclass(frozen=True, slots=True)
class PileRow:
    """One line of the list: its number, what it says and why it lies on this pile."""

    line: int
    content: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pile:
    """The lines with one outcome."""

    tone: str
    icon: str
    word: str
    explanation: str
    rows: tuple[PileRow, ...]

    @property
    def reasons(self) -> bool:
        """Whether any of its lines has a reason to tell."""
        return any(row.reason for row in self.rows)


@router.get("/lots/{code}/import")
def choose(visit: Managers, code: str) -> Response:
    """The form that takes the file."""
    return _form(visit, lots.lot_for(visit.session, visit.someone, code))


@router.post("/lots/{code}/import")
def preview(visit: Managers, code: str, fields: ListForm) -> Response:
    """Show what the file would do; write nothing."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    data = fields.file("file")
    if not data:
        return _form(visit, lot, visit.say(EMPTY))
    try:
        source = lists.read_file(data)
        found = lots.preview_import(visit.session, lot, source)
    except HubError as error:
        return _form(visit, lot, in_words(error.message, visit.lang))
    return visit.page(
        "import_preview.html",
        lot=lot,
        piles=_piles(visit, found),
        applicable=len(found.created),
        bad=len(found.conflicting) + len(found.rejected),
        taken_for=visit.say(KINDS_OF_FILES[source.kind]),
        left_out=[heading[:LONGEST_HEADING] for heading in source.left_out[:MOST_HEADINGS]],
        columns=COLUMNS[visit.lang],
        sha256=source.sha256,
        content=base64.b64encode(data).decode(),
    )


@router.post("/lots/{code}/import/apply")
def apply(visit: Managers, code: str, fields: LongForm) -> Response:
    """Write the lines that were shown as created."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    try:
        source = _confirmed(fields)
        done = lots.apply_import(visit.session, lot, source, visit.someone)
    except binascii.Error:
        return _form(visit, lot, visit.say(BROKEN))
    except BadInput as error:
        return _form(visit, lot, in_words(error.message, visit.lang))
    return visit.go(lot_path(lot.code), "imported", created=str(len(done.created)), matched=str(len(done.matched)))


@router.post("/lots/{code}/import/rejected")
def rejected(visit: Managers, code: str, fields: LongForm) -> Response:
    """The lines that would not be written, as a CSV to correct and import again; its last two columns are ignored."""
    lot = lots.lot_for(visit.session, visit.someone, code)
    try:
        found = lots.preview_import(visit.session, lot, _confirmed(fields))
    except binascii.Error:
        return _form(visit, lot, visit.say(BROKEN))
    except BadInput as error:
        return _form(visit, lot, in_words(error.message, visit.lang))
    rows = sorted((*found.conflicting, *found.rejected), key=lambda row: row.line)
    headers = {"Content-Disposition": 'attachment; filename="to-correct.csv"', "Cache-Control": "no-store"}
    return Response(_to_correct(rows, visit.lang), media_type="text/csv; charset=utf-8", headers=headers)


def _to_correct(rows: list[ImportRow], lang: str) -> bytes:
    written = io.StringIO(newline="")
    table = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL)
    table.writerow(REJECTED_COLUMNS)
    for row in rows:
        listed = row.listed
        cells = (listed.asset, listed.kind, listed.maker, listed.model, listed.serial, listed.drive_serial)
        table.writerow([marked(cell) for cell in (*cells, str(row.line), in_words(row.reason, lang))])
    return b"\xef\xbb\xbf" + written.getvalue().encode("utf-8", "backslashreplace")


def _confirmed(fields: Fields) -> ReadList:
    """The very file that was shown. Raises binascii.Error for other bytes, BadInput."""
    source = lists.read_file(base64.b64decode(fields.text("content").encode("utf-8", "replace"), validate=True))
    if source.sha256 != fields.text("sha256"):
        raise binascii.Error
    return source


def _form(visit: Visit, lot: Lot, error: str = "") -> Response:
    return visit.page("import.html", 422 if error else 200, lot=lot, error=error, columns=COLUMNS[visit.lang])


def _piles(visit: Visit, found: ImportPreview) -> list[Pile]:
    return [
        Pile(
            tone,
            icon,
            visit.say(word),
            visit.say(explanation),
            tuple(_row(row, visit.lang) for row in found.rows if row.outcome.value == outcome),
        )
        for outcome, tone, icon, word, explanation in OUTCOMES
    ]


def _row(row: ImportRow, lang: str) -> PileRow:
    cells = (row.listed.asset, kind_word(row.listed.kind, lang), row.listed.maker, row.listed.model, row.listed.serial)
    content = " · ".join(cell for cell in (*cells, row.listed.drive_serial) if cell)
    return PileRow(row.line, content, in_words(row.reason, lang))
