"""What people choose for their exports: columns, kept for each person; mappings of the site, kept byte for byte."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.exported.mapping import ColumnMapping, read_mapping
from hub.exported.subjects import COLUMNS
from hub.foreign import ExportChoice, ExportMapping
from hub.models import Person
from hub.people.roles import EXPORTERS, MANAGERS, require
from hub.scope import require_home

EXAMPLE = Path(__file__).resolve().parent / "example_mapping.toml"


def chosen(session: Session, person: Person, subject: str) -> tuple[str, ...]:
    """The columns that a person wants, in order; all of them where nothing was chosen."""
    row = session.get(ExportChoice, (person.id, subject))
    return tuple(name for name in (row.columns if row else ()) if name in COLUMNS[subject]) or COLUMNS[subject]


def choose(session: Session, person: Person, subject: str, columns: Sequence[str]) -> tuple[str, ...]:
    """Keep the columns that a person wants. Raises Forbidden, BadInput (none, twice, or one that there is not)."""
    require(person, *EXPORTERS)
    if subject not in COLUMNS:
        raise BadInput("choose what to export", "subject")
    if not columns or len(set(columns)) != len(columns) or not set(columns) <= set(COLUMNS[subject]):
        raise BadInput("choose at least one column, each once", "columns")
    row = session.get(ExportChoice, (person.id, subject))
    if row is None:
        session.add(ExportChoice(person_id=person.id, subject=subject, columns=list(columns)))
    else:
        row.columns = list(columns)
    session.flush()
    return tuple(columns)


def keep_mapping(session: Session, person: Person, data: bytes) -> ExportMapping:
    """Keep a mapping of the site; the same bytes are the row that is there. Raises Forbidden, BadInput, Conflict."""
    require_home(session, person, *MANAGERS)
    mapping, digest = read_mapping(data), hashlib.sha256(data).hexdigest()
    found = session.get(ExportMapping, digest)
    if found is not None:
        return found
    same = select(ExportMapping).where(ExportMapping.name == mapping.name, ExportMapping.version == mapping.version)
    if session.scalar(same) is not None:
        raise Conflict(f"mapping {mapping.name} version {mapping.version} exists with other columns: raise its version")
    row = ExportMapping(
        sha256=digest,
        name=mapping.name,
        version=mapping.version,
        content=data,
        added=hub_of(session).clock(),
        added_by=person.id,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "export.mapping", digest, f"{mapping.name} version {mapping.version}")
    return row


def mappings(session: Session) -> tuple[tuple[str, ColumnMapping], ...]:
    """The shipped example under the name "example", then those of the site by name and version, each as it was read."""
    rows = session.scalars(select(ExportMapping).order_by(ExportMapping.name, ExportMapping.version))
    kept = tuple((row.sha256, read_mapping(row.content)) for row in rows)
    return (("example", read_mapping(EXAMPLE.read_bytes())), *kept)


def mapping_for(session: Session, key: str) -> ColumnMapping:
    """One mapping. Raises NotFound."""
    found = next((mapping for name, mapping in mappings(session) if name == key), None)
    if found is None:
        raise NotFound("no such mapping")
    return found
