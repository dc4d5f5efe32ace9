"""Exit statuses of `erase` and `plan` (a contract of the commands). The worst of several drives wins."""

from collections.abc import Iterable
from enum import IntEnum

from station_agent.board import Line, LineState


class ExitStatus(IntEnum):
    """What a script learns."""

    ERASED = 0
    USAGE = 2
    EXCEPTIONS = 10
    FAILED = 20
    UNCONFIRMED = 21
    OPEN = 22
    REFUSED = 30


BY_VERDICT = {
    "ERASED": ExitStatus.ERASED,
    "ERASED_WITH_EXCEPTIONS": ExitStatus.EXCEPTIONS,
    "FAILED": ExitStatus.FAILED,
    "UNCONFIRMED": ExitStatus.UNCONFIRMED,
    "NOT_ERASED": ExitStatus.REFUSED,
}


def worst(lines: Iterable[Line]) -> ExitStatus:
    """Give the status of the worst line; no line at all is no success."""
    return max((of_line(line) for line in lines), default=ExitStatus.REFUSED)


def of_line(line: Line) -> ExitStatus:
    """Give the status of one drive; whatever is not closed by a statement is still open."""
    return BY_VERDICT[line.verdict] if line.state is LineState.CLOSED else ExitStatus.OPEN
