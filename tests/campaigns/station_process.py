"""One life of a bench: its processes, who holds which drive, and how they are killed.

Forked from a loaded parent, or exec'ed as a program of its own. Its orphans are inherited (`eyes.inherit_orphans`), so
that the end of every process of it can be waited for without looking.
"""

import contextlib
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.campaigns import warm
from tests.campaigns.drives import Drive
from tests.last_document import last_document

ALONE_S = 90.0  # a worker whose supervisor is gone has to end by itself
END_S = 300.0
STEP_S = 0.002
TRACEBACK = "Traceback (most recent call last):"
UNTOLD = "pickle.load(from_parent)"


def station_environment(cache: Path) -> dict[str, str]:
    """Compiled modules are kept, also where the tree around the tests keeps none."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(cache)} if len(kept) < len(os.environ) else kept


class StationProcess:
    """A life. Its process group is its own, so that everything of it can be killed at once."""

    def __init__(self, argv: Sequence[str], state: Path, cache: Path | None = None) -> None:
        """Run `etabli-station ARGV`: forked, or exec'ed with compiled modules in `cache`."""
        self.out, self.err = state / "out.json", state / "err.txt"
        self.began = time.monotonic()
        self.pid = warm.forked(argv, self.out, self.err) if cache is None else self._execed(argv, cache)
        self.pidfd = os.pidfd_open(self.pid)
        self._status: int | None = None

    def _execed(self, argv: Sequence[str], cache: Path) -> int:
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self._program = subprocess.Popen(
                [sys.executable, "-m", "station_agent", *argv],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=station_environment(cache),
                start_new_session=True,
            )
        return self._program.pid

    @property
    def status(self) -> int | None:
        """Exit status of the station itself, negative for a signal; None while it lives."""
        if self._status is None:
            pid, told = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(told)
                if (program := getattr(self, "_program", None)) is not None:
                    program.returncode = self._status
        return self._status

    def ended(self) -> bool:
        """Say whether the station itself has ended."""
        return self.status is not None

    def ask_to_stop(self) -> None:
        """SIGTERM: end in good order."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def holders(self) -> dict[str, int]:
        """Which worker has which file open: path to process."""
        return {path: pid for pid in self.group() if pid != self.pid for path in _open_files(pid)}

    def kill(self, whom: str, drive: Drive, chance: random.Random) -> bool:
        """SIGKILL the worker of `drive`, a child without a drive, the supervisor, or all; False without anybody."""
        if self.status is not None:
            return False
        if whom == "everything":
            os.killpg(self.pid, signal.SIGKILL)
            return True
        if whom == "supervisor":
            os.kill(self.pid, signal.SIGKILL)
            return True
        return _killed(self.holders().get(str(drive.image)) if whom == "worker" else self._child(chance))

    def _child(self, chance: random.Random) -> int | None:
        """A child that holds no drive: the fork server, or the tracker of resources."""
        workers = {pid for path, pid in self.holders().items() if path.endswith(".img")}
        others = [pid for pid in self.group() if pid != self.pid and pid not in workers]
        return chance.choice(others) if others else None

    def group(self) -> list[int]:
        """Every living process of this life."""
        names = os.listdir("/proc")  # noqa: PTH208  (often)
        return [int(name) for name in names if name.isdigit() and _group_of(int(name)) == self.pid]

    def wait(self) -> int:
        """Wait for the end of the station itself."""
        assert select.select([self.pidfd], [], [], END_S)[0], "the station does not end"
        status = self.status
        assert status is not None
        return status

    def settle(self) -> None:
        """Wait until nothing of it is left: workers end by themselves when their pipe closes. Raises AssertionError."""
        until = time.monotonic() + ALONE_S
        while not self._buried():
            if time.monotonic() > until:
                left = {pid: Path(f"/proc/{pid}/cmdline").read_bytes()[:80] for pid in self.group()}
                raise AssertionError(f"these went on without their supervisor: {left}")
            time.sleep(STEP_S)

    def _buried(self) -> bool:
        """Take the status of everything that has ended; say whether nothing is left. The station itself has ended."""
        try:
            while os.waitpid(-self.pid, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return True
        return False

    def told(self) -> dict[str, Any]:
        """The document that it printed."""
        text = self.out.read_text(encoding="utf-8")
        assert text, self.err.read_text(encoding="utf-8")[-3000:]
        return last_document(text)

    def crashes(self) -> str:
        """What it or a worker that was not killed said of an error that nobody expected.

        A worker whose supervisor was killed before it had told it anything says so by an error of `multiprocessing`.
        """
        _, *errors = self.err.read_text(encoding="utf-8", errors="replace").split(TRACEBACK)
        return TRACEBACK.join(("", *(error for error in errors if UNTOLD not in error)))

    def end(self) -> None:
        """Leave nothing behind, whatever happened."""
        if self.status is None or not self._buried():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self.wait()
        self.settle()
        os.close(self.pidfd)


def _group_of(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123  (called a thousand times)
            state, _, group = file.read().rpartition(b")")[2].split()[:3]
    except OSError:
        return 0
    return 0 if state in b"ZX" else int(group)


def _open_files(pid: int) -> set[str]:
    found = set()
    folder = f"/proc/{pid}/fd"
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):  # noqa: PTH208  (before a kill, and every millisecond counts)
            with contextlib.suppress(OSError):
                found.add(os.readlink(f"{folder}/{name}"))  # noqa: PTH115
    return found


def _killed(pid: int | None) -> bool:
    with contextlib.suppress(ProcessLookupError):
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            return True
    return False
