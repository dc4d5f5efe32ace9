"""Every mutating system call of journal, outbox, second copy and key x {KILL, EIO, ENOSPC}, by strace (1) injection.

`python -m tests.campaigns.syscalls [--statements N] [--share K/N]`: finds the calls of an undisturbed `keeper` by
itself, then keeps records once for each call and fault, and judges what is left (`keeper.wrongs`). A call on the folder
that stands in neither list below ends it: nobody has judged that one. Prints each wrong and then one line of JSON;
status 1 for any wrong. Needs strace and the right to trace. Each keeper is a fork of this process, which has no second
thread: it stops itself until strace holds it.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from certificates.errors import CertificateError
from station_agent.errors import StationError
from station_agent.signing import build_sha256
from tests.campaigns.keeper import STOPPED, kept, wrongs

MUTATING = frozenset(
    (
        *("openat", "write", "writev", "pwrite64", "pwritev", "fsync", "fdatasync", "ftruncate", "truncate"),
        "fallocate",
        *("unlink", "unlinkat", "link", "linkat", "symlink", "rename", "renameat", "renameat2", "mkdir", "mkdirat"),
        *("rmdir", "chmod", "fchmod", "fchmodat", "chown", "fchown", "sync_file_range"),
    )
)
HARMLESS = frozenset(
    (
        *("read", "pread64", "readv", "lseek", "close", "stat", "fstat", "lstat", "newfstatat", "statx", "statfs"),
        *("fstatfs", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getdents64", "fcntl", "flock"),
        *("ioctl", "mmap", "munmap", "chdir", "getcwd", "inotify_add_watch", "fadvise64"),
    )
)
FAULTS = {"KILL": "signal=KILL", "EIO": "error=EIO", "ENOSPC": "error=ENOSPC"}
ALLOWED = {0, STOPPED, -signal.SIGKILL}
CALL = re.compile(r"^\d+ +([a-z0-9_]+)\(")
LOOKS = re.compile(r"^\d+ +openat\((?!.*O_(CREAT|TRUNC|TMPFILE))")
HOLD_S = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """One call: the `number`-th of its name, from 1, and what it touches."""

    call: str
    number: int
    file: str


def keeper(state: Path, number: int, *options: str) -> tuple[int, str, str]:
    """Keep records in a fork under strace; give its exit status, the promises, and what else it said."""
    assert threading.active_count() == 1
    out, err, log = (state.with_suffix(suffix) for suffix in (".out", ".err", ".strace"))
    pid = os.fork()
    if pid == 0:
        _keep(state, number, out, err)
    os.waitpid(pid, os.WUNTRACED)
    with subprocess.Popen(
        ["strace", "-f", "-y", "-s", "0", "-o", str(log), *options, "-p", str(pid)], stderr=subprocess.PIPE
    ) as tracer:
        until = time.monotonic() + HOLD_S
        while f"TracerPid:\t{tracer.pid}\n" not in Path(f"/proc/{pid}/status").read_text():
            assert tracer.poll() is None, "strace does not hold the process"
            assert time.monotonic() < until, "strace does not hold the process"
            time.sleep(0.001)
        os.kill(pid, signal.SIGCONT)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return status, out.read_text(), err.read_text()


def _keep(state: Path, number: int, out: Path, err: Path) -> None:
    status = 1
    try:
        for path, place in ((out, 1), (err, 2)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), place)
        os.kill(os.getpid(), signal.SIGSTOP)
        status = kept(state, number)
    except BaseException:  # noqa: BLE001  told as a program would tell it
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def places(folder: Path, number: int) -> list[Place]:
    """Find every mutating call on the folder in an undisturbed run. Raises AssertionError for one that nobody knows."""
    build_sha256()  # once here, not in every keeper
    status, promises, said = keeper(folder / "first", number)
    assert (status, wrongs(folder / "first", set(promises.split()))) == (0, []), said  # loads what is loaded late
    state = folder / "clean"
    assert keeper(state, number)[0] == 0
    seen, found = Counter[str](), list[Place]()
    for line in state.with_suffix(".strace").read_text().splitlines():
        if (call := CALL.match(line)) is None:
            continue
        seen[call[1]] += 1
        touched = re.findall(re.escape(str(state)) + r"(?:/([\w.-]+)|[\">])", line)
        if touched and call[1] not in HARMLESS and not LOOKS.match(line):
            assert call[1] in MUTATING, f"nobody has judged this call: {line}"
            found.append(Place(call[1], seen[call[1]], touched[-1] or "the folder"))
    return found


def judged(folder: Path, number: int, place: Place, fault: str) -> list[str]:
    """Put one fault into one call; give what is wrong afterwards."""
    state = folder / f"{place.call}-{place.number}-{fault}"
    rule = f"inject={place.call}:{FAULTS[fault]}:when={place.number}"
    status, promises, said = keeper(state, number, "-e", f"trace={place.call}", "-e", rule)
    found = [] if status in ALLOWED else [f"ended with {status}: {said[-600:]}"]
    if "INJECTED" not in (log := state.with_suffix(".strace").read_text()) and "killed by SIGKILL" not in log:
        found.append("the fault was not put in")
    try:
        found += wrongs(state, set(promises.split()))
    except (StationError, CertificateError, AssertionError, OSError) as error:
        found.append(f"{type(error).__name__}: {error}")
    for left in (state, *(state.with_suffix(suffix) for suffix in (".out", ".err", ".strace"))):
        shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
    return [f"{place.call} {place.number} ({place.file}) {fault}: {one}" for one in found]


def all_of_them(number: int, part: int, parts: int) -> Iterator[tuple[Place, str, list[str]]]:
    """Inject every fault of this share, one after the other; give each with what was wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases = [(place, fault) for place in places(folder, number) for fault in FAULTS]
        for place, fault in cases[part::parts]:
            yield place, fault, judged(folder, number, place, fault)


def main() -> int:
    """Run them; give 1 when anything is wrong."""
    options = argparse.ArgumentParser()
    options.add_argument("--statements", type=int, default=2)
    options.add_argument("--share", default="0/1", help="K/N: every N-th case from the K-th on")
    given = options.parse_args()
    part, parts = map(int, given.share.split("/"))
    began, wrong = time.monotonic(), list[str]()
    runs, files = {fault: Counter[str]() for fault in FAULTS}, Counter[str]()
    for place, fault, told in all_of_them(given.statements, part, parts):
        runs[fault][place.call] += 1
        files[place.file] += 1
        wrong += told
        print(*told, sep="\n", end="\n" if told else "", file=sys.stderr, flush=True)
    document = {"statements": given.statements, "injected": runs, "files": files, "wrong": wrong}
    print(json.dumps({**document, "seconds": round(time.monotonic() - began)}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
