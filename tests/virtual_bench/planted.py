"""Known bugs, planted in the agent of a guest: the scenario that is there for each must be surprised.

    python -m tests.virtual_bench --planted [--only ID]

The wrong file is mounted over the right one in a copy of the saved guest, and the agent is started cold, so that it
reads it. Each scenario is first carried out without the bug: one that fails then has caught nothing.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.planted.bugs import BadRow, Bug, load
from tests.planted.harness import Finding, Result
from tests.virtual_bench.checkout import ROOT
from tests.virtual_bench.machine import end_all
from tests.virtual_bench.programme import SCENARIOS, Row, Scenario, row_of
from tests.virtual_bench.snapshot import Mended, Saved

ROWS = Path(__file__).with_name("planted.toml")


def bugs_for(words: Sequence[str]) -> tuple[Bug, ...]:
    """Give the bugs with one of these words in their id, all when none is given. Raises BadRow."""
    return tuple(bug for bug in load(ROWS) if any(word in bug.id for word in words or [""]))


def scenario_of(bug: Bug) -> Scenario:
    """Give the scenario that must notice. Raises BadRow."""
    found = [one for one in SCENARIOS if one.__name__ in bug.tests]
    if len(found) != 1:
        raise BadRow(f"{bug.id}: {', '.join(bug.tests)} is not one scenario")
    return found[0]


def mended(bug: Bug, root: Path) -> Mended:
    """Give the file with the bug. Raises BadRow when the old text does not stand there exactly once."""
    with TemporaryDirectory(prefix="etabli-planted-") as scratch:
        copy = Path(scratch) / bug.file
        copy.parent.mkdir(parents=True)
        copy.write_bytes((root / bug.file).read_bytes())
        bug.plant(Path(scratch))
        return Mended(bug.file, base64.b64encode(copy.read_bytes()).decode("ascii"))


def judged(bug: Bug, clean: Row, planted: Row) -> Finding:
    """Say what the two runs of its scenario show."""
    if clean.surprise:
        return Finding(bug, Result.BROKEN, f"fails without the bug: {clean.line()}")
    if not planted.surprise:
        return Finding(bug, Result.MISSED, f"{planted.sentence}: {planted.outcome}")
    if not planted.judged:
        return Finding(bug, Result.BROKEN, f"the bench could not judge it: {planted.line()}")
    return Finding(bug, Result.CAUGHT, f"{bug.why}\n          {planted.sentence}: {planted.surprise.splitlines()[0]}")


def judge_all(
    saved: Saved,
    bugs: Sequence[Bug],
    jobs: int,
    root: Path = ROOT,
    carry_out: Callable[[Saved, Scenario], Row] = row_of,
) -> Iterator[Finding]:
    """Carry out the scenario of each bug, without it and with it, `jobs` guests at a time. Raises BadRow."""
    pairs = [(scenario_of(bug), replace(saved, mended=mended(bug, root))) for bug in bugs]
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        waiting = [(pool.submit(carry_out, saved, one), pool.submit(carry_out, wrong, one)) for one, wrong in pairs]
        try:
            for bug, (clean, planted) in zip(bugs, waiting, strict=True):
                yield judged(bug, clean.result(), planted.result())
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            end_all()
            raise
