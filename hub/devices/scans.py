"""Which device each scanned line names: by its tag, else by its serial, in the reader's scope. Reads only.

A code that several devices have names none of them, and one of our own tags with a wrong check character was misread.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from hub.models import Device, Person
from hub.scanned import code_of, words
from hub.scope import in_scope
from hub.tags.own_codes import misread

Named = tuple[int, str, Device]  # line from 1, its code, the device
MOST_HITS: Final = 2000  # devices with one of the asked serials


@dataclass(frozen=True, slots=True)
class Left:
    """A line that was left out: its number from 1, the code as it was read, and why."""

    line: int
    code: str
    why: str


def devices_of(
    session: Session, person: Person, codes: Sequence[str]
) -> tuple[list[tuple[int, str, Device]], list[Left]]:
    """The device of each line with its number from 1, and the lines that name none, or one that was named before."""
    asked = {code: words(code) for code in codes}
    every = sorted({word for forms in asked.values() for word in forms})
    tags, serials = _by_tag(session, person, every), _by_serial(session, person, every)
    found: list[Named] = []
    left: list[Left] = []
    seen: dict[str, int] = {}
    for number, code in enumerate(codes, 1):
        hits = [*_hits(asked[code], tags)] or [*_hits(asked[code], serials)]
        why = _why_not(code, hits, seen)
        if why:
            left.append(Left(number, code, why))
        else:
            seen[hits[0].id] = number
            found.append((number, code, hits[0]))
    return found, left


def _why_not(code: str, hits: Sequence[Device], seen: Mapping[str, int]) -> str:
    if misread(code_of(code)) and not hits:
        return "its check character is wrong: scan it again"
    if not hits:
        return "no device with this tag"
    if len({device.id for device in hits}) > 1:
        return "several devices have this code: scan the tag"
    return f"same as line {seen[hits[0].id]}" if hits[0].id in seen else ""


def _hits(forms: Sequence[str], known: Mapping[str, list[Device]]) -> Iterator[Device]:
    for form in forms:
        if form in known:
            yield from known[form]
            return


def _by_tag(session: Session, person: Person, every: Sequence[str]) -> Mapping[str, list[Device]]:
    query = select(Device).options(selectinload(Device.lot)).where(func.lower(Device.asset).in_(every))
    found: dict[str, list[Device]] = {}
    for device in session.scalars(query.where(in_scope(person, Device.lot_id))):
        found.setdefault((device.asset or "").lower(), []).append(device)
    return found


def _by_serial(session: Session, person: Person, every: Sequence[str]) -> Mapping[str, list[Device]]:
    query = select(Device).options(selectinload(Device.lot)).where(func.lower(Device.serial).in_(every))
    found: dict[str, list[Device]] = {}
    for device in session.scalars(query.where(in_scope(person, Device.lot_id)).limit(MOST_HITS)):
        found.setdefault(device.serial.lower(), []).append(device)
    return found
