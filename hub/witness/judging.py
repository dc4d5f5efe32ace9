"""Whether a checkpoint continues what was cosigned (C2SP tlog-witness), and which logs are known. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from certificates.errors import ProofError
from certificates.note import LOG_SIGNATURE, Checkpoint, NoteKey, read_checkpoint
from certificates.tree import EMPTY_ROOT, check_consistency

MOST_SHARDS: Final = 100  # of one hub
_SHARD: Final = re.compile(r"([!-*,-~]+)/erasure-log/([0-9]{4})(?:-([2-9]|[1-9][0-9]{1,2}))?", re.ASCII)


class Behind(Exception):
    """The witness has cosigned another size than the one that was named as old; `size` is the one that it knows."""

    def __init__(self, size: int) -> None:
        super().__init__(str(size))
        self.size = size


class Contradicted(Exception):
    """The log shows another history than the one that was cosigned; kept as evidence."""


class Malformed(ProofError):
    """What is shown from nothing is no beginning: it contradicts nothing, since nothing was cosigned."""


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log that this witness looks at, and what it cosigned of it last; `time` in Unix seconds, 0 before the first."""

    origin: str
    vkey: str
    name: str
    size: int
    root: bytes
    note: str
    time: int

    @property
    def key(self) -> NoteKey:
        """The key of the log."""
        return NoteKey.from_vkey(self.vkey)


def require_continued(known: KnownLog, told: Checkpoint, old: int, proof: tuple[bytes, ...]) -> None:
    """Raise Behind, Contradicted, Malformed or ProofError unless the checkpoint continues what is known."""
    if old != known.size or told.size < known.size:
        raise Behind(known.size)
    if told.size == 0 and told.root != EMPTY_ROOT:
        raise Malformed("an empty tree has one root")
    if known.size == 0:
        if proof:
            raise Malformed("from nothing there is no proof")
        return
    if told.size == known.size and told.root != known.root:
        raise Contradicted(f"two trees of {told.size} entries")
    check_consistency(known.size, told.size, proof, known.root, told.root)


def two_histories(kept: str, told: str) -> bool:
    """Whether two notes that the log signed show two trees of one size: what nobody but the log can bring about."""
    one, other = read_checkpoint(kept), read_checkpoint(told)
    return one.size == other.size and one.root != other.root


def successor(logs: Sequence[KnownLog], origin: str) -> tuple[NoteKey, str] | None:
    """Give key and name of a log that may be the next shard of a known one; None for every other origin.

    A hub opens another log every year, and after a freeze: same host, same key, a later name. The signature is checked
    by whoever asks. At most 100 of one hub.
    """
    wanted = _parts(origin)
    if wanted is None:
        return None
    kin = [(found, log) for log in logs if (found := _parts(log.origin)) is not None and found[0] == wanted[0]]
    if not kin or len(kin) >= MOST_SHARDS:
        return None
    (_, order), last = max(kin, key=lambda one: one[0][1])
    return (NoteKey(origin, LOG_SIGNATURE, last.key.public), last.name) if wanted[1] > order else None


def _parts(origin: str) -> tuple[str, tuple[int, int]] | None:
    found = _SHARD.fullmatch(origin)
    return None if found is None else (found[1], (int(found[2]), int(found[3] or 1)))
