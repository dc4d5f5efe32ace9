"""What a person asked for besides the policy: a method by name, opt-in methods, and what opens a drive.

The PSID is never logged, never journalled and never given to another program; it lives in `Secrets` until its drive is
open. Where an error speaks of it, it says what is wrong with it and not what it is.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from erasure.methods import METHODS
from erasure.methods.protocol import MethodKind
from erasure.passes import NO_SECRETS, Secrets
from station_agent.closed_runs import ClosedRun
from station_agent.errors import UsageError
from station_agent.journal import OpenRun
from station_agent.language import mark, visible

PSID_REVERT: Final = "opal.psid-revert"
PSID: Final = re.compile(r"[0-9A-Z]{32}", re.ASCII)
FROM_INPUT: Final = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """For all drives of one call. `open_runs` go on with the method that they were begun with."""

    allowed: frozenset[str] = frozenset()
    wanted: str = ""
    open_runs: tuple[OpenRun, ...] = ()
    resuming: str = ""  # the method of the open run of one drive
    closed_runs: tuple[ClosedRun, ...] = ()  # those that told a drive to sanitize itself, oldest first
    label_read: frozenset[str] = frozenset()  # serials of drives that a person has named from their label


NOTHING_ASKED: Final = Asked()


def asked_for(
    method: str | None,
    allow: Sequence[str] | None,
    psid: str,
    open_runs: tuple[OpenRun, ...] = (),
    closed_runs: tuple[ClosedRun, ...] = (),
    *,
    label_read: Sequence[str] | None = None,
) -> Asked:
    """Check what was asked. Raises `UsageError` for a method that there is not, and for one that erases nothing.

    Who gives a PSID allows the revert that needs it.
    """
    known = {row.id: row for row in METHODS}
    for name in (*([] if method is None else [method]), *(allow or [])):
        if name not in known:
            raise UsageError(
                mark("There is no method {name}. Methods: {known}."), name=visible(name) or '""', known=", ".join(known)
            )
    if method and known[method].kind is MethodKind.RECOVERY:
        raise UsageError(mark("{name} only opens a drive: use --allow {name}, and an erase follows."), name=method)
    allowed = frozenset(allow or []) | ({PSID_REVERT} if psid else frozenset())
    named = frozenset(label_read or [])
    return Asked(allowed, method or "", open_runs, closed_runs=closed_runs, label_read=named)


def secrets_from(psid: str, drives: int, read_line: Callable[[], str]) -> Secrets:
    """Take the PSID of the label as typed or scanned, dashes and spaces left out; "-" reads one line of input.

    Raises `UsageError` when it cannot be one, or when there is more than one drive that it could be meant for.
    """
    if not psid:
        return NO_SECRETS
    if drives != 1:
        raise UsageError(mark("--psid opens one drive: name exactly one."))
    text = read_line() if psid == FROM_INPUT else psid
    plain = re.sub(r"[\s-]", "", text).upper()
    if not PSID.fullmatch(plain):
        raise UsageError(
            mark("A PSID has 32 letters and figures; {n} were read. It stands on the label of the drive."), n=len(plain)
        )
    return Secrets(psid=plain)
