"""Ctrl-C at a moment that does not depend on the machine's speed: once a run may have touched its drive."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from station_agent.errors import StationError
from station_agent.open_runs import seen_open_runs

PATIENCE_S = 60.0


@contextmanager
def interrupting(state: Path) -> Iterator[None]:
    """Send SIGINT to this process once an open run is in the records of `state`, at the latest after a minute."""

    def watch() -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and not begun(state):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield
    watcher.join()


def begun(state: Path) -> bool:
    """Say whether a run is open; records that are being made are asked again."""
    try:
        return bool(seen_open_runs(state))
    except StationError:
        return False
