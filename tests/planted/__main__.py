"""`make planted`: plant every bug of bugs*.toml (or those named) and end with `planted N caught N`; else exit 1.

A bug whose tests this machine cannot run (no root, no PostgreSQL) is named and not counted; with `REQUIRE_ALL_TIERS=1`
it is a failure. `--share 1/3` plants every third bug, from the second on: for CI, where each commit takes its share.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.planted.bugs import Bug, load
from tests.planted.harness import Result, judge_all

STRICT = "REQUIRE_ALL_TIERS"
ROWS = sorted(Path(__file__).parent.glob("bugs*.toml"))


def main(words: list[str]) -> int:
    """Print one line for each bug and the sum."""
    bugs = chosen(load(*ROWS), words)
    started = time.monotonic()
    ended: Counter[Result] = Counter()
    for finding in judge_all(bugs, Path(__file__).resolve().parents[2]):
        ended[finding.result] += 1
        print(f"  {finding.result:7} {finding.bug.id}: {finding.detail or finding.bug.why}", flush=True)
    seconds = time.monotonic() - started
    return told(ended, seconds, strict=os.environ.get(STRICT) == "1")


def chosen(bugs: Sequence[Bug], words: Sequence[str]) -> list[Bug]:
    """Give the bugs that are named, or one share of all, `--share 0/3` to `--share 2/3`. Raises ValueError."""
    match words:
        case ["--share", share]:
            which, _, of = share.partition("/")
            if not 0 <= int(which) < int(of):
                raise ValueError(f"no share: {share}")
            return list(bugs[int(which) :: int(of)])
        case _:
            return [bug for bug in bugs if not words or bug.id in words]


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
