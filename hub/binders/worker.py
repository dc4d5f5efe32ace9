"""The worker that makes binders: one thread of the process, one binder at a time, and the database free meanwhile.

It reads the issued files in short transactions, says after each how far it is, and writes the binder beside its place
before it moves it there. What it has begun belongs to it for a minute at a time: a process that ended leaves its binder
to the next worker, which begins it again. Files are kept for some days, and no more than so many of them.
"""

import hashlib
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from certificates.errors import BinderError
from hub.base import new_id
from hub.binders.requests import EXPIRED, FAILED, FOLDER, OPEN, READY, RUNNING, WAITING, holds, path_of
from hub.bound import Binder
from hub.claims import donor_of
from hub.clock import wall
from hub.context import Hub
from hub.models import IssuedDocument, Lot

HELD: Final = timedelta(minutes=1)  # without a word from its worker
KEPT: Final = timedelta(days=7)
MOST_FILES: Final = 40
MOST_BYTES: Final = 2 * 10**9
AT_ONCE: Final = 25  # certificates of one transaction
MOST_TRIES: Final = 3
CHANGED, BAD_FILE, DISK, TRIES = "changed", "file", "disk", "tries"


class NotOurs(Exception):
    """Another worker has this binder now, or it is over."""


class Unfit(Exception):
    """The binder cannot be made; the word says why."""


class BinderWorker:
    """Makes the binders that wait. `wake` comes back at once, `work_off` and `settle` when nothing waits."""

    def __init__(self, hub: Hub) -> None:
        self._hub, self._name = hub, new_id()
        self._gate = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """See to it that the worker looks for work."""
        with self._gate:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self.work_off, name="binders", daemon=True)
                self._thread.start()

    def settle(self) -> None:
        """Wait until the worker has nothing more to do."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def work_off(self) -> None:
        """Make every binder that waits; what the database refuses stays for the next look."""
        try:
            while (row := self._take()) is not None:
                try:
                    self._make(row)
                except NotOurs:
                    continue
        except SQLAlchemyError:
            return

    def _take(self) -> Binder | None:
        now = self._hub.clock()
        with self._hub.sessions().begin() as session:
            sweep(session, self._hub)
            free = or_(Binder.state == WAITING, (Binder.state == RUNNING) & (Binder.held_until < now))
            row = session.scalar(select(Binder).where(free).order_by(Binder.asked, Binder.id).limit(1))
            if row is None:
                return None
            taken = {"worker": self._name, "held_until": now + HELD, "state": RUNNING, "done": 0}
            mine = update(Binder).where(Binder.id == row.id, free).values(tries=Binder.tries + 1, **taken)
            session.execute(mine.execution_options(synchronize_session=False))
            session.refresh(row)
            return row if row.worker == self._name else None

    def _make(self, row: Binder) -> None:
        if row.tries > MOST_TRIES:
            self._end(row, state=FAILED, problem=TRIES)
            return
        path = path_of(self._hub, row)
        part = path.with_name(f"{row.id}.{self._name}.part")
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            part.unlink(missing_ok=True)
            size = self._bind(row, part)
            digest = _digest(part)
            part.replace(path)
        except (BinderError, Unfit, OSError) as error:
            part.unlink(missing_ok=True)
            self._end(row, state=FAILED, problem=_problem(error))
            return
        self._end(row, state=READY, size=size, sha256=digest, expires=self._hub.clock() + KEPT)

    def _bind(self, row: Binder, part: Path) -> int:
        from certificates.binder import bind  # noqa: PLC0415  (loads reportlab: a hub is up before that)
        from certificates.binder_pages import Contents, Entry, Group  # noqa: PLC0415  (the same)

        with self._hub.readers()() as session:
            lot = session.get_one(Lot, row.lot_id)
            if not holds(session, row):
                raise Unfit(CHANGED)
            donor, code = donor_of(lot), lot.code
        entries = tuple(Entry(one["number"], one["model"], one["serial"], Group(one["group"])) for one in row.contents)
        identity = self._hub.identity
        made = wall(row.asked)
        contents = Contents(identity.issuer.name, donor, code, made, entries, row.lang, simulated=identity.key.demo)
        ids = {one["number"]: one["id"] for one in row.contents}
        return bind(contents, self._pdfs(row, [ids[entry.number] for entry in contents.entries]), part)

    def _pdfs(self, row: Binder, ids: list[str]) -> Iterator[bytes]:
        """The issued files one after the other; the database is asked for a few, and free while they are bound."""
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            with self._hub.readers()() as session:
                query = select(IssuedDocument.certificate_id, IssuedDocument.pdf, IssuedDocument.pdf_sha256)
                query = query.where(IssuedDocument.certificate_id.in_(some), IssuedDocument.lang == row.lang)
                found = {one.certificate_id: one for one in session.execute(query)}
            for key in some:
                if key not in found or hashlib.sha256(found[key].pdf).hexdigest() != found[key].pdf_sha256:
                    raise Unfit(BAD_FILE)
                yield found[key].pdf
            self._tell(row, done=start + len(some), held_until=self._hub.clock() + HELD)

    def _end(self, row: Binder, **facts: object) -> None:
        self._tell(row, ended=self._hub.clock(), held_until=None, **facts)

    def _tell(self, row: Binder, **facts: object) -> None:
        mine = (Binder.id == row.id) & (Binder.worker == self._name) & (Binder.state == RUNNING)
        with self._hub.sessions().begin() as session:
            told = update(Binder).where(mine).values(**facts).returning(Binder.id)
            if session.scalar(told.execution_options(synchronize_session=False)) is None:
                raise NotOurs


def open_worker(hub: Hub) -> BinderWorker:
    """The worker of a process; it begins at once where an earlier process left work, or files to be taken away."""
    worker = BinderWorker(hub)
    with hub.readers()() as session:
        left = session.scalar(select(Binder.id).where(Binder.state.in_((*OPEN, READY))).limit(1))
    if left is not None:
        worker.wake()
    return worker


def sweep(session: Session, hub: Hub) -> None:
    """Take away files whose days are over, the oldest beyond the bounds, and those that no binder knows."""
    now, files, size = hub.clock(), 0, 0
    for row in session.scalars(select(Binder).where(Binder.state == READY).order_by(Binder.ended.desc(), Binder.id)):
        files, size = files + 1, size + row.size
        if row.expires is None or row.expires <= now or files > MOST_FILES or size > MOST_BYTES:
            row.state = EXPIRED
    session.flush()
    kept = {f"{key}.pdf" for key in session.scalars(select(Binder.id).where(Binder.state == READY))}
    begun = set(session.scalars(select(Binder.id).where(Binder.state.in_(OPEN))))
    folder = hub.settings.data_dir / FOLDER
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in kept and path.name.partition(".")[0] not in begun:
            path.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _problem(error: Exception) -> str:
    if isinstance(error, Unfit):
        return str(error)
    return DISK if isinstance(error, OSError) else BAD_FILE
