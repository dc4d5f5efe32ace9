"""Asking for a binder and getting it: what goes in is fixed by the request, in the scope of the person who asks.

A binder lists each certificate with the class that its drive has in the account of the lot at that moment. A file whose
lot has lost one of its certificates since is handed to nobody.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from hub import audit
from hub.bound import Binder
from hub.context import Hub, hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.issued.service import certificates_of_lot
from hub.lots.account import Explained
from hub.lots.drive_account import account_of
from hub.models import Certificate, Lot, Person
from hub.rare import has_none
from hub.recalled import IN_FORCE
from hub.scope import in_scope, scoped
from hub.validation.issue import LANGUAGES

WAITING, RUNNING, READY, FAILED, EXPIRED = "waiting", "running", "ready", "failed", "expired"
OPEN = (WAITING, RUNNING)
FOLDER: Final = "binders"
MOST: Final = 1000  # certificates of one binder (`certificates.binder.MOST`)
MOST_OPEN: Final = 20  # binders that wait at one moment, of the whole hub
MOST_OF_A_LOT: Final = 20  # asked for in a day
DAY = timedelta(days=1)
CLASSES = (Explained.ERASED_PURGE, Explained.ERASED_CLEAR, Explained.EXCEPTIONS)
OVERTAKEN = "overtaken"


def ask(session: Session, person: Person, lot: Lot, lang: str) -> Binder:
    """Ask for a binder; the same one that waits or is ready already is given instead of another.

    Raises BadInput (language), Conflict (no certificate yet, too many of them, too many binders at once).
    """
    if lang not in LANGUAGES:
        raise BadInput("choose the language of the certificates", "lang")
    contents = contents_of(session, person, lot)
    if not contents:
        raise Conflict("this lot has no certificate yet")
    if len(contents) > MOST:
        raise Conflict(f"one PDF holds {MOST} certificates at most, and this lot has {len(contents)}: take them singly")
    digest = hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()
    now = hub_of(session).clock()
    mine = select(Binder).where(Binder.lot_id == lot.id, in_scope(person, Binder.lot_id))
    same = mine.where(Binder.lang == lang, Binder.contents_sha256 == digest, Binder.state.in_((*OPEN, READY)))
    for row in session.scalars(same.order_by(Binder.asked.desc())):
        if row.state in OPEN or (path_of(hub_of(session), row).exists() and not is_over(row, now)):
            return row
    _bounded(session, lot, now)
    row = Binder(
        lot_id=lot.id,
        lang=lang,
        contents=list(contents),
        contents_sha256=digest,
        state=WAITING,
        total=len(contents),
        asked=now,
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "binder.ask", lot.id, f"{row.id} {lang}, {len(contents)} certificates")
    return row


def contents_of(session: Session, person: Person, lot: Lot) -> tuple[dict[str, str], ...]:
    """The certificates of a lot with the class of their drive; "overtaken" where it explains the drive no more."""
    explained = {
        line.run.certificate_id: line.standing.explained
        for line in account_of(session, person, lot)
        if line.run is not None and line.standing.explained in CLASSES
    }
    return tuple(
        {
            "id": one.id,
            "number": one.number,
            "model": one.drive.model,
            "serial": one.drive.serial,
            "group": explained[one.id].value if one.id in explained else OVERTAKEN,
        }
        for one in certificates_of_lot(session, person, lot)
    )


def binder_for(session: Session, person: Person, lot: Lot, binder_id: str) -> Binder:
    """One binder of a lot. Raises NotFound when there is none in the person's scope."""
    query = select(Binder).where(Binder.id == binder_id, Binder.lot_id == lot.id, in_scope(person, Binder.lot_id))
    row = session.scalar(query)
    if row is None:
        raise NotFound("no such file")
    return row


def binders_of(session: Session, person: Person, lot: Lot) -> tuple[Binder, ...]:
    """The binders of a lot that wait or can be fetched, the newest first; nothing outside the person's scope."""
    if has_none(session, lot.id, Binder):
        return ()
    query, asked = scoped(_NEWEST, person, Binder.lot_id)
    rows = session.scalars(query, {"lot": lot.id, **asked})
    now = hub_of(session).clock()
    return tuple(row for row in rows if not is_over(row, now))


_NEWEST: Final = (
    select(Binder)
    .where(Binder.lot_id == bindparam("lot"), Binder.state.in_((*OPEN, READY)))
    .order_by(Binder.asked.desc())
    .limit(10)
)


def file_of(session: Session, person: Person, lot: Lot, binder_id: str) -> tuple[Binder, Path]:
    """A binder and its file. Raises NotFound (none, over, or its lot has lost a certificate), Conflict (not ready)."""
    row = binder_for(session, person, lot, binder_id)
    if row.state in OPEN:
        raise Conflict("this file is not ready yet")
    path = path_of(hub_of(session), row)
    if row.state != READY or is_over(row, hub_of(session).clock()) or not path.is_file():
        raise NotFound("this file is kept no more: ask for it again")
    if not holds(session, row):
        raise NotFound("the certificates of this lot have changed: ask for the file again")
    return row, path


def holds(session: Session, row: Binder) -> bool:
    """Whether every certificate of a binder still belongs to its lot, and counts."""
    ids = ids_of(row)
    query = select(func.count()).select_from(Certificate)
    return session.scalar(query.where(Certificate.lot_id == row.lot_id, Certificate.id.in_(ids), IN_FORCE)) == len(ids)


def ids_of(row: Binder) -> Sequence[str]:
    """The certificates of a binder."""
    return [one["id"] for one in row.contents]


def is_over(row: Binder, now: datetime) -> bool:
    """Whether the days of a file are over."""
    return row.expires is not None and row.expires <= now


def path_of(hub: Hub, row: Binder) -> Path:
    """Where the file of a binder is."""
    return hub.settings.data_dir / FOLDER / f"{row.id}.pdf"


def _bounded(session: Session, lot: Lot, now: datetime) -> None:
    count = select(func.count()).select_from(Binder)
    if (session.scalar(count.where(Binder.state.in_(OPEN))) or 0) >= MOST_OPEN:
        raise Conflict("many such files are being made now: ask again in a few minutes")
    if (session.scalar(count.where(Binder.lot_id == lot.id, Binder.asked > now - DAY)) or 0) >= MOST_OF_A_LOT:
        raise Conflict("this lot had many such files today: ask again tomorrow")
