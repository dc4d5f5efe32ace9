"""The library of process documents of a network (S0-6): versions, and who has read which one when.

Whoever looks after the network files them; the staff of its partners reads them and says so by name. A newer version is
to be read again. A file is handed out as it came, and is never shown by a browser.
"""

import hashlib
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import audit
from hub.circulated import ProcessDocument, ReadReceipt
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound, TooLarge
from hub.models import Person
from hub.partners.documents import ENDINGS, MAX_FILE
from hub.partners.register import LONGEST, networks, reason_for
from hub.people.roles import READERS, require
from hub.scope import network_shared_with, require_networker, works_here
from hub.typed import one_line


def file_version(
    session: Session, person: Person, network_id: str, title: str, *, file: tuple[str, bytes], note: str = ""
) -> ProcessDocument:
    """File a document of a network, as the next version of its title. Raises Forbidden, BadInput, TooLarge."""
    require_networker(session, person)
    (name, content), title, note = file, one_line(title, 200), one_line(note, LONGEST)
    if not title or not content or network_id not in {one.id for one in networks(session, person)}:
        raise BadInput("a process document needs a title, a file and a network", "library")
    if len(content) > MAX_FILE:
        raise TooLarge("This file is too large.")
    for typed in (title, note):
        refuse_claims(typed)
    newest = select(func.max(ProcessDocument.version)).where(
        ProcessDocument.network_id == network_id, ProcessDocument.title == title
    )
    row = ProcessDocument(
        network_id=network_id,
        title=title,
        version=(session.scalar(newest) or 0) + 1,
        file_name=one_line(name, 120),
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        note=note,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "library.file", network_id, f"{title} version {row.version} sha256 {row.sha256}")
    return row


def documents(session: Session, person: Person) -> tuple[ProcessDocument, ...]:
    """Every version of the networks that the reader belongs to, by title, the newest first. Raises Forbidden."""
    require(person, *READERS)
    query = select(ProcessDocument).where(network_shared_with(person, ProcessDocument.network_id))
    order = (ProcessDocument.network_id, ProcessDocument.title, ProcessDocument.version.desc())
    return tuple(session.scalars(query.order_by(*order)))


def in_force(rows: Sequence[ProcessDocument]) -> tuple[ProcessDocument, ...]:
    """Of each title of each network the newest version that stands."""
    found: dict[tuple[str, str], ProcessDocument] = {}
    for row in sorted(rows, key=lambda one: one.version):
        if row.withdrawn is None:
            found[row.network_id, row.title] = row
    return tuple(sorted(found.values(), key=lambda one: (one.title, one.network_id)))


def to_read(session: Session, person: Person) -> tuple[ProcessDocument, ...]:
    """What the staff of a partner has to read still; nothing for those who file it. Raises Forbidden."""
    if works_here(session, person):
        return ()
    read = {row.document_id for row in _own(session, person)}
    return tuple(row for row in in_force(documents(session, person)) if row.id not in read and row.by != person.id)


def document_for(session: Session, person: Person, document_id: str) -> ProcessDocument:
    """One version, in the reader's networks. Raises Forbidden, NotFound."""
    require(person, *READERS)
    query = select(ProcessDocument).where(ProcessDocument.id == document_id)
    row = session.scalar(query.where(network_shared_with(person, ProcessDocument.network_id)))
    if row is None:
        raise NotFound("no such process document")
    return row


def confirm(session: Session, person: Person, document_id: str) -> ReadReceipt:
    """Say to have read a version. Raises Forbidden, NotFound, Conflict (said before; a newer version stands)."""
    document = document_for(session, person, document_id)
    if document not in in_force(documents(session, person)):
        raise Conflict("a newer version of it stands: read that one")
    if document.id in {row.document_id for row in _own(session, person)}:
        raise Conflict("you have said already that you read this version")
    row = ReadReceipt(
        document_id=document.id, person_id=person.id, name=person.name, at=hub_of(session).clock()
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, person, "library.read", document.id, f"{document.title} version {document.version}")
    return row


def read_by(session: Session, person: Person) -> dict[str, ReadReceipt]:
    """What somebody has read, by document."""
    return {row.document_id: row for row in _own(session, person)}


def receipts(session: Session, person: Person, rows: Sequence[ProcessDocument]) -> dict[str, list[ReadReceipt]]:
    """Who has read which of these versions, oldest first; for whoever looks after the network. Raises Forbidden."""
    require_networker(session, person)
    found: dict[str, list[ReadReceipt]] = {row.id: [] for row in rows}
    query = select(ReadReceipt).where(ReadReceipt.document_id.in_(list(found))).order_by(ReadReceipt.at, ReadReceipt.id)
    for receipt in session.scalars(query):
        found[receipt.document_id].append(receipt)
    return found


def withdraw(session: Session, person: Person, document_id: str, reason: str) -> ProcessDocument:
    """Take a version back: the one before it holds again. Raises Forbidden, NotFound, BadInput without a reason."""
    require_networker(session, person)
    row = document_for(session, person, document_id)
    if row.withdrawn is not None:
        raise NotFound("no such process document")
    row.withdrawn_reason = reason_for(reason)
    row.withdrawn, row.withdrawn_by = hub_of(session).clock(), person.id
    audit.record(
        session, person, "library.withdraw", row.network_id, f"{row.title} {row.version}: {row.withdrawn_reason}"
    )
    return row


def download_name(row: ProcessDocument) -> str:
    """A harmless name for the file."""
    ending = next((one for one in ENDINGS if row.file_name.lower().endswith(one)), ".bin")
    return f"process-{row.version}{ending}"


def _own(session: Session, person: Person) -> Sequence[ReadReceipt]:
    return session.scalars(select(ReadReceipt).where(ReadReceipt.person_id == person.id)).all()
