"""What the checks measured, as members of a report: self-tests and reading speed of the drives. Pure."""

from collections.abc import Sequence
from typing import Any, Final

from diagnostics.checks import CheckResult
from diagnostics.plain import rows

MEMBERS: Final = {"self_tests": "drive-self-test", "read_benchmark": "drive-read"}  # member -> check that measures it


def measured_members(results: Sequence[CheckResult]) -> dict[str, Any]:
    """Give each member out of the last answer of its check that measured something; none where nothing was."""
    found = {}
    for member, check in MEMBERS.items():
        measured = (rows(row.evidence.get(member)) for row in reversed(results) if row.id == check)
        last = next((one for one in measured if one), ())
        if last:
            found[member] = [dict(one) for one in last]
    return found
