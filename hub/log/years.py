"""Whether the year of a shard can be justified: a clock far ahead must not open a shard that is then open for good.

The clock of the hub is not believed alone. A year is reached that the newest shard is named for, that a witness wrote
under a checkpoint, or that a bench claims in a statement; a shard of the year after it may be opened, none beyond.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.envelope import parse_envelope
from certificates.statement import ROLE_OF_KIND, TIMELESS
from hub.clock import instant
from hub.log.errors import LogAhead
from hub.logged import LogCosignature, LogShard
from hub.models import LedgerEntry

LOOKED_AT: Final = 100  # newest statements of benches, and newest cosignatures
_OF_BENCHES: Final = tuple(kind for kind, role in ROLE_OF_KIND.items() if role == "station")


def year_of(name: str) -> int:
    """The year in the name of a shard."""
    return int(name.partition("-")[0])


def require_justified(session: Session, older: LogShard | None, now: datetime) -> None:
    """Raise LogAhead where the clock shows a year beyond the one after the last that others have reached.

    Nothing is held against the clock where no shard, no witness and no bench says anything.
    """
    if older is not None and now.year <= year_of(older.name) + 1:
        return
    reached = [*_years(session), *([year_of(older.name)] if older is not None else [])]
    if reached and now.year > max(reached) + 1:
        raise LogAhead(
            f"the clock of this hub is in the year {now.year}, and no bench, no witness and no part of the log is "
            f"beyond {max(reached)}: put the clock right; until then everything goes into the log that is open"
        )


def _years(session: Session) -> Iterator[int]:
    cosigned = select(LogCosignature.time).order_by(LogCosignature.id.desc()).limit(LOOKED_AT)
    yield from (datetime.fromtimestamp(one, UTC).year for one in session.scalars(cosigned))
    newest = select(LedgerEntry.envelope).where(LedgerEntry.kind.in_(_OF_BENCHES))
    for entry in session.scalars(newest.order_by(LedgerEntry.position.desc()).limit(LOOKED_AT)):
        said = json.loads(parse_envelope(entry).body)
        if said["wall_src"] not in TIMELESS:
            yield instant(said["wall"]).year
