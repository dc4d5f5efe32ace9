"""Campaign: a fault in every mutating system call of the records, where strace can put it in; else a named share.

The calls are found anew in each run (`syscalls.py`): a call that nobody has judged fails it. Everyday one case in
`SHARE`, the same in every run; `ETABLI_CAMPAIGN=full` (make campaign) all of them. Prints the counts.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.campaigns.amount import WHOLE_CAMPAIGN

SHARE = 29  # a prime: neither the three faults nor the rhythm of the calls falls into step with it
LEAST = 100  # mutating calls, or the run has seen nothing of the records
YAMA = Path("/proc/sys/kernel/yama/ptrace_scope")
NO_TRACING = 3
pytestmark = [pytest.mark.campaign, pytest.mark.world, pytest.mark.timeout(3600)]


def untraceable() -> str:
    """Why strace cannot be used here, "" when it can."""
    if shutil.which("strace") is None:
        return "strace is missing (Debian package strace)"
    if YAMA.exists() and int(YAMA.read_text()) == NO_TRACING:
        return "this kernel lets nobody trace a process (kernel.yama.ptrace_scope)"
    return ""


@pytest.mark.skipif(bool(untraceable()), reason=untraceable() or "strace is here")
def test_a_fault_in_any_call_on_the_records_loses_doubles_and_changes_no_statement() -> None:
    whole = os.environ.get(WHOLE_CAMPAIGN[0]) == WHOLE_CAMPAIGN[1]
    argv = [sys.executable, "-m", "tests.campaigns.syscalls", "--share", "0/1" if whole else f"5/{SHARE}"]
    done = subprocess.run(argv, check=False, capture_output=True, text=True, timeout=3500)
    assert done.stdout, done.stderr[-3000:]
    told = json.loads(done.stdout)
    for name in ("injected", "files", "seconds"):
        print(f"{name}: {told[name]}")
    assert (done.returncode, told["wrong"]) == (0, [])
    assert all(told["injected"].values()), "each fault was put in somewhere"
    assert sum(sum(calls.values()) for calls in told["injected"].values()) * (1 if whole else SHARE) >= 3 * LEAST
