"""What a report tells beside counts and drives: convention, what left and how, e-waste, reuse, REEN, certificates.

Reads rows at the closing; what it returns is frozen there. A figure that nobody has is None, never zero. Nobody's name
is in it but organisations that agreed to be named, and recyclers of e-waste.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.context import hub_of
from hub.exits.donor_types import types_of
from hub.exits.listing import Departure, departures_of_lot
from hub.exits.modes import DELIVERED, MODES
from hub.exits.papers import slips_of
from hub.exits.shares import shares_of
from hub.issued.service import certificates_of_lot
from hub.lots.blocking import Ledgerbook
from hub.lots.counts import RECEIVED
from hub.lots.drive_account import AccountLine
from hub.models import Erasure, Lot, Person
from hub.partners import documents
from hub.samples.reading import sample_of, works_alone
from hub.scope import in_scope

PUBLIC = ("local-authority", "public-operator")
COMPLETE = ("ERASED", "ERASED_WITH_EXCEPTIONS")


def facts_of(session: Session, person: Person, lot: Lot, book: Ledgerbook) -> dict[str, Any]:
    """The further members of a report. Raises Forbidden for whoever is not of the workshop."""
    found, runs = departures_of_lot(session, person, lot), _whole_runs(session, person, lot)
    reused = sum(one.line.units for one in found if one.batch.mode in DELIVERED)
    return {
        "convention": _convention(session, person, lot),
        "exits": _exits(session, found),
        "weee": [dict(share) for share in shares_of(session, person, lot)],
        "reuse": {"indicator": "K-3", "exits": reused, "received": _received(book)},
        "reen": _reen(session, person, lot, found),
        "exceptions": [_exceptions(line, runs) for line in book.lines if line.standing.explained == "exceptions"],
        "not_erased": [
            _attempt(line, runs[run.statement_id])
            for line in book.lines
            for run in line.runs
            if run.verdict not in COMPLETE
        ],
        "certificates": [
            {"id": one.id, "number": one.number, "serial": one.drive.serial}
            for one in certificates_of_lot(session, person, lot)
        ],
        "sample": _sample(session, person, lot),
        "verify": {
            "url": f"{hub_of(session).settings.public_url}/verify",
            "program": "etabli-verify",
            "kid": hub_of(session).identity.key.kid,
        },
    }


def _sample(session: Session, person: Person, lot: Lot) -> dict[str, Any]:
    """How many drives were drawn, how many of them somebody else read again, and whether there was anybody else."""
    found = sample_of(session, person, lot)
    read = sum(one.reading is not None for one in found)
    return {"drawn": len(found), "read": read, "alone": works_alone(session, lot)}


def _received(book: Ledgerbook) -> int | None:
    return book.counted.total(RECEIVED) if RECEIVED in book.counted.told else None


def _convention(session: Session, person: Person, lot: Lot) -> dict[str, Any]:
    standing = documents.standing_of(session, person, lot.donor, documents.CONVENTION)
    row = standing.document
    told = {name: getattr(row, name) for name in ("version", "signed", "expires", "sha256")} if row else {}
    return {"held": standing.held.value, **told}


def _exits(session: Session, found: tuple[Departure, ...]) -> list[dict[str, Any]]:
    slips = slips_of(session, sorted({one.batch.id for one in found}))
    rows = []
    for number in sorted({one.batch.id for one in found}):
        lines = [one for one in found if one.batch.id == number]
        batch, kinds = lines[0].batch, Counter[str]()
        for one in lines:
            kinds[one.line.kind] += one.line.units
        slip = slips.get(number)
        rows.append(
            {
                "number": number,
                "mode": batch.mode,
                "day": batch.day,
                "kinds": dict(sorted(kinds.items())),
                "units": kinds.total(),
                "receiver": batch.receiver if batch.named_to_donor or MODES[batch.mode].is_waste else "",
                "bsd": {"number": slip.number, "day": slip.day, "treatment": slip.treatment} if slip else None,
            }
        )
    return rows


def _reen(session: Session, person: Person, lot: Lot, found: tuple[Departure, ...]) -> dict[str, Any] | None:
    """A of the ratio A / B of a public donor, by year; B is the donor's to say and is never guessed."""
    if types_of(session, person, [lot.donor_id]).get(lot.donor_id) not in PUBLIC:
        return None
    years = Counter[str]()
    for one in found:
        if one.batch.mode in DELIVERED:
            years[one.batch.day[:4]] += one.line.units
    return {"indicator": "K-16", "reused": dict(sorted(years.items())), "retired": None}


def _whole_runs(session: Session, person: Person, lot: Lot) -> dict[str, Erasure]:
    query = select(Erasure).where(Erasure.lot_id == lot.id, in_scope(person, Erasure.lot_id))
    return {run.statement_id: run for run in session.scalars(query)}


def _exceptions(line: AccountLine, runs: Mapping[str, Erasure]) -> dict[str, Any]:
    run = runs.get(line.run.statement_id) if line.run else None
    told = run.payload["exceptions"] if run else []
    return {"serial": line.drive.serial, "statement": run.statement_id if run else "", "exceptions": list(told)}


def _attempt(line: AccountLine, run: Erasure) -> dict[str, Any]:
    reasons = list(run.payload["result"]["reasons"])
    return {
        "serial": line.drive.serial,
        "statement": run.statement_id,
        "verdict": run.verdict,
        "ended": run.ended,
        "reasons": reasons,
        "class": line.standing.explained.value,
    }
