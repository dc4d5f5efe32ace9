"""`make planted`: plant every bug of bugs.toml (or those named) and end with `planted N caught N`; else exit 1.

A bug whose tests this machine cannot run (no root, no PostgreSQL) is named and not counted; with `REQUIRE_ALL_TIERS=1`
it is a failure.
"""

import os
import sys
import time
from collections import Counter
from pathlib import Path

from tests.planted.bugs import load
from tests.planted.harness import Result, judge_all

STRICT = "REQUIRE_ALL_TIERS"
ROWS = Path(__file__).with_name("bugs.toml")


def main(names: list[str]) -> int:
    """Print one line for each bug and the sum."""
    bugs = [bug for bug in load(ROWS) if not names or bug.id in names]
    started = time.monotonic()
    ended: Counter[Result] = Counter()
    for finding in judge_all(bugs, Path(__file__).resolve().parents[2]):
        ended[finding.result] += 1
        print(f"  {finding.result:7} {finding.bug.id}: {finding.detail or finding.bug.why}", flush=True)
    seconds = time.monotonic() - started
    return told(ended, seconds, strict=os.environ.get(STRICT) == "1")


def told(ended: Counter[Result], seconds: float, *, strict: bool) -> int:
    """Print the sum and give the exit status. `strict`: a bug that could not be tried is a failure."""
    untried = 0 if strict else ended[Result.UNTRIED]
    planted, caught = ended.total() - untried, ended[Result.CAUGHT]
    if untried:
        print(f"not tried on this machine: {untried}")
    print(f"planted {planted} caught {caught}  ({seconds:.0f} s)")
    return 0 if planted and caught == planted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
