"""One step of a medium that starts by itself, as a unit calls it: trouble is told on the screen and is the status."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from station_agent.errors import StationError
from station_agent.language import Voice, complain
from station_agent.refusals import words_of

USAGE: Final = 2
House = TypeVar("House")


def take_step(
    program: str,
    steps: Mapping[str, Callable[[House], int]],
    words: Sequence[str],
    house: House,
    voice: Callable[[], Voice],
) -> int:
    """Take the one step that is named; returns the exit status. `voice` tells trouble in the language of the medium."""
    if len(words) != 1 or words[0] not in steps:
        sys.stderr.write(f"{program} {' | '.join(steps)}\n")
        return USAGE
    try:
        return steps[words[0]](house)
    except StationError as error:
        complain(words_of(error, voice()))
        return error.exit_status
