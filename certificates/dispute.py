"""Whether a statement still counts although its key was retired or compromised: by its place in the log and its number.

Clocks play no part. Above either bound a statement of a compromised key is disputed: the number stops a thief who goes
on from the head, the place one who fills an open gap below it. So where the place is not shown, nobody can say that a
statement of such a key is sound. A retired key was never in other hands: its number is enough.
"""

from collections.abc import Iterable

from certificates.position import Place, counted
from certificates.proved import Proved, ProvedCheckpoint, ProvedEntry
from certificates.verify import VerifiedStatement

COMPROMISED, BEYOND, NO_PLACE, RETIRED, TWO_HISTORIES = (
    "compromised",
    "beyond-bound",
    "no-place",
    "retired",
    "split-view",
)


def dispute_of(statement: VerifiedStatement, place: Place | None) -> str:
    """Code of why a statement is disputed by the state of its key, or ""; `place` is where the log shows it."""
    key, until = statement.signer, statement.signer.until
    if key.status == "active" or (key.status == "retired" and until is None):
        return ""
    if until is None:
        return COMPROMISED
    if statement.link.seq > until.seq or (place is not None and place.after(until.place)):
        return BEYOND if key.status == "compromised" else RETIRED
    return NO_PLACE if place is None and key.status == "compromised" else ""


def disputes_of(statements: Iterable[VerifiedStatement], proved: Proved | None) -> tuple[str, str]:
    """Code of the first dispute among statements, and the names of the keys it is about; empty when there is none."""
    entries = proved.entries if proved else {}
    found: dict[str, str] = {}
    for statement in statements:
        code = dispute_of(statement, _place(entries.get(statement.id)))
        if code:
            found.setdefault(statement.signer.name or statement.signer.kid, code)
        elif proved and _other_history(statement, proved.checkpoints):
            found.setdefault(statement.signer.name or statement.signer.kid, TWO_HISTORIES)
    return next(iter(found.values()), ""), ", ".join(found)


def _place(entry: ProvedEntry | None) -> Place | None:
    """The place that counts: a shard that has ended lends none to what was signed in it afterwards."""
    if entry is None:
        return None
    under = entry.checkpoint
    return counted(entry.place, under.found.checkpoint.size, under.log.end)


def _other_history(statement: VerifiedStatement, checkpoints: Iterable[ProvedCheckpoint]) -> bool:
    """Whether a station signed that it saw another root of a log than the one that is shown here for that size."""
    held = statement.payload.get("last_cp")
    if held is None:
        return False
    return any(
        (said.origin, said.size) == (held["origin"], held["size"]) and said.root.hex() != held["root"]
        for said in (one.found.checkpoint for one in checkpoints)
    )
