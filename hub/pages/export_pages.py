"""Exports: what, of which lot, which columns in which order, as CSV or XLSX; and the layouts of column mappings."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from hub import audit
from hub.errors import HubError
from hub.exported import choosing
from hub.exported.mapping import ColumnMapping, mapped
from hub.exported.subjects import COLUMNS, rows_of
from hub.exported.tables import csv_bytes, xlsx_bytes
from hub.lots import service as lots
from hub.models import Role
from hub.pages.export_words import LABELS, SUBJECTS
from hub.pages.forms import DocumentForm, Fields, SmallForm
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Exporters, Home, Visit
from hub.scope import works_here

router = APIRouter(include_in_schema=False)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column to choose: its name, its label, and its place ("" where it is left out)."""

    name: str
    label: str
    place: str


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One sort of export with its columns."""

    name: str
    word: str
    columns: tuple[ColumnRow, ...]


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One layout to choose."""

    key: str
    name: str
    version: int
    word: str
    columns: int


@router.get("/exports")
def show_exports(visit: Exporters) -> Response:
    """What can be exported, with the columns that this reader chose last."""
    return _page(visit)


@router.post("/exports/tables/{subject}")
def export(visit: Exporters, subject: str, fields: SmallForm) -> Response:
    """Keep the chosen columns and answer with the file, or say why not."""
    try:
        columns = choosing.choose(visit.session, visit.someone, subject, _columns(subject, fields))
        rows = rows_of(visit.session, visit.someone, subject, fields.text("lot"))
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    header = [visit.say(LABELS[name]) for name in columns]
    cells = [[row.get(name) for name in columns] for row in rows]
    audit.record(visit.session, visit.someone, "export", subject, f"{fields.text('lot')} {len(cells)} rows")
    if fields.text("form") == "xlsx":
        return _file(xlsx_bytes(visit.say(SUBJECTS[subject]), header, cells), XLSX, f"{subject}.xlsx")
    return _file(csv_bytes(header, cells), "text/csv; charset=utf-8", f"{subject}.csv")


@router.post("/exports/mapped")
def export_mapped(visit: Exporters, fields: SmallForm) -> Response:
    """Answer with the rows in the layout of a mapping, or name the column that keeps them from leaving."""
    try:
        mapping = choosing.mapping_for(visit.session, fields.text("mapping"))
        rows = rows_of(visit.session, visit.someone, mapping.subject, fields.text("lot"))
        data = mapped(mapping, rows)
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    told = f"{mapping.name} version {mapping.version}, {fields.text('lot')} {len(rows)} rows"
    audit.record(visit.session, visit.someone, "export.mapped", mapping.subject, told)
    return _file(data, "text/csv", "mapped.csv")


@router.post("/exports/mappings")
def load_mapping(visit: Home, fields: DocumentForm) -> Response:
    """Keep a mapping of the site, or say what is wrong in it."""
    try:
        row = choosing.keep_mapping(visit.session, visit.someone, fields.file("file"))
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go("/exports", "mapping-kept", name=row.name, version=str(row.version))


@router.get("/exports/example.toml")
def example(_visit: Exporters) -> Response:
    """The shipped mapping, to copy and change."""
    return _file(choosing.EXAMPLE.read_bytes(), "text/plain; charset=utf-8", "example_mapping.toml")


def _columns(subject: str, fields: Fields) -> list[str]:
    """The columns with a place, in the order of their places."""
    places = {
        name: whole(fields.text(f"col-{name}")) for name in COLUMNS.get(subject, ()) if fields.text(f"col-{name}")
    }
    return sorted((name for name in places if places[name] > 0), key=lambda name: places[name])


def _page(visit: Visit, error: str = "", status: int = 200) -> Response:
    return visit.page(
        "exports.html",
        status,
        error=error,
        subjects=[_subject(visit, name) for name in COLUMNS],
        mappings=[_mapping(visit, key, one) for key, one in choosing.mappings(visit.session)],
        codes=sorted(lot.code for lot in lots.visible_lots(visit.session, visit.someone)),
        can_load=visit.has_role(Role.LEAD, Role.ADMIN) and works_here(visit.session, visit.someone),
    )


def _subject(visit: Visit, subject: str) -> SubjectRow:
    wanted = choosing.chosen(visit.session, visit.someone, subject)
    names = (*wanted, *(name for name in COLUMNS[subject] if name not in wanted))
    places = {name: str(at) for at, name in enumerate(wanted, 1)}
    columns = tuple(ColumnRow(name, visit.say(LABELS[name]), places.get(name, "")) for name in names)
    return SubjectRow(subject, visit.say(SUBJECTS[subject]), columns)


def _mapping(visit: Visit, key: str, one: ColumnMapping) -> MappingRow:
    return MappingRow(key, one.name, one.version, visit.say(SUBJECTS[one.subject]), len(one.columns))


def _file(data: bytes, media_type: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(data, media_type=media_type, headers=headers)
