"""The second copy: every statement also lies in an append-only file, beside the state or on another medium.

The file follows the store after each commit and before anybody is told "saved"; what it lacks is added when the state
is opened. It never decides: when it cannot be written the bench says so and goes on, and the store stays the truth. A
torn end is cut off; other damage is put aside, never overwritten. After a failed write or sync the file is left alone
until the next start (fsync is not tried twice). Form: `certificates.statement_file`. Trust and reliability, 6.1 step 5.
"""

import errno
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from certificates.errors import CertificateError
from certificates.statement_file import FIRST_LINK, HEADER, Damage, DamageKind, Line, read_lines, write_line
from station_agent.errors import SecondCopyTrouble, StationError
from station_agent.language import mark
from station_agent.store import Store

FILE: Final = "statements.log"
ASIDE: Final = 1000  # damaged files that are kept beside the good one, at most
BROKEN: Final = mark(
    "The second copy {path} cannot be written ({detail}). The statements are safe in the state of this bench; the copy "
    "is tried again at the next start. Look at the medium."
)
STRANGE: Final = mark(
    "{path} holds statements that this bench did not make, or not so: it is left as it is, and there is no second "
    "copy. Take it to the hub (etabli-hub import), then move it away, or choose another folder with --second-copy."
)


@dataclass(frozen=True, slots=True)
class CopyContent:
    """What stands in a copy: its statements, where the good part ends, and whether more than the end is damaged."""

    ids: tuple[str, ...]
    link: str
    end: int
    torn: bool
    damaged: bool


class SecondCopy:
    """The file `<folder>/statements.log`, kept behind a store. Raises nothing: `trouble` says what went wrong."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.path = folder / FILE
        self._store = store
        self._guard = threading.RLock()
        self._count = 0
        self._link = FIRST_LINK
        self._last = 0  # position in the store of the last statement that is in the file
        self._started = False
        self.trouble: StationError | None = None

    def follow(self) -> None:
        """Bring the file up to the store, durably; call it after every commit that added a statement."""
        with self._guard:
            if self.trouble is not None:
                return
            try:
                if not self._started:
                    self._start()
                    self._started = True
                self._add()
            except (OSError, CertificateError) as error:
                detail = (error.strerror or error) if isinstance(error, OSError) else error
                self.trouble = SecondCopyTrouble(BROKEN, path=self.path, detail=detail)
            except StationError as error:
                self.trouble = error

    def _start(self) -> None:
        """Read what stands there, cut a torn end off, put a damaged file aside. Raises OSError, `StationError`."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        content = content_of(self.path)
        rows = self._store.rows("SELECT position, id FROM statement ORDER BY position")
        known = {str(row["id"]): int(row["position"]) for row in rows}
        if any(name not in known for name in content.ids):
            raise SecondCopyTrouble(STRANGE, path=self.path)
        whole = content.ids == tuple(known)[: len(content.ids)] and not content.damaged
        if not whole:
            self._put_aside()
            content = CopyContent((), FIRST_LINK, 0, torn=False, damaged=False)
        elif content.torn:
            _cut(self.path, content.end)
        self._link = content.link
        self._last = known[content.ids[-1]] if content.ids else 0
        if content.end == 0:
            _append(self.path, HEADER)
            _sync_folder(self.path.parent)

    def _add(self) -> None:
        rows = self._store.rows(
            "SELECT position, envelope FROM statement WHERE position > ? ORDER BY position", (self._last,)
        )
        lines, link = [], self._link
        for row in rows:
            line, link = write_line(link, row["envelope"])
            lines.append(line)
        if lines:
            _append(self.path, b"".join(lines))
            self._link, self._last = link, int(rows[-1]["position"])

    def _put_aside(self) -> None:
        for number in range(1, ASIDE):
            aside = self.path.with_name(f"{FILE}.damaged-{number}")
            if not aside.exists():
                self.path.rename(aside)
                return
        raise FileExistsError(errno.EEXIST, "too many damaged copies", str(self.path))


def content_of(path: Path) -> CopyContent:
    """Read a copy as far as it is good; a file that is not there is an empty one. Raises OSError."""
    ids: list[str] = []
    link, end, bad = FIRST_LINK, 0, list[tuple[int, Damage]]()
    try:
        with path.open("rb") as file:
            for found in read_lines(file):
                if isinstance(found, Line):
                    ids.append(found.id)
                    link, end = found.link, found.end
                else:
                    bad.append((len(ids), found))
    except FileNotFoundError:
        return CopyContent((), FIRST_LINK, 0, torn=False, damaged=False)
    if not ids and all(one.kind is not DamageKind.HEADER and one.offset for _, one in bad):
        end = min(path.stat().st_size, len(HEADER))
    damaged = any(before < len(ids) or one.kind is DamageKind.HEADER for before, one in bad)
    return CopyContent(tuple(ids), link, end, torn=bool(bad), damaged=damaged)


def _append(path: Path, data: bytes) -> None:
    """Add bytes at the end, durably. Raises OSError, also for a short write."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cut(path: Path, end: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        os.ftruncate(descriptor, end)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
