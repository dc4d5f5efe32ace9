"""The library of process documents: what somebody has to read, what was read by whom, and filing a version.

A file is only ever handed out as an attachment of no known type.
"""

from fastapi import APIRouter, Response

from hub.circulated import ProcessDocument, ReadReceipt
from hub.errors import Forbidden, HubError
from hub.pages.files import download
from hub.pages.forms import DocumentForm, SmallForm
from hub.pages.sentences import in_words
from hub.pages.visit import Networkers, Readers, Visit
from hub.partners import library, register
from hub.scope import require_networker

router = APIRouter(include_in_schema=False)


@router.get("/library")
def show(visit: Readers) -> Response:
    """The documents of the reader's networks, those to read first."""
    return _page(visit)


@router.post("/library")
def file_version(visit: Networkers, fields: DocumentForm) -> Response:
    """File a version, or say why not."""
    try:
        file = (fields.file_name("file"), fields.file("file"))
        network, title, note = (fields.text(name) for name in ("network", "title", "note"))
        row = library.file_version(visit.session, visit.someone, network, title, file=file, note=note)
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go("/library", "document-filed", version=str(row.version))


@router.get("/library/{library_id}")
def hand_out(visit: Readers, library_id: str) -> Response:
    """The file as it came, as an attachment."""
    row = library.document_for(visit.session, visit.someone, library_id)
    return download(row.content, "application/octet-stream", library.download_name(row))


@router.post("/library/{library_id}/read")
def confirm(visit: Readers, library_id: str, fields: SmallForm) -> Response:
    """Say to have read a version."""
    assert fields is not None
    row = library.document_for(visit.session, visit.someone, library_id)
    try:
        library.confirm(visit.session, visit.someone, library_id)
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go("/library", "read-noted", title=row.title, version=str(row.version))


@router.post("/library/{library_id}/withdraw")
def withdraw(visit: Networkers, library_id: str, fields: SmallForm) -> Response:
    """Take a version back, with a reason."""
    library.document_for(visit.session, visit.someone, library_id)
    try:
        library.withdraw(visit.session, visit.someone, library_id, fields.text("reason"))
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go("/library", "partner-taken-back")


def _page(visit: Visit, error: str = "", status: int = 200) -> Response:
    session, person = visit.session, visit.someone
    rows = library.documents(session, person)
    files = _files(visit)
    held, read = library.in_force(rows), library.read_by(session, person)
    receipts = library.receipts(session, person, rows) if files else {}
    return visit.page(
        "library.html",
        status,
        error=error,
        rows=[_row(row, held, read, receipts) for row in rows],
        to_read=library.to_read(session, person),
        files=files,
        networks=register.networks(session, person) if files else (),
    )


def _row(
    row: ProcessDocument,
    held: tuple[ProcessDocument, ...],
    read: dict[str, ReadReceipt],
    receipts: dict[str, list[ReadReceipt]],
) -> dict[str, object]:
    return {"document": row, "held": row in held, "read": read.get(row.id), "receipts": receipts.get(row.id, [])}


def _files(visit: Visit) -> bool:
    """Whether the reader looks after networks."""
    try:
        require_networker(visit.session, visit.someone)
    except Forbidden:
        return False
    return True
