"""The newest checkpoint that this hub has signed, in a file beside its key: a backup that is put back does not undo it.

It is written before the database commits, so it is never older than what was published. What it says, and what a person
shows (`log checkpoint --seen`: from a bench, a witness, a donor), binds the hub: it signs nothing that contradicts it.
"""

from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from certificates.errors import ProofError
from certificates.note import Checkpoint, read_checkpoint, verify_note
from hub.identity import write_durably
from hub.log.errors import LogBehind, Mismatch
from hub.log.geometry import Nodes
from hub.log.shards import key_of, shard_named
from hub.logged import LogCheckpoint, LogShard

SEEN_FILE: Final = "log.checkpoint"


def seen_note(data_dir: Path) -> str | None:
    """The note in the file; None where there is none."""
    try:
        return (data_dir / SEEN_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise LogBehind(f"{SEEN_FILE} cannot be read: {error}") from error


def keep_seen(data_dir: Path, note: str) -> None:
    """Put a note into the file, durably."""
    write_durably(data_dir / SEEN_FILE, note)


def keep_newer(session: Session, data_dir: Path, note: str, place: tuple[int, int]) -> None:
    """Put a note into the file unless it has a newer one; `place` is the number of its shard and its size.

    Raises LogBehind where the file names a log that this database does not know: it may be of a later shard.
    """
    own: str | None = None
    with suppress(LogBehind):  # one that cannot be read is no newer one
        own = seen_note(data_dir)
    if own is not None and _is_checkpoint(own):
        shard, checkpoint = opened_note(session, own)
        if (shard.number, checkpoint.size) > place:
            return
    keep_seen(data_dir, note)


def _is_checkpoint(note: str) -> bool:
    try:
        read_checkpoint(note)
    except ProofError:
        return False
    return True


def opened_note(session: Session, note: str) -> tuple[LogShard, Checkpoint]:
    """The shard of a note, and what it says. Raises LogBehind: no shard of this database signed it."""
    origin = note.partition("\n")[0]
    shard = shard_named(session, origin.rpartition("/")[2])
    if shard is None or shard.origin != origin:
        raise LogBehind(f"this database knows no log {origin[:200]}: it is older than the checkpoint")
    try:
        return shard, verify_note(note, key_of(shard), (), 0).checkpoint
    except ProofError as error:
        raise LogBehind(f"this is no checkpoint that this hub signed: {error}") from error


def bound_by(session: Session, note: str | None, shard: LogShard, last: LogCheckpoint | None) -> Checkpoint | None:
    """The checkpoint of this shard that whatever is signed next has to continue; None where none was ever signed.

    `note` is what the file has. Raises LogBehind where it is missing, damaged or of an older shard although something
    was signed in this one: nobody knows what was newest.
    """
    if note is not None:
        found, checkpoint = opened_note(session, note)
        if found.name == shard.name:
            return checkpoint
    if last is not None:
        raise LogBehind(f"{SEEN_FILE} is missing: show the newest checkpoint that a bench or a witness has")
    return None


def require_continued(nodes: Nodes, size: int, seen: Checkpoint | None) -> None:
    """Raise LogBehind where the tree is smaller than what was seen, Mismatch where it is another one."""
    if seen is None:
        return
    if seen.size > size:
        raise LogBehind(f"a checkpoint of {seen.size} entries was signed, and this database has {size}")
    if nodes.over(0, seen.size) != seen.root:
        raise Mismatch(f"the tree of {seen.size} entries is not the one of a checkpoint that was signed")
