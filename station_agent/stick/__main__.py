"""`etabli-stick open | enrol | console`: what the units of the stick call. People call `etabli-station`."""

import sys
from collections.abc import Callable, Sequence
from typing import Final

from station_agent.stick import starting
from station_agent.stick.steps import take_step

STEPS: Final[dict[str, Callable[[starting.Places], int]]] = {
    "open": starting.open_stick,
    "enrol": starting.enrol,
    "console": starting.console,
}


def main(argv: Sequence[str] | None = None, places: starting.Places = starting.PLACES) -> int:
    """Take one step; returns the exit status."""
    return take_step("etabli-stick", STEPS, sys.argv[1:] if argv is None else argv, places, places.voice)


if __name__ == "__main__":
    sys.exit(main())
