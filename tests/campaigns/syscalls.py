"""Every mutating system call of journal, second copy and outbox x {KILL, EIO, ENOSPC}, by strace (1) fault injection.

`python -m tests.campaigns.syscalls [STATEMENTS]`: counts the calls of an undisturbed `keeper`, then runs it once for
each call and fault, and judges what is left (`keeper.wrongs`). Prints each wrong, then the figures; status 1 for any
wrong. Needs strace and the right to trace; it is no part of the suite, whose own short version needs neither.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from certificates.errors import CertificateError
from station_agent.errors import StationError
from tests.campaigns.keeper import STOPPED, wrongs

CALLS = ("pwrite64", "write", "fsync", "fdatasync", "ftruncate", "unlink", "link", "rename", "mkdir", "fallocate")
FAULTS = ("signal=KILL", "error=EIO", "error=ENOSPC")
ALLOWED = {0, STOPPED, -9, 137}
CALL = re.compile(r"^\d+ +([a-z0-9_]+)\(.*")


def keeper(state: Path, number: int, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a keeper under strace, limited to the calls on its folder."""
    log = state.with_suffix(".strace")
    argv = ["strace", "-f", "-y", "-o", str(log), *options, sys.executable, "-m", "tests.campaigns.keeper"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [*argv, str(state), str(number)], env=environment, check=False, capture_output=True, text=True, timeout=120
    )


def counted(folder: Path, number: int) -> dict[str, list[int]]:
    """For each call, the numbers (from 1) of those that touch the folder, in an undisturbed run."""
    state = folder / "clean"
    done = keeper(state, number, "-e", f"trace={','.join(CALLS)}")
    assert done.returncode == 0, done.stderr
    seen, mine = Counter[str](), dict[str, list[int]]()
    for line in state.with_suffix(".strace").read_text().splitlines():
        if (found := CALL.match(line)) is not None and found[1] in CALLS:
            seen[found[1]] += 1
            if str(state) in line:
                mine.setdefault(found[1], []).append(seen[found[1]])
    return mine


def judged(folder: Path, number: int, call: str, place: int, fault: str) -> list[str]:
    """Put one fault into one call; give what is wrong afterwards."""
    state = folder / f"{call}-{place}-{fault.partition('=')[2]}"
    done = keeper(state, number, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={place}")
    promised = set(done.stdout.split())
    found = [] if done.returncode in ALLOWED else [f"ended with {done.returncode}: {done.stderr[-600:]}"]
    try:
        found += wrongs(state, promised)
    except (StationError, CertificateError, AssertionError, OSError) as error:
        found.append(f"{type(error).__name__}: {error}")
    return [f"{call} {place} {fault}: {one}" for one in found]


def main() -> int:
    """Run them all; give 1 when anything is wrong."""
    number, began = int(sys.argv[1]) if sys.argv[1:] else 2, time.monotonic()
    wrong: list[str] = []
    runs = Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        calls = counted(Path(name), number)
        for call, places in calls.items():
            for place in places:
                for fault in FAULTS:
                    told = judged(Path(name), number, call, place, fault)
                    runs[f"{call} {fault}"] += 1
                    wrong += told
                    print(*told, sep="\n", end="\n" if told else "", flush=True)
    print(f"statements: {number}  calls: { {call: len(places) for call, places in calls.items()} }")
    print(f"runs: {sum(runs.values())}  wrong: {len(wrong)}  seconds: {time.monotonic() - began:.0f}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
