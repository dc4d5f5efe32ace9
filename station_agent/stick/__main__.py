"""`etabli-stick open | enrol | console`: what the units of the stick call. People call `etabli-station`."""

import sys
from collections.abc import Callable, Sequence
from typing import Final

from station_agent.errors import StationError
from station_agent.language import complain
from station_agent.refusals import words_of
from station_agent.stick import starting

STEPS: Final[dict[str, Callable[[starting.Places], int]]] = {
    "open": starting.open_stick,
    "enrol": starting.enrol,
    "console": starting.console,
}
USAGE: Final = 2


def main(argv: Sequence[str] | None = None, places: starting.Places = starting.PLACES) -> int:
    """Take one step; trouble is told on this screen, in the language of the stick, and is the exit status."""
    words = sys.argv[1:] if argv is None else list(argv)
    if len(words) != 1 or words[0] not in STEPS:
        sys.stderr.write(f"etabli-stick {' | '.join(STEPS)}\n")
        return USAGE
    try:
        return STEPS[words[0]](places)
    except StationError as error:
        complain(words_of(error, places.voice()))
        return error.exit_status


if __name__ == "__main__":
    sys.exit(main())
