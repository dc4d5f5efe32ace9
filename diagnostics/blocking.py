"""What keeps a machine from reuse, as one list over the machine, its drives and what people found: the member `locks`.

    {of, serial, code, weight, values}      `of` is "machine", "drive" (with its serial) or "check"

Blocking ones first, then what a person must look at or declare. Licences are no obstacle and stay with the machine.
Nothing is read or decided here; an empty list says that nothing was found, not that nothing is there.
"""

from collections.abc import Iterable
from typing import Any

from diagnostics.checks import AnsweredCheck, CheckOutcome
from diagnostics.locks import LockFinding, Locks

WEIGHTS = ("blocks", "look", "ask")
FOUND_BY_A_PERSON = "lock.check-failed"
_OF_DRIVES = "lock.drive-"


def blocking_list(locks: Locks, checks: Iterable[AnsweredCheck] = ()) -> list[dict[str, Any]]:
    """Return the rows, in the order of their weight."""
    rows = [_row(one) for one in locks.findings if one.weight in WEIGHTS]
    for row in checks:
        if row.check.role == "locks" and row.result.outcome is CheckOutcome.FAIL:
            found = LockFinding(FOUND_BY_A_PERSON, "blocks", (("person", row.result.operator or "?"),))
            rows.append({"of": "check", "serial": "", **found.to_document()})
    return sorted(rows, key=lambda row: WEIGHTS.index(row["weight"]))


def _row(finding: LockFinding) -> dict[str, Any]:
    serial = dict(finding.values).get("serial", "") if finding.code.startswith(_OF_DRIVES) else ""
    return {"of": "drive" if serial else "machine", "serial": serial, **finding.to_document()}
