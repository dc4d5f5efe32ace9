"""One start of `etabli-station erase`: its processes, who holds which drive, and how they are killed."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.campaigns.drives import Drive
from tests.campaigns.moments import wait_until
from tests.last_document import last_document

ALONE_S = 20.0  # a worker whose supervisor is gone has to end by itself
END_S = 120.0


def station_environment(cache: Path) -> dict[str, str]:
    """Compiled modules are kept, also where the tree around the tests keeps none."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(cache)} if len(kept) < len(os.environ) else kept


class StationProcess:
    """A station on some drives. Its process group is its own, so that everything can be killed at once."""

    def __init__(self, state: Path, bench: Path, drives: Sequence[Drive], policy: str, cache: Path) -> None:
        argv = [sys.executable, "-m", "station_agent", "erase", *(drive.name for drive in drives), "--confirm"]
        argv += [*(drive.serial for drive in drives), "--policy", policy, "--bench", str(bench), "--state", str(state)]
        self.out, self.err = state / "out.json", state / "err.txt"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self._process = subprocess.Popen(
                [*argv, "--json", "--lang", "en"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=station_environment(cache),
                start_new_session=True,
            )
        self.began = time.monotonic()

    @property
    def status(self) -> int | None:
        return self._process.poll()

    def holders(self) -> dict[str, int]:
        """Which worker has which file open: path to process."""
        return {path: pid for pid in self.group() if pid != self._process.pid for path in _open_files(pid)}

    def kill(self, whom: str, drive: Drive, chance: random.Random) -> bool:
        """SIGKILL the worker of `drive`, a child without a drive, the supervisor, or all; False without anybody."""
        if self.status is not None:
            return False
        if whom == "everything":
            return _killed_group(self._process.pid)
        if whom == "supervisor":
            self._process.kill()
            return True
        return _killed(self.holders().get(str(drive.image)) if whom == "worker" else self._child(chance))

    def _child(self, chance: random.Random) -> int | None:
        """A child that holds no drive: the fork server, or the tracker of resources."""
        workers = {pid for path, pid in self.holders().items() if path.endswith(".img")}
        others = [pid for pid in self.group() if pid != self._process.pid and pid not in workers]
        return chance.choice(others) if others else None

    def group(self) -> list[int]:
        """Every living process of this start."""
        names = os.listdir("/proc")  # noqa: PTH208  (a hundred times a second)
        return [int(name) for name in names if name.isdigit() and _group_of(int(name)) == self._process.pid]

    def wait(self) -> int:
        """Wait for the end of the station itself."""
        return self._process.wait(timeout=END_S)

    def settle(self) -> None:
        """Wait until no worker is left: each ends by itself when its pipe closes. Raises AssertionError."""
        if wait_until(lambda: not self.group(), ALONE_S):
            return
        left = {pid: Path(f"/proc/{pid}/cmdline").read_bytes()[:80] for pid in self.group()}
        _killed_group(self._process.pid)
        raise AssertionError(f"these went on without their supervisor: {left}")

    def told(self) -> dict[str, Any]:
        """The document that it printed."""
        text = self.out.read_text(encoding="utf-8")
        assert text, self.err.read_text(encoding="utf-8")[-3000:]
        return last_document(text)

    def crashes(self) -> str:
        """What it or a worker that was not killed said of an error that nobody expected."""
        said = self.err.read_text(encoding="utf-8", errors="replace")
        return said[said.index("Traceback") :] if "Traceback" in said else ""

    def end(self) -> None:
        """Leave nothing behind, whatever happened."""
        _killed_group(self._process.pid)
        self._process.wait(timeout=END_S)


def _group_of(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123  (called a thousand times)
            state, _, group = file.read().rpartition(b")")[2].split()[:3]
    except OSError:
        return 0
    return 0 if state in b"ZX" else int(group)


def _open_files(pid: int) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(str(link.readlink()))
    return found


def _killed(pid: int | None) -> bool:
    with contextlib.suppress(ProcessLookupError):
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            return True
    return False


def _killed_group(group: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
        return True
    return False
