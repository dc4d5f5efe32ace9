"""Which pages are asked for, at which depth: addresses drawn from the generated hub by seed. Asks no page itself."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models import Certificate, DecisionWord, Device, Donor, Drive, Erasure, Lot, Person, Role

MOST = 200  # different addresses of one sort of page
GRAND = "LOT-00001"


@dataclass(frozen=True, slots=True)
class Page:
    """One sort of page: who reads it, and the addresses that are asked in turn.

    `turned`: from the first address on, page after page by the link to the next one.
    """

    name: str
    who: str
    addresses: tuple[str, ...]
    turned: bool = False


def pages(session: Session, seed: int) -> tuple[Page, ...]:
    """Every sort of page of the acceptance, for the people of `filling.ROLES`."""
    chance = random.Random(seed)
    lots = _some(chance, session.scalars(select(Lot.code)).all())
    own = select(Lot.code).join(Donor).join(Person, Person.donor_id == Donor.id).where(Person.role == Role.DONOR)
    mine = _some(chance, session.scalars(own.order_by(Lot.code)).all())
    worked = _some(chance, session.scalars(select(Lot.code).where(Lot.id.in_(select(Erasure.lot_id)))).all())
    seen = _some(chance, _every(session, Erasure.device_id, 5_000))
    waits = select(Erasure.statement_id).where(Erasure.decision == DecisionWord.AWAITING)
    waiting = _some(chance, session.scalars(waits.order_by(Erasure.position)).all())
    return (
        Page("start page, lead", "lead", ("/",)),
        Page("start page, donor", "donor", ("/",)),
        Page("lots, turned to the end", "lead", ("/lots",), turned=True),
        Page("lots of a donor, turned", "donor", ("/lots",), turned=True),
        Page("lot", "lead", _of("/lots/{}", lots)),
        Page("lot with evidence", "lead", _of("/lots/{}", worked)),
        Page("lot of 2000, turned", "lead", (f"/lots/{GRAND}",), turned=True),
        Page("lot of a donor", "donor", _of("/lots/{}", mine)),
        Page("device", "lead", _of("/devices/{}", _some(chance, _every(session, Device.id, 50_000)))),
        Page("device with evidence", "lead", _of("/devices/{}", seen)),
        Page("queue, turned", "lead", ("/queue",), turned=True),
        Page("decision", "lead", _of("/queue/{}", waiting)),
        Page("failed drives", "lead", ("/waiting/failed",)),
        Page("devices without a grade", "lead", ("/waiting/ungraded",)),
        Page("lots to receive", "lead", ("/waiting/receptions",)),
        Page("search", "lead", _of("/search?q={}", _codes(session, chance))),
        Page("live", "lead", ("/live",)),
    )


def _codes(session: Session, chance: random.Random) -> list[str]:
    """Codes of every sort, and some that name nothing."""
    found = [
        *_some(chance, _every(session, Device.asset, 50_000), MOST // 5),
        *_some(chance, _every(session, Device.serial, 50_000), MOST // 5),
        *_some(chance, _every(session, Drive.serial, 50_000), MOST // 5),
        *_some(chance, _every(session, Certificate.number, 5_000), MOST // 5),
        *(f"nothing-{number}" for number in range(MOST // 5)),
    ]
    chance.shuffle(found)
    return found


def _every(session: Session, column: Any, step: int) -> list[str]:
    """Values of a column over the whole table, of at most some thousand rows."""
    count = session.scalar(select(func.count()).select_from(column.class_)) or 0
    query = select(column).where(column.is_not(None)).order_by(column.class_.__table__.primary_key.columns.values()[0])
    every = max(1, count // step)
    return [value for number, value in enumerate(session.scalars(query.execution_options(yield_per=5_000)))
            if number % every == 0]  # fmt: skip


def _some(chance: random.Random, values: Sequence[str], most: int = MOST) -> list[str]:
    return chance.sample(list(values), min(most, len(values)))


def _of(form: str, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(form.format(value) for value in values)
