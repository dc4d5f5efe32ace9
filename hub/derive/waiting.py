"""Statements that found no lot, by the names that may find it later: tags and, of a diagnosis, the machine's serial.

They are written with the statements of a slice, so that looking them up does not grow with everything that waits.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from hub.named import WaitingName

LONGEST: Final = 400
AT_ONCE: Final = 400


def names_of(kind: str, payload: dict[str, Any]) -> frozenset[str]:
    """The names by which a statement of this kind finds its device, without white space around them."""
    machine = payload["subject"]["machine"] if kind == "diagnostics" else None
    told = (payload["asset"], machine["serial"] if machine else "")
    return frozenset(name.strip()[:LONGEST] for name in told if name and name.strip())


def note_waiting(session: Session, placed: Collection[int], waits: Iterable[tuple[int, frozenset[str]]]) -> None:
    """Write which names wait; `placed`: positions of which something may be written already, and is not true now."""
    for some in _some(placed):
        session.execute(delete(WaitingName).where(WaitingName.position.in_(some)))
    rows = [{"position": position, "name": name} for position, names in waits for name in sorted(names)]
    if rows:
        session.execute(insert(WaitingName), rows)


def waiting_for(session: Session, names: Collection[str]) -> set[int]:
    """The positions of the statements that wait for one of these names."""
    found = set[int]()
    for some in _some({name[:LONGEST] for name in names}):
        found.update(session.scalars(select(WaitingName.position).where(WaitingName.name.in_(some))))
    return found


def _some(keys: Collection[Any]) -> Iterator[list[Any]]:
    ordered = sorted(keys)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
