"""`etabli-appliance open | console | backup`: what the units of the appliance call. People call `etabli-hub`."""

import sys
from collections.abc import Callable, Sequence
from typing import Final

from station_agent.appliance import backup, console, starting
from station_agent.appliance.places import HOUSE, House
from station_agent.errors import StationError
from station_agent.language import complain
from station_agent.refusals import words_of

STEPS: Final[dict[str, Callable[[House], int]]] = {
    "open": starting.open_house,
    "console": console.show,
    "backup": backup.back_up,
}
USAGE: Final = 2


def main(argv: Sequence[str] | None = None, house: House = HOUSE) -> int:
    """Take one step; trouble is told on this screen, in the language of the appliance, and is the exit status."""
    words = sys.argv[1:] if argv is None else list(argv)
    if len(words) != 1 or words[0] not in STEPS:
        sys.stderr.write(f"etabli-appliance {' | '.join(STEPS)}\n")
        return USAGE
    try:
        return STEPS[words[0]](house)
    except StationError as error:
        complain(words_of(error, house.stick.voice()))
        return error.exit_status


if __name__ == "__main__":
    sys.exit(main())
