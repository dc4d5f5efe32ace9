"""How a long test goes: its clock, its limit, how it is aborted, and what it tells on the way."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """Why a long test ended."""

    DONE = "done"
    ABORTED = "aborted"
    TIME_LIMIT = "time-limit"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a long test stands: permille done, seconds gone, and one figure to show with its unit."""

    permille: int
    seconds: int
    figure: str = ""


def tell_nobody(_progress: Progress) -> None:
    """Keep a progress to oneself."""


@dataclass(frozen=True, slots=True)
class Course:
    """Clock, limit in seconds, question whether to abort, and who is told. All of them are arguments of the tests."""

    limit_s: float
    tell: Callable[[Progress], None] = tell_nobody
    aborted: Callable[[], bool] = lambda: False
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep

    def ending(self, began: float) -> Ending | None:
        """Tell whether the test must end now, and why."""
        if self.aborted():
            return Ending.ABORTED
        return Ending.TIME_LIMIT if self.clock() - began >= self.limit_s else None
