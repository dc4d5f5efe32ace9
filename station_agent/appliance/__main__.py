"""`etabli-appliance open | console | backup`: what the units of the appliance call. People call `etabli-hub`."""

import sys
from collections.abc import Callable, Sequence
from typing import Final

from station_agent.appliance import backup, console, starting
from station_agent.appliance.places import HOUSE, House
from station_agent.stick.steps import take_step

STEPS: Final[dict[str, Callable[[House], int]]] = {
    "open": starting.open_house,
    "console": console.show,
    "backup": backup.back_up,
}


def main(argv: Sequence[str] | None = None, house: House = HOUSE) -> int:
    """Take one step; returns the exit status."""
    return take_step("etabli-appliance", STEPS, sys.argv[1:] if argv is None else argv, house, house.stick.voice)


if __name__ == "__main__":
    sys.exit(main())
