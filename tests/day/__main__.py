"""`make day`: one day at a bench, walked by keys in a terminal that nobody looks at; its screens are kept as pictures.

    python -m tests.day [--lang fr|en] [--out build/day] [--columns 80] [--rows 25]

Exit status 1 when a step did not bring what it must; the screen is printed then.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.day.programme import walk_a_day
from tests.day.stage import TREE
from tests.day.terminal import Amiss


def main(arguments: list[str]) -> int:
    """Walk one day and say where its pictures are."""
    given = argparse.ArgumentParser(prog="python -m tests.day")
    given.add_argument("--lang", choices=("en", "fr"), default="en")
    given.add_argument("--out", type=Path, default=TREE / "build" / "day")
    given.add_argument("--columns", type=int, default=80)
    given.add_argument("--rows", type=int, default=25)
    options = given.parse_args(arguments)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="day") as folder:
        try:
            page = walk_a_day(Path(folder), options.out, options.lang, (options.columns, options.rows), tell)
        except Amiss as amiss:
            print(f"The day went amiss: {amiss}", file=sys.stderr)
            return 1
    print(f"{page}  ({time.monotonic() - begun:.0f} s)")
    return 0


def tell(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
