"""The chronological register of what leaves (Code de l'environnement, R541-43; arrêté of 31 May 2021).

It is read from the exits, whose rows are never deleted: a line that was taken back stays, and says so. Goods that are
no waste stand in it too, marked. It sends nothing to the national register, and deletes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.context import hub_of
from hub.departed import ExitBatch
from hub.exits.dated import read
from hub.exits.eee import category_of, waste_code_of
from hub.exits.listing import Departure, departures_of_batches
from hub.exits.modes import MODES
from hub.exits.papers import masses_of, slips_of
from hub.models import Person
from hub.people.roles import STAFF, require

FILE = "register"
FLOOR = 3  # years, by law: no file of a site goes below
PAGE = 100


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One category of one movement. Grams are None where nobody weighed; codes and lots are separated by blanks."""

    number: int
    exit: int
    is_waste: bool
    mode: str
    day_in: str
    day_out: str
    kinds: str
    category: str
    codes: str
    units: int
    taken_back: int
    grams: int | None
    lots: str
    origin: str
    origin_siret: str
    origin_address: str
    receiver: str
    receiver_siret: str
    receiver_address: str
    carrier: str
    producer: str
    producer_siren: str
    bsd: str
    bsd_day: str
    treatment: str


COLUMNS = tuple(one.name for one in fields(RegisterLine))


def years_kept() -> int:
    """How many years a line is kept at least: what the data says, never less than the law."""
    return max(FLOOR, *(int(one["years"]) for one in read(FILE)["versions"]))


def register(session: Session, person: Person, after: int = 0, size: int = PAGE) -> tuple[RegisterLine, ...]:
    """The lines of up to `size` movements after one of them, in the order of their numbers. Raises Forbidden."""
    require(person, *STAFF)
    query = select(ExitBatch).where(ExitBatch.id > after).order_by(ExitBatch.id).limit(size)
    return tuple(_lines(session, person, session.scalars(query).all()))


def whole(session: Session, person: Person) -> Iterator[RegisterLine]:
    """Every line, a page at a time. Raises Forbidden."""
    after = 0
    while True:
        found = register(session, person, after)
        yield from found
        newest = session.scalars(
            select(ExitBatch.id).where(ExitBatch.id > after).order_by(ExitBatch.id).limit(PAGE)
        ).all()
        if not newest:
            return
        after = newest[-1]


def _lines(session: Session, person: Person, batches: Sequence[ExitBatch]) -> Iterator[RegisterLine]:
    numbers = [one.id for one in batches]
    masses, slips = masses_of(session, numbers), slips_of(session, numbers)
    gone = departures_of_batches(session, person, numbers)
    issuer = hub_of(session).identity.issuer
    for batch in batches:
        mine = sorted((one for one in gone if one.batch.id == batch.id), key=_category)
        slip, waste = slips.get(batch.id), MODES[batch.mode].is_waste
        for place, (category, found) in enumerate(groupby(mine, key=_category)):
            lines = list(found)
            stands = [one for one in lines if one.line.withdrawn is None]
            days = sorted({one.lot.received.date().isoformat() for one in lines if one.lot.received})
            yield RegisterLine(
                number=batch.id * 100 + place,
                exit=batch.id,
                is_waste=waste,
                mode=batch.mode,
                day_in=days[0] if days else "",
                day_out=batch.day,
                kinds=" ".join(sorted({one.line.kind for one in lines})),
                category=category,
                codes="; ".join(sorted({waste_code_of(one.line.kind) for one in lines})) if waste else "",
                units=sum(one.line.units for one in stands),
                taken_back=sum(one.line.units for one in lines) - sum(one.line.units for one in stands),
                grams=masses.get(batch.id, {}).get(category) if waste else None,
                lots=" ".join(sorted({one.lot.code for one in lines})),
                origin=issuer.name,
                origin_siret=issuer.siret,
                origin_address=issuer.address,
                receiver=batch.receiver,
                receiver_siret=batch.receiver_siret,
                receiver_address=batch.receiver_address,
                carrier=batch.carrier,
                producer=batch.producer,
                producer_siren=batch.producer_siren,
                bsd=slip.number if slip else "",
                bsd_day=slip.day if slip else "",
                treatment=slip.treatment if slip else "",
            )


def _category(one: Departure) -> str:
    return category_of(one.line.kind)
