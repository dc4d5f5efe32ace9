"""`make planted`: plant every bug of bugs.toml (or those named) and end with `planted N caught N`; else exit 1."""

import sys
import time
from pathlib import Path

from tests.planted.bugs import load
from tests.planted.harness import Result, judge_all

ROWS = Path(__file__).with_name("bugs.toml")


def main(names: list[str]) -> int:
    """Print one line for each bug and the sum."""
    bugs = [bug for bug in load(ROWS) if not names or bug.id in names]
    started = time.monotonic()
    caught = 0
    for finding in judge_all(bugs, Path(__file__).resolve().parents[2]):
        caught += finding.result is Result.CAUGHT
        print(f"  {finding.result:7} {finding.bug.id}: {finding.detail or finding.bug.why}", flush=True)
    print(f"planted {len(bugs)} caught {caught}  ({time.monotonic() - started:.0f} s)")
    return 0 if bugs and caught == len(bugs) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
