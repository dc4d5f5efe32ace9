"""Statements on a stick: written for a hub that no cable reaches, and the hub's signed answers read back.

Writing needs no key and no lock, so it also works beside a running erase and for a state whose key is gone. Nothing
here confirms a statement by itself: the row moves by `station_agent.sync.settle`, as it does when the hub answers.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from certificates.errors import CertificateError
from certificates.receipts import read_receipts
from certificates.statement_file import written
from certificates.trust import Trust
from station_agent.errors import CarriedFileError
from station_agent.language import mark
from station_agent.outbox import Outbox
from station_agent.records import Rows
from station_agent.signing import Chain
from station_agent.sync import settle

UNCONFIRMED: Final = (
    "SELECT envelope FROM statement JOIN outbox USING (position) WHERE state != 'confirmed' ORDER BY position"
)
MOST_BYTES: Final = 64 << 20  # of a file of receipts that is handed over
ALL: Final = "SELECT envelope FROM statement ORDER BY position"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a file of receipts did. `strange`: results about what does not wait here; `bad`: lines not believed."""

    confirmed: int = 0
    kept: int = 0
    strange: int = 0
    bad: int = 0


def export_statements(store: Rows, path: Path, *, everything: bool) -> int:
    """Write the unconfirmed statements (or all) to a new file, durably; give their number.

    Raises `CarriedFileError` when the file exists or cannot be written, `StoreError`.
    """
    rows = store.rows(ALL if everything else UNCONFIRMED)
    write_new(path, written(tuple(row["envelope"] for row in rows)))
    return len(rows)


def write_new(path: Path, data: bytes) -> None:
    """Write a file that did not exist, whole or not at all; no link is followed. Raises `CarriedFileError`."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        draft.rename(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CarriedFileError(
            mark("{file} cannot be written: {detail}. Nothing was exported; every statement is still here."),
            file=path,
            detail=error.strerror or error,
        ) from error


def take_receipts(outbox: Outbox, chain: Chain, path: Path, trust: Trust) -> Heard:
    """Settle what waits by the signed answers in a file. Raises `CarriedFileError`, `StoreError`."""
    with _no_receipts(path), regular_file(path) as file:
        return settle_by(outbox, chain, file, trust)


def take_sent_receipts(outbox: Outbox, chain: Chain, data: bytes, trust: Trust) -> Heard:
    """Settle what waits by signed answers that another process read. Raises `CarriedFileError`, `StoreError`."""
    with _no_receipts("-"):
        return settle_by(outbox, chain, BytesIO(data), trust)


def read_carried(path: Path) -> bytes:
    """Read a file of receipts, to hand it to the daemon. Raises `CarriedFileError`, also above `MOST_BYTES`."""
    with _no_receipts(path), regular_file(path) as file:
        data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return data


def settle_by(outbox: Outbox, chain: Chain, lines: BinaryIO, trust: Trust) -> Heard:
    """Settle what waits by signed answers. Raises `CertificateError` for no such file, OSError, `StoreError`."""
    confirmed = kept = strange = bad = 0
    for found in read_receipts(lines, trust):
        bad += isinstance(found, CertificateError)
        for result in () if isinstance(found, CertificateError) else found:
            waiting = outbox.queued(str(result.get("id", "")))
            ended = settle(outbox, chain, waiting, result.get("status"), result) if waiting else None
            confirmed += ended.confirmed if ended else 0
            kept += ended.kept if ended else 0
            strange += ended is None
    return Heard(confirmed, kept, strange, bad)


@contextmanager
def regular_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read it. Raises OSError, also for what is no regular file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        _require_regular(descriptor)
        yield file


@contextmanager
def _no_receipts(path: Path | str) -> Iterator[None]:
    try:
        yield
    except (OSError, CertificateError) as error:
        detail = (error.strerror or error) if isinstance(error, OSError) else error
        raise CarriedFileError(
            mark("{file} is no file of receipts that can be read: {detail}."), file=path, detail=detail
        ) from error


def _require_regular(descriptor: int) -> None:
    """Raise OSError for a device or a pipe: reading one may never end."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise OSError(errno.EINVAL, "no regular file")
