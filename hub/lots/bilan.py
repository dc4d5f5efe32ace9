"""The donor's report as it stands at a closing: counts, outcomes, every drive with its class. Pure: reads rows only.

Names in it are those of the people who answer to the donor: who closed, who destroyed, who witnessed, who attested. The
bench's operators stay on the certificates. Classes of drives are never added up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.accounted import LotClosing
from hub.clock import wall
from hub.devices.outcomes import DISPOSITIONS, KINDS
from hub.lots.blocking import Ledgerbook
from hub.lots.counts import STEPS
from hub.lots.drive_account import AccountLine, totals
from hub.models import Lot, Person

SCHEMA = "etabli.bilan/3"  # 1 had no impact, 2 none of the facts of `bilan_facts`
ONE_PERSON = "one-person workshop: who closed this lot also ran an erasure or destroyed a drive of it"


@dataclass(frozen=True, slots=True)
class Closer:
    """Who closes, when, which version it is, and whether that person was an operator of the lot."""

    person: Person
    at: datetime
    version: int
    note: str
    one_person: bool


def bilan(
    lot: Lot,
    book: Ledgerbook,
    closer: Closer,
    earlier: Sequence[LotClosing],
    impact: Mapping[str, Any] | None = None,
    *,
    facts: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The document of one closing; `earlier` are the closings before it, the newest first; `impact` is an estimate.

    `facts` are the members of `hub.lots.bilan_facts`.
    """
    return {
        "schema": SCHEMA,
        "version": closer.version,
        "lot": {"code": lot.code, "label": lot.label, "donor": lot.donor.name},
        "received": wall(lot.received) if lot.received else None,
        "closed": {
            "at": wall(closer.at),
            "by": closer.person.name,
            "note": closer.note,
            "four_eyes": not closer.one_person,
            "said": ONE_PERSON if closer.one_person else "",
        },
        "reopened": [
            {"version": row.version, "at": wall(row.reopened), "reason": row.reopened_reason, "sha256": row.sha256}
            for row in reversed(earlier)
            if row.reopened
        ],
        "counts": {
            step: {kind: book.counted.by_step[step].get(kind, 0) for kind in KINDS}
            for step in STEPS
            if step in book.counted.told
        },
        "gap": book.counted.gap,
        "refused": dict(sorted(book.counted.refusals.items())),
        "outcomes": {word: book.outcomes[word] for word in DISPOSITIONS},
        "devices": len(book.devices),
        "drives": {explained.value: number for explained, number in totals(book.lines).items()},
        "impact": impact,
        "account": [_line(line) for line in book.lines],
        **(facts or {}),
    }


def _line(line: AccountLine) -> dict[str, Any]:
    device, run, record = line.drive.device, line.run, line.record
    return {
        "serial": line.drive.serial,
        "model": line.drive.model,
        "device": (device.asset or device.serial) if device else "",
        "class": line.standing.explained.value,
        "run": None
        if run is None
        else {
            "statement": run.statement_id,
            "verdict": run.verdict,
            "level": run.level,
            "method": run.method,
            "certificate": run.certificate_id,
        },
        "record": None
        if record is None
        else {
            "how": record.how,
            "reason": record.reason,
            "serial": record.serial,
            "day": record.day,
            "operator": record.operator,
            "witness": record.witness,
            "reference": record.reference,
            "note": record.note,
            "by": record.by_name,
            "at": wall(record.at),
        },
    }
