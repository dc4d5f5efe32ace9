"""A hub whose log has some hundred entries and checkpoints, copied for each plan of tampering; and who looks at it."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from certificates import tree
from certificates.envelope import SignedEnvelope
from certificates.errors import ProofError
from certificates.note import NoteKey, verify_note
from hub.backups import back_up
from hub.context import Hub, open_hub
from hub.errors import HubError
from hub.identity import Issuer, create_identity
from hub.log.fsck import Report, fsck
from hub.log.proofs import consistency
from hub.log.sequencer import Log
from hub.logged import LogCheckpoint, LogShard
from hub.models import LedgerEntry
from hub.settings import Settings
from tests.hub.bench import Bench

SHARD = "2026"
SIZES = (1, 7, 100, 256, 257, 290, 300)
BACKUP = 257
BEGAN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filled:
    """The folder of a hub, an older copy of its database, what its observers hold, and the bench that spoke."""

    folder: Path
    backup: Path
    notes: dict[int, str]
    vkey: str
    bench: Bench

    @contextmanager
    def copy(self, place: Path) -> Iterator[Hub]:
        """A copy of the hub that may be spoilt."""
        shutil.copytree(self.folder, place)
        hub = opened(place)
        try:
            yield hub
        finally:
            hub.engine.dispose()
            shutil.rmtree(place)


def opened(folder: Path) -> Hub:
    settings = Settings(folder, f"sqlite:///{folder / 'hub.db'}", "http://hub.test")
    return open_hub(settings, lambda: BEGAN + timedelta(hours=1))


def filled(folder: Path, template: bytes) -> Filled:
    """Make the hub: entries of one bench, signed at each of SIZES."""
    create_identity(folder, "Atelier", Issuer("Atelier Exemple"), demo=False)
    (folder / "hub.db").write_bytes(template)
    hub, bench, notes, backup = opened(folder), Bench(None, "http://hub.test"), {}, folder.with_name("backup.db")
    for size in SIZES:
        with hub.sessions().begin() as session:
            before = session.scalar(select(func.count()).select_from(LedgerEntry)) or 0
            add(session, [bench.erasure(serial=f"S-{number}") for number in range(before, size)])
        notes[size] = Log(hub).bring_up().note
        if size == BACKUP:
            back_up(hub.settings, backup)
    with hub.readers()() as session:
        vkey = session.scalars(select(LogShard.vkey)).one()
    hub.engine.dispose()
    return Filled(folder, backup, notes, vkey, bench)


def add(session: Session, envelopes: Sequence[SignedEnvelope], later: int = 0) -> None:
    """Put statements at the end of the ledger, one in each second, as intake would."""
    end = session.scalar(select(func.max(LedgerEntry.position))) or 0
    rows = [row_of(one, end + number, later) for number, one in enumerate(envelopes, start=1)]
    if rows:
        session.execute(insert(LedgerEntry), rows)


def row_of(envelope: SignedEnvelope, position: int, later: int = 0) -> dict[str, object]:
    from hub.log.entries import claimed

    said = claimed(envelope.data)
    assert said is not None
    received = BEGAN + timedelta(seconds=position + later)
    facts = {"id": said.id, "kind": said.kind, "kid": said.kid, "seq": said.seq, "prev": said.prev}
    return {**facts, "position": position, "envelope": envelope.data, "received": received}


def searched(hub: Hub, shown: dict[str, str] | None = None) -> Report:
    with hub.readers()() as session:
        return fsck(session, hub.settings.data_dir, shown or {}, lambda _: None)


def doubted(hub: Hub, vkey: str, note: str) -> str:
    """What a station or a witness that holds a note finds at its next look; "" when everything continues it."""
    key = NoteKey.from_vkey(vkey)
    held = verify_note(note, key, (), 0).checkpoint
    try:
        with hub.readers()() as session:
            text, proof = consistency(session, SHARD, held.size)
        newest = verify_note(text, key, (), 0).checkpoint
        tree.check_consistency(held.size, newest.size, proof, held.root, newest.root)
    except (HubError, ProofError) as error:
        return str(error)
    return ""


def rewritten(hub: Hub) -> None:
    """What an administrator with every key does: the whole log made anew over the ledger as it is now."""
    from sqlalchemy import delete

    from hub.log.seen import SEEN_FILE
    from hub.logged import LogTile

    with hub.sessions().begin() as session:
        for table in (LogCheckpoint, LogTile, LogShard):
            session.execute(delete(table))
    (hub.settings.data_dir / SEEN_FILE).unlink(missing_ok=True)
    Log(hub).bring_up()
