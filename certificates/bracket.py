"""Between which times a statement was made, as far as witnesses vouch for it; clocks of station and hub are claims.

Not before the smallest cosignature time in a quorum of the note that the station held when it signed (`last_cp`, found
by the digest of the whole note); not after the largest in a quorum of a checkpoint that includes the statement. With
one honest witness in each quorum both hold. Where the policy demands no witness, those that cosigned speak alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from certificates.proved import Proved
from certificates.verify import VerifiedStatement


@dataclass(frozen=True, slots=True)
class Bracket:
    """Unix seconds; None where no witness vouches for that side."""

    not_before: int | None = None
    not_after: int | None = None


def bracket_of(statement: VerifiedStatement, proved: Proved, quorum: int) -> Bracket:
    """The bracket of one statement of a proof; the tightest that a quorum of those who cosigned gives."""
    needed = max(quorum, 1)
    entry = proved.entries[statement.id]
    after = sorted(entry.checkpoint.found.witnesses.values())
    before = sorted(_held(statement, proved), reverse=True)
    return Bracket(
        before[needed - 1] if len(before) >= needed else None,
        after[needed - 1] if len(after) >= needed else None,
    )


def _held(statement: VerifiedStatement, proved: Proved) -> Iterable[int]:
    held = statement.payload.get("last_cp")
    if held is None:
        return ()
    notes = (one.found.witnesses for one in proved.checkpoints if one.note_sha256 == held["note_sha256"])
    return next(notes, {}).values()
